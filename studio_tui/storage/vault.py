"""Join links at rest: encrypted, each bound to the record it belongs to, the key apart from the database.

A sealed link moved to another record does not open there, so nobody can read a link by copying a row.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.errors import StudioError
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.services import SealedLink
from studio_tui.storage.key_file import BadKey, Mark, make_key_file, mark_of, read_private

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

CREDENTIAL = "studio-tui-key"
VARIABLE = "STUDIO_TUI_KEY"
_SIGNING = b"studio-tui signatures"
_SIGNATURE_BYTES = 15


class WrongKey(StudioError):
    """A link was sealed with another key than the one at hand, or there is none."""


class Tampered(StudioError):
    """A sealed link opens, but is not the one that was stored for this record."""


class Vault:
    """Seals and opens join links and credentials. Nothing is read, made or imported before the first use. Thread-safe.

    The key is looked for in the systemd credential `studio-tui-key`, the environment (`STUDIO_TUI_KEY`) and
    the key file, which sealing makes if there is no key. Several keys, one on a line, are a rotation: the
    first one seals, all of them open. A key file that is replaced is read anew, so that programs that run
    while keys are changed seal with the new one.
    """

    def __init__(self, key_file: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._key_file = key_file
        self._environ = environ
        self._lock = threading.Lock()
        self._keys: tuple[Fernet, ...] = ()
        self._signers: tuple[bytes, ...] = ()
        self._mark: Mark | None = None

    def __repr__(self) -> str:
        return f"Vault(key_file={str(self._key_file)!r})"

    def seal(self, link: JoinLink, owner: str) -> SealedLink:
        """The link as it is stored.

        Args:
            link: What to seal.
            owner: The record that it belongs to, e.g. `session:12`.

        Raises:
            BadKey: The key cannot be used or made.
        """
        fields = {
            "owner": owner,
            "url": link.url,
            "password": link.password,
            "description": link.description,
        }
        token = self._read_keys(make=True)[0].encrypt(json.dumps(fields, separators=(",", ":")).encode("ascii"))
        return SealedLink(token=token.decode("ascii"), digest=link_digest(link))

    def open(self, sealed: SealedLink, owner: str) -> JoinLink:
        """The link that was sealed for `owner`.

        Raises:
            BadKey: The key cannot be used.
            WrongKey: It was sealed with another key, or there is no key.
            Tampered: It was sealed for another record, or its digest is another link's.
        """
        opened = _opened(self._read_keys(make=False), sealed.token)
        if opened is None:
            raise WrongKey(
                _(
                    "The link of {owner} cannot be read with the {key_source}: it was stored with another key. "
                    "Put that key back, or type the link again."
                ).format(owner=owner, key_source=self.key_source())
            )
        if opened.owner != owner or opened.link is None or link_digest(opened.link) != sealed.digest:
            raise Tampered(
                _(
                    "The link stored for {owner} is not the one that was saved there: the database was changed "
                    "from outside. Type the link again."
                ).format(owner=owner)
            )
        return opened.link

    def seal_values(self, values: Mapping[str, str], owner: str) -> str:
        """Credentials as they are stored: sealed for `owner`, e.g. `sign_in:3`.

        Raises:
            BadKey: The key cannot be used or made.
        """
        text = json.dumps({"owner": owner, "values": dict(values)}, separators=(",", ":"))
        return self._read_keys(make=True)[0].encrypt(text.encode("ascii")).decode("ascii")

    def open_values(self, token: str, owner: str) -> dict[str, str]:
        """The credentials that were sealed for `owner`.

        Raises:
            BadKey: The key cannot be used.
            WrongKey: They were sealed with another key, or there is no key.
            Tampered: They were sealed for another record.
        """
        opened = _opened(self._read_keys(make=False), token)
        if opened is None:
            raise WrongKey(
                _(
                    "The sign-in {owner} cannot be read with the {key_source}: it was stored with another key. "
                    "Put that key back, or sign in again."
                ).format(owner=owner, key_source=self.key_source())
            )
        if opened.owner != owner or opened.values is None:
            raise Tampered(
                _(
                    "The sign-in stored for {owner} is not the one that was saved there: the database was "
                    "changed from outside. Sign in again."
                ).format(owner=owner)
            )
        return opened.values

    def sign(self, text: str) -> str:
        """Letters and digits that only a holder of the key can make for the text, alike in both cases.

        Raises:
            BadKey: The key cannot be used or made.
        """
        self._read_keys(make=True)
        return _signature(self._signers[0], text)

    def has_signed(self, text: str, signature: str) -> bool:
        """Whether `sign` made the signature for the text, with any of the keys.

        Raises:
            BadKey, WrongKey: They cannot be used, or there is none.
        """
        self._read_keys(make=False)
        given = signature.lower().encode()
        made = [hmac.compare_digest(_signature(signer, text).encode(), given) for signer in self._signers]
        return any(made)

    def key_source(self) -> str:
        """Where the key comes from, in words; never the key."""
        if self._credential() is not None:
            return _("systemd credential {credential}").format(credential=CREDENTIAL)
        if self._environ.get(VARIABLE):
            return _("environment variable {variable}").format(variable=VARIABLE)
        return _("key file {key_file}").format(key_file=self._key_file)

    def has_key(self) -> bool:
        """Whether there is a key; False before the first link is sealed."""
        return self._credential() is not None or bool(self._environ.get(VARIABLE)) or self._key_file.exists()

    def check(self) -> None:
        """Read the key as sealing would, without making one.

        Raises:
            BadKey: It cannot be used, or there is none.
        """
        self._read_keys(make=False)

    def key_count(self) -> int:
        """How many keys there are: more than one during a rotation.

        Raises:
            BadKey, WrongKey: They cannot be used, or there is none.
        """
        return len(self._read_keys(make=False))

    def in_key_file(self) -> bool:
        """Whether the key comes from the key file, which the program can write, and not from outside."""
        return self._credential() is None and not self._environ.get(VARIABLE)

    @property
    def key_file(self) -> Path:
        """Where the key file is, or would be."""
        return self._key_file

    def resealer(self) -> Resealer:
        """Seals anew with the first of the present keys, also once the others are gone from their place.

        Raises:
            BadKey, WrongKey: They cannot be used, or there is none.
        """
        return Resealer(self._read_keys(make=False))

    def _credential(self) -> Path | None:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        path = Path(folder, CREDENTIAL) if folder else None
        return path if path is not None and path.is_file() else None

    def _read_keys(self, *, make: bool) -> tuple[Fernet, ...]:
        with self._lock:
            mark = mark_of(self._key_file) if self.in_key_file() else None
            if not self._keys or (mark is not None and mark != self._mark):
                if not self.has_key():
                    self._make_key_file(make=make)
                self._keys, self._signers = self._parsed()
                self._mark = mark
            return self._keys

    def _parsed(self) -> tuple[tuple[Fernet, ...], tuple[bytes, ...]]:
        keys = fernets_of(self._read())
        if not keys:
            raise BadKey(
                _(
                    "The {key_source} does not hold a key of studio-tui (44 characters, one key on a line): put "
                    "the right one back."
                ).format(key_source=self.key_source())
            )
        return keys, _signers_of(self._read())  # read again: a name for it would stand in the traceback above

    def _read(self) -> bytes:
        credential = self._credential()
        variable = self._environ.get(VARIABLE)
        try:
            if credential is not None:
                return credential.read_bytes()
            return os.fsencode(variable) if variable else read_private(self._key_file)
        except OSError as error:
            raise BadKey(
                _("The {key_source} cannot be read ({strerror}): check who owns it.").format(
                    key_source=self.key_source(), strerror=error.strerror
                )
            ) from None

    def _make_key_file(self, *, make: bool) -> None:
        if not make:
            raise WrongKey(
                _(
                    "There is no key to read stored links with: put the key back into {key_file}, or set {variable}."
                ).format(key_file=self._key_file, variable=VARIABLE)
            )
        try:
            make_key_file(self._key_file)
        except OSError as error:
            raise BadKey(
                _(
                    "The key file {key_file} cannot be made ({strerror}): make its folder writable, or set {variable}."
                ).format(key_file=self._key_file, strerror=error.strerror, variable=VARIABLE)
            ) from None


class Resealer:
    """Seals what was sealed with one of several keys anew with the first."""

    def __init__(self, keys: Sequence[Fernet]) -> None:
        self._keys = tuple(keys)

    def __call__(self, token: str) -> str | None:
        """The token sealed with the first key: itself if it is already; None if no key opens it."""
        plain = _decrypted(self._keys[:1], token)
        if plain is not None:
            return token
        plain = _decrypted(self._keys[1:], token)
        return None if plain is None else self._keys[0].encrypt(plain).decode("ascii")


def fernets_of(raw: bytes) -> tuple[Fernet, ...]:
    """The keys, one on a line; none if a line is no key: an error raised here would carry the key in its traceback."""
    from cryptography.fernet import Fernet

    try:
        return tuple(Fernet(line) for line in raw.split())
    except ValueError:
        return ()


def _decrypted(keys: Sequence[Fernet], token: str) -> bytes | None:
    """None if none of the keys opens it, or it is no token."""
    from cryptography.fernet import InvalidToken

    for key in keys:
        with suppress(InvalidToken, ValueError):
            return key.decrypt(token.encode())
    return None


def _signers_of(raw: bytes) -> tuple[bytes, ...]:
    """What to sign with, one for each key: nothing that is signed helps to open what is sealed."""
    return tuple(hmac.digest(line, _SIGNING, hashlib.sha256) for line in raw.split())


def _signature(signer: bytes, text: str) -> str:
    digest = hmac.digest(signer, text.encode(), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode("ascii").lower()


class _Opened(NamedTuple):
    owner: str
    link: JoinLink | None = None
    values: dict[str, str] | None = None


def _opened(keys: Sequence[Fernet], token: str) -> _Opened | None:
    """What a token holds, None if no key opens it. Raises nothing: a traceback would show the plain link."""
    plain = _decrypted(keys, token)
    if plain is None:
        return None
    try:
        fields = json.loads(plain)
        if "values" in fields:
            return _Opened(fields["owner"], values={str(name): str(value) for name, value in fields["values"].items()})
        link = JoinLink(fields["url"], fields["password"], fields["description"])
        return _Opened(fields["owner"], link)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _Opened("")
