"""The HTML report in a real browser with the network off: it opens, draws, sorts, zooms, compares, prints; nothing else runs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from loglint.gate import Gate, judge
from loglint.given import from_mapping
from loglint.reporters.html import render
from loglint.rulebook import load_rules
from tests.page.attacks import FIELDS, attacked
from tests.page.browser import PHONE, Browser, needs_chromium, opened

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as one:
        yield one


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs: a NaN, an overfitting one, a healthy one; and four hundred that are like it."""
    epochs = np.arange(60)
    rng = np.random.default_rng(7)
    loss = 0.3 + 2 * np.exp(-epochs / 12) + rng.normal(0, 0.01, 60)
    val = np.where(epochs < 20, 2.3 - 0.05 * epochs, 1.3 + 0.03 * (epochs - 20)) + rng.normal(0, 0.01, 60)
    nan = np.where(epochs < 20, loss, np.nan)
    table = {
        "nan": {"train_loss": nan, "lr": np.full(60, 0.1)},
        "over": {"train_loss": loss - 0.3, "val_loss": val, "lr": np.full(60, 0.1)},
        "fine/000": {"train_loss": loss, "val_loss": loss + 0.05},
    }
    runs = [run for name, curves in table.items() for run in from_mapping(curves, name)]
    report = judge(runs, (), Gate(paths=("logs",)), load_rules()).report
    fine = report.runs[0]
    assert fine.id == "fine/000"
    more = tuple(msgspec.structs.replace(fine, id=f"fine/{number:03}") for number in range(1, 400))
    report = msgspec.structs.replace(report, runs=(*report.runs, *more))
    path = tmp_path_factory.mktemp("page") / "out.html"
    path.write_text(render(report), "utf-8")
    return path


def rows(browser: Browser) -> list[str]:
    return browser.js("[...document.querySelectorAll('.rows .row .id')].map((e) => e.textContent)")


