// One run: its charts on the left, its findings with why, do and see beside them, then settings and what could not be judged.

const FIRST_REMEDIES = 3;
let wantedAxis = null; // the axis last asked for; kept from run to run

async function runView(root, number) {
  const row = index.rows[number];
  if (!row || !row.at) return missing(root);
  const run = await wholeRun(row);
  const findings = run.findings.map((finding) => ({ ...finding, run: number }));
  const view = new RunView(row, run, findings);
  root.append(view.header(), el("div", { class: "sheet" }, view.chartColumn, view.findingColumn()), view.details());
  view.draw();
  return view;
}

function missing(root) {
  root.append(el("p", { class: "empty" }, t("There is no such run in this report."), " ", el("a", { href: home() }, t("All runs"))));
  return {};
}

class RunView extends Charted {
  constructor(row, run, findings) {
    super();
    Object.assign(this, { row, run, findings, chosen: null, open: false });
    this.axes = axesOf(run.curves);
    const asked = findings[0] && findings[0].axis;
    this.axis = [wantedAxis, asked].find((axis) => axis && this.axes.includes(axis)) || this.axes[0] || "step";
    this.live = el("div", { class: "unseen", "aria-live": "polite" });
    this.charts = el("div", { class: "charts" });
    this.tools = el("div", { class: "tools" });
    this.chartColumn = el("div", { class: "left" }, this.tools, this.charts, this.live);
    this.cards = new Map();
  }

  header() {
    const severity = worst(this.row);
    const { number } = this.row;
    const [before, after] = [number > 0 && index.rows[number - 1].at, number + 1 < index.rows.length && index.rows[number + 1].at];
    const facts = [
      ...this.run.sources.slice(0, 1).map(([path, format, framework]) => [path, format, framework].filter(Boolean).join(" · ")),
      this.run.sources.length > 1 ? t("and {n} more files", { n: this.run.sources.length - 1 }) : "",
      counted(this.row.curves, "curve"),
      counted(this.row.points, "point"),
    ];
    return el(
      "section",
      { class: "head run" },
      el("nav", { class: "crumbs", "aria-label": t("Runs") }, el("a", { href: home() }, t("All runs")), el("span", { class: "quiet" }, `${(number + 1).toLocaleString("en")} / ${index.rows.length.toLocaleString("en")}`), before ? el("a", { href: `#/run/${number - 1}`, rel: "prev", title: t("Previous run (key K)") }, t("previous")) : "", after ? el("a", { href: `#/run/${number + 1}`, rel: "next", title: t("Next run (key J)") }, t("next")) : ""),
      el("h1", {}, mark(severity), el("span", { class: "id" }, this.row.id || ".")),
      el("p", { class: "quiet" }, facts.filter(Boolean).join(" · ")),
    );
  }

  pick(axis) {
    wantedAxis = this.axis = axis;
    this.draw();
  }

  draw() {
    this.destroy();
    const named = new Set(this.findings.flatMap((finding) => finding.inputs));
    const sets = charted(this.run.curves.filter((curve) => curve.y.length), this.axis);
    const main = sets.filter((set) => set.main || set.curves.some((curve) => named.has(curve.name)));
    const rest = sets.filter((set) => !main.includes(set));
    const shown = this.open || !main.length ? sets : main;
    const groups = new Map();
    const charts = shown.map((set) => {
      if (!groups.has(set.axis)) groups.set(set.axis, new Group(`run${this.row.number}`, set.axis, (words) => (this.live.textContent = words)));
      return this.chart(groups.get(set.axis), set, named);
    });
    this.groups = [...groups.values()];
    this.charts.replaceChildren(...charts.map((chart) => chart.element));
    if (!charts.length) this.charts.append(el("p", { class: "empty" }, t("No curve was read.")));
    if (rest.length && main.length) {
      const toggle = () => {
        this.open = !this.open;
        this.draw();
      };
      this.charts.append(button(this.open ? t("Fewer curves") : t("{n} more charts", { n: rest.length }), toggle, { class: "more" }));
    }
    this.tools.replaceChildren(...[axisButtons(this.axes, this.axis, (axis) => this.pick(axis)), charts.length ? zoomButtons(() => this.groups) : ""].filter(Boolean));
    for (const group of this.groups) group.ready();
    this.choose(this.chosen || this.findings.find((f) => f.status === "new") || this.findings[0] || null);
  }

