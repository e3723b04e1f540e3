"""The links of a page of HTML. Which of them are followed is said in `loglint.remote`."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser


def targets_of(page: str) -> list[str]:
    """The targets of a page's links, in order."""
    links = _Links()
    links.feed(page)
    return links.targets


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Take the target of an anchor."""
        self.targets += [value for name, value in attrs if tag == "a" and name == "href" and value]
