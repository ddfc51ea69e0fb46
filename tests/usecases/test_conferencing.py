"""Conference accounts as people work with them (SPEC §2)."""

from __future__ import annotations

import pytest

from studio_tui.domain.agenda import LinkLoss
from studio_tui.domain.conferences import AccountState
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.people import StaffMember
from studio_tui.domain.sessions import Session
from tests.builders import HOUR, NOW, SmallStudio, a_link
from tests.usecases.support import contents

TEN = NOW + HOUR


def url(small: SmallStudio, session: Session) -> str | None:
    link = small.linking.reveal(small.owner, session.id)
    return None if link is None else link.url


def test_A1_a_site_has_one_default_account_and_sites_have_different_ones(small: SmallStudio) -> None:
    here, there = small.session(), small.session(small.barre)

    small.connect(small.rome, room="rome")
    small.connect(small.london, room="london")
    small.connect(small.rome, room="rome2")

    assert [url(small, here), url(small, there)] == [a_link("rome2").url, a_link("london").url]
    with small.database.reading() as unit:
        default = unit.conferences.default_of(small.rome.id)
    assert default is not None
    assert default.change.version == 3


def test_A2_a_person_s_own_account_serves_what_they_lead(small: SmallStudio) -> None:
    small.connect()
    mine, another_s = small.session(), small.session(staff_id=small.substitute.id)

    small.connect(staff=small.teacher, room="anna")

    assert [url(small, mine), url(small, another_s)] == [a_link("anna").url, a_link("default").url]


def test_A3_an_unknown_kind_is_refused_and_the_known_ones_are_named(small: SmallStudio) -> None:
    with pytest.raises(InvalidInput, match="choose custom") as refusal:
        small.conferencing.connect(small.owner, small.rome.id, None, "zoom", {})
    assert refusal.value.field == "kind"
    assert [kind.key for kind in small.conferencing.kinds()] == ["custom"]


def test_A3_what_cannot_be_connected_leaves_the_account_as_it_was(small: SmallStudio) -> None:
    small.connect(room="good")
    before = contents(small.database)

    with pytest.raises(InvalidInput):
        small.conferencing.connect(small.owner, small.rome.id, None, "custom", {"url": "javascript:alert(1)"})
    assert contents(small.database) == before


@pytest.mark.parametrize("who", ["owner", "desk", "teacher"])
def test_A4_an_own_account_needs_the_site_s_default_one(small: SmallStudio, who: str) -> None:
    actor: StaffMember = getattr(small, who)
    values = {"url": a_link("anna").url}
    before = contents(small.database)

    with pytest.raises(NotPossible, match="Trastevere has no default account connected"):
        small.conferencing.connect(actor, small.rome.id, small.teacher.id, "custom", values)
    assert contents(small.database) == before

    small.connect()
    small.conferencing.connect(actor, small.rome.id, small.teacher.id, "custom", values)
    small.conferencing.disconnect(actor, small.rome.id, small.teacher.id)
    small.conferencing.disconnect(small.owner, small.rome.id, None)
    with pytest.raises(NotPossible, match="no default account"):
        small.conferencing.reconnect(actor, small.rome.id, small.teacher.id)


def test_A6_disconnecting_tells_its_price_takes_every_link_and_connecting_brings_all_back(small: SmallStudio) -> None:
    small.connect()
    small.connect(staff=small.teacher, room="anna")
    own, default = small.session(starts_at=TEN), small.session(starts_at=TEN, staff_id=small.substitute.id)
    typed, in_person = small.session(starts_at=TEN), small.session(small.pilates, starts_at=TEN)
    elsewhere, cancelled = small.session(small.barre), small.session()
    over = small.session(starts_at=NOW - 3 * HOUR)
    small.scheduling.cancel(small.owner, cancelled.id, version=None)
    small.linking.type_link(small.owner, typed.id, a_link("typed"), version=None)
    everywhere = small.client()
    for session in (own, default, typed, in_person, over):
        small.book(session, everywhere)
    small.book(own)
    before = {session.id: url(small, session) for session in (own, default, typed)}

    assert small.conferencing.preview(small.owner, small.rome.id, None) == LinkLoss(sessions=3, clients=2)
    assert small.conferencing.disconnect(small.owner, small.rome.id, None) == LinkLoss(sessions=3, clients=2)

    assert {url(small, session) for session in (own, default, typed)} == {None}
    assert small.calendar.detail(typed.id).why == (
        "The default account of Trastevere is disconnected: no link is shown or sent."
    )
    assert url(small, elsewhere) is None
    small.conferencing.reconnect(small.owner, small.rome.id, None)
    assert {session.id: url(small, session) for session in (own, default, typed)} == before


