import gc
import os
import shutil

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
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what the person who runs it has in their home folder."""
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home" / kind.lower()))
