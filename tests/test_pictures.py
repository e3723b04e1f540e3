"""The pictures in the README and docs show what the command prints today."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "pictures.py")
assert spec is not None and spec.loader is not None
pictures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pictures)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_shows_what_is_printed(name: str) -> None:
    assert (pictures.FOLDER / f"{name}.svg").read_text("utf-8") == pictures.draw(name)


def test_a_picture_holds_the_finding_and_its_remedy() -> None:
    text = pictures.printed(pictures.PICTURES["run"])
    assert "GEN001" in text
    assert "Keep the checkpoint of epoch" in text
