"""A demo studio in a folder of its own, for the measurements of the screens."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.terminal import python
from studio_tui.demo.build import build_demo
from studio_tui.storage.migrating import ensure_current
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.resources import Resources


@contextmanager
def demo_command() -> Iterator[list[str]]:
    """The command that opens the calendar on a demo studio that exists already, as a desk begins its day."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/studio.db")
        ensure_current(database.engine, Path(folder), datetime.now(UTC))
        build_demo(Resources(database, Vault(Path(folder) / "key" / "key")), getpass.getuser())
        database.close()
        os.environ |= {"STUDIO_TUI_DATABASE_URL": f"{folder}/studio.db", "STUDIO_TUI_DATA_DIR": folder}
        yield python("-m", "studio_tui")
