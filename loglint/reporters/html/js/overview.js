// The first screen: which runs are sick, of what, worst first; a table of runs by their findings that can be filtered and sorted.

const WHOLE = 150; // rows up to which all stand in the page; more are made as they come into view
const PRINTED = 400; // rows on paper
const AROUND = 8; // rows made above and below what is in view
const state = { text: "", severity: null, rule: null, sort: "worst", down: false, scroll: 0, chosen: new Set() };
const collator = new Intl.Collator("en", { numeric: true });

function overview(root) {
  const judged = index.rows.filter((row) => row.side !== "base");
  const table = new Table(index.rows);
  root.append(
    el("section", { class: "head" }, headline(judged), index.comparisons.length ? comparisonTable() : "", spectrum(judged, table)),
    el("div", { class: "split" }, symptoms(judged, table), table.element),
    loose(),
    el("section", { class: "notes" }, unjudgedBlock(index.unjudged, true), problemsBlock()),
  );
  table.show();
  return { leave: () => table.leave(), print: (on) => table.print(on) };
}

function headline(rows) {
  const sick = rows.filter((row) => worst(row) > 0).length;
  const [errors, warnings, hints] = index.counts;
  const words = [counted(errors, "error"), counted(warnings, "warning"), counted(hints, "hint")];
  const facts = [counted(rows.length, "run"), counted(sum(rows, "curves"), "curve"), counted(sum(rows, "points"), "point"), counted(index.applied, "rule")];
  const unjudged = new Set(index.unjudged.flatMap(([, codes]) => codes)).size;
  if (unjudged) facts.push(t("{rules} could not be judged everywhere", { rules: counted(unjudged, "rule") }));
  const [failure, ...more] = index.failures;
  if (failure) words.unshift(...more);
  const many = sick
    ? t("{sick} of {runs} are sick", { sick: sick.toLocaleString("en"), runs: counted(rows.length, "run") })
    : t("No run is sick");
  const said = rows.length === 1 ? t(sick ? "The run is sick" : "The run is not sick") : many;
  if (index.comparisons.length && !failure) words.unshift(said);
  const title = failure ? [mark(2), " ", failure[0].toUpperCase() + failure.slice(1)] : index.comparisons.length ? comparisonTitle() : said;
  return el("div", { class: "headline" }, el("h1", {}, title), el("p", {}, words.join(t(", "))), el("p", { class: "quiet" }, facts.join(" · ")));
}

function sum(rows, key) {
  return rows.reduce((total, row) => total + row[key], 0);
}

// One bar, a share for each severity: how many runs have it as their worst. A click shows only those.
function spectrum(rows, table) {
  const counts = [2, 1, 0, -1].map((severity) => [severity, rows.filter((row) => worst(row) === severity).length]);
  const parts = counts.filter(([, count]) => count).map(([severity, count]) => {
    const name = severity < 0 ? "healthy" : SEVERITIES[severity];
    const words = { error: "with an error", warning: "with a warning", info: "with a hint", healthy: "without a symptom" }[name];
    const part = button([mark(severity), el("b", {}, count.toLocaleString("en")), el("span", {}, ` ${t(words)}`)], () => table.filter({ severity: state.severity === severity ? null : severity }), {
      class: `part ${name}`,
      "aria-pressed": String(state.severity === severity),
      "data-severity": severity,
    });
    part.style.flexGrow = count;
    return part;
  });
  return el("div", { class: "spectrum", role: "group", "aria-label": t("Runs by their worst finding") }, parts);
}

// The findings by rule, most severe and commonest first. A click shows the runs that have it.
function symptoms(rows, table) {
  const seen = new Map();
  for (const row of rows) {
    for (const [code, severity] of new Map(fresh(row).map((found) => [found[0], found[1]]))) {
      const entry = seen.get(code) || { code, severity, runs: 0 };
      seen.set(code, { code, severity: Math.max(entry.severity, severity), runs: entry.runs + 1 });
    }
  }
  const ranked = [...seen.values()].sort((a, b) => b.severity - a.severity || b.runs - a.runs || (a.code < b.code ? -1 : 1));
  const most = Math.max(...ranked.map((entry) => entry.runs), 1);
  const items = ranked.map(({ code, severity, runs }) => {
    const [name, summary] = index.rules[code] || [code, ""];
    const bar = el("span", { class: `bar ${SEVERITIES[severity]}` });
    bar.style.width = `${(100 * runs) / most}%`;
    const pick = () => table.filter({ rule: state.rule === code ? null : code });
    return el(
      "li",
      {},
      button([mark(severity), el("span", { class: "name" }, name), el("span", { class: "count" }, runs.toLocaleString("en")), el("span", { class: "track" }, bar)], pick, {
        class: "symptom",
        "data-rule": code,
        "aria-pressed": String(state.rule === code),
        title: `${code}: ${summary}`,
      }),
    );
  });
  if (!items.length) return el("aside", { class: "symptoms" }, el("h2", {}, t("Symptoms")), el("p", { class: "quiet" }, t("None.")));
  const list = el("ol", {}, items);
  const wide = matchMedia("(min-width: 900px)").matches;
  return el("aside", { class: "symptoms" }, el("details", { open: wide }, el("summary", {}, el("h2", {}, t("Symptoms")), el("span", { class: "quiet" }, t("in how many runs"))), list));
}

