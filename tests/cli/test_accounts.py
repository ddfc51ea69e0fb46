from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
LINK = "https://meet.example.com/secret-room"


def test_accounts_are_listed_with_what_they_serve(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    small.session()

    accounts = shell.json("accounts", "list", *ROME)
    assert [each["holder"] for each in accounts] == [
        *("Trastevere", "Anna Ferri", "Luca Rossi", "Marco Bruno", "Paola Greco"),
    ]
    assert (accounts[0]["state"], accounts[0]["upcoming_sessions"]) == ("connected", 1)
    assert accounts[1]["state"] is None
    out = shell.ok("accounts", "list", *ROME).out
    assert "Trastevere (default)  custom  connected  meet.example.com/••••••••••" in out


def test_an_account_is_connected_changed_and_shown(shell: Shell, small: SmallStudio) -> None:
    shell.ok("accounts", "connect", *ROME, "--url-stdin", stdin=f"{LINK}\nletmein\n")
    assert shell("accounts", "connect", *ROME, "--url", LINK).code == 5

    shell.ok("accounts", "change", *ROME, "--description", "Ring twice")

    values = small.conferencing.values(small.owner, small.rome.id, None)
    assert values == {"url": LINK, "password": "letmein", "description": "Ring twice"}
    shown = shell.ok("accounts", "show", *ROME).out
    assert "State: connected" in shown
    assert "secret-room" not in shown


def test_the_kinds_of_account_say_what_they_ask_for(shell: Shell) -> None:
    [custom] = shell.json("accounts", "kinds")

    assert custom["key"] == "custom"
    assert [(field["way"], field["key"], field["required"]) for field in custom["fields"]] == [
        *(("link", "url", True), ("link", "password", False), ("link", "description", False)),
    ]
    assert "custom  link  url          Meeting link  required" in shell.ok("accounts", "kinds").out


def test_an_own_account_needs_the_default_one(shell: Shell, small: SmallStudio) -> None:
    argv = ("accounts", "connect", *ROME, "--staff", "anna", "--set", f"url={LINK}", "--as", "anna")

    refused = shell(*argv)
    assert refused.code == 5
    assert "no default account connected" in refused.err

    small.connect()
    assert shell.json(*argv)["holder"] == "Anna Ferri"


def test_an_instructor_manages_nobody_elses_account(shell: Shell, small: SmallStudio) -> None:
    small.connect()

    for argv in (("--staff", "marco", "--url", LINK), ("--url", LINK)):
        assert shell("accounts", "connect", *ROME, *argv, "--as", "anna").code == 4
    assert shell("accounts", "disconnect", *ROME, "--yes", "--as", "anna").code == 4


def test_disconnecting_tells_who_loses_the_link_and_wants_a_yes(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    small.book(small.session())
    argv = ("accounts", "disconnect", *ROME)
    told = "By disconnecting the account, 1 upcoming session with 1 client lose their link."

    unattended = shell(*argv)
    assert (unattended.code, unattended.err) == (5, f"studio-tui: {told} Add --yes to do it.\n")

    hesitant = shell(*argv, stdin="\n", terminal=True)
    assert (hesitant.code, hesitant.err) == (5, f"{told} Type y to do it:\nstudio-tui: Nothing was changed.\n")

    assert shell.json("accounts", "show", *ROME)["state"] == "connected"
    assert shell(*argv, stdin="y\n", terminal=True).out.startswith("Disconnected: 1 upcoming session")


def test_a_disconnected_account_comes_back_with_its_links(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session()

    gone = shell.json("accounts", "disconnect", *ROME, "--yes")
    assert (gone["state"], gone["sessions"], gone["clients"]) == ("disconnected", 1, 0)
    assert shell.json("links", "show", session.id)["source"] == "disconnected"
    assert shell("accounts", "disconnect", *ROME, "--yes").code == 5
    assert shell("accounts", "change", *ROME, "--url", LINK).code == 5

    assert shell.json("accounts", "reconnect", *ROME)["state"] == "connected"
    assert shell.json("links", "show", session.id)["source"] == "site"


def test_an_own_account_falls_back_to_the_default_one(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    small.connect(staff=small.teacher, room="own")
    small.session()

    said = shell.ok("accounts", "disconnect", *ROME, "--staff", "anna", "--yes").out

    assert said == "Disconnected: 1 upcoming session with 0 clients fall back to the default account.\n"


def test_what_is_not_there_is_said(shell: Shell, small: SmallStudio) -> None:
    assert shell("accounts", "change", *ROME, "--url", LINK).code == 3
    assert shell("accounts", "reconnect", *ROME).code == 5
    assert shell("accounts", "connect", *ROME).code == 2
    assert shell("accounts", "connect", *ROME, "--kind", "pigeon", "--url", LINK).code == 5
    assert shell("accounts", "show", *ROME, "--staff", "holly").code == 3
    assert shell.json("accounts", "show", *ROME)["kind"] is None
