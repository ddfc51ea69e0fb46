import gc
import importlib
import os
import shutil
import sys

# Each test has files of its own: where there is room for them in memory, nothing waits for a disk.
_MEMORY, _ROOM = "/dev/shm", 2 * 1024**3
if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("TMPDIR", _MEMORY)

# A program's screens are thousands of objects, made and dropped by each test: collecting less often is a tenth less time.
gc.set_threshold(20_000, 10, 10)

# Textual reads these once, when it is imported: they come before every other import.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)
os.environ["COLORTERM"] = "truecolor"
for _name in [name for name in os.environ if name.startswith("STUDIO_TUI_")]:
    del os.environ[_name]

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation

pytest_plugins = ["tests.engines", "tests.doubles.zoom_fixtures"]

ROOT = Path(__file__).resolve().parent.parent

# Two workers share a small machine: a slow example is the machine's fault, not the rule's.
_unhurried = [HealthCheck.too_slow]
settings.register_profile("dev", deadline=None, suppress_health_check=_unhurried)
settings.register_profile("ci", deadline=None, suppress_health_check=_unhurried, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, suppress_health_check=_unhurried, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def _pictures_of(_cls: type[SVGImageExtension], *, test_location: PyTestLocation) -> str:
    """Pictures lie in the top-level folder, one folder for each test module."""
    return str(ROOT / "snapshots" / test_location.basename)


SVGImageExtension.dirname = classmethod(_pictures_of)


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares `app.export_screenshot(simplify=True)` with the approved picture."""
    return snapshot.use_extension(SVGImageExtension)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes what the person who runs it has in their home folder."""
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home" / kind.lower()))
    yield
    # Each link that stayed would be read again by every test that follows, which looks for a name of its own.
    tmp_path.with_name(f"{tmp_path.name[:-1]}current").unlink(missing_ok=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Of several processes that all read every test, each compiles its share first and finds the others' compiled."""
    worker, count = os.environ.get("PYTEST_XDIST_WORKER"), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if worker is None or sys.dont_write_bytecode or session.config.args != session.config.getini("testpaths"):
        return
    modules = sorted((ROOT / "tests").rglob("test_*.py"))
    for module in modules[int(worker.removeprefix("gw")) :: count]:
        with suppress(Exception, pytest.skip.Exception):  # it is told when the module is read for its tests
            importlib.import_module(".".join(module.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
