"""Which messages go out, from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.builders import HOUR, SmallStudio, a_link
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


def test_every_kind_is_listed_with_who_decides(shell: Shell, small: SmallStudio) -> None:
    small.switch_messages("reminder=off")
    shell.ok("messages", "switch", *ROME, "booked", "off", "--service", "yoga flow")
    lines = {each["kind"]: each for each in shell.json("messages", "list", *ROME, "--service", "yoga flow")}
    assert (lines["booked"]["on"], lines["booked"]["decided_by"], lines["booked"]["service"]) == (
        False,
        "service",
        False,
    )
    assert (lines["reminder"]["on"], lines["reminder"]["decided_by"]) == (False, "site")
    assert (lines["notice"]["on"], lines["notice"]["decided_by"]) == (True, "nobody")
    assert "reminder    off       the site" in shell.ok("messages", "list", *ROME).out


def test_a_switch_is_tried_done_and_taken_back(shell: Shell, small: SmallStudio) -> None:
    small.switch_messages()
    session = small.session(starts_at=small.clock() + 48 * HOUR)
    small.book(session, small.client("Ada Neri", email="ada@clients.example", email_verified=True))

    tried = shell.json("messages", "switch", *ROME, "reminder", "off", "--dry-run")
    assert (tried["saved"], tried["stopped"], tried["clients"]) == (False, 1, 1)
    assert shell.ok("messages", "switch", *ROME, "reminder", "off").out == (
        "1 message that waited will not be sent, to 1 client.\n"
    )
    assert shell.json("messages", "switch", *ROME, "reminder", "unset")["planned"] == 1
    assert shell("messages", "switch", *ROME, "fax", "on").code == 2
    assert shell("messages", "switch", *ROME, "reminder", "on", "--if-version", "1").code == 6


def test_the_rules_of_a_site_are_shown_and_changed(shell: Shell, small: SmallStudio) -> None:
    changed = shell.json(
        *("messages", "rules", *ROME, "--reminder-lead", "2 d", "--reply-to", "desk@studio.example"),
        "--hide-links-in-mails",
    )
    assert (changed["reminder_lead_minutes"], changed["reply_to"]) == (2880, "desk@studio.example")
    assert (changed["hide_links_in_mails"], changed["hide_links_in_area"]) == (True, False)
    said = shell.ok("messages", "rules", *ROME, "--reply-to", "").out
    assert "Answers go to: the address that mails come from" in said
    assert "Reminders: 2 days before the start" in said
    refused = shell("messages", "rules", *ROME, "--reminder-lead", "soon")
    assert (refused.code, "24 h" in refused.err) == (5, True)
    assert shell("messages", "rules", *ROME, "--free-cancellation", "2d").code == 2


def test_the_rules_of_a_service_are_shown_changed_and_taken_back(shell: Shell) -> None:
    of_yoga = ("messages", "rules", *ROME, "--service", "yoga flow")
    changed = shell.json(*of_yoga, "--free-cancellation", "12h", "--reminder-lead", "90 min")
    assert (changed["free_cancellation_minutes"], changed["reminder_lead_minutes"]) == (720, 90)
    assert "Free to cancel: until 12 hours before the start" in shell.ok(*of_yoga).out
    assert shell.json(*of_yoga, "--reminder-lead", "")["reminder_lead_minutes"] is None
    assert shell(*of_yoga, "--reply-to", "desk@studio.example").code == 2


def test_a_message_of_a_session_is_shown_with_its_link_masked(shell: Shell, small: SmallStudio, tmp_path: Path) -> None:
    session = small.session()
    link = a_link("tulip", password="lotus-42")
    small.linking.type_link(small.owner, session.id, link, version=None)
    page = tmp_path / "mail.html"
    shown = shell.json("messages", "preview", *ROME, "--session", session.id, "--html", page)
    assert "Yoga flow" in shown["subject"]
    assert shown["calendar"] == "REQUEST"
    assert link.url not in shown["text"] + page.read_text()
    push = shell.ok("messages", "preview", *ROME, "--session", session.id, "--push", "--language", "en").out
    assert push.startswith("Subject: Your link to join Yoga flow")
    assert link.url not in push

    bare = shell("messages", "preview", *ROME, "--session", small.session().id)
    assert (bare.code, "It cannot be made now" in bare.out) == (1, True)


def test_the_places_of_a_client_come_with_their_links_unless_the_site_hides_them(
    shell: Shell, small: SmallStudio
) -> None:
    session, bare = small.session(), small.session(starts_at=small.clock() + 3 * HOUR)
    link = a_link("tulip", password="lotus-42")
    small.linking.type_link(small.owner, session.id, link, version=None)
    client = small.client("Chiara Neri")
    for each in (session, bare, small.session(small.pilates)):
        small.book(each, client)
    gone = small.book(small.session(starts_at=small.clock() + 5 * HOUR), client)
    small.booking.cancel(small.owner, gone.id)

    places = shell.json("clients", "bookings", "chiara")
    assert [place["link"] for place in places] == ["shown", "none", "missing"]
    assert (places[0]["join_url"], places[0]["password"], places[0]["zone"]) == (link.url, "lotus-42", "Europe/Rome")
    assert link.url not in shell.ok("clients", "bookings", "chiara").out

    shell.ok("messages", "rules", *ROME, "--hide-links-in-area")
    hidden = shell.json("clients", "bookings", "chiara")
    assert [place["link"] for place in hidden] == ["hidden", "none", "hidden"]
    assert {place["join_url"] for place in hidden} == {None}