class Table {
  constructor(rows) {
    this.rows = rows;
    this.made = new Map();
    this.body = el("div", { class: "rows", role: "rowgroup" });
    this.count = el("span", { class: "quiet", "aria-live": "polite" });
    this.search = el("input", { type: "search", placeholder: t("Filter: run, finding, setting"), "aria-label": t("Filter: run, finding, setting"), value: state.text, oninput: () => this.filter({ text: this.search.value }) });
    this.clear = button(t("clear"), () => this.reset(), { class: "small" });
    this.compare = el("a", { class: "action", href: "#/compare/" }, "");
    this.header = el("div", { class: "row header", role: "row" }, this.columns().map((column) => this.title(column)));
    this.grid = el("div", { class: "table", role: "table", "aria-label": t("Runs and their findings") }, this.header, this.body);
    this.element = el("section", { class: "runs" }, el("div", { class: "tools" }, this.search, this.count, this.clear, this.compare), this.grid);
    if (index.score) this.grid.classList.add("scored");
    this.grid.dataset.settings = index.settings.length;
    this.onscroll = () => this.fill();
    this.body.addEventListener("keydown", (event) => this.key(event));
    addEventListener("scroll", this.onscroll, { passive: true });
    addEventListener("resize", this.onscroll);
  }

  columns() {
    return [
      { key: "run", title: t("Run"), class: "run" },
      { key: null, title: t("Curve"), class: "curve" },
      { key: "worst", title: t("Worst finding"), class: "finding" },
      { key: "count", title: t("All findings"), class: "codes" },
      ...(index.score ? [{ key: "score", title: [t("Best"), " ", ...index.score[0].replace("metric.", "").split(/(?<=[/_])/).flatMap((part) => [part, el("wbr")])], class: "score" }] : []),
      ...index.settings.map((name, i) => ({ key: `setting${i}`, title: name.split(".").pop().split(/(?<=[_-])/).flatMap((part) => [part, el("wbr")]), class: "setting" })),
    ];
  }

  title({ key, title, class: name }) {
    const attributes = { class: `cell ${name}`, role: "columnheader" };
    if (!key) return el("div", attributes, title);
    const cell = el("div", { ...attributes, "data-sort": key }, button(title, () => this.sort(key)));
    return cell;
  }

  sort(key) {
    state.down = state.sort === key ? !state.down : false;
    state.sort = key;
    this.show();
  }

  filter(change) {
    Object.assign(state, change);
    this.show();
  }

  reset() {
    this.search.value = "";
    this.filter({ text: "", severity: null, rule: null });
  }

  matching() {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    return this.rows.filter((row) => {
      if (state.severity !== null && (worst(row) !== state.severity || row.side === "base")) return false;
      if (state.rule !== null && !fresh(row).some((found) => found[0] === state.rule)) return false;
      if (!words.length) return true;
      row.text ??= haystack(row);
      return words.every((word) => row.text.includes(word));
    });
  }

  ordered(rows) {
    const { sort } = state;
    const direction = state.down ? -1 : 1;
    if (sort === "worst") return state.down ? [...rows].reverse() : rows;
    const best = index.score && index.score[1] === "up" ? -1 : 1;
    const value = {
      run: (row) => row.id,
      count: (row) => -fresh(row).length,
      score: (row) => (typeof row.score === "number" ? best * row.score : null),
    };
    const get = sort.startsWith("setting") ? (row) => row.settings[Number(sort.slice(7))] : value[sort];
    const compared = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
    return [...rows].sort((a, b) => {
      const [x, y] = [get(a), get(b)];
      if (x === null || y === null) return (x === null) - (y === null);
      return direction * compared(x, y) || a.number - b.number;
    });
  }