def test_A6_a_site_that_never_connected_keeps_its_typed_links(small: SmallStudio) -> None:
    session = small.session()

    small.linking.type_link(small.owner, session.id, a_link("typed"), version=None)

    assert url(small, session) == a_link("typed").url


def test_disconnecting_one_s_own_account_falls_back_to_the_site_s(small: SmallStudio) -> None:
    small.connect()
    small.connect(staff=small.teacher, room="anna")
    session, typed = small.session(), small.session()
    small.linking.type_link(small.owner, typed.id, a_link("typed"), version=None)
    small.book(session)

    assert small.conferencing.disconnect(small.teacher, small.rome.id, small.teacher.id) == LinkLoss(1, 1)

    assert url(small, session) == a_link("default").url
    small.conferencing.reconnect(small.teacher, small.rome.id, small.teacher.id)
    assert url(small, session) == a_link("anna").url


def test_only_a_connected_account_is_disconnected(small: SmallStudio) -> None:
    disconnect = small.conferencing.disconnect

    with pytest.raises(NotPossible, match="no connected account"):
        disconnect(small.owner, small.rome.id, None)
    with pytest.raises(NotPossible, match="no account to connect again"):
        small.conferencing.reconnect(small.owner, small.rome.id, None)
    small.connect()
    disconnect(small.owner, small.rome.id, None)
    with pytest.raises(NotPossible, match="no connected account"):
        disconnect(small.owner, small.rome.id, None)


def test_the_form_shows_what_was_typed(small: SmallStudio) -> None:
    values = {"url": a_link("room").url, "password": "pa55", "description": "Dial in"}
    assert small.conferencing.values(small.owner, small.rome.id, None) == {}

    small.conferencing.connect(small.owner, small.rome.id, None, "custom", values)

    assert small.conferencing.values(small.owner, small.rome.id, None) == values


def test_the_list_says_what_each_account_serves(small: SmallStudio) -> None:
    small.connect()
    small.connect(staff=small.teacher, room="anna")
    small.session()
    small.session()
    small.session(staff_id=small.substitute.id)
    small.session(small.pilates)
    small.course()

    accounts = small.conferencing.accounts(small.owner, small.rome.id)

    assert (accounts.default.holder, accounts.default.upcoming) == ("Trastevere", 1 + 3)
    lines = {line.holder: line for line in accounts.staff}
    assert lines["Anna Ferri"].upcoming == 2
    assert lines["Anna Ferri"].account is not None
    assert lines["Anna Ferri"].account.state is AccountState.CONNECTED
    assert lines["Marco Bruno"].account is None
    assert lines["Marco Bruno"].masked_link is None


def test_the_accounts_changes_are_told_without_their_links(small: SmallStudio) -> None:
    with small.database.reading() as unit:
        last = unit.changes.last_id()

    small.connect(room="s3cret")
    small.conferencing.disconnect(small.owner, small.rome.id, None)
    small.conferencing.reconnect(small.owner, small.rome.id, None)

    with small.database.reading() as unit:
        assert [(row.topic, row.what) for row in unit.changes.since(last)] == [
            ("account", "connected a conference account"),
            ("account", "disconnected a conference account"),
            ("account", "connected a conference account"),
        ]
