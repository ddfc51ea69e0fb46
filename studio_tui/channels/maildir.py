"""Mail into a Maildir, for a studio (or a demo) without a mail server: the same promises, kept by file names."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from studio_tui.channels.answers import clean_answer
from studio_tui.channels.desk import Desk
from studio_tui.channels.message import key_digest
from studio_tui.channels.singly import carry_singly
from studio_tui.channels.standing import Standing
from studio_tui.domain.channel_words import MAILDIR_SHUT
from studio_tui.domain.language import N_
from studio_tui.domain.outcomes import ChannelHealth, Feed, Outcome, Parcel, ProbeResult, RelayTrouble, Sent

_AT_A_TIME = 4
_INTENT_PATIENCE = timedelta(seconds=60)


class MaildirChannel:
    """The mail channel into a folder; see `DeliveryChannel` for what it guarantees.

    A message's file is named after its key, so a repeat after a crash never adds a second one, also when the
    first was read meanwhile. The bytes are on the disk before the outcome is reported.

    Args:
        folder: The Maildir; made with the first message.
        clock: Seconds that never go back.
    """

    name = "email"

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._standing = Standing(_AT_A_TIME, clock)
        self._read_at = -1
        self._read: frozenset[str] = frozenset()

    async def run(self, feed: Feed) -> None:
        """Put parcels into the folder until the feed ends, or until cancelled."""
        await Desk(feed, self._standing, self._lane, _INTENT_PATIENCE).run()

    async def probe(self) -> ProbeResult:
        """See whether the folder can be made and written."""
        trouble = await asyncio.to_thread(self._try_folder)
        if trouble is not None:
            return ProbeResult(False, trouble.text)
        return ProbeResult(True, clean_answer(f"Mail is put into the Maildir {self._folder}."))

    def health(self) -> ChannelHealth:
        """How the folder stands now."""
        return self._standing.health()

    async def _lane(self, desk: Desk, parcel: Parcel) -> None:
        await carry_singly(desk, parcel, self._deliver)

    async def _deliver(self, parcel: Parcel) -> Outcome:
        writing = asyncio.create_task(asyncio.to_thread(self._put, parcel))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            # A thread cannot be stopped, and it is soon done: wait, so that no doubt is left, then stop.
            await asyncio.wait({writing})
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            return writing.result()

    def _put(self, parcel: Parcel) -> Outcome:
        name = f"{key_digest(parcel.key)}.studio-tui"
        try:
            self._make_folders()
            new = self._folder / "new" / name
            if not new.exists() and name not in self._names_read():
                self._write(new, parcel.payload.replace(b"\r\n", b"\n"))
        except OSError as error:
            return self._trouble(error)
        return Sent(name, N_("No mail server is set: written into a folder."))

    def _write(self, new: Path, content: bytes) -> None:
        draft = self._folder / "tmp" / f"{new.name}.{token_hex(8)}"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(new)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(new.parent)

    def _names_read(self) -> frozenset[str]:
        """Names of the messages that a mail program has moved to `cur`, without its flags."""
        cur = self._folder / "cur"
        changed_at = cur.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._read = frozenset(file.name.partition(":")[0] for file in cur.iterdir())
            self._read_at = changed_at
        return self._read

    def _make_folders(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(mode=0o700, exist_ok=True)

    def _try_folder(self) -> RelayTrouble | None:
        try:
            self._make_folders()
            for part in ("tmp", "new"):
                if not os.access(self._folder / part, os.W_OK | os.X_OK):
                    raise PermissionError(None, "Permission denied")
        except OSError as error:
            return self._trouble(error)
        return None

    def _trouble(self, error: OSError) -> RelayTrouble:
        text = MAILDIR_SHUT.format(file=self._folder, answer=error.strerror or error)
        return RelayTrouble(None, clean_answer(text), permanent=False)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
