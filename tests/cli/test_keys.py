"""`studio-tui key`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.key_rotation import KeyRotation
from tests.builders import SmallStudio, a_link
from tests.cli.conftest import Shell


def test_a_fresh_key_is_printed_and_nothing_else(shell: Shell) -> None:
    first, second = shell.ok("key", "new").out, shell.json("key", "new")["key"]

    Fernet(first.strip())
    assert first.strip() != second


def test_the_key_is_changed(sqlite_database: Database, tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    key_file = tmp_path / "private" / "key"
    small = SmallStudio(sqlite_database, vault=Vault(key_file, {}))
    small.linking.type_link(small.owner, small.session().id, a_link(), version=None)
    old = key_file.read_text()
    small.studio.__dict__["key_rotation"] = KeyRotation(small.resources, lambda _seconds: None)
    shell = Shell(lambda _: small.studio, tmp_path, capsys, monkeypatch)

    document = shell.json("key", "rotate", "--keep")
    assert (document["unreadable"], document["old_keys"]) == (0, 1)
    assert set(document) == {"resealed", "unreadable", "old_keys", "source"}

    told = shell.ok("key", "rotate").out
    assert "sealed anew" in told
    assert "Backups that were made before open with the old key alone." in told
    assert not set(old.split()) & set(key_file.read_text().split())


def test_a_key_from_outside_has_to_be_changed_there(shell: Shell, small: SmallStudio) -> None:
    ran = shell("key", "rotate")

    assert ran.code == 5
    assert "environment variable STUDIO_TUI_KEY, which this command cannot write" in ran.err
    assert "studio-tui key new" in ran.err


def test_only_an_owner_changes_the_key(shell: Shell) -> None:
    assert shell("key", "rotate", "--as", "luca").code == 4
