// Several runs on top of each other: the best and the baseline stand out, the others stay thin.

const MOST_RUNS = 40;

async function compareView(root, numbers, base) {
  const rows = [...new Set(numbers)].map((number) => index.rows[number]).filter((row) => row && row.at).slice(0, MOST_RUNS);
  if (!rows.length) return missing(root);
  const runs = await Promise.all(rows.map(wholeRun));
  const view = new CompareView(rows, runs, base);
  root.append(view.header(), el("div", { class: "sheet compare" }, view.chartColumn, view.list));
  view.draw();
  return view;
}

function bestOf(rows) {
  if (!index.score) return null;
  const sign = index.score[1] === "up" ? -1 : 1;
  const scored = rows.filter((row) => typeof row.score === "number" && row.side !== "base");
  return scored.length > 1 ? scored.reduce((best, row) => (sign * row.score < sign * best.score ? row : best)) : null;
}

// The axis on which most curves of the runs can be drawn.
function commonAxis(runs, axes) {
  const count = (axis) => runs.reduce((total, run) => total + run.curves.filter((curve) => axis in curve.at && curve.role !== "unknown").length, 0);
  return [...axes].sort((a, b) => count(b) - count(a))[0] || "step";
}

class CompareView extends Charted {
  constructor(rows, runs, base) {
    super();
    Object.assign(this, { rows, runs, lit: null });
    this.base = rows.some((row) => row.number === base) ? base : null;
    this.best = bestOf(rows);
    this.axes = axesOf(runs.flatMap((run) => run.curves));
    this.axis = this.axes.includes(wantedAxis) ? wantedAxis : commonAxis(runs, this.axes);
    this.live = el("div", { class: "unseen", "aria-live": "polite" });
    this.charts = el("div", { class: "charts" });
    this.tools = el("div", { class: "tools" });
    this.chartColumn = el("div", { class: "left" }, this.tools, this.charts, this.live);
    this.list = el("div", { class: "right legendlist" });
  }

  header() {
    const by = index.score && this.best ? t("best by {curve}: {value}", { curve: index.score[0].replace("metric.", ""), value: figure(this.best.score) }) : "";
    return el("section", { class: "head run" }, el("nav", { class: "crumbs" }, el("a", { href: home() }, t("All runs"))), el("h1", {}, t("{n} runs compared", { n: this.rows.length })), el("p", { class: "quiet" }, by));
  }

  isBase(row) {
    return row.number === this.base || (this.base === null && row.side === "base");
  }

  look(row, place) {
    const few = this.rows.length <= CYCLE.length;
    const best = row === this.best;
    const base = this.isBase(row);
    const lit = this.lit === row.number;
    const color = base ? css("--ink") : best ? css("--best") : few ? css(CYCLE[place % CYCLE.length]) : css("--other");
    const faded = this.lit !== null ? !lit : !base && !best;
    return { color: faded && (this.lit !== null || !few) ? `${color}66` : color, width: lit || best || base ? 2.75 : 1.25, dash: base ? [6, 4] : null };
  }

  draw() {
    this.destroy();
    const sets = new Map();
    this.rows.forEach((row, place) => {
      const run = this.runs[place];
      for (const curve of run.curves) {
        if (!curve.y.length || curve.role === "unknown") continue;
        const [key, axis] = [family(curve.role), axisFor(curve, this.axis)];
        if (key.endsWith(".*")) continue;
        const name = `${key}|${curve.split || ""}|${axis}`;
        if (!sets.has(name)) sets.set(name, { key, axis, split: curve.split, lines: [] });
        const { color, width, dash } = this.look(row, place);
        const tag = row === this.best ? ` (${t("best")})` : this.isBase(row) ? ` (${t("baseline")})` : "";
        sets.get(name).lines.push({ curve, places: run.places, start: run.start, run: row.number, label: shortest(row.id, this.rows) + tag, hint: `${row.id}: ${curve.name}`, color, band: "transparent", width, dash, front: width });
      }
    });
    const order = { val: 0, train: 1, test: 2 };
    const shared = [...sets.values()].filter((set) => this.rows.length === 1 || new Set(set.lines.map((line) => line.run)).size > 1);
    shared.sort((a, b) => familyRank(a.key) - familyRank(b.key) || (order[a.split] ?? 3) - (order[b.split] ?? 3));
    const groups = new Map();
    const charts = shared.slice(0, 12).map((set) => {
      if (!groups.has(set.axis)) groups.set(set.axis, new Group("compare", set.axis, (words) => (this.live.textContent = words)));
      set.lines.sort((a, b) => a.front - b.front);
      const note = set.axis !== this.axis ? t("logged by {axis} only", { axis: axisWord(set.axis) }) : "";
      const chart = new Chart(groups.get(set.axis), { title: [familyTitle(set.key), set.split && t(set.split)].filter(Boolean).join(" · "), lines: set.lines, height: ["loss", "perplexity"].includes(set.key) ? 230 : 170, note });
      return chart;
    });
    this.groups = [...groups.values()];
    this.charts.replaceChildren(...charts.map((chart) => chart.element));
    if (!charts.length) this.charts.append(el("p", { class: "empty" }, t("These runs have no curve in common.")));
    this.tools.replaceChildren(...[axisButtons(this.axes, this.axis, (axis) => this.pick(axis)), charts.length ? zoomButtons(() => this.groups) : ""].filter(Boolean));
    this.list.replaceChildren(...this.entries());
    for (const group of this.groups) group.ready();
  }

