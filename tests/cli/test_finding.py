from studio_tui.cli import card_documents
from tests.builders import HOUR, SmallStudio, a_link
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


def test_find_prints_clients_things_and_sessions(shell: Shell, small: SmallStudio) -> None:
    session = small.session(room="Sala Grande")
    small.book(session, small.client("Anna Álvarez"))

    found = shell.json("find", *ROME, "anna")
    assert [each["name"] for each in found["clients"]] == ["Anna Álvarez"]
    assert [(each["kind"], each["name"]) for each in found["things"]] == [("staff", "Anna Ferri")]
    assert [each["id"] for each in found["sessions"]] == [session.id]
    assert found["clients"][0]["next"]["id"] == session.id
    for key, document in (
        ("clients", card_documents.FoundClientDocument),
        ("things", card_documents.FoundThingDocument),
        ("sessions", card_documents.FoundSessionDocument),
    ):
        assert set(found[key][0]) == set(document.__annotations__)

    lines = shell.ok("find", *ROME, "anna").out.splitlines()
    assert lines[0].split() == ["WHAT", "ID", "NAME", "WHEN", "MORE"]
    assert [line.split()[0] for line in lines[1:]] == ["client", "staff", "session"]


def test_find_narrows_by_day_takes_words_apart_and_limits(shell: Shell, small: SmallStudio) -> None:
    for hours in (1, 2, 3):
        small.session(starts_at=small.clock() + hours * HOUR)

    assert len(shell.json("find", *ROME, "yoga", "today", "--limit", "2")["sessions"]) == 2
    assert shell.json("find", *ROME, "yoga", "tomorrow")["sessions"] == []


def test_find_looks_at_every_site_if_asked(shell: Shell, small: SmallStudio) -> None:
    session = small.session(small.barre)

    assert shell.json("find", *ROME, "barre")["sessions"] == []
    assert [each["id"] for each in shell.json("find", "--all-sites", "barre")["sessions"]] == [session.id]


def test_nothing_found_is_no_error_and_repeats_no_link(shell: Shell, small: SmallStudio) -> None:
    ran = shell.ok("find", *ROME, "https://meet.example/secret-room")
    assert (ran.out, ran.err) == ("", "Nothing is found: fewer letters find more.\n")
    assert shell.json("find", *ROME, "%_'\"*") == {"clients": [], "things": [], "sessions": []}


def test_a_link_is_found_from_standard_input(shell: Shell, small: SmallStudio) -> None:
    small.connect(room="zkr8")

    (account,) = shell.json("find", *ROME, "-", stdin=f"{a_link('zkr8').url}\n")["things"]
    assert (account["kind"], account["name"]) == ("link", "meet.example.com")


def test_a_client_is_shown_with_bookings_and_messages(shell: Shell, small: SmallStudio) -> None:
    small.connect()
    session, nina = small.session(), small.client("Nina Rota")
    small.book(session, nina)
    small.book(small.session(starts_at=small.clock() - 5 * HOUR), nina)
    small.clock.set(session.starts_at)
    small.send_due()

    shown = shell.json("clients", "show", "nina")
    assert set(shown) >= {"id", "name", "upcoming", "past", "past_bookings"}
    assert set(shown["upcoming"][0]) == set(card_documents.CardBookingDocument.__annotations__)
    assert [message["state"] for message in shown["upcoming"][0]["messages"]] == ["sent"]
    assert shell.json("clients", "show", "nina", "--past", "0")["past"] == []

    text = shell.ok("clients", "show", "nina").out
    assert "Past bookings: 1" in text
    assert "mail sent" in text
    assert "Yoga flow" in text
