"""Rules and findings in Chinese. A finding is English all the way; only here, before a person's eyes, is it put into Chinese.

A sentence is taken apart by the English template of its rule and put together again by the Chinese one, so machine forms
need not know that there is another language. The fixed words of the forms live in `loglint.reporters.words`.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from loglint.report import Finding, NotJudged, Remedy, Report, RuleInfo, Unjudged
from loglint.reporters.words import AXES, REASONS, REPORTED, say
from loglint.rule import RemedyText, Rule, is_noun

RANGES = ("lr_next", "lr_up", "patience")
OURS = ("what", "side")  # placeholders whose values are words of ours, not of a log
Field = tuple[str, str]  # a placeholder: (name, format)


def in_chinese(rule: Rule) -> Rule:
    """The rule with its Chinese words, English where the file has none.

    Remedies are translated only when there are as many as in English: else nobody knows which is which.
    """
    zh, remedies = rule.zh, rule.remedies
    if len(zh.remedies) == len(remedies):
        remedies = tuple(RemedyText(do, text.cite, other) for text, (do, other) in zip(remedies, zh.remedies, strict=True))
    return replace(
        rule,
        summary=zh.summary or rule.summary,
        message=zh.message or rule.message,
        why=zh.why or rule.why,
        wrong_when=zh.wrong_when or rule.wrong_when,
        remedies=remedies,
    )


def localised(report: Report, rules: Iterable[Rule]) -> Report:
    """The report with the words of its rules and findings in Chinese, English where a rule has no Chinese."""
    pairs = {rule.code: (rule, in_chinese(rule)) for rule in rules}
    return msgspec.structs.replace(
        report,
        rules=tuple(_info(info, pairs) for info in report.rules),
        findings=tuple(_finding(finding, pairs) for finding in report.findings),
    )


def reason(entry: NotJudged | Unjudged) -> str:
    """Why a rule could not be judged: by its kind, where the reason itself is not in the table."""
    words = _said(entry.reason, REASONS.items())
    return words if words != entry.reason else say("zh", entry.kind)


def translate(text: str, english: str, chinese: str) -> str | None:
    """The text, which is `english` filled in, as `chinese` filled in with the same values; None when it is not."""
    values = extract(text, english)
    literals, fields = pieces(chinese)
    if values is None or not values.keys() >= set(fields):
        return None
    said = [f"{_value(field, values[field])}{literal}" for field, literal in zip(fields, literals[1:], strict=True)]
    return literals[0] + "".join(said)


def extract(text: str, template: str) -> dict[Field, str] | None:
    """What stands in the text for each placeholder of the template; None when the text is not the template filled in.

    Each value ends where the literal after it first occurs: linear in the text, whatever a log made it hold.
    """
    literals, fields = pieces(template)
    first, *rest = literals
    if not text.startswith(first) or (not fields and text != first):
        return None
    values: dict[Field, str] = {}
    start = len(first)
    for i, (field, literal) in enumerate(zip(fields, rest, strict=True)):
        last = i == len(fields) - 1
        at = (len(text) - len(literal) if text.endswith(literal) else -1) if last else text.find(literal, start)
        if at < start:
            return None
        values.setdefault(field, text[start:at])
        start = at + len(literal)
    return values


def pieces(template: str) -> tuple[list[str], list[Field]]:
    """The literals of a template and the placeholders between them: one literal more than placeholders."""
    literals, fields = [""], list[Field]()
    for literal, name, spec, _ in string.Formatter().parse(template):
        literals[-1] += literal
        if name is not None:
            fields.append((name, spec or ""))
            literals.append("")
    return literals, fields


def _value(field: Field, value: str) -> str:
    name, spec = field
    if is_noun(spec):
        return value.partition(" ")[0]
    if name == "axis":
        return AXES.get(value, value)
    if name in RANGES:
        return value.replace(" to ", "～")
    return _said(value, REPORTED.items()) if name in OURS else value


def _finding(finding: Finding, pairs: Mapping[str, tuple[Rule, Rule]]) -> Finding:
    folded = tuple(_finding(inner, pairs) for inner in finding.folded)
    if finding.rule not in pairs:
        return msgspec.structs.replace(finding, folded=folded)
    rule, zh = pairs[finding.rule]
    words = [(rule.summary, zh.summary), (rule.message, zh.message)]
    advice = [pair for text, same in zip(rule.remedies, zh.remedies, strict=True) for pair in _advice(text, same)]
    remedy = tuple(Remedy(do=_said(one.do, advice), cite=one.cite) for one in finding.remedy)
    return msgspec.structs.replace(finding, message=_said(finding.message, words), remedy=remedy, folded=folded)


def _advice(text: RemedyText, same: RemedyText) -> list[tuple[str, str]]:
    otherwise = [(text.otherwise, same.otherwise)] if text.otherwise and same.otherwise else []
    return [*otherwise, (text.do, same.do)]


def _said(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    return next((words for english, chinese in pairs if (words := translate(text, english, chinese)) is not None), text)


def _info(info: RuleInfo, pairs: Mapping[str, tuple[Rule, Rule]]) -> RuleInfo:
    if info.code not in pairs:
        return info
    zh = pairs[info.code][1]
    return msgspec.structs.replace(info, summary=zh.summary, why=zh.why, wrong_when=zh.wrong_when)