def test_it_opens_offline_asks_for_nothing_and_shows_the_sickest_first(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.js("document.querySelector('h1').textContent") == "2 of 402 runs are sick"
    assert rows(browser)[:2] == ["nan", "over"]
    assert len(rows(browser)) < 60, "rows out of view are not made"
    browser.until("document.querySelectorAll('.spark').length > 5")
    assert browser.requests() == []
    assert browser.messages() == []


def test_the_table_is_filtered_sorted_and_walked_by_keys(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.keys("/")
    browser.keys("overfit")
    assert rows(browser) == ["over"]
    browser.js("document.querySelector('.tools button.small').click()")
    browser.js("document.querySelector('[data-rule=GEN001]').click()")
    assert rows(browser) == ["over"]
    browser.js("document.querySelector('[data-rule=GEN001]').click()")
    browser.js("document.querySelector('[data-sort=run] button').click()")
    assert rows(browser)[0] == "fine/000"
    assert browser.js("document.querySelector('[data-sort=run]').getAttribute('aria-sort')") == "ascending"
    browser.js("document.querySelector('.rows a').focus()")
    browser.keys("jj", "\ue015")  # arrow down
    assert browser.js("document.activeElement.textContent") == "fine/003"
    browser.js("scrollTo(0, 200 * parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')))")
    browser.until("[...document.querySelectorAll('.rows .id')].some((e) => e.textContent === 'fine/200')")


def test_a_run_shows_its_finding_on_its_curve_and_zooms_all_charts_together(browser: Browser, page: Path) -> None:
    browser.open(page, "#/run/1")
    browser.until("document.querySelectorAll('.plot canvas').length === 2")
    card = "document.querySelector('.card.chosen')"
    assert browser.js(f"{card}.querySelector('.name').textContent") == "overfitting"
    assert [browser.js(f"Boolean({card}.querySelector('.part.{part}'))") for part in ("do", "why", "found")] == [True] * 3
    assert browser.js(f"{card}.querySelector('cite').textContent.length > 10")
    shade = "((x) => [...document.querySelector('.plot canvas').getContext('2d').getImageData(x, 40, 1, 1).data].join())"
    assert browser.js(f"{shade}(160)") != browser.js(f"{shade}(900)"), "the finding's span is shaded"
    labels = "[...document.querySelectorAll('.plot')].map((e) => e.querySelector('.u-over').clientWidth)"
    assert len(set(browser.js(labels))) == 1, "the charts share one horizontal axis"
    before = browser.js("document.querySelector('.plot canvas').toDataURL().length")
    browser.js("document.querySelectorAll('.plot')[1].focus()")
    browser.keys("+")
    browser.until(f"document.querySelector('.plot canvas').toDataURL().length !== {before}")
    browser.keys("\ue014")  # arrow right
    browser.until("/epoch \\d+/.test(document.querySelector('.place').textContent)")
    assert browser.js("document.querySelectorAll('.entry b')[0].textContent !== ''")
    browser.keys("l")
    browser.until("document.querySelectorAll('.chart button.small')[1].getAttribute('aria-pressed') === 'true'")
    assert not [message for message in browser.messages() if "Error" in message]


def test_the_charts_change_their_axis_and_what_is_not_judged_is_shown(browser: Browser, page: Path) -> None:
    browser.open(page, "#/run/0")
    assert browser.js("[...document.querySelectorAll('.notes summary')].some((e) => e.textContent.includes('could not be judged'))")
    assert browser.js("document.querySelector('h1 .mark').getAttribute('aria-label')") == "error"
    crosses = "document.querySelector('.plot canvas').getContext('2d')"
    assert browser.js(f"Boolean({crosses})")


def test_runs_are_overlaid_with_the_best_and_the_baseline_marked(browser: Browser, page: Path) -> None:
    browser.open(page, "#/compare/1,2,3/3")
    browser.until("document.querySelectorAll('.plot canvas').length >= 2")
    assert browser.js("document.querySelector('h1').textContent") == "3 runs compared"
    tags = "[...document.querySelectorAll('.pick .tag')].map((e) => e.textContent)"
    assert sorted(browser.js(tags)) == ["baseline", "best"]
    assert browser.messages() == []


def test_light_and_dark_follow_the_system_and_the_switch(browser: Browser, page: Path) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    browser.open(page, theme="dark")
    dark = browser.js(ground)
    browser.js("document.querySelector('.theme').click()")
    light = browser.js(ground)
    assert (sum(map(int, dark[4:-1].split(","))) < 100, sum(map(int, light[4:-1].split(","))) > 700) == (True, True)
    browser.js("localStorage.clear()")


@pytest.mark.parametrize("address", ["", "#/run/1", "#/compare/0,1,2"])
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, page: Path, address: str) -> None:
    browser.open(page, address, size=PHONE)
    assert browser.js("document.documentElement.scrollWidth") <= PHONE[0]


def test_it_prints_the_table_and_a_run(browser: Browser, page: Path) -> None:
    for address, least in (("", 15), ("#/run/1", 1)):
        browser.open(page, address)
        paper = base64.b64decode(browser.tell("Page.printToPDF", preferCSSPageSize=True)["data"])
        assert paper.count(b"/Type /Page\n") >= least or paper.count(b"/Type /Page ") >= least


def test_nothing_from_a_log_or_a_rule_runs_or_is_fetched(browser: Browser, tmp_path: Path) -> None:
    report = attacked()
    path = tmp_path / "out.html"
    path.write_text(render(report), "utf-8")
    shown = ""
    for address in ("", "#/run/0", "#/compare/0,1,2,3", "#/run/<img src=x onerror=window.hit=1>"):
        browser.open(path, address)
        browser.js("document.querySelectorAll('details').forEach((e) => e.setAttribute('open', ''))")
        if "run/0" in address:
            browser.until("document.querySelector('.plot canvas')")
            browser.js("document.querySelector('button.more') && document.querySelector('button.more').click()")
        shown += browser.js("document.body.textContent + [...document.querySelectorAll('[title]')].map((e) => e.title).join()")
        assert browser.js("window.hit") is None
        assert browser.js("document.querySelectorAll('#app img, #app script, #app link, #app base, #app iframe').length") == 0
        links = browser.js("[...document.querySelectorAll('#app a')].map((e) => e.getAttribute('href'))")
        assert all(link.startswith(("#", "https://", "http://")) for link in links)
        assert browser.requests() == []
        assert browser.messages() == []
    unseen = {"cite address", "dataset", "title"}
    assert {field for field in FIELDS if f"window.hit='{field}'" not in shown} <= unseen
