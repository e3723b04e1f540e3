"""Rule files are read whole, strictly, and every refusal names file, key and the nearest known word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loglint.errors import ConfigError, RuleError
from loglint.rule import Citation, SeverityWhen, Translation
from loglint.rulebook import find_rule, find_rules, load_rules, read_rules, recipes, resolve
from loglint.rulefile import CODE, parse_rule
from tests.rules.books import RULE, write_book


def test_a_rule_file_becomes_a_rule_with_everything_in_it(tmp_path: Path) -> None:
    (rule,) = read_rules([write_book(tmp_path)])
    assert (rule.code, rule.name, rule.scope, rule.severity, rule.stage) == ("GEN001", "overfitting", "curves", "warning", "stable")
    assert rule.default
    assert rule.folds == ("GEN002", "STA")
    assert rule.severity_when == (SeverityWhen("error", "rise", at_least=2.0),)
    assert rule.cite == (Citation("book", "chapter 1"),)
    assert [remedy.otherwise for remedy in rule.remedies] == [None, "lower the learning rate"]
    assert rule.detect.detector == "rise_after_minimum"
    assert rule.detect.inputs["metric"] == "val/metric?"
    assert rule.detect.each == "val"
    assert rule.detect.settings["min_sigmas"] == 5
    assert (rule.next, rule.next_edition) == ({"min_rise": 0.02}, "2027.1")
    assert rule.zh == Translation(summary="过拟合", remedies=(("提前停止", None), ("降低学习率至 {lr_next}", "降低学习率")))
    bad, good = rule.examples
    assert (bad.bad, bad.why, bad.at, bad.at_within) == (True, "falls and rises", 20, 3)
    assert (good.bad, set(good.content)) == (False, {"train", "val"})
    assert rule.file == "GEN001-overfitting.toml"


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("summary =", "sumary =", ['"sumary"', '"summary"']),
        ("\nwhy =", "\nwhen =", ['"when"']),
        ('severity = "warning"', 'severity = "fatal"', ["severity", "fatal", "info", "warning", "error"]),
        ('scope = "curves"', 'scope = "curve"', ["scope", "curves"]),
        ('code = "GEN001"', 'code = "gen1"', ["code", "gen1"]),
        ('name = "overfitting"', 'name = "Over Fitting"', ["name", "Over Fitting"]),
        ('folds = ["GEN002", "STA"]', 'folds = "GEN002"', ["folds"]),
        ("at_least = { rise = 2 }", "at_lest = { rise = 2 }", ["severity_when", '"at_least"']),
        ("at_least = { rise = 2 }", "at_least = { rise = 2, sigmas = 3 }", ["severity_when"]),
        ('do = "stop', 'done = "stop', ["remedy", '"done"', '"do"']),
        ('cite = { recipe = "book"', 'cite = { recipie = "book"', ["remedy", "cite", '"recipe"']),
        ('with = "rise', 'detector = "rise', ["detect.with"]),
        ('each = "val"', 'each = "vale"', ["detect.each", '"val"']),
        ("min_points = 8", "min_points = [[8]]", ["detect.min_points"]),
        ("min_points = 8", "min_points = 2026-01-01", ["detect.min_points"]),
        ("at = 20", 'at = "20"', ["bad[0].at"]),
        ('why = "falls and rises"\n', "", ["bad[0].why"]),
        ('zh = { summary = "', 'zh = { sumary = "', ["zh", '"summary"']),
        ('summary = "validation rises"', 'summary = "', ["TOML"]),
    ],
)
def test_a_broken_file_is_refused_by_name_and_key(tmp_path: Path, old: str, new: str, parts: list[str]) -> None:
    with pytest.raises(RuleError) as caught:
        read_rules([write_book(tmp_path, old, new)])
    message = str(caught.value)
    assert "GEN001-overfitting.toml" in message
    for part in parts:
        assert part in message


def test_an_example_without_content_is_refused() -> None:
    text = RULE[: RULE.index("[[good]]")] + '[[good]]\nwhy = "nothing"\n'
    with pytest.raises(RuleError, match="holds no series"):
        parse_rule(text, "x.toml")


def test_a_file_must_be_called_by_its_code_and_name(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"GEN001-overfitting\.toml"):
        read_rules([write_book(tmp_path, name="GEN001.toml")])


def test_codes_and_names_are_taken_once(tmp_path: Path) -> None:
    write_book(tmp_path / "a")
    write_book(tmp_path / "b", 'code = "GEN001"', 'code = "GEN999"', "GEN999-overfitting.toml")
    with pytest.raises(RuleError, match=r'"overfitting" is already taken by GEN001-overfitting\.toml'):
        read_rules([tmp_path / "a", tmp_path / "b"])


def test_the_same_folder_named_twice_is_read_once(tmp_path: Path) -> None:
    write_book(tmp_path)
    assert len(read_rules([tmp_path, str(tmp_path) + "/."])) == 1


def test_rules_of_further_folders_join_the_shipped_ones(tmp_path: Path) -> None:
    write_book(tmp_path, 'code = "GEN001"\nname = "overfitting"', 'code = "GEN998"\nname = "mine"', "GEN998-mine.toml")
    codes = [rule.code for rule in load_rules([tmp_path])]
    assert "GEN998" in codes
    assert codes == sorted(codes)
    assert set(codes) - {"GEN998"} == {rule.code for rule in load_rules()}
    assert recipes([tmp_path])["book"].year == 2020


def test_a_missing_folder_of_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no such folder"):
        read_rules([tmp_path / "absent"])


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "GEN001-overfitting.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match="UTF-8"):
        read_rules([tmp_path])


def test_a_source_is_listed_once(tmp_path: Path) -> None:
    write_book(tmp_path / "a")
    write_book(tmp_path / "b")
    with pytest.raises(RuleError, match="book"):
        recipes([tmp_path / "a", tmp_path / "b"])


def test_an_unknown_key_of_a_source_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "recipes.toml").write_text('[a]\ntitel = "x"\n[a.sections]\n', encoding="utf-8")
    with pytest.raises(RuleError, match=r'"titel", did you mean "title"'):
        recipes([tmp_path])


def test_selectors_are_codes_names_prefixes_and_all() -> None:
    rules = load_rules()
    everything = {rule.code for rule in rules}
    assert resolve(["GEN001"], rules) == resolve(["overfitting"], rules) == resolve(["gen001"], rules) == {"GEN001"}
    assert resolve(["GEN"], rules) == {code for code in everything if code.startswith("GEN")}
    assert resolve(["ALL"], rules) == everything
    assert resolve(["GEN001", "NUM"], rules) == {"GEN001"} | resolve(["NUM"], rules)
    assert resolve([], rules) == frozenset()


@pytest.mark.parametrize("word", ["overfiting", "GEN01X", ""])
def test_a_word_for_no_rule_is_an_error(word: str) -> None:
    with pytest.raises(ConfigError, match="no rule is called"):
        resolve([word], load_rules())
    with pytest.raises(ConfigError, match="no rule is called"):
        find_rule(word, load_rules())


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match='did you mean "overfitting"'):
        find_rule("overfiting", load_rules())


def test_the_shipped_rules_are_found_beside_the_package() -> None:
    assert (find_rules() / "recipes.toml").is_file()
    assert all(CODE.fullmatch(rule.code) for rule in load_rules())


def test_reading_and_explaining_rules_imports_no_heavy_module() -> None:
    code = (
        "import sys\n"
        "from loglint.rulebook import load_rules, recipes\n"
        "from loglint.reporters.rule_page import explain, text\n"
        "assert all(text(explain(rule, recipes())) for rule in load_rules())\n"
        "print([name for name in ('numpy', 'scipy', 'pandas', 'tensorboard', 'rich') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
