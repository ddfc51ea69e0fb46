"""Writing to the clients of sessions from the command line."""

from __future__ import annotations

from datetime import timedelta

from studio_tui.cli.exits import Exit
from studio_tui.domain.delivery import Delivery
from studio_tui.domain.sessions import Session
from tests.builders import SmallStudio
from tests.cli.conftest import Shell


def a_class(small: SmallStudio) -> Session:
    """A session tomorrow in Rome with a client who can be reached and one who cannot."""
    session = small.session(starts_at=small.clock() + timedelta(days=1))
    small.book(session, small.client("Chiara Neri", email_verified=True))
    small.book(session, small.client("Bruno Conti"))
    return session


def written(small: SmallStudio, session: Session) -> list[Delivery]:
    return [delivery for delivery in small.deliveries(session) if delivery.announcement_id is not None]


def test_a_message_is_shown_then_sent_and_beyond_the_limit_refused(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    command = ("sessions", "write", session.id, "--subject", "Blankets", "--text", "Please bring one.")
    dry = shell.ok(*command, "--dry-run")
    assert dry.out.splitlines()[:5] == [
        "Would be sent to: 1 by mail, 0 by push.",
        "Held, address not verified: Bruno Conti",
        "",
        "Blankets",
        "Please bring one.",
    ]
    assert written(small, session) == []
    sent = shell.ok(*command)
    assert sent.out.startswith("1 client gets the message, 1 cannot be reached.\n")
    document = shell.json(*command)
    assert (document["clients"], document["messages"], document["over_limit"]) == (2, 1, [])
    assert document["unreachable"] == [{"client": "Bruno Conti", "reason": "address not verified"}]
    refused = shell(*command)
    assert refused.code == Exit.REFUSED
    assert "Nobody would get it: everybody there had 2 messages in 24 hours" in refused.err
    assert len(written(small, session)) == 4


def test_the_text_can_come_from_standard_input(shell: Shell, small: SmallStudio) -> None:
    session = a_class(small)
    command = ("sessions", "write", session.id, "--subject", "Blankets", "--stdin")
    document = shell.json(*command, stdin="Dear all,\nbring a blanket.\n")
    assert document["text"].startswith("Dear all,\nbring a blanket.\n\nYoga flow\n")
    too_long = shell(*command, stdin="x" * 30_000)
    assert (too_long.code, "longer than 4000" in too_long.err) == (Exit.REFUSED, True)
    assert shell(*command, terminal=True).code == Exit.USAGE
