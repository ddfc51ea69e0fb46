import importlib
import pkgutil
import re

import pytest

import studio_tui

PACKAGES = [info.name for info in pkgutil.walk_packages(studio_tui.__path__, prefix="studio_tui.") if info.ispkg]


def test_the_version_is_a_release_number() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", studio_tui.__version__)


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_says_what_it_is_for(name: str) -> None:
    assert importlib.import_module(name).__doc__
