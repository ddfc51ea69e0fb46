"""SPEC §3: which link a session has, and why. L9 is in `test_clashes`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.conferences import (
    AccountState,
    ConferenceAccount,
    LinkContext,
    LinkDecision,
    LinkSource,
    ServiceLinkEffect,
    effect_of_service_link,
    explain_link,
    own_link_of,
    resolve_link,
)
from studio_tui.domain.people import StaffId
from studio_tui.domain.services import Mode, SealedLink, Service, ServiceKind
from studio_tui.domain.sessions import Course, LinkSay, Origin, OwnLink, Session
from tests.builders import a_course, a_sealed_link, a_service, a_session, an_account

TYPED, SERVICE, LEADER, DEFAULT = (a_sealed_link(name) for name in ("typed", "service", "leader", "default"))
BY_HAND = OwnLink(say=LinkSay.TYPED, link=TYPED)
REMOVED = OwnLink(say=LinkSay.NONE)
SITE_S = an_account(id=5, link=DEFAULT)
LEADER_S = an_account(id=6, staff_id=StaffId(1), link=LEADER)
OFF = AccountState.DISCONNECTED


def decide(
    session: Session,
    service: Service | None = None,
    *,
    course: Course | None = None,
    leader: ConferenceAccount | None = None,
    default: ConferenceAccount | None = None,
) -> LinkDecision:
    return resolve_link(session, LinkContext(service or a_service(), course, leader, default))


def test_L0_a_session_in_person_has_no_link_whatever_there_is() -> None:
    service = a_service(mode=Mode.IN_PERSON, link=SERVICE)

    decision = decide(a_session(own_link=BY_HAND), service, leader=LEADER_S, default=SITE_S)

    assert decision == LinkDecision(LinkSource.IN_PERSON)
    assert not decision.missing


def test_L0_a_single_session_in_person_of_an_online_service_has_no_link() -> None:
    session = a_session(mode=Mode.IN_PERSON)

    assert decide(session, default=SITE_S).source is LinkSource.IN_PERSON


def test_L0_a_disconnected_default_account_takes_every_link_away() -> None:
    default = replace(SITE_S, state=OFF)

    decision = decide(a_session(own_link=BY_HAND), a_service(link=SERVICE), leader=LEADER_S, default=default)

    assert decision == LinkDecision(LinkSource.DISCONNECTED)
    assert decision.missing


def test_L1_a_link_typed_by_hand_wins_over_all_others() -> None:
    session = a_session(id=9, own_link=BY_HAND)

    decision = decide(session, a_service(link=SERVICE), leader=LEADER_S, default=SITE_S)

    assert decision == LinkDecision(LinkSource.TYPED, TYPED, "session:9")


def test_L1_a_link_typed_by_hand_holds_on_an_occasional_session_too() -> None:
    assert decide(a_session(origin=Origin.OCCASIONAL, own_link=BY_HAND)).link == TYPED


def test_L2_the_service_s_link_wins_over_accounts() -> None:
    decision = decide(a_session(), a_service(id=3, link=SERVICE), leader=LEADER_S, default=SITE_S)

    assert decision == LinkDecision(LinkSource.SERVICE, SERVICE, "service:3")


def test_L2_an_occasional_session_never_takes_the_service_s_link() -> None:
    session = a_session(origin=Origin.OCCASIONAL)

    assert decide(session, a_service(link=SERVICE)).source is LinkSource.MISSING
    assert decide(session, a_service(link=SERVICE), default=SITE_S).source is LinkSource.SITE


def test_L3_the_leader_s_own_account_wins_over_the_site_s() -> None:
    decision = decide(a_session(), leader=LEADER_S, default=SITE_S)

    assert decision == LinkDecision(LinkSource.LEADER, LEADER, "account:6")


def test_L3_a_leader_whose_account_is_disconnected_falls_back_to_the_site_s() -> None:
    assert decide(a_session(), leader=replace(LEADER_S, state=OFF), default=SITE_S).source is LinkSource.SITE


def test_L4_the_site_s_account_serves_when_nothing_else_does() -> None:
    assert decide(a_session(), default=SITE_S) == LinkDecision(LinkSource.SITE, DEFAULT, "account:5")


def test_L4_a_course_skips_its_leader_s_account() -> None:
    service = a_service(kind=ServiceKind.COURSE)

    decision = decide(a_session(course_id=1), service, course=a_course(), leader=LEADER_S, default=SITE_S)

    assert decision.source is LinkSource.SITE


def test_L4_a_link_typed_on_a_course_holds_for_all_its_sessions() -> None:
    course = a_course(id=4, own_link=BY_HAND)
    sessions = [a_session(id=n, course_id=4) for n in (1, 2, 3)]

    decisions = {decide(each, a_service(kind=ServiceKind.COURSE), course=course, default=SITE_S) for each in sessions}

    assert decisions == {LinkDecision(LinkSource.TYPED_COURSE, TYPED, "course:4")}


def test_L4_what_a_course_s_session_says_itself_does_not_count() -> None:
    stray = a_session(course_id=1, own_link=BY_HAND)

    assert decide(stray, a_service(kind=ServiceKind.COURSE), course=a_course(), default=SITE_S).link == DEFAULT


def test_L5_without_any_of_these_the_link_is_missing() -> None:
    decision = decide(a_session())

    assert decision == LinkDecision(LinkSource.MISSING)
    assert decision.missing


def test_L5_a_leader_s_account_alone_serves_nothing() -> None:
    assert decide(a_session(), leader=LEADER_S).source is LinkSource.MISSING


def test_a_removed_link_stays_away_whatever_else_there_is() -> None:
    decision = decide(a_session(own_link=REMOVED), a_service(link=SERVICE), leader=LEADER_S, default=SITE_S)

    assert decision == LinkDecision(LinkSource.REMOVED)
    assert decision.missing


# L6. Setting the service's link writes the service alone: its link, and an epoch one higher.

S1, S2, H = a_sealed_link("S1"), a_sealed_link("S2"), a_sealed_link("H")
TYPED_H = OwnLink(say=LinkSay.TYPED, link=H)
Link = SealedLink | None


@dataclass(frozen=True)
class Example:
    """One row of the table of L6."""

    origin: Origin
    own: OwnLink
    service_link: Link
    before: Link
    after: Link
    effect: ServiceLinkEffect


L6_TABLE = {
    "scheduled, no link": Example(Origin.SCHEDULED, OwnLink(), None, None, S2, ServiceLinkEffect.ADDED),
    "scheduled, link from service": Example(Origin.SCHEDULED, OwnLink(), S1, S1, S2, ServiceLinkEffect.CHANGED),
    "scheduled, typed by hand": Example(Origin.SCHEDULED, TYPED_H, S1, H, H, ServiceLinkEffect.KEPT),
    "scheduled, link removed by hand": Example(Origin.SCHEDULED, REMOVED, S1, None, S2, ServiceLinkEffect.ADDED),
    "occasional, no link": Example(Origin.OCCASIONAL, OwnLink(), None, None, None, ServiceLinkEffect.SKIPPED),
    "occasional, typed by hand": Example(Origin.OCCASIONAL, TYPED_H, None, H, H, ServiceLinkEffect.KEPT),
    "occasional, link removed by hand": Example(Origin.OCCASIONAL, REMOVED, S1, None, None, ServiceLinkEffect.SKIPPED),
}


@pytest.mark.parametrize("row", L6_TABLE.values(), ids=L6_TABLE)
def test_L6_setting_the_service_s_link_to_S2(row: Example) -> None:
    session = a_session(origin=row.origin, own_link=row.own)
    service = a_service(link=row.service_link, link_epoch=0)
    before = decide(session, service)
    changed = with_link(service, S2)

    assert before.link == row.before
    assert decide(session, changed).link == row.after
    assert effect_of_service_link(session.own_link, session.origin, before, clears=False) is row.effect


def test_L6_a_removal_after_the_service_s_link_was_set_holds_again() -> None:
    service = a_service(link=S2, link_epoch=3)

    assert decide(a_session(own_link=OwnLink(say=LinkSay.NONE, epoch=3)), service).source is LinkSource.REMOVED
    assert decide(a_session(own_link=OwnLink(say=LinkSay.NONE, epoch=2)), service).link == S2


def test_L6_a_removal_that_the_service_s_link_has_filled_does_not_come_back_when_that_is_cleared() -> None:
    removed = a_session(own_link=OwnLink(say=LinkSay.NONE, epoch=1))
    filled = a_service(link=S2, link_epoch=2)
    cleared = replace(filled, link=None)

    assert decide(removed, filled, default=SITE_S).source is LinkSource.SERVICE
    assert decide(removed, cleared, default=SITE_S).source is LinkSource.SITE


def test_L6_clearing_the_service_s_link_leaves_a_removal_in_force() -> None:
    removed = a_session(own_link=OwnLink(say=LinkSay.NONE, epoch=1))

    assert decide(removed, a_service(link=None, link_epoch=1), default=SITE_S).source is LinkSource.REMOVED


def test_L6_sessions_with_an_account_s_link_change_to_the_service_s() -> None:
    session, service = a_session(), a_service()
    before = decide(session, service, leader=LEADER_S, default=SITE_S)

    assert effect_of_service_link(session.own_link, session.origin, before, clears=False) is ServiceLinkEffect.CHANGED
    assert decide(session, with_link(service, S2), leader=LEADER_S, default=SITE_S).link == S2


@pytest.mark.parametrize(
    ("session", "service", "default", "effect"),
    [
        pytest.param(a_session(), a_service(link=S1), None, ServiceLinkEffect.CHANGED, id="had the service's"),
        pytest.param(a_session(), a_service(), SITE_S, ServiceLinkEffect.UNTOUCHED, id="had an account's"),
        pytest.param(a_session(), a_service(), None, ServiceLinkEffect.UNTOUCHED, id="had none"),
        pytest.param(a_session(own_link=REMOVED), a_service(link=S1), None, ServiceLinkEffect.UNTOUCHED, id="removed"),
        pytest.param(a_session(own_link=TYPED_H), a_service(link=S1), None, ServiceLinkEffect.KEPT, id="typed by hand"),
        pytest.param(
            a_session(origin=Origin.OCCASIONAL), a_service(link=S1), None, ServiceLinkEffect.SKIPPED, id="occasional"
        ),
    ],
)
def test_L6_clearing_the_service_s_link_adds_none(
    session: Session, service: Service, default: ConferenceAccount | None, effect: ServiceLinkEffect
) -> None:
    before = decide(session, service, default=default)

    assert effect_of_service_link(session.own_link, session.origin, before, clears=True) is effect


@pytest.mark.parametrize(
    ("session", "default"),
    [
        pytest.param(a_session(mode=Mode.IN_PERSON), None, id="in person"),
        pytest.param(a_session(), replace(SITE_S, state=OFF), id="default account disconnected"),
    ],
)
def test_L6_a_session_that_may_show_no_link_is_not_counted(session: Session, default: ConferenceAccount | None) -> None:
    before = decide(session, default=default)

    assert effect_of_service_link(session.own_link, session.origin, before, clears=False) is ServiceLinkEffect.UNTOUCHED


@given(
    origin=st.sampled_from(Origin),
    own=st.sampled_from([OwnLink(), TYPED_H, OwnLink(say=LinkSay.NONE, epoch=0), OwnLink(say=LinkSay.NONE, epoch=1)]),
    mode=st.sampled_from([None, *Mode]),
    old=st.sampled_from([None, S1]),
    new=st.sampled_from([None, S2]),
    leader=st.sampled_from([None, LEADER_S]),
    default=st.sampled_from([None, SITE_S, replace(SITE_S, state=OFF)]),
)
def test_L6_the_preview_foretells_what_setting_the_link_then_does(
    origin: Origin,
    own: OwnLink,
    mode: Mode | None,
    old: Link,
    new: Link,
    leader: ConferenceAccount | None,
    default: ConferenceAccount | None,
) -> None:
    session = a_session(origin=origin, own_link=own, mode=mode)
    service = a_service(link=old, link_epoch=1)
    before = decide(session, service, leader=leader, default=default)
    after = decide(session, with_link(service, new), leader=leader, default=default)

    effect = effect_of_service_link(own, origin, before, clears=new is None)

    if effect is ServiceLinkEffect.ADDED:
        assert before.link is None
        assert after.link == new is not None
    elif effect is ServiceLinkEffect.CHANGED:
        assert before.link is not None
        assert after.link != before.link
    else:
        assert after.link == before.link


def with_link(service: Service, link: Link) -> Service:
    """The service after its link was set or cleared, as storage keeps it."""
    return replace(service, link=link, link_epoch=service.link_epoch + (link is not None))


# L11 and "every screen can say why".


@pytest.mark.parametrize("source", list(LinkSource))
def test_L11_every_source_is_explained_in_one_sentence(source: LinkSource) -> None:
    sentence = explain_link(LinkDecision(source), service="Yoga", leader="Anna Ferri", site="Trastevere")

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("source", "named"),
    [(LinkSource.SERVICE, "Yoga"), (LinkSource.LEADER, "Anna Ferri"), (LinkSource.SITE, "Trastevere")],
)
def test_L11_the_explanation_names_where_the_link_comes_from(source: LinkSource, named: str) -> None:
    assert named in explain_link(LinkDecision(source), service="Yoga", leader="Anna Ferri", site="Trastevere")


@given(
    say=st.sampled_from([OwnLink(), BY_HAND, REMOVED]),
    fields=st.fixed_dictionaries(
        {
            "origin": st.sampled_from(Origin),
            "mode": st.sampled_from([None, *Mode]),
            "course_id": st.sampled_from([None, 1]),
        }
    ),
    kind=st.sampled_from(ServiceKind),
    service_link=st.sampled_from([None, SERVICE]),
    leader=st.sampled_from([None, LEADER_S, replace(LEADER_S, state=OFF), replace(LEADER_S, link=None)]),
    default=st.sampled_from(
        [None, SITE_S, replace(SITE_S, link=None), *(replace(SITE_S, state=state) for state in AccountState)]
    ),
)
def test_L11_a_decision_has_a_link_and_its_owner_or_neither(
    say: OwnLink,
    fields: dict[str, Any],
    kind: ServiceKind,
    service_link: Link,
    leader: ConferenceAccount | None,
    default: ConferenceAccount | None,
) -> None:
    course = a_course(own_link=say) if fields["course_id"] else None
    session = a_session(own_link=say, **fields)
    decision = decide(session, a_service(kind=kind, link=service_link), course=course, leader=leader, default=default)

    with_a_link = {
        LinkSource.TYPED,
        LinkSource.TYPED_COURSE,
        LinkSource.SERVICE,
        LinkSource.LEADER,
        LinkSource.SITE,
    }
    assert (decision.link is not None) == (decision.source in with_a_link) == bool(decision.owner)
    assert own_link_of(session, course) is say
