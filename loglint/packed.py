"""Lots as bytes, as workers send them and the cache keeps them. What runs have in common is written once, under a digest.

Most runs of a sweep have the same curves, settings of the same names, and the same rules that could not be judged: those are
parts, which many lots name. Where the bytes are kept lives in `loglint.cache`, which lots are known in `loglint.known`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from loglint.lots import Lot
from loglint.model import Problem
from loglint.outcomes import Form, Outcome, shared
from loglint.report import Finding, NotJudged, ProblemInfo, RunInfo, RunReport, Unjudged

Ask = Callable[[bytes], bytes | None]
MOST_PARTS = 4096  # that are remembered at a time
DIGEST = 20  # bytes


class _Sheet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Which rules could be judged on a run, and which not."""

    judged: tuple[str, ...]
    not_judged: tuple[NotJudged, ...]
    by_reason: tuple[Unjudged, ...]


class _Report(msgspec.Struct, array_like=True, gc=False):
    """A `RunReport`; its sheet and its outcome's form by their digests."""

    run: RunInfo
    findings: tuple[Finding, ...]
    problems: tuple[ProblemInfo, ...]
    crashed: tuple[str, ...]
    sheet: bytes
    outcome: Outcome | None
    form: bytes


class _Lot(msgspec.Struct, array_like=True, gc=False):
    reports: list[_Report]
    problems: tuple[Problem, ...]
    files: int
    bytes: int
    lost: tuple[str, ...]


_ENCODER = msgspec.msgpack.Encoder()
_LOTS = msgspec.msgpack.Decoder(_Lot)
_SHEETS = msgspec.msgpack.Decoder(_Sheet)
_FORMS = msgspec.msgpack.Decoder(Form)


class Packer(msgspec.Struct, eq=False):
    """Makes bytes of lots. `new` are the parts, by digest, that lots named since it was last emptied; `said` those before."""

    new: dict[bytes, bytes] = msgspec.field(default_factory=dict)
    said: set[bytes] = msgspec.field(default_factory=set)
    sheets: dict[int, tuple[tuple[NotJudged, ...], tuple[str, ...], bytes]] = msgspec.field(default_factory=dict)

    def pack(self, lot: Lot) -> bytes:
        """The lot as bytes. Raises TypeError, ValueError or OverflowError for one that holds what msgpack cannot."""
        reports = [self._report(report) for report in lot.reports]
        return _ENCODER.encode(_Lot(reports, lot.problems, lot.files, lot.bytes, lot.lost))

    def fresh(self) -> dict[bytes, bytes]:
        """The parts that are new since this was last asked."""
        new, self.new = self.new, {}
        return new

    def _report(self, report: RunReport) -> _Report:
        run, outcome = report.run, report.outcome
        known = self.sheets.get(id(report.not_judged))
        if known is None or known[1] is not report.judged:
            digest = self._part(_Sheet(report.judged, report.not_judged, run.not_judged))
            if len(self.sheets) >= MOST_PARTS:
                self.sheets.clear()
            self.sheets[id(report.not_judged)] = known = (report.not_judged, report.judged, digest)
        form = b""
        if outcome is not None:
            form = self._part(outcome.form)
            outcome = msgspec.structs.replace(outcome, form=Form())
        bare = msgspec.structs.replace(run, not_judged=())
        return _Report(bare, report.findings, report.problems, report.crashed, known[2], outcome, form)

    def _part(self, part: Any) -> bytes:
        made = _ENCODER.encode(part)
        digest = hashlib.blake2b(made, digest_size=DIGEST, person=b"part").digest()
        if digest not in self.said:
            if len(self.said) >= MOST_PARTS:
                self.said.clear()
            self.said.add(digest)
            self.new[digest] = made
        return digest


class Unpacker(msgspec.Struct, eq=False):
    """Makes lots of bytes again; the last few thousand parts are there once, however many lots name them."""

    sheets: dict[bytes, _Sheet] = msgspec.field(default_factory=dict)
    forms: dict[bytes, Form] = msgspec.field(default_factory=dict)

    def unpack(self, packed: bytes, ask: Ask) -> Lot | None:
        """The lot, or None when it or a part of it cannot be read; `ask` gives the bytes of a part by its digest, or None."""
        try:
            lot = _LOTS.decode(packed)
            reports = tuple([self._report(report, ask) for report in lot.reports])
        except (msgspec.DecodeError, LookupError):
            return None
        return Lot(reports=reports, problems=lot.problems, files=lot.files, bytes=lot.bytes, lost=lot.lost)

    def _report(self, kept: _Report, ask: Ask) -> RunReport:
        sheet, outcome = self._sheet(kept.sheet, ask), kept.outcome
        if outcome is not None:
            o = outcome
            form, places, symptoms = self._form(kept.form, ask), shared(o.places), shared(o.symptoms)
            outcome = Outcome(
                o.run, shared(o.key), form, o.values, o.known, o.levels, places, o.heights, o.digest, o.distinct, symptoms
            )
        return RunReport(
            run=msgspec.structs.replace(kept.run, not_judged=sheet.by_reason),
            findings=kept.findings,
            not_judged=sheet.not_judged,
            problems=kept.problems,
            judged=sheet.judged,
            crashed=kept.crashed,
            outcome=outcome,
        )

    def _sheet(self, digest: bytes, ask: Ask) -> _Sheet:
        if digest not in self.sheets:
            if len(self.sheets) >= MOST_PARTS:
                self.sheets.clear()
            self.sheets[digest] = _SHEETS.decode(_asked(digest, ask))
        return self.sheets[digest]

    def _form(self, digest: bytes, ask: Ask) -> Form:
        if digest not in self.forms:
            if len(self.forms) >= MOST_PARTS:
                self.forms.clear()
            self.forms[digest] = shared(_FORMS.decode(_asked(digest, ask)))
        return self.forms[digest]


def _asked(digest: bytes, ask: Ask) -> bytes:
    part = ask(digest)
    if part is None:
        raise LookupError(digest.hex())
    return part
