// One chart: curves of one quantity drawn by uPlot, with spans shaded, evidence marked, values read by mouse, finger and keys.

const INCREMENTS = Array.from({ length: 14 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** (power - 2))).flat(); // of the horizontal axis
const MINUTE = 60;
const HOUR = 3600;
const SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, ...[1, 2, 5, 10, 20, 50, 100].map((days) => days * 24 * HOUR)];
const MOST_NAMES = 12; // lines of a chart that are named above it; of more, the one under the cursor

class Chart {
  // `group` ties charts of one axis together: zoom, cursor, chosen finding. `lines` are {curve, places, start, label, color, ...}.
  constructor(group, { title, lines, findings = [], height = 190, note = "" }) {
    Object.assign(this, { group, title, lines, findings, height, note, hidden: new Set() });
    const sign = positive(lines);
    this.canLog = sign.any;
    this.log = sign.all && sign.ratio > 1000;
    this.plot = null;
    this.crowded = lines.length > MOST_NAMES;
    this.holder = el("div", { class: "plot", tabindex: 0, role: "img", "aria-label": this.described() });
    this.legend = el("div", { class: "legend" });
    this.place = el("span", { class: "place" });
    this.logButton = button(t("log"), () => this.setLog(!this.log), { class: "small", title: t("Logarithmic scale (key L)") });
    this.element = el(
      "figure",
      { class: this.crowded ? "chart crowded" : "chart" },
      el("figcaption", {}, el("h3", {}, title), note && el("span", { class: "note" }, note), this.legend, this.place, this.canLog && this.logButton),
      this.holder,
    );
    this.values = lines.map((line, number) => this.entry(line, number));
    this.legend.append(...this.values.map((value) => value.parentElement));
    this.holder.addEventListener("keydown", (event) => this.key(event));
    group.add(this);
  }

  described() {
    const parts = this.lines.map(({ label, curve }) => `${label}: ${counted(curve.points, "point")}, ${t("last")} ${figure(curve.last && curve.last[1])}`);
    return `${this.title}. ${parts.slice(0, 8).join("; ")}`;
  }

  entry(line, number) {
    const value = el("b", {});
    const swatch = el("svg", { class: "swatch", viewBox: "0 0 18 8", "aria-hidden": "true" });
    swatch.append(el("path", { d: "M0 4H18", stroke: line.color, "stroke-width": 2.5, "stroke-dasharray": (line.dash || []).join(" ") || null }));
    const toggle = () => {
      if (!this.hidden.delete(number)) this.hidden.add(number);
      item.setAttribute("aria-pressed", String(!this.hidden.has(number)));
      this.draw();
    };
    const item = el("button", { type: "button", class: "entry", "aria-pressed": "true", title: line.hint || null, onclick: toggle }, swatch, el("span", {}, line.label), value);
    return value;
  }

  setLog(log) {
    this.log = log && this.canLog;
    this.draw();
  }