  // Applies filter and order, and makes the rows that are in view.
  show() {
    this.shown = this.ordered(this.matching());
    for (const element of this.made.values()) element.remove();
    this.made.clear();
    this.count.textContent = this.shown.length === this.rows.length ? "" : t("{shown} of {runs}", { shown: this.shown.length.toLocaleString("en"), runs: counted(this.rows.length, "run") });
    this.clear.hidden = this.shown.length === this.rows.length && !state.text;
    for (const cell of this.header.querySelectorAll("[data-sort]")) {
      const mine = cell.dataset.sort === state.sort;
      cell.setAttribute("aria-sort", mine ? (state.down ? "descending" : "ascending") : "none");
    }
    for (const part of document.querySelectorAll("[data-severity]")) part.setAttribute("aria-pressed", String(Number(part.dataset.severity) === state.severity));
    for (const part of document.querySelectorAll("[data-rule]")) part.setAttribute("aria-pressed", String(part.dataset.rule === state.rule));
    this.grid.setAttribute("aria-rowcount", this.shown.length + 1);
    this.body.classList.toggle("nothing", !this.shown.length);
    this.body.dataset.empty = t("No run matches.");
    this.whole = this.shown.length <= WHOLE;
    this.body.classList.toggle("virtual", !this.whole);
    this.offerCompare();
    this.fill();
  }

  fill() {
    if (!this.body.isConnected) return;
    const height = rowHeight();
    this.body.style.height = this.whole ? "" : `${this.shown.length * height}px`;
    let [from, to] = [0, this.shown.length];
    if (!this.whole) {
      const top = -this.body.getBoundingClientRect().top;
      from = Math.max(0, Math.floor(top / height) - AROUND);
      to = Math.min(to, Math.ceil((top + innerHeight) / height) + AROUND);
    }
    for (const [number, element] of this.made) {
      if (number >= from && number < to) continue;
      if (element.contains(document.activeElement)) continue;
      element.remove();
      this.made.delete(number);
    }
    for (let number = from; number < to; number++) {
      if (this.made.has(number)) continue;
      const element = this.row(this.shown[number], number);
      if (!this.whole) element.style.top = `${number * height}px`;
      this.made.set(number, element);
      const next = this.whole ? null : [...this.body.children].find((child) => Number(child.dataset.number) > number);
      this.body.insertBefore(element, next || null);
    }
  }

  row(row, number) {
    const found = fresh(row);
    const severity = worst(row);
    const top = found[0];
    const known = row.found.length - found.length;
    const drawing = el("div", { class: "cell curve", role: "cell" });
    const pick = el("input", { type: "checkbox", "aria-label": t("Compare this run"), title: t("Compare this run") });
    pick.checked = state.chosen.has(row.number);
    pick.addEventListener("change", () => {
      if (pick.checked) state.chosen.add(row.number);
      else state.chosen.delete(row.number);
      this.offerCompare();
    });
    const cells = [
      el("div", { class: "cell run", role: "cell" }, pick, row.side === "base" ? "" : mark(severity), el("a", { href: runLink(row), class: "id", title: row.id }, runName(row.id)), row.side ? el("span", { class: "side" }, t(row.side)) : ""),
      drawing,
      el(
        "div",
        { class: "cell finding", role: "cell" },
        row.side === "base" ? el("div", { class: "quiet" }, t("of BASE, not judged here")) : top ? [el("div", { class: "what" }, el("b", {}, ruleName(top[0])), " ", top[3]), top[4] ? el("div", { class: "first" }, el("span", { class: "label" }, t("do")), " ", top[4]) : ""] : el("div", { class: "quiet" }, known ? t("nothing new") : t("no symptom")),
      ),
      el("div", { class: "cell codes", role: "cell" }, chips(found, known)),
      ...(index.score ? [el("div", { class: "cell score", role: "cell" }, figure(row.score))] : []),
      ...row.settings.map((value) => el("div", { class: "cell setting", role: "cell" }, value === null ? "" : figure(value))),
    ];
    const made = el("div", { class: `row ${severity < 0 ? "healthy" : SEVERITIES[severity]}`, role: "row", "aria-rowindex": number + 2, "data-number": number }, cells);
    made.addEventListener("click", (event) => {
      if (!event.target.closest("a, input, button") && !getSelection().toString()) made.querySelector("a").click();
    });
    if (row.at) wholeRun(row).then((run) => drawing.append(spark(run, run.findings.find((f) => f.status === "new" && f.rule === (top && top[0])))));
    else drawing.append(el("span", { class: "none" }, t("in a further file")));
    return made;
  }

