"""Join links at rest: encrypted, each bound to the record it belongs to, the key apart from the database.

A sealed link moved to another record does not open there, so nobody can read a link by copying a row.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.errors import StudioError
from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.services import SealedLink

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

CREDENTIAL = "studio-tui-key"
VARIABLE = "STUDIO_TUI_KEY"
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class BadKey(StudioError):
    """The key cannot be used: unreadable, open to other people, or no key at all."""


class WrongKey(StudioError):
    """A link was sealed with another key than the one at hand, or there is none."""


class Tampered(StudioError):
    """A sealed link opens, but is not the one that was stored for this record."""


class Vault:
    """Seals and opens join links. Nothing is read, made or imported before the first use. Thread-safe.

    The key is looked for in the systemd credential `studio-tui-key`, the environment (`STUDIO_TUI_KEY`) and
    the key file, which sealing makes if there is no key. Several keys, one on a line, are a rotation: the
    first one seals, all of them open.
    """

    def __init__(self, key_file: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._key_file = key_file
        self._environ = environ
        self._lock = threading.Lock()
        self._fernet: MultiFernet | None = None

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
        token = self._key(make=True).encrypt(json.dumps(fields, separators=(",", ":")).encode("ascii"))
        return SealedLink(token=token.decode("ascii"), digest=link_digest(link))

    def open(self, sealed: SealedLink, owner: str) -> JoinLink:
        """The link that was sealed for `owner`.

        Raises:
            BadKey: The key cannot be used.
            WrongKey: It was sealed with another key, or there is no key.
            Tampered: It was sealed for another record, or its digest is another link's.
        """
        opened = _opened(self._key(make=False), sealed.token)
        if opened is None:
            raise WrongKey(
                f"The link of {owner} cannot be read with the {self.key_source()}: it was stored with "
                "another key. Put that key back, or type the link again."
            )
        if opened.owner != owner or opened.link is None or link_digest(opened.link) != sealed.digest:
            raise Tampered(
                f"The link stored for {owner} is not the one that was saved there: the database was changed "
                "from outside. Type the link again."
            )
        return opened.link

    def seal_values(self, values: Mapping[str, str], owner: str) -> str:
        """Credentials as they are stored: sealed for `owner`, e.g. `sign_in:3`.

        Raises:
            BadKey: The key cannot be used or made.
        """
        text = json.dumps({"owner": owner, "values": dict(values)}, separators=(",", ":"))
        return self._key(make=True).encrypt(text.encode("ascii")).decode("ascii")

    def open_values(self, token: str, owner: str) -> dict[str, str]:
        """The credentials that were sealed for `owner`.

        Raises:
            BadKey: The key cannot be used.
            WrongKey: They were sealed with another key, or there is no key.
            Tampered: They were sealed for another record.
        """
        opened = _opened(self._key(make=False), token)
        if opened is None:
            raise WrongKey(
                f"The sign-in {owner} cannot be read with the {self.key_source()}: it was stored with another key. "
                "Put that key back, or sign in again."
            )
        if opened.owner != owner or opened.values is None:
            raise Tampered(
                f"The sign-in stored for {owner} is not the one that was saved there: the database was changed from "
                "outside. Sign in again."
            )
        return opened.values

    def key_source(self) -> str:
        """Where the key comes from, in words; never the key."""
        if self._credential() is not None:
            return f"systemd credential {CREDENTIAL}"
        if self._environ.get(VARIABLE):
            return f"environment variable {VARIABLE}"
        return f"key file {self._key_file}"

    def has_key(self) -> bool:
        """Whether there is a key; False before the first link is sealed."""
        return self._credential() is not None or bool(self._environ.get(VARIABLE)) or self._key_file.exists()

    def check(self) -> None:
        """Read the key as sealing would, without making one.

        Raises:
            BadKey: It cannot be used, or there is none.
        """
        self._key(make=False)

    def _credential(self) -> Path | None:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        path = Path(folder, CREDENTIAL) if folder else None
        return path if path is not None and path.is_file() else None

    def _key(self, *, make: bool) -> MultiFernet:
        with self._lock:
            if self._fernet is None:
                if not self.has_key():
                    self._make_key_file(make=make)
                self._fernet = _fernet_of(self._read())
            if self._fernet is None:
                raise BadKey(
                    f"The {self.key_source()} does not hold a key of studio-tui (44 characters, one key on a "
                    "line): put the right one back."
                )
            return self._fernet

    def _read(self) -> bytes:
        credential = self._credential()
        variable = self._environ.get(VARIABLE)
        try:
            if credential is not None:
                return credential.read_bytes()
            return os.fsencode(variable) if variable else _read_private(self._key_file)
        except OSError as error:
            raise BadKey(f"The {self.key_source()} cannot be read ({error.strerror}): check who owns it.") from None

    def _make_key_file(self, *, make: bool) -> None:
        if not make:
            raise WrongKey(
                f"There is no key to read stored links with: put the key back into {self._key_file}, or set {VARIABLE}."
            )
        try:
            make_key_file(self._key_file)
        except OSError as error:
            raise BadKey(
                f"The key file {self._key_file} cannot be made ({error.strerror}): make its folder writable, "
                f"or set {VARIABLE}."
            ) from None


def make_key_file(path: Path) -> None:
    """Make a key file of mode 0600 in a folder of mode 0700, unless there is one; whoever is first wins.

    Raises:
        OSError: The folder or the file cannot be made.
    """
    from cryptography.fernet import Fernet

    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written under another name and linked into place: nobody ever reads half a key, and none is replaced.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _read_private(path: Path) -> bytes:
    folder = path.parent.stat()
    if folder.st_mode & _WRITABLE_BY_OTHERS and not folder.st_mode & stat.S_ISVTX:
        raise BadKey(f"Other people can replace the key file: run chmod 700 {path.parent}.")
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & _OPEN_TO_OTHERS:
            raise BadKey(f"Other people can read the key file: run chmod 600 {path}.")
        return file.read()


def _fernet_of(raw: bytes) -> MultiFernet | None:
    """None if a line is no key: an error raised here would carry the key in its traceback."""
    from cryptography.fernet import Fernet, MultiFernet

    try:
        keys = [Fernet(line) for line in raw.split()]
    except ValueError:
        return None
    return MultiFernet(keys) if keys else None


class _Opened(NamedTuple):
    owner: str
    link: JoinLink | None = None
    values: dict[str, str] | None = None


def _opened(key: MultiFernet, token: str) -> _Opened | None:
    """What a token holds, None if no key opens it. Raises nothing: a traceback would show the plain link."""
    from cryptography.fernet import InvalidToken

    try:
        fields = json.loads(key.decrypt(token.encode()))
    except InvalidToken:
        return None
    try:
        if "values" in fields:
            return _Opened(fields["owner"], values={str(name): str(value) for name, value in fields["values"].items()})
        link = JoinLink(fields["url"], fields["password"], fields["description"])
        return _Opened(fields["owner"], link)
    except (AttributeError, KeyError, TypeError, ValueError):
        return _Opened("")