  chart(group, set, named) {
    const order = [...set.curves].sort((a, b) => named.has(b.name) - named.has(a.name));
    const curves = set.curves.length > MOST_LINES && !this.open ? order.slice(0, MOST_LINES) : set.curves;
    const names = new Set(curves.map((curve) => curve.name));
    const note = [curves.length < set.curves.length ? t("{n} of {all} curves", { n: curves.length, all: set.curves.length }) : "", set.axis !== this.axis ? t("logged by {axis} only", { axis: axisWord(set.axis) }) : ""];
    return new Chart(group, {
      title: set.key === "unknown" ? curves[0].name : familyTitle(set.key),
      lines: styled(curves, this.run),
      findings: this.findings.filter((finding) => finding.series.some((name) => names.has(name))),
      height: ["loss", "perplexity"].includes(set.key) ? 230 : curves.length > 5 ? 210 : 150,
      note: note.filter(Boolean).join(", "),
    });
  }

  choose(finding) {
    this.chosen = finding;
    for (const [one, element] of this.cards) element.classList.toggle("chosen", one === finding);
    for (const group of this.groups) group.choose(finding);
  }

  findingColumn() {
    const made = this.findings.map((finding) => {
      const element = card(finding, { choose: () => this.choose(finding), number: this.row.number });
      this.cards.set(finding, element);
      return element;
    });
    if (!made.length) made.push(el("p", { class: "empty" }, t("No symptom that loglint knows.")));
    return el("div", { class: "right" }, made);
  }

  details() {
    const { run } = this;
    const config = run.config.map(([key, value]) => el("tr", {}, el("th", { scope: "row" }, key), el("td", {}, value === null ? "–" : String(value))));
    const curves = run.curves.map((curve) =>
      el("tr", {}, [curve.name, [curve.split, curve.role].filter(Boolean).join("/"), curve.points.toLocaleString("en"), Object.entries(curve.nonfinite).map(([kind, n]) => `${n} ${kind.replace("neg_", "-")}`).join(", "), figure(curve.best && curve.best[1]), figure(curve.last && curve.last[1]), curve.why].map((value) => el("td", {}, value))),
    );
    const titles = ["curve", "taken as", "points", "not finite", "best", "last", "because"].map((title) => el("th", { scope: "col" }, t(title)));
    const again = run.curves.flatMap((curve) => curve.also.map((copy) => el("li", {}, t("{curve} also in {copy}", { curve: curve.name, copy }))));
    const attempts = new Map(run.curves.flatMap((curve) => curve.attempts.slice(1).map(([number, , reason]) => [number, reason])));
    return el(
      "section",
      { class: "notes" },
      config.length ? el("details", { class: "fold", open: config.length <= 30 }, el("summary", {}, t("Settings"), el("span", { class: "quiet" }, ` ${config.length}`)), el("div", { class: "scroll" }, el("table", { class: "config" }, config))) : el("p", { class: "quiet" }, t("No settings were found beside the log.")),
      attempts.size ? el("details", { class: "fold", open: true }, el("summary", {}, t("Attempts"), el("span", { class: "quiet" }, ` ${attempts.size + 1}`)), el("ul", {}, [...attempts].map(([number, reason]) => el("li", {}, `${number + 1}: ${reason}`)))) : "",
      unjudgedBlock(run.unjudged, false),
      el("details", { class: "fold" }, el("summary", {}, t("Curves and files"), el("span", { class: "quiet" }, ` ${run.curves.length}`)), el("div", { class: "scroll" }, el("table", { class: "curves" }, el("thead", {}, el("tr", {}, titles)), el("tbody", {}, curves))), again.length ? el("ul", {}, again) : "", el("ul", {}, run.sources.map(([path, format, framework]) => el("li", {}, el("code", {}, path), ` ${[format, framework].filter(Boolean).join(", ")}`)))),
    );
  }

