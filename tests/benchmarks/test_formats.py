"""The page of formats is in step with the readers' own catalogue, and every example in it is read by the reader it stands for."""

from __future__ import annotations

import pytest

from benchmarks.document import DOCS
from benchmarks.formats.binary import BINARY
from benchmarks.formats.extraction import Expected, Row, examine, report
from benchmarks.formats.registry import POINTS, registry
from loglint.readers import MODULES, reader_for
from loglint.readers.catalogue import CATALOGUE

FORMS = [(name, form.path, form.text) for name, about in CATALOGUE.items() for form in about.forms]


def test_every_reader_is_in_the_catalogue() -> None:
    assert set(CATALOGUE) == set(MODULES)
    assert [name for name in MODULES if not CATALOGUE[name].forms and name not in BINARY] == ["pickles", "text"]


@pytest.mark.parametrize(("name", "path", "text"), FORMS, ids=[path for _, path, _ in FORMS])
def test_an_example_is_read_by_its_reader_alone(name: str, path: str, text: str) -> None:
    reader = reader_for(path, text.encode())
    assert reader is not None
    assert reader.__name__ == f"loglint.readers.{name}"  # type: ignore[attr-defined]
    readings = reader.read(path, text.encode())
    assert any(one.series or one.config for one in readings)
    assert [problem for one in readings for problem in one.problems] == []


@pytest.mark.parametrize("name", BINARY)
def test_a_binary_example_gives_the_points_it_was_made_of(name: str) -> None:
    _, path, build = BINARY[name]
    data = build(POINTS)
    reader = reader_for(path, data)
    assert reader is not None
    assert reader.__name__ == f"loglint.readers.{name}"  # type: ignore[attr-defined]
    (series,) = [one for reading in reader.read(path, data) for one in reading.series]
    assert series.step is not None
    found = list(zip(series.step.tolist(), series.values.tolist(), strict=True))
    assert found == [(step, pytest.approx(loss, rel=1e-6)) for step, loss in POINTS]


def test_the_page_is_in_step_with_the_catalogue() -> None:
    page = (DOCS / "formats.md").read_text("utf-8")
    section = page.partition("<!-- begin registry -->\n")[2].partition("\n<!-- end registry -->")[0]
    assert section == registry().strip(), "run python -m benchmarks.formats"


def test_extraction_counts_what_came_out(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "m.csv").write_text("step,loss\n" + "".join(f"{i},{2 - i / 10}\n" for i in range(5)))
    (folder / "prose.txt").write_text("The loss of the ship was announced in 1912.\n")
    ends = ((5, 2.0, 1.6), (5, 2.0, 1.5))
    right = examine(Expected(folder / "m.csv", "csv", True, 5, (("loss", 5), ("loss", 4)), ends))
    assert right == Row(files=1, read=1, points=1, exact=1, counts=4, counted=2)
    assert examine(Expected(folder / "prose.txt", "text", False)) == Row(negatives=1, invented=0)
    assert "| csv | 1 of 1 | 1 of 1 | 2 of 4 |  |" in report({"csv": right})
