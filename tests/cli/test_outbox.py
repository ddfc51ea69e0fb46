from pathlib import Path

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.sessions import Session
from studio_tui.storage.types import to_ms
from tests.builders import NOW, SmallStudio, a_link
from tests.cli.conftest import Shell
from tests.interchange.test_dsn import OURS, POSTFIX

ROME = ("--site", "trastevere")


@pytest.fixture
def booked(small: SmallStudio) -> Session:
    """An online session at 11:00 in Rome with two clients: one was sent the notice, the other's failed."""
    small.connect()
    session = small.session()
    small.book(session, small.client("Chiara Neri"))
    small.book(session, small.client("Davide Riva"))
    sent, failed = small.deliveries(session)
    small.set_delivery(sent.id, DeliveryState.SENT, sent_at=to_ms(NOW), last_code=250, last_text="ok")
    small.set_delivery(failed.id, DeliveryState.FAILED, attempt=1, last_code=550, last_text="no such\x1b[2J user")
    return session


def test_messages_are_listed_with_what_became_of_them(shell: Shell, booked: Session) -> None:
    said = shell.ok("outbox", "list", *ROME).out.splitlines()
    assert said[0].split() == ["ID", "DUE", "CLIENT", "KIND", "WAY", "STATE", "SESSION", "WHY"]
    assert [line.split("  ")[-1].strip() for line in said[1:]] == ["550 no such\ufffd[2J user", "250 ok"]
    assert "\x1b" not in "".join(said)
    document = shell.json("outbox", "list", *ROME)
    assert (document["total"], document["by_state"]) == (2, {"sent": 1, "failed": 1})


@pytest.mark.parametrize(
    ("options", "clients"),
    [
        (["--state", "failed"], ["Davide Riva"]),
        (["--state", "failed", "--state", "sent"], ["Davide Riva", "Chiara Neri"]),
        (["--state", "held"], []),
        (["--client", "chiara"], ["Chiara Neri"]),
        (["--session", "1", "--find", "riva yoga"], ["Davide Riva"]),
        (["--way", "push"], []),
        (["--kind", "moved"], []),
        (["--since", "11:01"], []),
        (["--until", "11:00"], []),
        (["--all-sites", "--limit", "1"], ["Davide Riva"]),
        (["--history", "--state", "sent"], ["Chiara Neri"]),
    ],
)
def test_options_narrow_the_list(shell: Shell, booked: Session, options: list[str], clients: list[str]) -> None:
    found = shell.json("outbox", "list", *ROME, *options)["messages"]
    assert [each["client"] for each in found] == clients


def test_a_message_is_shown_with_its_link_masked_unless_it_is_asked_for(shell: Shell, booked: Session) -> None:
    url = a_link("default").url
    assert url not in shell.ok("outbox", "show", 1).out
    assert url in shell.ok("outbox", "show", "--reveal", 1).out
    document = shell.json("outbox", "show", 1)
    assert (document["client"], document["unmade"]) == ("Chiara Neri", "")
    assert shell("outbox", "show", 9).code == 3


def test_the_html_of_a_mail_is_told_as_text(shell: Shell, booked: Session) -> None:
    said = shell.ok("outbox", "show", 1, "--html").out
    assert "[ Entra nella sessione ] → " in said
    assert a_link("default").url not in said
    assert "# Yoga flow" in shell.json("outbox", "show", 1)["html_text"]


def test_acts_say_what_was_done_and_what_was_refused(shell: Shell, booked: Session) -> None:
    ran = shell("outbox", "retry", "#1", 2)

    assert (ran.code, ran.out) == (5, "1 message to be tried again at the usual time.\n")
    assert ran.err == "Message 1: That message is sent: only a failed or held one can be tried again.\n"
    assert shell.json("outbox", "hold", 2) == {"done": [2], "later": [], "refused": []}
    assert shell("outbox", "resend", 2).err == "studio-tui: That message is held by hand: let it go, or send it now.\n"
    assert shell.json("outbox", "retry", 2) == {"done": [2], "later": [2], "refused": []}
    assert shell.ok("outbox", "hold", 2).out == "1 message held until somebody lets go.\n"
    assert shell.ok("outbox", "release", 2).out == "1 message let go, to leave at the usual time.\n"
    assert shell.ok("outbox", "now", 2).out == "1 message to leave now.\n"
    assert shell.ok("outbox", "cancel", 2).out == "1 message not to be sent.\n"
    assert shell.ok("outbox", "resend", 1).out == "1 message to be sent again.\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hold", "9"), 3),
        (("hold", "1"), 5),
        (("hold",), 2),
        (("list", "--state", "lost"), 2),
        (("list", "--session", "9"), 3),
        (("--as", "holly", "retry", "2"), 4),
    ],
)
def test_what_cannot_be_done_ends_with_its_own_code(
    shell: Shell, booked: Session, words: tuple[str, ...], code: int
) -> None:
    ran = shell("outbox", *words, *(ROME if words[0] == "list" else ()))
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == 1


def test_a_mail_that_came_back_is_noted_by_its_address_or_by_a_servers_report(
    shell: Shell, small: SmallStudio, tmp_path: Path
) -> None:
    small.connect()
    session = small.session()
    small.book(session, small.client("Ada Lovelace", email="ada@clients.example", email_verified=True))
    (delivery,) = small.deliveries(session)
    small.set_delivery(
        delivery.id, DeliveryState.SENT, sent_at=to_ms(NOW), recipient="ada@clients.example", message_id=OURS
    )

    said = shell.ok("outbox", "bounced", "ada@clients.example", "--code", "5.1.1", "--text", "no such user").out
    assert "came back (5.1.1 no such user): the client's address counts as not verified now." in said
    assert "mail came back: 5.1.1 no such user" in shell.ok("clients", "show", "ada").out
    assert "sent: bounced: 5.1.1 no such user" in shell.ok("clients", "show", "ada").out
    (piped,) = shell.json("outbox", "bounced", "--dsn", "-", stdin=POSTFIX)
    assert (piped["id"], piped["code"], piped["unverified"]) == (delivery.id, "5.1.1", True)
    report = tmp_path / "report.eml"
    report.write_text(POSTFIX.replace(OURS, "<k.other@studio.example>"))
    assert shell("outbox", "bounced", "--dsn", report).code == 3
    assert shell("outbox", "bounced", "--dsn", tmp_path / "none.eml").code == 5
    assert shell("outbox", "bounced").code == 2
