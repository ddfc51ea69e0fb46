"""Bytes of files made on other machines: byte order marks, UTF-16, and old Windows text."""

from __future__ import annotations

import codecs

from studio_tui.domain.language import _
from studio_tui.interchange.records import UnreadableFile

MAX_BYTES = 20 * 1024 * 1024
_SAMPLE = 400


def as_utf8(data: bytes, file_name: str) -> bytes:
    """Return the file's bytes in an encoding that contains ASCII, without a byte order mark.

    UTF-16 is written anew as UTF-8; bytes that are in some 8-bit encoding stay as they are.

    Raises:
        UnreadableFile: If the file is empty, too large, or cut off within UTF-16.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            file_name, _("is larger than {n} MB; export a shorter span of time.").format(n=MAX_BYTES // 1024 // 1024)
        )
    utf16 = _utf16_order(data)
    if utf16 is not None:
        try:
            data = data.decode(utf16).encode()
        except UnicodeError as error:
            raise UnreadableFile(file_name, _("is damaged: its text cannot be decoded. Export it again.")) from error
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data.strip(b"\0 \t\r\n\v\f"):
        raise UnreadableFile(file_name, _("is empty; export it again."))
    return data


def decode(raw: bytes) -> tuple[str, bool]:
    """Return bytes as text, and whether they were UTF-8; other bytes are read as Windows text (cp1252)."""
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace"), False


def _utf16_order(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:_SAMPLE]
    # In European text written as UTF-16 without a mark, nearly every other byte is zero.
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) > len(sample) * 0.4 and min(first, second) == 0:
        return "utf-16-le" if second else "utf-16-be"
    return None
