"""Records that show themselves: what a notebook displays, that nothing in it is markup of a log's, and that nothing is lost."""

from __future__ import annotations

import pickle
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import numpy as np
import pytest

import loglint
from loglint import model, report
from loglint.errors import InputError
from loglint.given import from_mapping
from loglint.notebook import Report, Run, Series
from loglint.reporters import render
from loglint.reporters.chart import Bucket, Chart, Line
from loglint.reporters.svg import HEIGHT, WIDTH, element
from tests.reporters.reports import BAD, HOSTILE, hostile

ROOT = Path(__file__).parents[1]
LOG = str(ROOT / "fixtures" / "sick" / "overfitting-small-data.csv")
TAGS = {"div", "table", "tr", "th", "td", "details", "summary", "ol", "li"}
TAGS |= {"svg", "title", "path", "rect", "circle", "text"}


class Page(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def words(self) -> str:
        return " ".join(self.texts)


@pytest.fixture(scope="module")
def judged() -> Report:
    return loglint.lint(LOG)


@pytest.fixture(scope="module")
def run() -> Run:
    (one,) = loglint.read(LOG)
    return one


def test_the_public_records_are_those_below_and_hold_the_same(judged: Report, run: Run) -> None:
    assert isinstance(judged, loglint.Report) and isinstance(judged, report.Report)
    assert isinstance(run, loglint.Run) and isinstance(run, model.Run)
    assert all(isinstance(one, loglint.Series) for one in run.series)
    (below,) = from_mapping({"loss": [2.0, 1.0]})
    above = Run.of(below)
    assert (above.id, above.key, above.series[0].values is below.series[0].values) == (below.id, below.key, True)
    assert Run.of(above) is above and Report.of(judged) is judged
    assert render(judged, "json") == render(report.Report(**{n: getattr(judged, n) for n in judged.__struct_fields__}), "json")
    assert pickle.loads(pickle.dumps(judged)) == judged
    assert pickle.loads(pickle.dumps(run)).series[1].name == run.series[1].name


def test_a_report_shows_its_findings_their_curves_and_what_to_do(judged: Report) -> None:
    page = Page(judged._repr_html_())
    assert set(page.tags) <= TAGS
    assert page.tags.count("svg") == 2, "a drawing in a frame"
    for words in (
        "Checked 1 run",
        "GEN001 overfitting",
        "val_loss is 26 % above",
        "Keep the checkpoint",
        "train_loss",
        "Could not be",
    ):
        assert words in page.words


def test_a_run_and_a_series_show_what_they_are(run: Run) -> None:
    page = Page(run._repr_html_())
    assert page.tags.count("tr") == 5
    assert page.tags.count("svg") == 4, "losses and accuracies"
    assert "val/metric.accuracy, up is better" in page.words
    series = run.series[2]
    assert repr(series) == "<Series val_loss: val/loss, 60 points by epoch, 2.0982 to 0.89804>"
    assert repr(run).endswith("overfitting-small-data.csv: 4 curves, 240 points>")
    assert "'loss' is loss" in Page(series._repr_html_()).words


def test_a_run_draws_the_curves_asked_for(run: Run) -> None:
    assert [[line.name for line in chart.lines] for _, chart in run.plot().charts] == [
        ["val_loss", "train_loss"],
        ["val_acc", "train_acc"],
    ]
    assert [len(chart.lines) for _, chart in run.plot("val/*").charts] == [1, 1]
    assert [line.name for line in run.series[3].plot().charts[0][1].lines] == ["val_acc"]
    with pytest.raises(InputError, match="matches 'speed'; there are train_loss, "):
        run.plot("speed")


def test_a_report_draws_the_findings_asked_for(judged: Report) -> None:
    ((words, chart),) = judged.plot("overfitting").charts
    assert words.startswith("warning GEN001 overfitting")
    assert chart.spans[0][0] == 14
    assert judged.plot("GEN").charts == judged.plot().charts
    assert "┻" in repr(judged.plot())
    with pytest.raises(InputError, match="no new finding of NUM can be drawn: there are 0"):
        judged.plot("NUM")


def test_a_report_of_small_reports_says_why_it_draws_nothing() -> None:
    small = loglint.conclude(loglint.lint_runs(LOG))
    assert isinstance(small, loglint.Report)
    assert "GEN001 overfitting" in Page(small._repr_html_()).words
    with pytest.raises(InputError, match="there is 1, and the report holds no curves"):
        small.plot()


def test_pictures_are_saved_as_what_their_suffix_says(judged: Report, tmp_path: Path) -> None:
    picture = judged.plot()
    picture.save(tmp_path / "p.svg")
    picture.save(str(tmp_path / "p.html"))
    assert (tmp_path / "p.svg").read_text("utf-8").startswith("<svg xmlns=")
    assert "<svg" in (tmp_path / "p.html").read_text("utf-8")
    with pytest.raises(InputError, match=r"\.html, or as \.svg"):
        picture.save(tmp_path / "p.png")


@pytest.mark.parametrize("text", [HOSTILE, "</title></svg><script>alert(1)</script>", '" onload="alert(1)', "]]><img src=x>"])
def test_text_from_a_log_is_never_markup(text: str) -> None:
    below = hostile()
    finding = msgspec.structs.replace(below.findings[0], run=text, message=text, series=(text,), spans=((0, 1),))
    info = msgspec.structs.replace(below.runs[0].series[0], name=text, why=text)
    info_run = msgspec.structs.replace(below.runs[0], id=text, series=(info,))
    shown = Report.of(msgspec.structs.replace(below, runs=(info_run,), findings=(finding,)))
    series = Series(text, np.array([2.0, 1.0, np.nan]), np.arange(3), role=model.Role(why=text))
    run = Run(text, text, sources=(model.Source(text, text, text),), series=(series,))
    pages = [shown._repr_html_(), shown.plot()._repr_html_(), run._repr_html_(), run.plot()._repr_html_(), series._repr_html_()]
    for source in pages:
        page = Page(source)
        assert set(page.tags) <= TAGS
        assert not {name for name in page.attributes if name.startswith("on") or name in ("href", "src")}
        assert not [bad for bad in BAD if bad in source]
    for words in (repr(shown), repr(shown.plot()), repr(run), repr(run.plot()), repr(series)):
        assert not [bad for bad in BAD if bad in words]


def test_a_table_has_a_row_for_each_finding_and_run(judged: Report) -> None:
    table = judged.to_pandas()
    assert list(zip(table.rule, table.folded_under.fillna(""), strict=True)) == [
        ("GEN001", ""),
        ("GEN002", "GEN001"),
        ("GEN003", "GEN001"),
    ]
    assert table.first_step.tolist()[0] == 14.0
    assert table.first_remedy[0].startswith("Keep the checkpoint nearest to epoch 14")
    across = msgspec.structs.replace(judged.findings[0], run=None, runs=("a", "b"), first_step="nan", folded=())
    assert msgspec.structs.replace(judged, findings=(across,)).to_pandas().run.tolist() == ["a", "b"]
    empty = msgspec.structs.replace(judged, findings=()).to_pandas()
    assert (len(empty), list(empty.columns)) == (0, list(table.columns))


def test_points_are_a_table_of_the_run(run: Run) -> None:
    table = run.to_pandas()
    assert len(table) == 240
    assert table.equals(loglint.to_pandas(run))


def test_a_drawing_keeps_its_frame_whatever_the_numbers() -> None:
    for values in ([1.0, 1.0], [-1.7e308, 1.7e308], [5e-324, 1.0], [0.0, None, 3.0], [None, None]):
        line = Line("x", tuple(Bucket(i, v, v, int(v is None)) for i, v in enumerate(values)), ("nan",))
        svg = element(Chart((line,) * 3, "step", ((0, 1),), (0.5,)), "step")
        numbers = [float(n) for path in svg.iter("text") for n in (path.get("x"), path.get("y")) if n]
        assert all(0 <= n <= max(WIDTH, HEIGHT) for n in numbers)
        assert all("nan" not in (path.get("d") or "") and "inf" not in (path.get("d") or "") for path in svg.iter("path"))


def test_the_notebook_of_the_docs_runs_and_every_cell_shows_what_it_should() -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    client.NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = {cell.id: cell.outputs[-1].data for cell in notebook.cells if cell.cell_type == "code"}
    assert all("text/html" in data and "text/plain" in data for data in shown.values())
    assert "GEN001 overfitting" in shown["lint"]["text/html"]
    assert shown["lint"]["text/plain"].startswith("<Report: Checked 1 run")
    for drawn in ("finding", "run", "curves", "series", "history"):
        assert "<svg" in shown[drawn]["text/html"], drawn
    assert "NUM003" in shown["history"]["text/plain"]
    assert "GEN003" in shown["table"]["text/html"]
