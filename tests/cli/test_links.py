from tests.builders import SmallStudio, a_link
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")
SECRET = "https://meet.example.com/secret-room"


def test_a_link_is_masked_until_it_is_revealed_on_purpose(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.linking.type_link(small.owner, session.id, a_link("secret-room", "letmein", "Ring twice"), version=None)

    for argv in (("links", "show", session.id), ("sessions", "show", session.id)):
        for form in ((), ("--json",)):
            out = shell.ok(*argv, *form).out
            assert "secret-room" not in out
            assert "letmein" not in out
            assert "meet.example.com/••••••••••" in out

    revealed = shell.json("links", "show", session.id, "--reveal")
    assert (revealed["url"], revealed["password"], revealed["description"]) == (SECRET, "letmein", "Ring twice")
    assert f"Link: {SECRET}\nPassword: letmein\n" in shell.ok("links", "show", session.id, "--reveal").out


def test_revealing_is_for_those_who_may_change_links(shell: Shell, small: SmallStudio) -> None:
    session = small.session()

    assert shell("links", "show", session.id, "--reveal", "--as", "marco").code == 4
    assert shell("links", "show", session.id, "--reveal", "--as", "anna").code == 0


def test_a_link_is_set_from_standard_input(shell: Shell, small: SmallStudio) -> None:
    session = small.session()

    ran = shell.ok("links", "set", session.id, "--url-stdin", stdin=f"{SECRET}\nletmein\n")

    assert "Why: Typed by hand on this session." in ran.out
    assert "secret-room" not in ran.out
    link = small.linking.reveal(small.owner, session.id)
    assert link is not None
    assert (link.url, link.password) == (SECRET, "letmein")


def test_a_link_on_a_session_in_person_makes_it_online(shell: Shell, small: SmallStudio) -> None:
    session = small.session(small.pilates)

    shell.ok("links", "set", session.id, "--url", SECRET, "--description", "Ring twice")

    assert shell.json("sessions", "show", session.id)["mode"] == "online"
    assert shell.json("links", "show", session.id)["description"] == "Ring twice"


def test_a_link_is_removed_and_restored(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session()

    assert shell.json("links", "remove", session.id)["source"] == "removed"
    assert shell.json("links", "restore", session.id)["source"] == "site"


def test_whoever_holds_an_old_link_is_named(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session = small.session()
    small.book(session, small.client("Chiara Neri"))
    small.clock.set(session.starts_at)
    small.send_due()

    assert shell.ok("links", "holders", session.id).err == "Nobody holds an old link.\n"
    changed = shell.ok("links", "set", session.id, "--url", SECRET)
    assert "1 client holds an old link" in changed.err
    assert [each["client"] for each in shell.json("links", "holders", session.id)] == ["Chiara Neri"]
    assert "Chiara Neri" in shell.ok("links", "holders", session.id).out


def test_an_unsafe_link_is_refused_without_being_repeated(shell: Shell, small: SmallStudio) -> None:
    ran = shell("links", "set", small.session().id, "--url", "https://user:secret@meet.example.com/x")

    assert ran.code == 5
    assert "secret" not in ran.err


def test_a_link_must_be_given_in_one_way(shell: Shell, small: SmallStudio) -> None:
    session = small.session()

    assert shell("links", "set", session.id).code == 2
    assert shell("links", "set", session.id, "--url", SECRET, "--url-stdin").code == 2
    assert shell("links", "set", session.id, "--url-stdin").code == 2


def test_the_help_warns_of_links_in_the_shells_history(shell: Shell) -> None:
    assert "--url it stays in the shell's history" in shell.ok("links", "set", "--help").out