  entries() {
    const sign = index.score && index.score[1] === "up" ? -1 : 1;
    const order = this.rows.map((row, place) => ({ row, place }));
    if (index.score) order.sort((a, b) => (typeof a.row.score === "number" ? sign * a.row.score : Infinity) - (typeof b.row.score === "number" ? sign * b.row.score : Infinity));
    return order.map(({ row, place }) => {
      const { color, dash } = this.look(row, place);
      const swatch = el("svg", { class: "swatch", viewBox: "0 0 18 8", "aria-hidden": "true" }, el("path", { d: "M0 4H18", stroke: color.slice(0, 7), "stroke-width": 3, "stroke-dasharray": (dash || []).join(" ") || null }));
      const light = () => {
        this.lit = this.lit === row.number ? null : row.number;
        this.draw();
      };
      const rebase = () => {
        this.base = this.base === row.number ? null : row.number;
        this.draw();
      };
      return el(
        "div",
        { class: `pick ${this.lit === row.number ? "lit" : ""}` },
        el("div", { class: "line" }, swatch, mark(worst(row)), el("a", { href: runLink(row), class: "id", title: row.id }, runName(row.id)), row === this.best ? el("span", { class: "tag best" }, t("best")) : "", this.isBase(row) ? el("span", { class: "tag" }, t("baseline")) : ""),
        el("div", { class: "line quiet" }, index.score ? `${index.score[0].replace("metric.", "")} ${figure(row.score)}` : "", row.settings.map((value, i) => (value === null ? "" : ` · ${index.settings[i].split(".").pop()} ${figure(value)}`)).join("")),
        el("div", { class: "line" }, button(t("highlight"), light, { class: "small", "aria-pressed": String(this.lit === row.number) }), button(t("as baseline"), rebase, { class: "small", "aria-pressed": String(this.base === row.number) }), chips(fresh(row).slice(0, 3), 0)),
      );
    });
  }

  pick(axis) {
    wantedAxis = this.axis = axis;
    this.draw();
  }
}

// The end of an id that tells it from the others: "lr-0.1" of "sweep/lr-0.1/metrics.csv" where all end alike.
function shortest(id, rows) {
  if (rows.length < 2) return id;
  const ids = rows.map((row) => row.id);
  let start = 0;
  while (start < id.length && ids.every((other) => other[start] === id[start])) start++;
  start = id.lastIndexOf("/", Math.max(0, start - 1)) + 1;
  let end = 0;
  while (end < id.length - start && ids.every((other) => other[other.length - 1 - end] === id[id.length - 1 - end])) end++;
  const cut = id.indexOf("/", id.length - end);
  const said = id.slice(start, cut < 0 ? id.length : cut) || id;
  return said.length > 34 ? `${said.slice(0, 22)}…${said.slice(-10)}` : said;
}

// The table of `loglint compare`: each figure of BASE and HEAD with its verdict.
function comparisonTable() {
  const titles = ["figure", "base", "head", "difference", "95 % interval", "runs", "verdict"].map((title) => el("th", { scope: "col" }, t(title)));
  const pairs = new Set(index.comparisons.map((one) => one[0])).size;
  const order = { worse: 0, better: 1, same: 2, cannot_tell: 3 };
  const rows = [...index.comparisons].sort((a, b) => order[a[9]] - order[b[9]]).map(([pair, metric, base, head, effect, low, high, nBase, nHead, verdict]) =>
    el("tr", { class: verdict }, el("th", { scope: "row" }, pairs > 1 ? `${pair}: ${metric}` : metric), [base, head, effect].map((value, i) => el("td", { class: "number" }, i === 2 && value > 0 ? `+${figure(value)}` : figure(value))), el("td", { class: "number" }, t("{low} to {high}", { low: figure(low), high: figure(high) })), el("td", { class: "number" }, `${nBase} : ${nHead}`), el("td", {}, el("span", { class: `verdict ${verdict}` }, t(verdict.replace("_", " "))))),
  );
  const numbers = index.rows.filter((row) => row.at).slice(0, MOST_RUNS).map((row) => row.number);
  return el("section", { class: "comparison" }, el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, titles)), el("tbody", {}, rows))), numbers.length > 1 ? el("a", { class: "action ready", href: `#/compare/${numbers.join(",")}` }, t("Overlay the curves")) : "");
}

function comparisonTitle() {
  const worse = index.comparisons.filter((one) => one[9] === "worse").length;
  return worse ? t("HEAD is worse than BASE in {n}", { n: counted(worse, "figure") }) : t("HEAD is not worse than BASE");
}
