"""A terminal to print on: how wide, in which colours and characters, and lines laid out on it.

Text from logs is never read as markup and never printed raw. Which words are printed is the other modules' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO
from unicodedata import bidirectional

import msgspec
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from loglint.reporters.chart import Chart
from loglint.reporters.plain import encodes, plain
from loglint.reporters.plot import CHARACTERS, Row, plots
from loglint.reporters.words import Lang, say
from loglint.reporters.wrap import breaks

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
PIPE_WIDTH = 100
MAX_WIDTH = 120
LABEL = 12  # columns that a labelled row is indented by
LEFT_TO_RIGHT = "\u200e"
LAST = 20  # columns that the last column of a table wants
MAX_PLOT = 90  # columns of a chart and its names
LINES = {"line": "bright_blue", "dots": "yellow", "guide": "dim", "axis": "dim"}  # no pair that colour-blind people confuse
PLAIN_TERMS = ("dumb", "linux")  # terminals without braille, whatever their encoding


class Terminal(msgspec.Struct, frozen=True):
    """Where to print, how much, and in which language.

    `ascii` when the stream cannot hold block characters, `strokes` when charts are drawn in ASCII: where the stream, the
    terminal or the fonts of a CI log's page are not up to braille.
    """

    console: Console
    ascii: bool = False
    strokes: bool = False
    verbose: bool = False
    quiet: bool = False
    lang: Lang = "en"

    @staticmethod
    def of(stream: IO[str], color: str = "auto", verbose: bool = False, quiet: bool = False, lang: Lang = "en") -> Terminal:
        """A terminal on a stream: colours as asked, NO_COLOR, FORCE_COLOR, TERM and COLUMNS obeyed, pipes 100 wide."""
        console = Console(
            file=stream,
            force_terminal={"always": True, "never": False}.get(color),
            no_color={"always": False, "never": True}.get(color),
            color_system="standard" if color == "always" else "auto",
            highlight=False,
            markup=False,
            emoji=False,
        )
        if not stream.isatty() and "COLUMNS" not in console._environ:
            console.width = PIPE_WIDTH
        console.width = min(console.width, MAX_WIDTH)
        unfit = console._environ.get("TERM", "").lower() in PLAIN_TERMS or (not stream.isatty() and "CI" in console._environ)
        strokes = unfit or not encodes(stream, CHARACTERS)
        return Terminal(console, not encodes(stream), strokes, verbose, quiet, lang)

    def say(self, words: str, /, **values: object) -> str:
        """Fixed words in the language of this terminal."""
        return say(self.lang, words, **values)

    def text(self, content: object, style: str = "") -> Text:
        """Safe text in a style, in ASCII where the stream asks for it; what is appended to it has a style of its own."""
        words = plain(str(content))
        return Text().append(words.encode("ascii", "backslashreplace").decode() if self.ascii else words, style)

    def line(self, text: Text | str = "", *, indent: int = 0, hang: int | None = None, label: str = "") -> None:
        """Print text wrapped to the width: `indent` columns in, later lines `hang` columns in, a label before the first."""
        self._hung(_label(label, indent), text, indent if hang is None else hang)

    def _hung(self, head: Text, text: Text | str, hang: int) -> None:
        """Print a head and text after it, later lines of the text `hang` columns in."""
        content = self.text(text) if isinstance(text, str) else text
        room = max(20, self.console.width - max(cell_len(head.plain), hang))
        for part in self._wrapped(content, room) or [Text()]:
            whole = head.append_text(part)
            whole.rstrip()
            self.console.print(_leading(whole), soft_wrap=True)
            head = Text(" " * hang)

    def _wrapped(self, text: Text, room: int) -> Iterable[Text]:
        """Lines of the text; rich knows no places to break between wide characters."""
        wide = cell_len(text.plain) > len(text.plain)
        return text.divide(breaks(text.plain, room)) if wide else text.wrap(self.console, room, overflow="fold")

    def long_line(self, text: Text) -> None:
        """Print text as one line, however long: for forms that other programs split into lines."""
        if self.console.color_system is None:
            self.console.file.write(f"{_leading(text).plain}\n")  # as it is: there are a thousand of them in a sweep
        else:
            self.console.print(_leading(text), soft_wrap=True)

    def row(self, label: str, text: Text | str) -> None:
        """Print a labelled row of a block."""
        self.line(text, indent=LABEL, label=f"  {label}")

    def charts(self, charts: Sequence[Chart], height: int, *, label: str = "", mark: str = "") -> None:
        """Print charts as wide as there is room, one axis above the other; `mark` styles their places.

        They stand beside the label or, on a narrow terminal, below it.
        """
        narrow = self.console.width < 6 * LABEL
        indent = 2 if narrow else LABEL
        if self.ascii:
            charts = [replace(c, lines=tuple(replace(one, name=self.text(one.name).plain) for one in c.lines)) for c in charts]
        rows = plots(charts, min(self.console.width - indent, MAX_PLOT), height, self.lang, ascii=self.strokes)
        if narrow and label:
            self.line(self.text(f"  {label}", "dim"))
        for i, row in enumerate(rows):
            head = _label("" if narrow or i else f"  {label}", indent)
            self.console.print(_leading(head.append_text(self._row(row, mark))), soft_wrap=True)

    def _row(self, row: Row, mark: str) -> Text:
        return Text().join(self.text(piece, mark if style == "mark" else LINES[style]) for piece, style in row)

    def table(self, rows: Iterable[Sequence[Text | str]], *, indent: int = 0, label: str = "", right: Sequence[int] = ()) -> None:
        """Print cells in columns as wide as they need, two blanks apart; `right` are set right.

        The last column is wrapped, and has lines of its own where the others leave it too little room.
        """
        cells = [[self.text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        widths = [max(cell_len(row[i].plain) for row in cells) for i in range(len(cells[0]))] if cells else []
        hang = indent + sum(widths[:-1]) + 2 * (len(widths) - 1)
        below = bool(widths) and self.console.width - hang < min(LAST, widths[-1])
        for row in cells:
            head = _label(label, indent)
            for i, cell in enumerate(row[:-1]):
                gap = Text(" " * (widths[i] - cell_len(cell.plain)))
                head = head + (gap + cell if i in right else cell + gap) + Text("  ")
            if below:
                self._hung(head, Text(), indent)
                self._hung(Text(" " * (indent + 2)), row[-1], indent + 2)
            else:
                gap = Text(" " * (widths[-1] - cell_len(row[-1].plain)) if len(widths) - 1 in right else "")
                self._hung(head, gap + row[-1], hang)
            label = ""


def _leading(line: Text) -> Text:
    """The line, kept left to right on terminals that order lines by their first strong character, whichever that is."""
    strong = next((kind for kind in map(bidirectional, line.plain) if kind in ("L", "R", "AL")), "L")
    return line if strong == "L" else Text(LEFT_TO_RIGHT) + line


def _label(label: str, columns: int) -> Text:
    """A dim label, and blanks up to so many columns; what is appended to it has a style of its own."""
    return Text().append(label, "dim").append(" " * (columns - cell_len(label)))
