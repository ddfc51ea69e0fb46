"""Files as they leave: whole or not at all, and for nobody's eyes but the person's."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.text import fold

_MAX_NAME = 80


class FileExists(NotPossible):
    """There is such a file already."""

    def __init__(self, path: Path) -> None:
        super().__init__(_("{path} is there already: nothing was written.").format(path=path))


def safe_name(*parts: str, ending: str) -> str:
    """A file name of plain letters, digits and dashes, whatever the parts hold: `studio-aurora-2026-w47.ics`."""
    words = [re.sub(r"[^a-z0-9]+", "-", fold(part)).strip("-") for part in parts]
    return f"{'-'.join(word for word in words if word)[:_MAX_NAME].strip('-') or 'export'}.{ending}"


def write_privately(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write a file that only its owner can read. It appears whole under its name, or not at all.

    Raises:
        FileExists: There is one, and `overwrite` was not asked for.
        InvalidInput: It cannot be written there; the sentence says why.
    """
    if not path.name or "\0" in str(path):
        raise InvalidInput(_("Name a file to write."), field="file")
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if path.is_dir():
            raise InvalidInput(_("{path} is a folder: name a file.").format(path=path), field="file")
        if not overwrite and path.exists():
            raise FileExists(path)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            beside.replace(path)
        else:
            _publish(beside, path)
    except FileExistsError:
        raise FileExists(path) from None
    except OSError as error:
        raise InvalidInput(
            _("{path} cannot be written: {value}.").format(path=path, value=error.strerror or error), field="file"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _publish(beside: Path, path: Path) -> None:
    """Give the file its name unless somebody else took that meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(path) from None
        beside.replace(path)
