"""The pictures in the README and docs show what the commands print today."""

import html
import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("pictures", ROOT / "scripts" / "pictures.py")
assert spec is not None and spec.loader is not None
pictures = importlib.util.module_from_spec(spec)
sys.modules["pictures"] = pictures
spec.loader.exec_module(pictures)


def words(svg: str) -> str:
    """The characters that a picture shows, without blanks."""
    return re.sub(r"\s+", "", html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))))


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_shows_what_is_printed(name: str) -> None:
    for theme in pictures.THEMES:
        kept = (pictures.FOLDER / f"{name}{theme}.svg").read_text("utf-8")
        assert words(kept) == words(pictures.draw(name, theme))
        assert "@font-face" not in kept, "a picture fetches nothing"


def test_a_picture_holds_the_finding_its_curve_and_its_remedy() -> None:
    (command,) = pictures.PICTURES["run"]
    text = pictures.printed(command)
    for part in ("GEN001", "┻━", "─ val_loss", "· train_loss", "Keep the checkpoint nearest"):
        assert part in text


def test_the_pages_show_every_picture_and_no_other() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"pictures/([\w-]+\.svg)", page.read_text("utf-8"))}
    assert shown == {path.name for path in pictures.FOLDER.iterdir()}
    assert shown == {f"{name}{theme}.svg" for name in pictures.PICTURES for theme in pictures.THEMES}


def test_wide_characters_take_two_columns_and_keep_the_rest_in_place() -> None:
    line = '<text class="a" x="10" y="2" textLength="48" clip-path="c">ab\u4e2dc</text>'
    parts = re.findall(r'x="([\d.]+)".*?textLength="([\d.]+)".*?>(.*?)</text>', pictures._wide(line))
    assert parts == [("10", "24", "ab"), ("34", "24", "\u4e2d"), ("58", "12", "c")]
