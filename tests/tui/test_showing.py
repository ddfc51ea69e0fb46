"""Where a page can be shown in a browser."""

import stat
from pathlib import Path

import pytest

from studio_tui.tui.showing import open_file, opener, put_away


def there(command: str) -> str | None:
    return f"/usr/bin/{command}"


@pytest.mark.parametrize(
    ("environment", "platform", "command"),
    [
        ({"DISPLAY": ":0"}, "linux", "/usr/bin/xdg-open"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", "/usr/bin/xdg-open"),
        ({}, "linux", None),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"}, "linux", None),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", None),
        ({}, "darwin", "/usr/bin/open"),
    ],
)
def test_a_browser_opens_only_where_somebody_sits(
    environment: dict[str, str], platform: str, command: str | None
) -> None:
    assert opener(environment, platform, there) == command


def test_a_desktop_without_the_command_opens_nothing(tmp_path: Path) -> None:
    assert opener({"DISPLAY": ":0"}, "linux", lambda _: None) is None
    assert not open_file(str(tmp_path / "gone"), tmp_path)


def test_a_page_is_put_where_nobody_else_reads_it() -> None:
    path = put_away("<p>perché</p>")

    assert path.read_text(encoding="utf-8") == "<p>perché</p>"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.unlink()
    path.parent.rmdir()
