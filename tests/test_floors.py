"""No module imports from a floor above its own: the picture in docs/architecture.md, held by the imports themselves."""

import ast
from pathlib import Path

import pytest

import loglint

HOUSE = Path(loglint.__file__).parent
FLOORS = (
    ("errors", "model", "outcomes", "report", "globs", "cache", "spool", "__init__"),
    ("packs", "rule", "rulefile", "rulebook", "notation", "names"),
    ("unpack", "pieces", "archives", "links", "remote", "leftout", "discover", "readers", "facts"),
    ("grouping", "places", "axes", "attempts", "reconcile", "runs", "roles", "inputs"),
    ("curves", "cohorts", "gathered", "condense", "traces", "contrast", "detectors", "layers", "view"),
    ("verdicts", "confidence", "advice", "findings", "fold", "describe", "across", "engine"),
    (
        "config", "select", "baseline", "suppress", "expect", "gate", "corridor", "given", "planned", "export", "examples",
        "rulecheck", "ruletest", "reporters", "compare", "schemas", "lots", "executors", "tables", "notebook", "suggest",
        "known", "packed", "tally",
    ),
    ("cli", "__main__"),
)  # fmt: skip
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
MODULES = sorted(HOUSE.rglob("*.py"))


def room(path: Path) -> str:
    """The module or package directly under loglint/ that a file belongs to."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """The rooms that a module imports from, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("loglint."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "loglint":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("loglint.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_module_imports_upwards(path: Path) -> None:
    if room(path) == "__init__":
        pytest.skip("the public interface reaches down from the top, inside functions")
    mine = FLOOR[room(path)]
    above = {name for name in imports(ast.parse(path.read_text("utf-8"))) if FLOOR.get(name, 0) > mine}
    assert not above, f"{path.name} stands on floor {mine} and reaches up to {above}"


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} <= set(FLOOR)
