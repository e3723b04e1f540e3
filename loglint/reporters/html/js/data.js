// The report's data: the index at once, runs as they are asked for; and the few functions that everything else is built of.

async function inflated(element) {
  const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

let index; // what loglint.reporters.html.content.index made
const chunkElements = document.getElementsByClassName("chunk");
const chunks = new Map(); // number -> promise of runs; the last few that were used

function chunk(number) {
  const held = chunks.get(number) || inflated(chunkElements[number]);
  chunks.delete(number);
  chunks.set(number, held);
  if (chunks.size > 40) chunks.delete(chunks.keys().next().value);
  return held;
}

async function wholeRun(row) {
  const [number, position] = row.at;
  return (await chunk(number))[position];
}

function t(words, values = {}) {
  const said = (index.labels && index.labels[words]) || words;
  return said.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

function counted(number, noun) {
  return t(number === 1 ? `{n} ${noun}` : `{n} ${noun}s`, { n: number.toLocaleString("en") });
}

// An element; text is always set as text, so that nothing from a log becomes markup.
function el(tag, attributes = {}, ...children) {
  const namespace = ["svg", "path", "circle", "rect", "line", "g"].includes(tag) ? "http://www.w3.org/2000/svg" : null;
  const made = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.setAttribute("class", value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function button(label, act, attributes = {}) {
  return el("button", { type: "button", onclick: act, ...attributes }, label);
}

function figure(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value).replace(/^(-?)inf$/, "$1∞");
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e") : String(Number(value.toPrecision(4)));
}

function axisWord(axis) {
  return t({ step: "step", epoch: "epoch", time: "time", seq: "record" }[axis]);
}

// "step 71", "第 71 步".
function at(axis, value) {
  return t(`${{ step: "step", epoch: "epoch", time: "time", seq: "record" }[axis]} {place}`, { place: placed(axis, value) });
}

function placed(axis, value) {
  if (axis === "time") return duration(value);
  const whole = Number.isInteger(value) ? value.toLocaleString("en") : figure(value);
  return whole;
}

function duration(seconds) {
  const sign = seconds < 0 ? "-" : "";
  const s = Math.abs(seconds);
  if (s < 120) return `${sign}${Number(s.toPrecision(3))} s`;
  if (s < 7200) return `${sign}${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
  return `${sign}${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}

// Severities by their number, as the report orders them.
const SEVERITIES = ["info", "warning", "error"];

function mark(severity, title) {
  const name = severity < 0 ? "healthy" : SEVERITIES[severity];
  const shapes = {
    error: () => el("path", { d: "M8 1 15 8 8 15 1 8Z" }),
    warning: () => el("path", { d: "M8 2 15 14H1Z" }),
    info: () => el("circle", { cx: 8, cy: 8, r: 6 }),
    healthy: () => el("circle", { cx: 8, cy: 8, r: 4.5 }),
  };
  const word = title || t(name);
  return el("svg", { class: `mark ${name}`, viewBox: "0 0 16 16", role: "img", "aria-label": word }, shapes[name]());
}

function fresh(row) {
  return row.found.filter((found) => found[2] === "new");
}

function worst(row) {
  return fresh(row).reduce((most, found) => Math.max(most, found[1]), -1);
}

// The address of the first screen: of the first file, where the report has several.
function home() {
  return index.home ? encodeURIComponent(index.home) : "#/";
}

function ruleName(code) {
  return (index.rules[code] || [code])[0];
}

function link(url, text) {
  return /^https?:\/\//.test(url || "") ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
}

// "a/b.csv" of "sweep/a/b.csv" where every run is below sweep/; the folders dimmed, so that what differs is read first.
function runName(id) {
  index.common ??= commonFolder(index.rows.map((row) => row.id));
  const said = id.startsWith(index.common) ? id.slice(index.common.length) : id;
  const cut = said.lastIndexOf("/", said.length - 2) + 1;
  return [cut ? el("span", { class: "folder" }, said.slice(0, cut)) : "", el("span", { class: "leaf" }, said.slice(cut) || id || ".")];
}

function commonFolder(ids) {
  const first = ids[0];
  let end = first.length;
  for (const id of ids) {
    let at = 0;
    while (at < end && id[at] === first[at]) at++;
    end = at;
  }
  return first.slice(0, first.lastIndexOf("/", end === first.length ? end - 1 : end) + 1);
}
