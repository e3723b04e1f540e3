"""The pictures in the README and docs show what the command prints today."""

import html
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "pictures.py")
assert spec is not None and spec.loader is not None
pictures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(pictures)


def words(svg: str) -> str:
    """The characters that a picture shows, without blanks."""
    return re.sub(r"\s+", "", html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))))


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_shows_what_is_printed(name: str) -> None:
    assert words((pictures.FOLDER / f"{name}.svg").read_text("utf-8")) == words(pictures.draw(name))


def test_a_picture_holds_the_finding_and_its_remedy() -> None:
    text = pictures.printed(pictures.PICTURES["run"])
    assert "GEN001" in text
    assert "Keep the checkpoint of epoch" in text
