import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio_tui

PACKAGE = Path(studio_tui.__file__).parent
TESTS = Path(__file__).parent


def _roots_of_imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("module", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_nothing_but_the_standard_library(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"studio_tui"}
    if module.stem == "recurrence":  # dates of a rule are not worked out twice
        allowed |= {"dateutil"}

    assert set(_roots_of_imports(module)) <= allowed


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_module_stays_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400


def _tests_in(module_name: str) -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in TESTS.rglob(f"{module_name}.py"))
    return {name for source in sources for name in re.findall(r"def (test_\w+)", source)}


def test_each_approved_picture_belongs_to_a_test() -> None:
    pictures = sorted((TESTS.parent / "snapshots").rglob("*.svg"))
    named = {path: re.match(r"test_\w+", path.name) for path in pictures}

    orphans = [path for path, name in named.items() if not name or name[0] not in _tests_in(path.parent.name)]

    assert orphans == []