  key(event) {
    const to = { j: 1, k: -1 }[event.key];
    const next = to && index.rows[this.row.number + to];
    if (next && next.at) location.hash = `#/run/${next.number}`;
  }
}

// A finding in full. `choose` is called when it is picked to be shown in the charts.
function card(finding, { choose, number }) {
  const severity = SEVERITIES[finding.severity];
  const place = typeof finding.first === "number" && finding.axis !== "time" ? at(finding.axis, finding.first) : "";
  const title = [mark(finding.severity), el("span", { class: "name" }, finding.name), el("code", {}, finding.rule)];
  const head = choose && finding.series.length ? el("button", { type: "button", class: "title", title: t("Show it in the charts"), onclick: choose }, title) : el("div", { class: "title" }, title);
  const status = finding.status === "new" ? "" : el("span", { class: "chip known" }, t(finding.status));
  const where = [place, finding.attempt ? t("attempt {n}", { n: finding.attempt + 1 }) : "", finding.file[1] ? `${finding.file[0]}:${finding.file[1]}` : ""].filter(Boolean).join(" · ");
  const why = (index.rules[finding.rule] || [])[2];
  const element = el(
    "article",
    { class: `card ${severity} ${finding.status}` },
    el("h3", {}, head, status),
    el("p", { class: "message" }, finding.message),
    where && el("p", { class: "where" }, where),
    section("do", remedies(finding)),
    why && section("why", el("p", {}, why)),
    section("found", numbers(finding)),
    finding.folded.length ? section("explains", el("ul", { class: "folded" }, finding.folded.map((inner) => el("li", {}, mark(inner.severity), " ", el("b", {}, inner.name), " ", el("code", {}, inner.rule), ": ", inner.message)))) : "",
    finding.runs.length > 1 ? section("runs", runList(finding, number)) : "",
  );
  if (choose) {
    element.addEventListener("click", (event) => !event.target.closest("a, summary, button") && !getSelection().toString() && choose());
    element.addEventListener("focusin", choose);
  }
  return element;
}

function section(word, content) {
  return content ? el("div", { class: `part ${word}` }, el("h4", {}, t(word)), content) : "";
}

function remedies(finding) {
  if (!finding.remedy.length) return null;
  const items = finding.remedy.map(([words, recipe, where, url]) => {
    const [source, known] = index.sources[recipe] || [recipe, null];
    return el("li", {}, words, el("cite", {}, t("see"), " ", link(url || known, source), where ? `, ${where}` : ""));
  });
  const rest = items.slice(FIRST_REMEDIES);
  return [el("ol", {}, items.slice(0, FIRST_REMEDIES)), rest.length ? el("details", {}, el("summary", {}, t("{n} more", { n: rest.length })), el("ol", { start: FIRST_REMEDIES + 1 }, rest)) : ""];
}

function numbers(finding) {
  const limits = finding.found.filter((one) => !one[4]).map(([name, value, side, limit]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value), el("td", { class: "quiet" }, t(side === "min" ? "allowed: below {limit}" : "allowed: above {limit}", { limit }))));
  const rest = [...finding.found.filter((one) => one[4]), ...finding.rest].map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value), el("td", {})));
  if (!limits.length && !rest.length) return null;
  return [limits.length ? el("table", { class: "numbers" }, limits) : "", rest.length ? el("details", {}, el("summary", {}, t("all numbers")), el("table", { class: "numbers" }, rest)) : ""];
}

function runList(finding, mine) {
  const known = new Map(index.rows.map((row) => [row.id, row]));
  const items = finding.runs.slice(0, 20).map((id) => {
    const row = known.get(id);
    return el("li", {}, row && row.number !== mine ? el("a", { href: runLink(row) }, runName(id)) : el("span", {}, runName(id)));
  });
  const numbers = finding.runs.map((id) => known.get(id)).filter((row) => row && row.at).slice(0, 12).map((row) => row.number);
  return [el("ul", { class: "runs" }, items), finding.runs.length > 20 ? el("p", { class: "quiet" }, t("and {n} more", { n: finding.runs.length - 20 })) : "", numbers.length > 1 ? el("a", { class: "action", href: `#/compare/${numbers.join(",")}` }, t("Compare them")) : ""];
}