  resize() {
    const width = this.holder.clientWidth;
    if (this.plot && width && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
  }

  draw() {
    const width = this.holder.clientWidth || 600;
    this.logButton.setAttribute("aria-pressed", String(this.log));
    const lines = this.lines.filter((_, number) => !this.hidden.has(number));
    this.shownNumbers = this.lines.map((_, number) => number).filter((number) => !this.hidden.has(number));
    const { data, series, bands, owner } = plotted(lines, this.group.axis, this.log);
    this.owner = owner;
    this.destroy();
    const ink = css("--muted");
    const grid = { stroke: css("--grid"), width: 1 };
    const font = `11px ${css("--sans")}`;
    const axis = { stroke: ink, font, grid, ticks: { show: false }, border: { show: false } };
    const log = this.log;
    this.plot = new uPlot(
      {
        width,
        height: this.height,
        padding: [14, 12, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [this.group.low, this.group.high] },
          y: { distr: log ? 3 : 1, range: (_, low, high) => padded(low, high, log, this.group.whole() ? FLAT : 0) },
        },
        axes: [
          { ...axis, size: 26, gap: 4, space: 70, incrs: this.group.axis === "time" ? SECONDS : INCREMENTS, values: (_, values) => values.map((value) => placed(this.group.axis, value)) },
          { ...axis, size: 58, gap: 6, space: 28, ...(log ? { splits: (_, number, low, high) => powers(low, high), filter: (_, splits) => splits } : {}), values: (_, values, number, space, step) => values.map((value) => (value === null ? "" : tick(value, log ? null : step))) },
        ],
        series,
        bands,
        cursor: {
          y: false,
          drag: { x: true, y: false, setScale: false },
          sync: { key: this.group.key, scales: ["x", null], setSeries: false },
          dataIdx: (plot, number, at) => nearest(plot.data, number, at),
          points: { size: 7 },
          bind: { dblclick: () => () => this.group.reset() },
        },
        hooks: {
          drawClear: [(plot) => shade(this, plot)],
          draw: [(plot) => paintMarks(this, plot)],
          setCursor: [(plot) => this.read(plot)],
          setSelect: [(plot) => this.select(plot)],
        },
      },
      data,
      this.holder,
    );
    touched(this);
  }

  destroy() {
    if (this.plot) this.plot.destroy();
    this.plot = null;
  }

  select(plot) {
    const { left, width } = plot.select;
    if (width > 3) this.group.zoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  }

  // The values under the cursor beside the names; where the names have no room, the line nearest to the cursor.
  read(plot) {
    const hovered = plot.cursor.idx;
    const seen = new Map();
    if (hovered === null || hovered === undefined) {
      this.place.textContent = "";
    } else {
      for (let number = 1; number < plot.series.length; number++) {
        const line = this.owner[number];
        const found = plot.cursor.idxs[number];
        if (line >= 0 && found !== null && found !== undefined && (!seen.has(line) || plot.data[number][found] !== null)) {
          seen.set(line, plot.data[number][found]);
        }
      }
      const where = at(this.group.axis, plot.data[0][hovered]);
      this.place.textContent = this.crowded ? `${this.nearestLine(plot, seen)}${where}` : where;
    }
    this.shownNumbers.forEach((number, shown) => {
      this.values[number].textContent = seen.has(shown) ? figure(seen.get(shown)) : "";
    });
  }

  nearestLine(plot, seen) {
    const far = ([, value]) => (typeof value === "number" ? Math.abs(plot.valToPos(value, "y") - plot.cursor.top) : Infinity);
    const [shown, value] = [...seen].reduce((best, one) => (far(one) < far(best) ? one : best), [null, null]);
    return shown === null ? "" : `${this.lines[this.shownNumbers[shown]].label} ${figure(value)} · `;
  }

  lineOf(finding) {
    return this.lines.find((line) => finding.series.includes(line.curve.name) && (!line.run || line.run === finding.run)) || null;
  }

