"""The generated docs are in step with the rules, and every passage of the four recipe texts is accounted for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.accuracy.generators import HEALTHY
from loglint.rulebook import load_rules, recipes

ROOT = Path(__file__).parents[1]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script("generate_docs")
CHECK = _script("check_recipes")


def test_every_line_of_the_recipes_belongs_to_a_section_that_is_accounted_for() -> None:
    outline = CHECK.outlines()
    assert tuple(outline) == SCRIPT.SEEDS
    sections = {(key, where) for key, lines in outline.items() for where, _ in lines if where != CHECK.PAGE}
    assert sections == {(passage["source"], passage["where"]) for passage in SCRIPT.coverage()["passage"]}
    assert all(start.strip() for lines in outline.values() for _, start in lines)


def test_a_text_that_differs_from_the_outline_is_seen() -> None:
    outline = [("a", "one"), ("b", "two"), ("page", "three")]
    assert CHECK.difference("one line\n\n  two lines\nthree", outline) is None
    assert CHECK.difference("one line\nthree", outline) is not None
    assert CHECK.difference("one line\ntwo\nthree\nfour", outline) is not None


def test_every_section_of_the_recipes_has_a_passage() -> None:
    covered = {(passage["source"], passage["where"]) for passage in SCRIPT.coverage()["passage"]}
    listed = {(key, where) for key in SCRIPT.SEEDS for where in recipes()[key].sections}
    assert covered == listed


def test_every_passage_is_a_rule_a_remedy_or_out_of_reach_with_a_reason() -> None:
    advised = SCRIPT.remedies_by_passage(load_rules())
    for passage in SCRIPT.coverage()["passage"]:
        assert passage["says"]
        place = (passage["source"], passage["where"])
        assert passage.get("rules") or passage.get("beyond") or place in advised, place


def test_every_code_named_is_a_rule_or_planned_and_nothing_planned_is_there() -> None:
    data, codes = SCRIPT.coverage(), {rule.code for rule in load_rules()}
    named = {code for passage in data["passage"] for code in passage.get("rules", ())}
    planned = set(data["planned"])
    assert named - codes == planned


def test_passages_have_no_other_keys() -> None:
    for passage in SCRIPT.coverage()["passage"]:
        assert set(passage) <= {"source", "where", "says", "rules", "beyond"}


def test_every_trap_has_a_log_that_is_judged_and_names_shapes_that_are_drawn() -> None:
    for trap in SCRIPT.traps():
        assert set(trap) <= {"name", "fixtures", "nulls"}
        kinds = [SCRIPT.labels()[path]["kind"] for path in trap["fixtures"]]
        assert kinds, trap["name"]
        assert set(kinds) <= {"trap", "healthy"}
        assert set(trap.get("nulls", ())) <= set(HEALTHY)


def test_every_fixture_that_is_a_trap_stands_in_the_table() -> None:
    listed = [path for trap in SCRIPT.traps() for path in trap["fixtures"]]
    assert {path for path, label in SCRIPT.labels().items() if label["kind"] == "trap"} <= set(listed)


@pytest.mark.parametrize("path", SCRIPT.generated(), ids=lambda path: path.name)
def test_generated_docs_are_in_step(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == SCRIPT.generated()[path], "run scripts/generate_docs.py"


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    pages = {path.name for path in (ROOT / "docs" / "rules").glob("*.md")}
    assert pages == {path.name for path in SCRIPT.generated() if path.parent.name == "rules"}


def test_our_own_page_has_the_sections_that_rules_cite() -> None:
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    headings = {line.lstrip("# ").lower() for line in text.splitlines() if line.startswith("## ")}
    assert set(recipes()["loglint"].sections) <= headings
