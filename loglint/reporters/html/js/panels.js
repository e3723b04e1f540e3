// Charts that belong together: which curves go into which chart, one axis for all of them, zoom and cursor shared.

const FIRST = ["loss", "perplexity", "metric", "reward", "learning_rate", "gradient_norm"]; // quantities shown before all others
const MOST_LINES = 12; // curves of one chart before the rest is left to "show all"

// Charts on one axis. Charts register themselves; `low` and `high` are what is in view.
class Group {
  constructor(key, axis, say) {
    Object.assign(this, { key: `${key}/${axis}`, axis, say, charts: [], chosen: null });
  }

  add(chart) {
    this.charts.push(chart);
  }

  ready() {
    const extents = this.charts.map((chart) => extent(chart.lines, this.axis));
    this.full = [Math.min(...extents.map((e) => e[0])), Math.max(...extents.map((e) => e[1]))];
    const room = (this.full[1] - this.full[0]) * 0.01;
    this.full = [this.full[0] - room, this.full[1] + room];
    [this.low, this.high] = this.full;
    for (const chart of this.charts) chart.draw();
  }

  zoom(low, high) {
    const least = (this.full[1] - this.full[0]) / 1e5;
    const width = Math.min(Math.max(high - low, least), this.full[1] - this.full[0]);
    this.low = Math.min(Math.max(low, this.full[0]), this.full[1] - width);
    this.high = this.low + width;
    for (const { plot } of this.charts) if (plot) plot.setScale("x", { min: this.low, max: this.high });
  }

  scale(factor, around) {
    this.zoom(around - (around - this.low) * factor, around + (this.high - around) * factor);
  }

  pan(share) {
    const by = (this.high - this.low) * share;
    this.zoom(this.low + by, this.high + by);
  }

  reset() {
    this.zoom(...this.full);
  }

  whole() {
    return this.low === this.full[0] && this.high === this.full[1];
  }

  choose(finding) {
    this.chosen = finding;
    for (const { plot } of this.charts) if (plot) plot.redraw(false);
  }

  lineOf(finding) {
    for (const chart of this.charts) {
      const line = chart.lineOf(finding);
      if (line) return line;
    }
    return null;
  }

  resize() {
    for (const chart of this.charts) chart.resize();
  }

  redraw() {
    for (const chart of this.charts) chart.draw();
  }

  destroy() {
    for (const chart of this.charts) chart.destroy();
  }
}

// A view of chart groups: what all of them do together. Whoever extends it gives `draw`.
class Charted {
  constructor() {
    this.groups = [];
  }

  resize() {
    for (const group of this.groups) group.resize();
  }

  redraw() {
    this.draw();
  }

  print() {
    this.resize();
  }

  destroy() {
    for (const group of this.groups) group.destroy();
    this.groups = [];
  }

  leave() {
    this.destroy();
  }
}

// "loss", "loss.*" for its components, "metric.accuracy": what decides into which chart a curve goes.
function family(role) {
  if (role.startsWith("metric.")) return role;
  const [quantity, component] = role.split(/\.(.*)/s);
  return component ? `${quantity}.*` : quantity;
}

function familyTitle(key) {
  if (key.startsWith("metric.")) return key.slice(7).replaceAll("_", " ");
  if (key.endsWith(".*")) return t("{quantity} by part", { quantity: t(key.slice(0, -2).replaceAll("_", " ")) });
  return t(key.replaceAll("_", " "));
}

function familyRank(key) {
  const at = FIRST.findIndex((quantity) => key === quantity || key.startsWith(`${quantity}.`));
  return (at < 0 ? FIRST.length : at) + (key.endsWith(".*") ? 0.5 : 0);
}

// The axis a curve is shown on: the one asked for, else its own.
function axisFor(curve, wanted) {
  return wanted in curve.at ? wanted : curve.axis;
}

// [{key, axis, curves}] in the order in which charts are shown, best known quantities first.
function charted(curves, wanted) {
  const found = new Map();
  for (const curve of curves) {
    const [key, axis] = [family(curve.role), axisFor(curve, wanted)];
    const name = key === "unknown" ? `unknown:${curve.name}@${axis}` : `${key}@${axis}`;
    if (!found.has(name)) found.set(name, { key, axis, curves: [], main: familyRank(key) < FIRST.length });
    found.get(name).curves.push(curve);
  }
  return [...found.values()].sort((a, b) => familyRank(a.key) - familyRank(b.key));
}

const SPLITS = { train: "--train", val: "--val", test: "--test" };
const CYCLE = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"];
const DASHES = [null, [7, 4], [2, 3], [9, 3, 2, 3]];

// How a run's own curves look in one chart: colour by split, dashes tell several of one split apart, many parts cycle.
function styled(curves, run) {
  const many = curves.filter((curve) => !curve.split).length > 1;
  const seen = new Map();
  return curves.map((curve, number) => {
    const again = seen.get(curve.split) || 0;
    seen.set(curve.split, again + 1);
    const name = many && !curve.split ? CYCLE[number % CYCLE.length] : SPLITS[curve.split] || "--other";
    const color = css(name);
    return {
      curve,
      places: run.places,
      start: run.start,
      label: curve.name,
      hint: `${curve.split ? `${curve.split}/` : ""}${curve.role}: ${curve.why}`,
      color,
      band: `${color}33`,
      width: 1.75,
      dots: curve.split !== "train" && curve.split !== null,
      dash: many && !curve.split ? DASHES[Math.floor(number / CYCLE.length) % DASHES.length] : DASHES[again % DASHES.length],
    };
  });
}