  key(event) {
    const plot = this.plot;
    const xs = plot.data[0];
    const acts = {
      ArrowRight: () => this.step(event.shiftKey ? 10 : 1),
      ArrowLeft: () => this.step(event.shiftKey ? -10 : -1),
      Home: () => this.moveTo(xs.findIndex((x) => x >= this.group.low)),
      End: () => this.moveTo(xs.findLastIndex((x) => x <= this.group.high)),
      "+": () => this.group.scale(0.5, this.center()),
      "=": () => this.group.scale(0.5, this.center()),
      "-": () => this.group.scale(2, this.center()),
      0: () => this.group.reset(),
      l: () => this.setLog(!this.log),
      Escape: () => plot.setCursor({ left: -10, top: -10 }, true, true),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in acts)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  center() {
    const at = this.plot.cursor.idx;
    return at === null || at === undefined ? (this.group.low + this.group.high) / 2 : this.plot.data[0][at];
  }

  step(by) {
    const at = this.plot.cursor.idx;
    this.moveTo(at === null || at === undefined ? this.plot.data[0].findIndex((x) => x >= this.group.low) : at + by);
  }

  moveTo(at) {
    const xs = this.plot.data[0];
    const within = Math.min(Math.max(at, 0), xs.length - 1);
    const width = this.group.high - this.group.low;
    if (xs[within] < this.group.low || xs[within] > this.group.high) this.group.zoom(xs[within] - width / 2, xs[within] + width / 2);
    this.plot.setCursor({ left: this.plot.valToPos(xs[within], "x"), top: this.plot.over.clientHeight / 2 }, true, true);
    this.group.say(`${this.place.textContent}: ${this.lines.map((line, i) => `${line.label} ${this.values[i].textContent}`).join(", ")}`);
  }
}

// Where a logarithmic scale is marked: at powers of ten, at most five; within little more than one decade at 1, 2 and 5.
function powers(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((last - first) / 4));
  const found = [];
  if (last - first > 1) for (let power = first; power <= last; power += stride) found.push(10 ** power);
  else for (let power = first - 1; power <= last; power++) found.push(...[1, 2, 5].map((digit) => digit * 10 ** power));
  const within = found.filter((value) => value >= low && value <= high);
  return within.length > 1 ? within : [low, Math.sqrt(low * high), high].map((value) => Number(value.toPrecision(2)));
}

const FLAT = 0.02; // share of its level that a chart spans at least, so that a plateau looks like one; less only when zoomed in

function padded(low, high, log, least) {
  if (low === null || high === null) return log ? [0.1, 1] : [0, 1];
  if (log) return [low / 1.2, high * 1.2];
  const room = Math.max((high - low) * 0.06, (Math.max(Math.abs(low), Math.abs(high)) * least - (high - low)) / 2);
  return room > 0 ? [low - room, high + room] : [low - 0.5, high + 0.5];
}

// A number beside the axis, with as many decimals as tell it from the next.
function tick(value, step) {
  if (!step || step >= 1 || step < 1e-8 || Math.abs(value) >= 1e5) return figure(value);
  return value.toFixed(Math.ceil(-Math.log10(step) - 1e-9) + (Number.isInteger(Math.log10(step * 4)) ? 1 : 0)).replace(/^-?0\.?0*$/, "0");
}

// The nearest point of a series to the hovered position, since curves are logged at different places.
function nearest(data, number, at) {
  const values = data[number];
  if (number === 0 || (values[at] !== undefined && values[at] !== null)) return at;
  let before = at;
  let after = at;
  while (before >= 0 && (values[before] === undefined || values[before] === null)) before--;
  while (after < values.length && (values[after] === undefined || values[after] === null)) after++;
  if (before < 0) return after < values.length ? after : at;
  if (after >= values.length) return before;
  return data[0][at] - data[0][before] <= data[0][after] - data[0][at] ? before : after;
}

// One finger moves the cursor, two zoom; moving up and down scrolls the page.
function touched(chart) {
  const fingers = new Map();
  const { over } = chart.plot;
  let before = null;
  const spanOf = () => {
    const [a, b] = [...fingers.values()];
    return { middle: (a + b) / 2, wide: Math.max(Math.abs(a - b), 10) };
  };
  const follow = (event) => {
    if (event.pointerType !== "touch" || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.offsetX);
    if (fingers.size === 1) {
      chart.plot.setCursor({ left: event.offsetX, top: event.offsetY }, true, true);
    } else if (before) {
      const now = spanOf();
      chart.group.scale(before.wide / now.wide, chart.plot.posToVal(before.middle, "x"));
      before = now;
    }
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, event.offsetX);
    if (fingers.size === 2) before = spanOf();
    follow(event);
  });
  over.addEventListener("pointermove", follow);
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    over.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      before = null;
    });
  }
}
