"""A report in which every word that can come from outside tries to run a script, to load something, or to leave its element."""

from __future__ import annotations

import msgspec

from loglint.report import Cite, Comparison, Finding, Location, NotJudged, Remedy, Report, Unjudged
from tests.reporters.reports import real

SEEDS = (
    "</script><script>window.hit='{}'</script>",
    "<img src=x onerror=\"window.hit='{}'\">",
    "<!--<script>window.hit='{}'",
    "\"'><svg onload=window.hit='{}'>",
    "javascript:window.hit='{}'",
    "\u2028window.hit='{}'//{{{{7*7}}}}{{% raw %}}",
    "</style><link rel=stylesheet href=http://example.invalid/{}><base href=//example.invalid/>",
)


def hostile(field: str) -> str:
    """Every attack at once, telling by which field it came."""
    return " ".join(seed.format(field) for seed in SEEDS)


FIELDS = (
    "run id", "tag", "path", "config key", "config value", "event text", "problem message", "problem path", "rule message",
    "rule name", "rule code", "rule summary", "rule why", "remedy", "cite", "cite place", "cite address", "framework", "format",
    "role reason", "dataset", "split", "role", "copy", "attempt reason", "not judged", "evidence name", "evidence value", "pair",
    "metric", "title", "across",
)  # fmt: skip


def attacked() -> Report:
    """The report: one run sick, one finding across runs, one comparison; all words hostile."""
    report = real()
    h = hostile
    cite = Cite(recipe=h("cite"), where=h("cite place"), url="javascript:window.hit='cite address'")
    series = h("tag")
    finding = Finding(
        rule=h("rule code"),
        name=h("rule name"),
        severity="error",
        message=h("rule message"),
        run=h("run id"),
        series=(series,),
        inputs={h("tag"): series},
        first_step=11,
        spans=((11, 40),),
        axis="epoch",
        location=Location(path=h("path"), line=3),
        evidence={h("evidence name"): h("evidence value"), "best": 1.5, "best_step": 11},
        threshold={f"min_{h('evidence name')}": 1.5},
        levels=("best",),
        remedy=(Remedy(do=h("remedy"), cite=cite),),
        folded=(report.findings[0],),
    )
    event = msgspec.structs.replace(finding, message=h("event text"), severity="warning", location=None)
    across = msgspec.structs.replace(finding, run=None, runs=(h("run id"), "b"), message=h("across"))
    run = report.runs[0]
    curve = msgspec.structs.replace(
        run.series[0],
        name=series,
        why=h("role reason"),
        dataset=h("dataset"),
        split=h("split"),
        also=(h("copy"),),
        attempts=(*run.series[0].attempts, msgspec.structs.replace(run.series[0].attempts[0], reason=h("attempt reason"))),
    )
    odd = msgspec.structs.replace(curve, name=f"{series} 2", role=h("role"))
    runs = tuple(
        msgspec.structs.replace(
            run,
            id=h("run id") + end,
            series=(curve, odd),
            config={h("config key"): h("config value") + end},
            sources=tuple(
                msgspec.structs.replace(s, path=h("path"), format=h("format"), framework=h("framework")) for s in run.sources
            ),
            not_judged=(Unjudged(kind="absent", reason=h("not judged"), rules=(h("rule code"),)),),
        )
        for end in ("", " again", " and again", " and once more")
    )
    rules = (*report.rules, msgspec.structs.replace(
        report.rules[0], code=h("rule code"), name=h("rule name"), summary=h("rule summary"), why=h("rule why")
    ))  # fmt: skip
    return msgspec.structs.replace(
        report,
        settings={**report.settings, "paths": [h("title")], "config": h("path")},
        rules=rules,
        runs=(*runs, report.runs[1]),
        findings=(finding, event, across),
        comparisons=(
            Comparison(
                metric=h("metric"), pair=h("pair"), base=1, head=2, effect=1, interval=(0, 2), n_base=1, n_head=1, verdict="worse"
            ),
            Comparison(metric="loss", pair="b", base=1, head=1, effect=0, interval=(0, 0), n_base=1, n_head=1, verdict="same"),
        ),
        not_judged=(NotJudged(rule=h("rule code"), kind="absent", reason=h("not judged")),),
        problems=tuple(
            msgspec.structs.replace(one, path=h("problem path"), message=h("problem message")) for one in report.problems
        ),
    )