  offerCompare() {
    const picked = [...state.chosen];
    const numbers = picked.length ? picked : this.shown.slice(0, 8).map((row) => row.number);
    this.compare.textContent = picked.length ? t("Compare {n} chosen", { n: picked.length }) : t("Compare the first {n}", { n: numbers.length });
    this.compare.href = `#/compare/${numbers.join(",")}`;
    this.compare.classList.toggle("ready", picked.length > 1);
    this.compare.hidden = numbers.length < 2 && !picked.length;
  }

  key(event) {
    const row = event.target.closest(".row");
    const by = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.key === "x" && row) return row.querySelector("input").click();
    if (!by || !row || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    event.preventDefault();
    return this.focus(Math.min(Math.max(Number(row.dataset.number) + by, 0), this.shown.length - 1));
  }

  focus(number) {
    if (!this.made.has(number)) scrollTo(0, scrollY + this.body.getBoundingClientRect().top + number * rowHeight() - innerHeight / 2);
    this.fill();
    const target = this.made.get(number);
    target.querySelector("a").focus();
    target.scrollIntoView({ block: "nearest" });
  }

  print(on) {
    if (on && !this.whole) {
      this.kept = this.shown;
      this.shown = this.shown.slice(0, PRINTED);
      this.whole = true;
      this.body.classList.remove("virtual");
      this.body.dataset.more = this.kept.length > PRINTED ? t("and {n} more", { n: (this.kept.length - PRINTED).toLocaleString("en") }) : "";
      this.fill();
    } else if (!on && this.kept) {
      this.kept = null;
      delete this.body.dataset.more;
      this.show();
    }
  }

  leave() {
    removeEventListener("scroll", this.onscroll);
    removeEventListener("resize", this.onscroll);
  }
}

function rowHeight() {
  return parseFloat(css("--row"));
}

function runLink(row) {
  return row.at ? `#/run/${row.number}` : `${encodeURIComponent(row.file[0])}#/run/${row.file[1]}`;
}

function haystack(row) {
  const found = fresh(row).map(([code, severity, , message]) => `${code} ${ruleName(code)} ${SEVERITIES[severity]} ${message}`);
  const settings = row.settings.map((value, i) => `${index.settings[i]}=${value}`);
  return [row.id, row.side, ...found, ...settings].join(" ").toLowerCase();
}

function chips(found, known) {
  const made = found.slice(0, 5).map(([code, severity]) => el("span", { class: `chip ${SEVERITIES[severity]}`, title: ruleName(code) }, code));
  if (found.length > 5) made.push(el("span", { class: "chip more" }, `+${found.length - 5}`));
  if (known) made.push(el("span", { class: "chip known", title: t("in the baseline, or ignored") }, t("{n} known", { n: known })));
  return made;
}

// Findings that belong to no single run: files that could not be read, rules across runs.
function loose() {
  const found = index.loose.filter((finding) => finding.status === "new");
  if (!found.length) return "";
  return el("section", { class: "loose" }, el("h2", {}, t("Across runs, and files that belong to no run")), el("div", { class: "cards" }, found.map((finding) => card(finding, {}))));
}

function unjudgedBlock(entries, many) {
  if (!entries.length) return "";
  const rules = new Set(entries.flatMap(([, codes]) => codes)).size;
  const items = entries.map(([why, codes, runs]) =>
    el("li", {}, el("b", {}, why), many && index.rows.length > 1 ? el("span", { class: "quiet" }, ` (${t("in up to {runs}", { runs: counted(runs, "run") })})`) : "", ": ", el("span", { class: "quiet" }, codes.map(ruleName).join(", "))),
  );
  return el("details", { class: "fold" }, el("summary", {}, t("What could not be judged"), el("span", { class: "quiet" }, ` ${counted(rules, "rule")}`)), el("ul", {}, items));
}

function problemsBlock() {
  if (!index.problems.length) return "";
  const items = index.problems.map(([path, line, message]) => el("li", {}, el("code", {}, line ? `${path}:${line}` : path), " ", message));
  return el("details", { class: "fold" }, el("summary", {}, t("Met while reading"), el("span", { class: "quiet" }, ` ${counted(index.problems.length, "problem")}`)), el("ul", {}, items));
}
