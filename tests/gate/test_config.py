from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import msgspec
import pytest

from loglint import config, schemas
from loglint.config import Config, Ignore, convert, load, with_options
from loglint.errors import ConfigError

EVERYTHING = """
edition = "2026.1"
select = ["GEN"]
extend-select = ["lr-never-decayed"]
ignore = ["GEN005", { rules = ["STA"], path = "gan/**", reason = "adversarial", until = 2030-01-01 }]
preview = true
fail_on = "warning"
min-severity = "info"
include = ["*.csv"]
exclude = ["old/**"]
run_key = "seed"
require = ["train/loss"]
annotate = "train.yaml"

[rules.overfitting]
severity = "error"
min_rise = 0.1

[paths."smoke/**"]
extend_select = ["NUM"]

[[pattern]]
regex = "(?P<loss>x)"

[[role]]
name = "l_*"
role = "loss"

[[expect]]
metric = "val/accuracy"
best = ">= 0.7"
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_every_setting_is_read(tmp_path):
    found = load(write(tmp_path / "loglint.toml", EVERYTHING)).config
    assert found.select == ("GEN",)
    assert found.ignored_rules == ("GEN005",)
    assert [(entry.rules, entry.path, entry.reason) for entry in found.ignores] == [(("STA",), "gan/**", "adversarial")]
    assert found.rules == {"overfitting": {"severity": "error", "min_rise": 0.1}}
    assert found.paths["smoke/**"].extend_select == ("NUM",)
    assert found.fail_on == "warning"
    assert (found.pattern[0].regex, found.role[0].role, found.expect[0].best) == ("(?P<loss>x)", "loss", ">= 0.7")


def test_pyproject_is_found_upwards_and_only_with_its_table(tmp_path):
    write(tmp_path / "pyproject.toml", '[tool.loglint]\nfail-on = "never"\n')
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\n")
    (tmp_path / "a" / "b").mkdir()
    found = load(start=tmp_path / "a" / "b")
    assert (found.file, found.root, found.config.fail_on) == (tmp_path / "pyproject.toml", tmp_path, "never")


def test_loglint_toml_comes_before_pyproject_and_isolated_reads_neither(tmp_path):
    write(tmp_path / "pyproject.toml", '[tool.loglint]\nfail-on = "never"\n')
    write(tmp_path / "loglint.toml", 'fail-on = "warning"\n')
    assert load(start=tmp_path).config.fail_on == "warning"
    assert load(start=tmp_path, isolated=True).config == Config()


def test_extending_appends_what_adds_up_and_replaces_the_rest(tmp_path):
    base = 'select = ["NUM"]\nfail-on = "warning"\nrule-dirs = ["mine"]\nignore = ["A"]\n[rules.x]\nmin_a = 1\nmin_b = 2\n'
    write(tmp_path / "shared" / "base.toml", base)
    own = 'extend = "shared/base.toml"\nselect = ["GEN"]\nignore = ["B"]\nrule-dirs = ["own"]\n[rules.x]\nmin_b = 3\n'
    found = load(write(tmp_path / "loglint.toml", own)).config
    assert found.select == ("GEN",)
    assert found.fail_on == "warning"
    assert found.ignore == ("A", "B")
    assert found.rule_dirs == (str(tmp_path / "shared" / "mine"), str(tmp_path / "own"))
    assert found.rules == {"x": {"min_a": 1, "min_b": 3}}


def test_a_list_of_rules_is_a_list_of_folders(tmp_path):
    short = load(write(tmp_path / "a.toml", 'rules = ["ci/rules", "more"]\n')).config
    long = load(write(tmp_path / "b.toml", 'rule-dirs = ["ci/rules", "more"]\n')).config
    assert short == long
    assert short.rule_dirs == (str(tmp_path / "ci/rules"), str(tmp_path / "more"))
    both = load(write(tmp_path / "c.toml", 'rule-dirs = ["ci/rules"]\nrules = ["more"]\n')).config
    assert both == short
    beside = load(write(tmp_path / "d.toml", 'extend = "a.toml"\n[rules.x]\nmin_a = 1\n')).config
    assert (beside.rule_dirs, beside.rules) == (short.rule_dirs, {"x": {"min_a": 1}})


@pytest.mark.parametrize("mixed", ['rules = ["a"]\n[rules.x]\nmin_a = 1\n', 'rules.x.min_a = 1\nrules = ["a"]\n'])
def test_a_list_of_rules_beside_settings_of_rules_names_the_way_out(tmp_path, mixed):
    with pytest.raises(ConfigError, match="rule-dirs"):
        load(write(tmp_path / "loglint.toml", mixed))
    with pytest.raises(ConfigError, match="rule-dirs"):
        load(
            write(tmp_path / "pyproject.toml", mixed.replace("[rules.x]", "[tool.loglint.rules.x]").join(["[tool.loglint]\n", ""]))
        )


@pytest.mark.parametrize("wrong", ["rules = [3]\n", 'rules = "a"\n'])
def test_rules_that_are_neither_folders_nor_settings_are_refused(tmp_path, wrong):
    with pytest.raises(ConfigError, match="rule"):
        load(write(tmp_path / "loglint.toml", wrong))


def test_extending_in_a_circle_is_refused(tmp_path):
    write(tmp_path / "a.toml", 'extend = "b.toml"\n')
    write(tmp_path / "b.toml", 'extend = "a.toml"\n')
    with pytest.raises(ConfigError, match="extends itself"):
        load(tmp_path / "a.toml")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"selct": []}, ["selct", "select"]),
        ({"ignore": [{"rules": ["A"], "reson": "x"}]}, ["ignore[0].reson", "reason"]),
        ({"paths": {"a/**": {"ignor": []}}}, ["paths[a/**].ignor", "ignore"]),
        ({"fail-on": "eror"}, ["fail-on", "eror", "one of info, warning, error, never"]),
        ({"min-severity": "low"}, ["min-severity", "one of info, warning, error is"]),
        ({"role": [{"name": "x", "role": "loss", "split": "eval"}]}, ["role[0].split", "one of train, val, test is"]),
        ({"role": [{"name": "x", "role": "los"}]}, ["role[0].role", "los", 'did you mean "loss"']),
        ({"role": [{"name": "x", "role": "zzz.a"}]}, ["role[0].role", "known are", "learning_rate"]),
        ({"tool": {"loglint": {}}}, ["tool", "top level"]),
        ({"expect": [{"metric": ""}]}, ["expect[0].metric"]),
        ({"include": "x"}, ["include"]),
    ],
)
def test_what_is_not_known_is_refused_naming_file_and_key(table, words):
    with pytest.raises(ConfigError) as error:
        convert(table, "the.toml")
    assert "the.toml" in str(error.value)
    assert all(word in str(error.value) for word in words)


def test_options_lie_over_the_configuration(tmp_path):
    kept = Ignore(rules=("STA",), reason="known")
    loaded = config.Loaded(Config(select=("GEN",), ignore=("GEN001", kept), extend_select=("OPT",)), None, tmp_path)
    chosen = with_options(loaded, select=("NUM",), ignore=("NUM001",), extend_select=("INI",), fail_on=None).config
    assert chosen.select == ("NUM",)
    assert chosen.ignore == ("NUM001", kept)
    assert chosen.extend_select == ("OPT", "INI")
    assert with_options(loaded, ignore=("NUM001",)).config.ignore == ("GEN001", "NUM001", kept)


def test_the_documented_settings_are_those_that_are_read():
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    blocks = [tomllib.loads(block.split("```")[0])["tool"]["loglint"] for block in page.split("```toml\n")[1:]]
    assert len(blocks) == 2
    known = {field.encode_name for field in msgspec.structs.fields(Config)}
    shown = {key.replace("_", "-") for block in blocks for key in block}
    assert shown == known
    for block in blocks:
        convert(config._kebab(block), "docs")


@pytest.mark.parametrize("name", sorted(schemas.SCHEMAS))
def test_shipped_schemas_are_in_step_with_the_records(name):
    assert (schemas.FOLDER / name).read_text("utf-8") == schemas.text(name)


def test_the_configuration_schema_takes_what_loglint_takes_and_refuses_the_rest():
    schema = json.loads(schemas.text("config.schema.json"))
    document = json.loads(json.dumps(tomllib.loads(EVERYTHING), default=str))
    jsonschema.validate(document, schema)
    jsonschema.validate({"rules": ["ci/rules"]}, schema)
    for wrong in ({"selct": []}, {"rules": "ci/rules"}, {"fail-on": "eror"}, {"ignore": [{"rules": ["A"]}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
