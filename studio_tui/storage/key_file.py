"""The file that keeps the keys of the vault: made once, replaced whole, readable by its owner alone."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _

_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH

Mark = tuple[int, int, int]
"""What tells one version of a file from another."""


class BadKey(StudioError):
    """The key cannot be used: unreadable, open to other people, or no key at all."""


def new_key() -> bytes:
    """A key that nobody else has, as one line of text."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key()


def make_key_file(path: Path) -> None:
    """Make a key file of mode 0600 in a folder of mode 0700, unless there is one; whoever is first wins.

    Raises:
        OSError: The folder or the file cannot be made.
    """
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written under another name and linked into place: nobody ever reads half a key, and none is replaced.
    with _draft(path, [new_key()]) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return


def replace_key_file(path: Path, keys: Sequence[bytes]) -> None:
    """Let the file hold these keys, the one that seals first; whoever reads it meanwhile reads the old ones or the new.

    Raises:
        OSError: It cannot be written; it is as it was.
    """
    path = path.resolve()  # where it is a link, the file behind it is replaced
    with _draft(path, keys) as draft:
        draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the key file's folder against other rotations; False if another one is under way."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(folder)


def read_private(path: Path) -> bytes:
    """What the file holds.

    Raises:
        BadKey: Other people can read or replace it.
        OSError: It cannot be read.
    """
    folder = path.parent.stat()
    if folder.st_mode & _WRITABLE_BY_OTHERS and not folder.st_mode & stat.S_ISVTX:
        raise BadKey(_("Other people can replace the key file: run chmod 700 {parent}.").format(parent=path.parent))
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & _OPEN_TO_OTHERS:
            raise BadKey(_("Other people can read the key file: run chmod 600 {path}.").format(path=path))
        return file.read()


def mark_of(path: Path) -> Mark | None:
    """Another one when the file has been replaced; None while it cannot be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


@contextmanager
def _draft(path: Path, keys: Sequence[bytes]) -> Iterator[Path]:
    """The keys, safely on the disk, under another name beside the file."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(b"".join(key + b"\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
