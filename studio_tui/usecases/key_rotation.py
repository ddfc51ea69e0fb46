"""Another key for what is sealed: everything is sealed anew while the studio goes on working, then the old key goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from studio_tui.domain import permissions
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.storage.key_file import BadKey, held, new_key, read_private, replace_key_file
from studio_tui.storage.resealing import Found, Place, Reseal, SealedTexts, places, resealed
from studio_tui.usecases.resources import Resources

_BATCH, _MOST_PASSES = 200, 20
SETTLING_S = 3.0
"""So long after the new key is in place others may still be writing what they sealed with the old one."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to.

    Attributes:
        resealed: Links and credentials that were sealed anew, those in old edits too.
        unreadable: Those that no key opens; they stay as they are.
        old_keys: How many old keys are still in force.
        source: Where the keys come from, in words.
    """

    resealed: int
    unreadable: int
    old_keys: int
    source: str


class KeyRotation:
    """The use case of changing the key; `pause` waits so many seconds."""

    def __init__(self, resources: Resources, pause: Callable[[float], None] = time.sleep) -> None:
        self._resources = resources
        self._pause = pause

    def rotate(self, actor: StaffMember, *, keep: bool = False) -> Rotation:
        """Put a new key first, seal everything anew with it, and drop the old keys unless `keep`.

        It can be broken off at any moment: both keys stay in force, and running it again goes on where it was. Where the
        keys come from outside (systemd, the environment) the new one has to be put there first, before the old one.

        Raises:
            NotAllowed: It is for owners.
            NotPossible: Another rotation is under way, or the keys come from outside and there is just one.
            BadKey, WrongKey: The keys cannot be used, or there is none.
        """
        permissions.check(actor, Act.MANAGE_SITE)
        vault = self._resources.vault
        if not vault.in_key_file():
            return self._from_outside(actor)
        vault.check()
        with held(vault.key_file) as ours:
            if not ours:
                raise NotPossible(_("Another program is changing the key at the moment: wait until it is done."))
            return self._in_key_file(actor, keep=keep)

    @staticmethod
    def fresh_key() -> str:
        """A key that nobody else has, for wherever the keys come from outside. A credential: shown once, kept nowhere."""
        return new_key().decode("ascii")

    def _in_key_file(self, actor: StaffMember, *, keep: bool) -> Rotation:
        vault, done = self._resources.vault, _Tally()
        if not self._left_by_another():
            _write(self._resources, [new_key(), *self._lines()])
        reseal = vault.resealer()
        self._all(reseal, done)
        if vault.key_count() > 1:
            self._pause(SETTLING_S)
            self._all(reseal, done)
        if not keep:
            _write(self._resources, self._lines()[:1])
            self._all(reseal, done)  # what was sealed with the old key just before it went
        return self._told(actor, done)

    def _from_outside(self, actor: StaffMember) -> Rotation:
        vault, done = self._resources.vault, _Tally()
        if vault.key_count() == 1:
            raise NotPossible(
                _(
                    "The key comes from the {key_source}, which this command cannot write. Make a key with "
                    "“studio-tui key new”, put it there on a line before the present one, start every worker and "
                    "screen anew, and run this command again."
                ).format(key_source=vault.key_source())
            )
        self._all(vault.resealer(), done)
        return self._told(actor, done)

    def _told(self, actor: StaffMember, done: _Tally) -> Rotation:
        vault, now = self._resources.vault, self._resources.clock()
        author = Author(actor.name, now)
        self._resources.write(
            lambda unit: unit.changes.record("site", 0, author, phrase("changed the key of links and sign-ins"))
        )
        return Rotation(done.resealed, done.unreadable, vault.key_count() - 1, vault.key_source())

    def _left_by_another(self) -> bool:
        """Whether a rotation was broken off: there are several keys, and something is not sealed with the first."""
        vault = self._resources.vault
        if vault.key_count() == 1:
            return False
        reseal = vault.resealer()
        return any(resealed(place, found.text, reseal).renewed for place in places() for found in self._texts(place))

    def _lines(self) -> list[bytes]:
        return read_private(self._resources.vault.key_file).split()

    def _all(self, reseal: Reseal, done: _Tally) -> None:
        """Seal everything anew, until nothing is left that an old key sealed."""
        for _other in range(_MOST_PASSES):
            before, done.unreadable = done.resealed, 0
            for place in places():
                self._place(place, reseal, done)
            if done.resealed == before:
                return

    def _place(self, place: Place, reseal: Reseal, done: _Tally) -> None:
        last = 0
        while batch := self._batch(place, last):
            last = batch[-1].id
            fresh = [(found, resealed(place, found.text, reseal)) for found in batch]
            done.unreadable += sum(each.unreadable for _other, each in fresh)
            self._write_batch(place, [(found, each.text, each.renewed) for found, each in fresh if each.text], done)

    def _write_batch(self, place: Place, fresh: list[tuple[Found, str | None, int]], done: _Tally) -> None:
        """A transaction for the batch, unless it has nothing to write; what somebody else wrote meanwhile is left to them."""
        if not fresh:
            return
        done.resealed += self._resources.database.write(
            lambda unit: sum(
                renewed
                for found, text, renewed in fresh
                if text is not None and SealedTexts(unit.db).replace(place, found, text)
            )
        )

    def _batch(self, place: Place, last: int) -> list[Found]:
        return self._resources.read(lambda unit: SealedTexts(unit.db).after(place, last, _BATCH))

    def _texts(self, place: Place) -> list[Found]:
        found, last = list[Found](), 0
        while batch := self._batch(place, last):
            found += batch
            last = batch[-1].id
        return found


@dataclass(slots=True)
class _Tally:
    resealed: int = 0
    unreadable: int = 0


def _write(resources: Resources, keys: list[bytes]) -> None:
    path = resources.vault.key_file
    try:
        replace_key_file(path, keys)
    except OSError as error:
        raise BadKey(
            _("The key file {path} cannot be written ({strerror}): make its folder writable.").format(
                path=path, strerror=error.strerror
            )
        ) from None
