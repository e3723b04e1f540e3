from __future__ import annotations

import pytest

from tests.cli.scripts import FOLDER, parse, run, written

SCRIPTS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_commands_answer_as_the_script_says(path, tmp_path):
    script = parse(path.read_text("utf-8"))
    answered = run(script, tmp_path)
    for now, then in zip(answered.steps, script.steps, strict=True):
        assert now == then


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_written_in_their_canonical_form(path):
    text = path.read_text("utf-8")
    assert written(parse(text)) == text


def test_a_folder_of_scripts_is_not_empty():
    assert len(SCRIPTS) >= 20
