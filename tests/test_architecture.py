import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio_tui

PACKAGE = Path(studio_tui.__file__).parent


def _roots_of_imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("module", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_nothing_but_the_standard_library(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"studio_tui"}

    assert set(_roots_of_imports(module)) <= allowed


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_module_stays_short_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 400