// The axes that any curve of the run has, in the order of the buttons.
function axesOf(curves) {
  return ["step", "epoch", "time", "seq"].filter((axis) => curves.some((curve) => axis in curve.at));
}

function axisButtons(axes, current, pick) {
  if (axes.length < 2) return null;
  const made = axes.map((axis) => button(axisWord(axis), () => pick(axis), { "aria-pressed": String(axis === current) }));
  return el("div", { class: "choice", role: "group", "aria-label": t("Horizontal axis") }, made);
}

function zoomButtons(groups) {
  const each = (act) => () => groups().forEach(act);
  const middle = (group) => (group.low + group.high) / 2;
  return el(
    "div",
    { class: "choice", role: "group", "aria-label": t("Zoom") },
    button("−", each((group) => group.scale(2, middle(group))), { title: t("Zoom out (key -)"), "aria-label": t("Zoom out (key -)") }),
    button("+", each((group) => group.scale(0.5, middle(group))), { title: t("Zoom in (key +)"), "aria-label": t("Zoom in (key +)") }),
    button("←", each((group) => group.pan(-0.25)), { title: t("Earlier"), "aria-label": t("Earlier") }),
    button("→", each((group) => group.pan(0.25)), { title: t("Later"), "aria-label": t("Later") }),
    button(t("all"), each((group) => group.reset()), { title: t("Whole curve (key 0, or double click)") }),
  );
}

const SPIKE = 0.12; // share of the drawing's height by which an extreme leaves its stretch's median to be drawn

// A small drawing of one curve for the table: medians, extremes that stand out, the worst finding's span shaded.
function spark(run, finding) {
  const [width, height] = [132, 34];
  const curve = sparkCurve(run, finding);
  if (!curve) return el("span", { class: "none" }, t("no curve"));
  const svg = el("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const low = curve.low || curve.y;
  const high = curve.high || curve.y;
  const finite = [...low, ...high].filter((value) => value !== null);
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = least > 0 && most / least > 1000;
  const scale = (value) => (log ? Math.log(value) : value);
  const [floor, top] = [scale(least), scale(most)];
  const y = (value) => height - 3 - (top > floor ? ((scale(value) - floor) / (top - floor)) * (height - 6) : (height - 6) / 2);
  const x = (i) => 1 + (i / Math.max(1, low.length - 1)) * (width - 2);
  if (finding) shadeSpark(svg, curve, run, finding, x, height);
  let path = "";
  let pen = false;
  const far = (value, middle) => Math.abs(scale(value) - scale(middle)) > SPIKE * (top - floor);
  for (let i = 0; i < low.length; i++) {
    const middle = curve.y[i];
    if (middle === null) pen = false;
    else {
      path += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(middle).toFixed(1)}`;
      for (const value of [high[i], low[i]]) if (far(value, middle)) path += `V${y(value).toFixed(1)}V${y(middle).toFixed(1)}`;
      pen = true;
    }
  }
  svg.append(el("path", { d: path, class: "line", "vector-effect": "non-scaling-stroke" }));
  let last = -Infinity;
  for (const [bucket] of curve.bad || []) {
    if (x(bucket) - last < 6) continue;
    last = x(bucket);
    svg.append(el("path", { d: `M${last - 2} ${height - 5}l4 4m0 -4l-4 4`, class: "bad", "vector-effect": "non-scaling-stroke" }));
  }
  return svg;
}

function shadeSpark(svg, curve, run, finding, x, height) {
  if (!finding.series.includes(curve.name) || !(finding.axis in curve.at)) return;
  const places = run.places[curve.at[finding.axis]];
  const shift = finding.axis === "time" ? run.start : 0;
  const bucket = (value) => {
    const at = places.findLastIndex((place) => place !== null && place <= value - shift);
    return at < 0 ? 0 : at;
  };
  for (const [from, to] of finding.spans.slice(0, 60)) {
    if (typeof from !== "number" || typeof to !== "number") continue;
    const left = x(bucket(from));
    const box = { x: left.toFixed(1), y: 0, width: Math.max(1.5, x(bucket(to)) - left).toFixed(1), height, class: `span ${SEVERITIES[finding.severity]}` };
    svg.append(el("rect", box));
  }
}

function sparkCurve(run, finding) {
  const drawn = run.curves.filter((curve) => curve.y.length > 1);
  const named = finding && drawn.find((curve) => finding.series.includes(curve.name));
  const order = ["train/loss", "val/loss", "train/perplexity", "val/perplexity"];
  const usual = order.map((place) => drawn.find((curve) => `${curve.split}/${curve.role}` === place)).find(Boolean);
  return named || usual || drawn.find((curve) => curve.role !== "unknown") || drawn[0];
}
