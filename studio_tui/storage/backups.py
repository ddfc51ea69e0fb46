"""Copies of an SQLite database, taken while others use it."""

from __future__ import annotations

import glob
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from studio_tui.domain.zones import require_utc

KEPT = 5


def back_up(database: Path, folder: Path, label: str, now: datetime) -> Path:
    """Copy the database as it was last committed, and keep the newest five copies of it.

    A copy that is not complete never has its final name. Folder and copy are for their owner alone.

    Args:
        database: The SQLite file.
        folder: Where the copies lie; made if need be.
        label: Ends the copy's name, after the time.
        now: Names the copy, in UTC to the second.

    Returns:
        The copy's path, e.g. `studio-20260301T090000Z-0001.db`.

    Raises:
        OSError: The folder or the copy cannot be written.
        sqlite3.Error: The database cannot be read, or the disk is full.
    """
    copy = folder / f"{database.stem}-{require_utc(now):%Y%m%dT%H%M%SZ}-{label}.db"
    draft = copy.with_suffix(".part")
    draft.unlink(missing_ok=True)
    make_private_file(draft)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    draft.replace(copy)
    for old in sorted(folder.glob(f"{glob.escape(database.stem)}-[0-9]*T[0-9]*Z-*.db"))[:-KEPT]:
        old.unlink()
    return copy


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, in a folder for its owner alone, unless they exist.

    A file that exists is not opened: closing it would drop the locks that this process holds on it through SQLite
    (POSIX locks belong to the process), and another program would then delete the log that is still written to.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
