"""Signing in to providers, testing accounts, old links and clashes, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio_tui.domain.providers import ProviderUnavailable
from studio_tui.storage.unit_of_work import Database
from tests.builders import HOUR, NOW, SmallStudio
from tests.cli.conftest import Shell
from tests.doubles.doors import ADDRESS, ANSWER, BROWSER, CODE, DoorKind, Doors

ROME = ("--site", "trastevere")
CONNECT = ("accounts", "connect", *ROME, "--kind", "house")


class Entrance:
    """A studio with a provider that is entered in every way."""

    def __init__(self, database: Database, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.doors = Doors()
        self.kind = DoorKind(self.doors, NOW)
        self.small = SmallStudio(database, kinds=[self.kind])
        self.shell = Shell(lambda _: self.small.studio, tmp_path, capsys, monkeypatch)

    def connect(self, user: str = "rosa") -> None:
        self.shell.ok(*CONNECT, "--way", "key", "--set", f"user={user}", "--set-file", "secret=-", stdin="s3cret\n")


@pytest.fixture
def entrance(sqlite_database: Database, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    return Entrance(sqlite_database, tmp_path, capsys, monkeypatch)


def test_a_secret_comes_from_a_file_or_standard_input(entrance: Entrance, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\nand more\n")
    entrance.connect()

    shown = entrance.shell.ok("accounts", "change", *ROME, "--set-file", f"secret={tmp_path / 'secret'}").out
    entrance.shell.ok("accounts", "change", *ROME)

    assert [values["secret"] for _, values in entrance.doors.asked] == ["s3cret", "from-file", "from-file"]
    assert "Account: rosa@example.com" in shown
    assert "Left today: 100 of 100" in shown
    assert "from-file" not in shown
    unreadable = entrance.shell("accounts", "change", *ROME, "--set-file", "secret=nowhere")
    assert (unreadable.code, unreadable.err) == (
        2,
        "studio-tui: The file for secret cannot be read: No such file or directory.\n",
    )


def test_the_document_of_a_signed_in_account_says_how_it_stands(entrance: Entrance) -> None:
    entrance.connect()
    entrance.small.session()

    document = entrance.shell.json("accounts", "show", *ROME)

    assert (document["way"], document["signed_in_as"], document["meetings_at_a_time"]) == ("key", "rosa@example.com", 1)
    assert (document["meetings_waiting"], document["meetings_failed"], document["left_today"]) == (1, 0, 100)


def test_a_code_is_printed_and_waited_for(entrance: Entrance) -> None:
    entrance.doors.confirmed.set()

    ran = entrance.shell.ok(*CONNECT, "--way", "code", "--set", "user=rosa", "--set", "secret=x", "--at-a-time", "2")

    assert f"Open {ADDRESS} on any device and type the code {CODE}" in ran.err
    assert "Waiting; Ctrl+C gives up." in ran.err
    assert entrance.shell.json("accounts", "show", *ROME)["meetings_at_a_time"] == 2


def test_the_address_where_the_browser_ended_is_asked_for(entrance: Entrance) -> None:
    argv = (*CONNECT, "--way", "browser", "--set", "user=rosa")

    assert entrance.shell(*argv).code == 2
    refused = entrance.shell(*argv, stdin="https://elsewhere.example\n")
    ran = entrance.shell.ok(*argv, stdin=f"{ANSWER}\n")

    assert (refused.code, refused.err.splitlines()[-1]) == (5, "studio-tui: This is not where the browser ended.")
    assert BROWSER in ran.err
    assert "State: connected" in ran.out


def test_the_way_follows_from_what_was_given_or_has_to_be_said(entrance: Entrance) -> None:
    unclear = entrance.shell(*CONNECT, "--set", "user=rosa", "--set", "secret=x")
    clear = entrance.shell(*CONNECT, "--set", "user=rosa", stdin=f"{ANSWER}\n")

    assert (unclear.code, "Say which way with --way: key, code, browser" in unclear.err) == (2, True)
    assert clear.code == 0


def test_before_another_host_takes_over_it_is_asked(entrance: Entrance) -> None:
    entrance.connect()
    entrance.small.session()
    argv = ("accounts", "change", *ROME, "--set", "user=emma", "--set", "secret=y")

    refused = entrance.shell(*argv)
    assert refused.code == 5
    assert "Signed in as emma@example.com instead of rosa@example.com: 1 upcoming session gets" in refused.err
    assert entrance.kind.house.revoked == ["emma"]
    assert entrance.shell.json(*argv, "--yes")["signed_in_as"] == "emma@example.com"


def test_a_test_says_who_is_signed_in_or_what_is_the_matter(entrance: Entrance) -> None:
    entrance.connect()

    assert entrance.shell.json("accounts", "test", *ROME)["label"] == "rosa@example.com"
    entrance.kind.house.signed_out.add("rosa")
    assert entrance.shell("accounts", "test", *ROME).code == 5
    assert entrance.shell.json("accounts", "show", *ROME)["state"] == "needs_sign_in"
    entrance.doors.refusal = ProviderUnavailable("The house is closed.")
    assert entrance.shell("accounts", "change", *ROME).code == 7
    assert entrance.shell("accounts", "test", *ROME, "--staff", "anna").code == 3


def test_who_holds_an_old_link_is_listed_and_corrected(entrance: Entrance) -> None:
    small, shell = entrance.small, entrance.shell
    small.connect()
    session = small.session(starts_at=NOW + HOUR)
    small.book(session, small.client("Ada"))
    small.clock.set(NOW + HOUR)
    small.send_due()
    assert shell.json("accounts", "old-links", *ROME) == {"sent": 0, "clients": []}
    small.connect(room="new")

    listed = shell("accounts", "old-links", *ROME)
    unattended = shell("accounts", "old-links", *ROME, "--send")
    sent = shell("accounts", "old-links", *ROME, "--send", "--yes", "--json")

    assert (listed.code, "Ada" in listed.out) == (1, True)
    assert (unattended.code, "goes to 1 client. Add --yes" in unattended.err) == (5, True)
    assert (sent.code, sent.document["sent"], sent.document["clients"][0]["client"]) == (0, 1, "Ada")
    assert shell("accounts", "old-links", *ROME, "--send", "--yes").code == 5


def test_links_in_two_sessions_at_once_are_listed(entrance: Entrance) -> None:
    small, shell = entrance.small, entrance.shell
    small.connect()
    first = small.session(starts_at=NOW + HOUR)
    second = small.session(starts_at=NOW + HOUR, staff_id=small.substitute.id)

    listed = shell("accounts", "clashes", *ROME, "--json")

    assert listed.code == 1
    [clash] = listed.document
    assert (clash["session_id"], clash["other_session_id"]) == (first.id, second.id)
    assert "The same link also serves Yoga flow" in clash["sentence"]
    assert shell("accounts", "clashes", *ROME, "--days", "0").code == 2


def test_the_kinds_name_their_ways(entrance: Entrance) -> None:
    kinds = {kind["key"]: kind for kind in entrance.shell.json("accounts", "kinds")}

    assert [way["key"] for way in kinds["house"]["ways"]] == ["key", "lent", "code", "browser"]
    assert [way["for_staff"] for way in kinds["house"]["ways"]] == [False, True, False, False]
    assert "The studio owns the house." in entrance.shell.ok("accounts", "kinds").out
