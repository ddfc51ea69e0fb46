from datetime import timedelta

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.sessions import Session
from tests.builders import SmallStudio
from tests.cli.conftest import Shell

ROME = ("--site", "trastevere")


@pytest.fixture
def booked(small: SmallStudio) -> Session:
    """An online session with a link, at 11:00 in Rome, with one client."""
    small.connect()
    session = small.session()
    small.book(session, small.client("Chiara Neri"))
    return session


def test_the_plan_says_what_is_due_and_why(shell: Shell, small: SmallStudio, booked: Session) -> None:
    plan = shell.json("notices", "plan", *ROME, "--at", "11:00")

    assert [(each["client"], each["channel"], each["due_at"], each["state"], each["why"]) for each in plan] == [
        ("Chiara Neri", "email", "2026-03-02T10:00:00Z", "planned", "notice time: the start"),
    ]
    line = shell.ok("notices", "plan", *ROME, "--at", "2026-03-02T11:00+01:00").out.splitlines()[1]
    assert "Mon 2026-03-02 11:00 CET  Chiara Neri  email" in line
    assert "Yoga flow (#1)" in line


def test_nothing_is_due_before_its_time(shell: Shell, booked: Session) -> None:
    ran = shell.ok("notices", "plan", *ROME)

    assert (ran.out, ran.err) == ("", "Nothing is due at Trastevere by Mon 2026-03-02 10:00 CET.\n")


def test_a_session_without_a_link_will_be_held(shell: Shell, small: SmallStudio) -> None:
    small.book(small.session())

    assert shell.json("notices", "plan", *ROME, "--at", "11:00")[0]["why"] == "will be held: no join link"


def test_the_notice_time_is_set_by_hand_and_made_automatic_again(shell: Shell, booked: Session) -> None:
    by_hand = shell.json("notices", "set-time", booked.id, "10:30")
    assert (by_hand["notice_at"], by_hand["notice_by_hand"]) == ("2026-03-02T09:30:00Z", True)

    said = shell.ok("notices", "auto", booked.id).out
    assert said.endswith(": its notice is due Mon 2026-03-02 11:00 CET (automatic).\n")


def test_a_notice_time_after_the_end_is_refused(shell: Shell, booked: Session) -> None:
    ran = shell("notices", "set-time", booked.id, "12:00")

    assert ran.code == 5
    assert "before the session's end" in ran.err


def test_every_message_of_a_session_is_listed(shell: Shell, small: SmallStudio, booked: Session) -> None:
    small.clock.set(booked.starts_at)
    small.send_due()

    message = shell.json("notices", "list", "--session", booked.id)[0]
    assert (message["client"], message["state"], message["sent_at"]) == ("Chiara Neri", "sent", "2026-03-02T10:00:00Z")
    assert "recipient" not in message
    assert "Chiara Neri  email    sent" in shell.ok("notices", "list", "--session", booked.id).out


def test_a_notice_is_sent_again_on_purpose(shell: Shell, small: SmallStudio, booked: Session) -> None:
    small.clock.set(booked.starts_at)
    small.send_due()

    made = shell.json("notices", "resend", booked.id, "chiara", "--channel", "email")

    assert [(each["state"], each["on_purpose"]) for each in made] == [("planned", True)]
    assert shell("notices", "resend", booked.id, "chiara", "--channel", "push").code == 5
    assert "due Mon 2026-03-02 11:00 CET." in shell.ok("notices", "resend", booked.id, "chiara").out


def test_trouble_is_listed_and_told_by_the_exit_code(shell: Shell, small: SmallStudio, booked: Session) -> None:
    assert shell("notices", "troubled", *ROME).code == 0
    [delivery] = small.deliveries(booked)
    small.set_delivery(delivery.id, DeliveryState.FAILED, last_code=550, last_text="no such user")

    ran = shell("notices", "troubled", *ROME, "--json")

    assert ran.code == 1
    assert [(each["state"], each["why"]) for each in ran.document] == [("failed", "550 no such user")]


def test_a_failed_message_is_tried_again(shell: Shell, small: SmallStudio, booked: Session) -> None:
    [delivery] = small.deliveries(booked)
    small.set_delivery(delivery.id, DeliveryState.FAILED, last_code=550, last_text="no such user")
    assert "failed: 550 no such user" in shell.ok("bookings", "list", booked.id).out

    assert shell.json("notices", "retry", delivery.id)["state"] == "planned"
    assert shell("notices", "retry", delivery.id).code == 5


def test_a_waiting_message_is_cancelled(shell: Shell, small: SmallStudio, booked: Session) -> None:
    [delivery] = small.deliveries(booked)

    said = shell.ok("notices", "cancel", delivery.id).out

    assert said.startswith(f"Message {delivery.id} to Chiara Neri (email): cancelled")
    assert shell("notices", "cancel", delivery.id).code == 5


def test_the_status_counts_what_matters_now(shell: Shell, small: SmallStudio, booked: Session) -> None:
    small.linking.remove(small.owner, booked.id, version=None)
    small.clock.set(booked.starts_at)

    status = shell.json("notices", "status", *ROME)
    assert status == {
        "due": 1,
        "failed": 0,
        "held": 0,
        "missing_soon": 1,
        "worker_seen_at": None,
        "worker_note": "",
        "template_note": "",
    }
    assert "Worker last seen: never" in shell.ok("notices", "status", *ROME).out


def test_outbox_and_plan_are_proved_to_agree(shell: Shell, small: SmallStudio, booked: Session) -> None:
    assert shell.json("notices", "reconcile") == {"checked": 1, "differing": [], "repaired": 0}

    [delivery] = small.deliveries(booked)
    late = booked.starts_at + timedelta(minutes=1)
    small.set_delivery(delivery.id, DeliveryState.READY, due_at=int(late.timestamp() * 1000))

    ran = shell("notices", "reconcile")
    assert (ran.code, ran.out) == (
        *(1, "1 session checked: the outbox differs from the plan in 1 (1); mend it with --repair.\n"),
    )
    repaired = shell.json("notices", "reconcile", "--repair")
    assert repaired == {"checked": 1, "differing": [booked.id], "repaired": 1}
    assert shell("notices", "reconcile").code == 0
