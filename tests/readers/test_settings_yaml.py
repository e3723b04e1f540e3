"""YAML is read alike by libyaml and by Python, and what could nest deep is not left to libyaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from loglint.readers import yamltext

FIXTURES = Path(__file__).parents[2] / "fixtures"
TEXTS = [
    "lr: 1e-4\nbatch: 32\nname: 'a: b'\n",
    "a: !!python/object:os.system x\nb: !tagged {c: [1, 2.5, true, null, 0x1f, 1_000, 12:30]}\n",
    "base: &base {lr: .1}\nother:\n  <<: *base\n  wd: 1.e-5\n",
    "- 1\n- - 2\n  - 3\n",
    "a: |\n  two\n  lines\nb: >-\n  one\n  line\n",
    "date: 2024-01-02 03:04:05\nyes: no\n",
    "a: [1, 2\n",
    "\tx: 1\n",
    "a: 1\n---\nb: 2\n",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_both_ways_give_the_same(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    quick = yamltext.load(text)
    monkeypatch.setattr(yamltext, "_QUICK", None)
    assert repr(yamltext.load(text)) == repr(quick)


def test_settings_of_real_runs_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [path.read_text("utf-8") for path in sorted(FIXTURES.rglob("*.y*ml"))]
    quick = [yamltext.load(text) for text in texts]
    monkeypatch.setattr(yamltext, "_QUICK", None)
    assert texts
    assert list(map(repr, map(yamltext.load, texts))) == list(map(repr, quick))


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 30_000 + "x", "{a: " * 20_000, "? " * 30_000])
def test_what_nests_deep_is_no_settings_and_ends_nothing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    asked: list[object] = []
    compose = yaml.compose
    monkeypatch.setattr(yaml, "compose", lambda text, **how: asked.append(how["Loader"]) or compose(text, **how))
    assert yamltext.load(text) is None
    assert yamltext._Quick not in asked
