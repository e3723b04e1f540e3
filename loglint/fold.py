"""One cause, one headline: findings that another finding explains are folded under it (DESIGN 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from loglint.report import SEVERITIES, Finding, Severity

SLACK = 0.12  # share of the attempt by which a cause may seem to begin after its effect


Effects = Mapping[str, Sequence[str]]


def fold(findings: Sequence[Finding], folds: Effects, views: Effects) -> tuple[Finding, ...]:
    """Fold effects under their causes, within one run and attempt; order is kept.

    `folds` maps a rule's code to the codes it explains, `views` to those that show the same trouble from another side. An
    effect goes to the first cause, in the order given, that begins no later than it does; a view whenever it begins. The
    headline takes the most severe severity among its members; a new one among those that are new, since what is known does
    not fail. A headline that is ignored or in the baseline takes what is folded under it along, unless something new is more
    severe: then the most severe new member becomes the headline.
    """
    chosen: dict[int, int] = {}
    for i, effect in enumerate(findings):
        for j, cause in enumerate(findings):
            explained = effect.rule in views.get(cause.rule, ()) or (
                effect.rule in folds.get(cause.rule, ()) and _before(cause, effect)
            )
            if i != j and explained and (cause.run, cause.attempt) == (effect.run, effect.attempt):
                chosen[i] = j
                break
    roots = {i: _root(i, chosen) for i in chosen}
    headlines = []
    for j, headline in enumerate(findings):
        if j not in chosen:
            headlines.append(_gather(headline, tuple(findings[i] for i, root in roots.items() if root == j)))
    return tuple(headlines)


def _before(cause: Finding, effect: Finding) -> bool:
    return cause.onset <= effect.onset + SLACK


def _root(i: int, chosen: Mapping[int, int]) -> int:
    seen = {i}
    while i in chosen and chosen[i] not in seen:
        i = chosen[i]
        seen.add(i)
    return i


def _gather(headline: Finding, members: tuple[Finding, ...]) -> Finding:
    if not members:
        return headline
    fresh = [member for member in members if member.status == "new"]
    most = max(fresh, key=_rank, default=headline)
    if headline.status != "new" and _rank(most) > _rank(headline):
        rest = (headline, *(member for member in members if member is not most))
        return msgspec.structs.replace(most, folded=rest)
    counted = fresh if headline.status == "new" else members
    severity: Severity = max((headline, *counted), key=_rank).severity
    status = headline.status
    taken = tuple(msgspec.structs.replace(m, status=status) if status != "new" else m for m in members)
    return msgspec.structs.replace(headline, severity=severity, folded=taken)


def _rank(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)
