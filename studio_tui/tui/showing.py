"""A page for a browser: put into a file, and opened where somebody sits before the screen that would show it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
_DESKTOP = ("WAYLAND_DISPLAY", "DISPLAY")


def put_away(page: str) -> Path:
    """Write the page into a file of its own that nobody else can read, and return where it is.

    Raises:
        OSError: It cannot be written.
    """
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="studio-tui-")) / "message.html"
    path.write_text(page, encoding="utf-8")
    return path


def opener(
    environment: Mapping[str, str], platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which
) -> str | None:
    """The command that opens a file in the browser of this computer; None where there is no desktop, as over SSH."""
    if any(environment.get(name) for name in _REMOTE):
        return None
    if platform == "darwin":
        return which("open")
    return which("xdg-open") if any(environment.get(name) for name in _DESKTOP) else None


def open_file(command: str, path: Path) -> bool:
    """Open the file beside this program, with nothing on its terminal; returns whether that began."""
    import subprocess

    silent = subprocess.DEVNULL
    try:
        subprocess.Popen(
            [command, str(path)], stdin=silent, stdout=silent, stderr=silent, start_new_session=True, close_fds=True
        )
    except OSError:
        return False
    return True
