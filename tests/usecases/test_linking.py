"""A session's own link, who holds an old one, and that no link is ever stored or logged in the clear (SPEC §3, L8, L11)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.errors import NotPossible
from studio_tui.domain.links import link_digest
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import LinkSay, Origin, Session, mode_of
from studio_tui.storage.types import to_ms
from tests.builders import HOUR, MINUTE, NOW, SmallStudio, a_link
from tests.usecases.support import assert_sound, contents

TEN = NOW + HOUR


def url(small: SmallStudio, session: Session) -> str | None:
    link = small.linking.reveal(small.owner, session.id)
    return None if link is None else link.url


def test_a_typed_link_wins_and_restoring_brings_the_original_back(small: SmallStudio) -> None:
    small.connect()
    session = small.session()
    assert url(small, session) == a_link("default").url

    typed = small.linking.type_link(small.desk, session.id, a_link("own", "pa55", "Dial in"), version=1)
    assert typed.own_link.say is LinkSay.TYPED
    assert small.linking.reveal(small.owner, session.id) == a_link("own", "pa55", "Dial in")

    small.linking.restore(small.desk, session.id, version=2)
    assert url(small, session) == a_link("default").url


def test_a_removed_link_stays_away_until_typed_or_restored(small: SmallStudio) -> None:
    small.connect()
    session = small.session()
    small.linking.remove(small.desk, session.id, version=None)
    assert url(small, session) is None

    small.linking.type_link(small.desk, session.id, a_link("own"), version=None)
    assert url(small, session) == a_link("own").url
    small.linking.remove(small.desk, session.id, version=None)
    small.linking.restore(small.desk, session.id, version=None)
    assert url(small, session) == a_link("default").url


@pytest.mark.parametrize("origin", list(Origin))
def test_L6_a_removed_link_is_filled_by_a_new_one_of_the_service_on_scheduled_sessions(
    small: SmallStudio, origin: Origin
) -> None:
    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S1"))
    session = small.session(origin=origin)
    small.linking.remove(small.desk, session.id, version=None)

    small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("S2"))

    assert url(small, session) == (a_link("S2").url if origin is Origin.SCHEDULED else None)
    small.linking.remove(small.desk, session.id, version=None)
    assert url(small, session) is None


def test_M2_a_link_typed_on_an_in_person_session_makes_it_online(small: SmallStudio) -> None:
    session = small.session(small.pilates, starts_at=TEN)
    small.book(session)

    typed = small.linking.type_link(small.desk, session.id, a_link(), version=None)

    assert mode_of(typed, small.pilates) is Mode.ONLINE
    assert [d.due_at for d in small.deliveries(session)] == [TEN]
    assert_sound(small)


def test_M2_where_the_service_says_no_the_link_is_refused_too(small: SmallStudio) -> None:
    strict = small.service("Strictly here", mode=Mode.IN_PERSON, sessions_may_change_mode=False)
    session = small.session(strict)
    before = contents(small.database)

    with pytest.raises(NotPossible, match="Strictly here is in person"):
        small.linking.type_link(small.desk, session.id, a_link(), version=None)
    assert contents(small.database) == before


def test_a_cancelled_session_s_link_is_not_changed(small: SmallStudio) -> None:
    session = small.session()
    small.scheduling.cancel(small.owner, session.id, version=None)

    with pytest.raises(NotPossible, match="restore the session first"):
        small.linking.type_link(small.owner, session.id, a_link(), version=None)
    for act in (small.linking.remove, small.linking.restore):
        with pytest.raises(NotPossible, match="restore the session first"):
            act(small.owner, session.id, version=None)


# L8


def test_L8_clients_who_hold_the_old_link_are_known_by_name(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    for name in ("Zoe", "Ada"):
        small.book(session, small.client(name))
    gone = small.book(session, small.client("Gone"))
    small.clock.set(TEN)
    small.send_due()
    small.booking.cancel(small.owner, gone.id)
    small.scheduling.set_notice_time(small.owner, session.id, TEN + 30 * MINUTE, version=None)
    small.book(session, small.client("Not told yet"))
    assert small.linking.holders_of_old_link(small.owner, session.id) == []

    small.linking.type_link(small.owner, session.id, a_link("new"), version=None)

    assert [line.name for line in small.linking.holders_of_old_link(small.owner, session.id)] == ["Ada", "Zoe"]
    assert {line.name: line.old_link for line in small.calendar.detail(session.id).clients} == {
        "Ada": True,
        "Not told yet": False,
        "Zoe": True,
        "Gone": False,
    }
    small.linking.restore(small.owner, session.id, version=None)
    assert small.linking.holders_of_old_link(small.owner, session.id) == []


def test_L8_whoever_was_sent_the_new_link_holds_no_old_one(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    first, second = small.book(session, small.client("Ada")), small.book(session, small.client("Zoe"))
    small.clock.set(TEN)
    small.send_due()
    small.linking.type_link(small.owner, session.id, a_link("new"), version=None)

    small.notifying.resend(small.owner, session.id, first.id)
    small.send_due()

    holders = small.linking.holders_of_old_link(small.owner, session.id)
    assert [line.booking_id for line in holders] == [second.id]


def test_L8_what_was_sent_last_counts_not_what_was_planned_last(small: SmallStudio) -> None:
    """The mail was put off and carried the new link; the push, planned after it, had carried the old one before."""
    session = small.session(starts_at=TEN)
    small.book(session, small.client(push_topic="ada"))
    small.linking.type_link(small.owner, session.id, a_link("new"), version=None)
    mail, push = small.deliveries(session)
    old, new = link_digest(a_link("old")), link_digest(a_link("new"))
    small.set_delivery(push.id, DeliveryState.SENT, sent_at=to_ms(TEN), link_digest=old)
    small.set_delivery(mail.id, DeliveryState.SENT, sent_at=to_ms(TEN + MINUTE), link_digest=new)

    assert small.linking.holders_of_old_link(small.owner, session.id) == []


def test_L8_a_link_that_was_taken_away_leaves_old_ones_behind(small: SmallStudio) -> None:
    small.connect()
    session = small.session(starts_at=TEN)
    small.book(session)
    small.clock.set(TEN)
    small.send_due()

    small.conferencing.disconnect(small.owner, small.rome.id, None)

    assert len(small.linking.holders_of_old_link(small.owner, session.id)) == 1


def test_L8_a_changed_password_is_a_changed_link(small: SmallStudio) -> None:
    session = small.session(starts_at=TEN)
    small.linking.type_link(small.owner, session.id, a_link("room", "one"), version=None)
    small.book(session)
    small.clock.set(TEN)
    small.send_due()

    small.linking.type_link(small.owner, session.id, a_link("room", "two"), version=None)

    assert len(small.linking.holders_of_old_link(small.owner, session.id)) == 1


# L11


def test_L11_a_link_is_masked_wherever_it_is_not_revealed(small: SmallStudio) -> None:
    small.connect(room="s3cret")
    session = small.session()

    detail = small.calendar.detail(session.id)
    accounts = small.conferencing.accounts(small.owner, small.rome.id)

    assert detail.masked_link is not None
    assert detail.masked_link.startswith("meet.example.com/")
    for shown in (repr(detail), repr(accounts), repr(small.read(session))):
        assert "s3cret" not in shown


def test_L11_no_link_is_stored_or_logged_in_the_clear(small: SmallStudio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {
        "typedroom": lambda: small.linking.type_link(
            small.owner, small.session().id, a_link("typedroom", "typedpass", "typeddial"), version=None
        ),
        "serviceroom": lambda: small.catalogue.set_service_link(small.owner, small.yoga.id, a_link("serviceroom")),
        "siteroom": lambda: small.connect(room="siteroom"),
        "staffroom": lambda: small.connect(staff=small.teacher, room="staffroom"),
        "courseroom": lambda: small.linking.type_link(
            small.owner, small.course()[1][0].id, a_link("courseroom"), version=None
        ),
    }
    for make in secrets.values():
        make()
    small.clock.set(TEN)
    small.send_due()

    path = small.database.engine.url.database
    assert path is not None
    stored = b"".join(file.read_bytes() for file in Path(path).parent.glob("studio.db*"))
    words = [*secrets, "typedpass", "typeddial"]
    assert b"meet.example.com" in stored, "an account's host may be shown, and shows that this looks in the right place"
    assert [word for word in words if word.encode() in stored] == []
    assert [word for word in words if word in caplog.text] == []


def test_every_change_of_a_link_is_told_without_the_link(small: SmallStudio) -> None:
    session = small.session()
    with small.database.reading() as unit:
        last = unit.changes.last_id()

    small.linking.type_link(small.desk, session.id, a_link("s3cret"), version=None)
    small.linking.remove(small.desk, session.id, version=None)
    small.linking.restore(small.desk, session.id, version=None)
    small.catalogue.set_service_link(small.desk, small.yoga.id, a_link("s3cret"))
    small.catalogue.set_service_link(small.desk, small.yoga.id, None)

    with small.database.reading() as unit:
        rows = unit.changes.since(last)
    assert [(row.topic, row.subject_id, row.actor, row.what) for row in rows] == [
        ("session", session.id, "Luca Rossi", "typed a link"),
        ("session", session.id, "Luca Rossi", "removed a link"),
        ("session", session.id, "Luca Rossi", "restored the original link"),
        ("service", small.yoga.id, "Luca Rossi", "set the link of the service Yoga flow"),
        ("service", small.yoga.id, "Luca Rossi", "cleared the link of the service Yoga flow"),
    ]
