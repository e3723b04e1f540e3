// Opens the page: reads the index, follows the address, minds theme, keys, window size and paper.

const app = document.getElementById("app");
const slot = el("div", {}); // holds the view that the address names
let current = {};

const dark = matchMedia("(prefers-color-scheme: dark)");

// The theme chosen before, where the browser keeps such things for pages opened from a file.
function storedTheme() {
  try {
    return localStorage.getItem("loglint-theme");
  } catch {
    return null;
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.querySelector(".theme").textContent = theme === "dark" ? t("Light") : t("Dark");
  if (current.redraw) current.redraw();
}

function themeSwitch() {
  return button("", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("loglint-theme", theme);
    } catch {
      // nothing is kept: the system's theme holds again next time
    }
    setTheme(theme);
  }, { class: "small theme" });
}

function followTheme() {
  const now = () => setTheme(storedTheme() || (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", now);
  now();
}

let turn = 0; // the newest address that was followed: an older one that is still being read must not be shown

async function follow() {
  const mine = ++turn;
  if (current.leave) current.leave();
  if (current.kind === "overview") state.scroll = scrollY;
  const [, kind, rest] = location.hash.match(/^#\/(run|compare)\/([\d,]*(?:\/\d+)?)$/) || [];
  const root = el("main", { id: "main", tabindex: -1 });
  const moved = slot.childElementCount > 0;
  current = {};
  let view;
  if (kind === "run") view = await attached(root, mine, (held) => runView(held, Number(rest)));
  else if (kind === "compare") view = await attached(root, mine, (held) => compareView(held, rest.split("/")[0].split(",").map(Number), rest.includes("/") ? Number(rest.split("/")[1]) : null));
  else view = await attached(root, mine, overview);
  if (mine !== turn) return;
  current = Object.assign(view || {}, { kind: kind || "overview" });
  scrollTo(0, kind ? 0 : state.scroll);
  if (moved) root.focus({ preventScroll: true });
}

// Charts need to be in the page to know their width, so the new view stands in the page while it is drawn.
async function attached(root, mine, draw) {
  slot.replaceChildren(root);
  const view = await draw(root);
  if (mine !== turn && view && view.leave) view.leave();
  return view;
}

function topBar() {
  return el("header", { class: "top" }, el("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); document.getElementById("main").focus(); } }, t("Skip to the content")), el("a", { href: home(), class: "brand" }, "loglint"), el("span", { class: "paths", title: index.paths.join(", ") }, index.paths.join(", ")), themeSwitch());
}

function keys(event) {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  } else if (current.key) current.key(event);
}

async function open() {
  index = await inflated(document.getElementById("index"));
  index.rows.forEach((row, number) => (row.number = number));
  document.getElementById("index").remove();
  app.append(topBar());
  followTheme();
  if (index.buckets < 400 || index.rows.some((row) => row.file)) app.append(sizeNote());
  addEventListener("hashchange", follow);
  addEventListener("keydown", keys);
  addEventListener("resize", () => current.resize && current.resize());
  addEventListener("beforeprint", () => paper(true));
  addEventListener("afterprint", () => paper(false));
  app.append(slot, el("footer", { class: "quiet" }, `loglint ${index.version} · ${t("edition")} ${index.edition}`));
  await follow();
  await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
  performance.mark("ready");
  document.documentElement.dataset.ready = "yes";
}

function sizeNote() {
  const outside = index.rows.filter((row) => row.file).length;
  const words = [index.buckets < 400 ? t("So that the file stays small, curves are drawn in {n} stretches each; extremes and values that are not numbers are kept.", { n: index.buckets }) : "", outside ? t("The curves of {runs}, the least sick ones, stand in further files beside this one.", { runs: counted(outside, "run") }) : ""];
  return el("p", { class: "sizenote" }, words.filter(Boolean).join(" "));
}

let themeBefore;

// Paper is white: charts are drawn anew in the light theme, the whole table stands on it, and what is folded is opened.
function paper(on) {
  const root = document.documentElement;
  if (on) themeBefore = root.dataset.theme;
  root.toggleAttribute("data-paper", on);
  const folded = on ? ".fold:not([open]), .part.do details:not([open])" : "[data-folded]";
  for (const one of document.querySelectorAll(folded)) {
    one.toggleAttribute("data-folded", on);
    one.open = on;
  }
  setTheme(on ? "light" : themeBefore);
  if (current.print) current.print(on);
}

open().catch((error) => {
  app.append(el("p", { class: "empty" }, `This page could not be shown (${error}). It needs a browser of 2023 or later.`));
});
