"""SPEC §2. A1 and A2 are kept by storage: see `tests/storage`; A5 is in `test_permissions`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio_tui.domain.conferences import (
    AccountState,
    ConferenceAccount,
    LinkContext,
    LinkSource,
    check_can_add_own,
    resolve_link,
)
from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.people import StaffId
from studio_tui.domain.sessions import LinkSay, OwnLink
from studio_tui.providers.custom_link import CustomLink
from tests.builders import a_sealed_link, a_service, a_session, an_account

CONNECTED, NEEDS_SIGN_IN, DISCONNECTED = AccountState.CONNECTED, AccountState.NEEDS_SIGN_IN, AccountState.DISCONNECTED


@pytest.mark.parametrize("state", [CONNECTED, NEEDS_SIGN_IN])
def test_A1_the_default_account_serves_an_online_session(state: AccountState) -> None:
    context = LinkContext(a_service(), default_account=an_account(state=state))

    assert resolve_link(a_session(), context).source is LinkSource.SITE


def test_A2_a_person_s_own_account_is_used_instead_of_the_default_one() -> None:
    own = an_account(id=2, staff_id=StaffId(1), link=a_sealed_link("own"))
    context = LinkContext(a_service(), leader_account=own, default_account=an_account())

    assert resolve_link(a_session(), context).link == own.link


A3_LIMITS = [("url", 2_000), ("password", 100), ("description", 200)]


@pytest.mark.parametrize(("field", "limit"), A3_LIMITS)
def test_A3_a_custom_link_takes_parts_up_to_their_limit(field: str, limit: int) -> None:
    values = {"url": "https://meet.example.com/"} | {field: "https://meet.example.com/".ljust(limit, "x")}

    link = CustomLink().draft(values).link

    assert link is not None
    assert getattr(link, field) == values[field]


@pytest.mark.parametrize(("field", "limit"), A3_LIMITS)
def test_A3_a_custom_link_refuses_longer_parts_at_their_field(field: str, limit: int) -> None:
    values = {"url": "https://meet.example.com/"} | {field: "https://meet.example.com/".ljust(limit + 1, "x")}

    with pytest.raises(InvalidInput) as refusal:
        CustomLink().draft(values)
    assert refusal.value.field == field


@pytest.mark.parametrize("url", ["", "   ", "http://meet.example.com/a", "javascript:alert(1)", "meet me there"])
def test_A3_a_custom_link_that_leads_nowhere_safe_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        CustomLink().draft({"url": url})
    assert refusal.value.field == "url"


def test_A3_a_custom_link_s_password_and_description_are_optional() -> None:
    draft = CustomLink().draft({"url": " meet.example.com/room ", "password": " ", "description": ""})

    assert draft.label == "meet.example.com"
    assert draft.link is not None
    assert (draft.link.url, draft.link.password, draft.link.description) == (
        "https://meet.example.com/room",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("default", "allowed"),
    [
        pytest.param(None, False, id="never connected"),
        pytest.param(an_account(state=DISCONNECTED), False, id="disconnected"),
        pytest.param(an_account(state=NEEDS_SIGN_IN), True, id="needs sign-in"),
        pytest.param(an_account(), True, id="connected"),
    ],
)
def test_A4_an_own_account_needs_the_site_s_default_one(default: ConferenceAccount | None, allowed: bool) -> None:
    if allowed:
        check_can_add_own("Anna Ferri", "Trastevere", default)
    else:
        with pytest.raises(NotPossible, match=r"Trastevere has no default account.*Anna Ferri can have their own"):
            check_can_add_own("Anna Ferri", "Trastevere", default)


OWN = an_account(id=2, staff_id=StaffId(1), link=a_sealed_link("own"))
TYPED = OwnLink(say=LinkSay.TYPED, link=a_sealed_link("typed"))


@pytest.mark.parametrize("own_link", [OwnLink(), TYPED], ids=["inherits", "typed by hand"])
@pytest.mark.parametrize("leader", [None, OWN], ids=["no own account", "own account"])
@pytest.mark.parametrize("service_link", [None, a_sealed_link("service")], ids=["no service link", "service link"])
def test_A6_disconnecting_takes_every_link_and_connecting_brings_each_back(
    own_link: OwnLink, leader: ConferenceAccount | None, service_link: None
) -> None:
    session, service = a_session(own_link=own_link), a_service(link=service_link)
    default = an_account()
    connected = LinkContext(service, leader_account=leader, default_account=default)
    before = resolve_link(session, connected)

    without = replace(connected, default_account=replace(default, state=DISCONNECTED))
    assert resolve_link(session, without).link is None
    assert resolve_link(session, without).source is LinkSource.DISCONNECTED
    assert resolve_link(session, connected) == before
    assert before.link is not None


def test_A6_a_site_that_never_connected_is_not_disconnected() -> None:
    typed = a_session(own_link=TYPED)
    service = a_service(link=a_sealed_link("service"))

    assert resolve_link(typed, LinkContext(service)).source is LinkSource.TYPED
    assert resolve_link(a_session(), LinkContext(service)).source is LinkSource.SERVICE


def test_A7_links_of_an_account_that_needs_a_sign_in_keep_working() -> None:
    own = replace(OWN, state=NEEDS_SIGN_IN)
    context = LinkContext(a_service(), leader_account=own, default_account=an_account(state=NEEDS_SIGN_IN))

    assert resolve_link(a_session(), context).link == own.link


def test_A7_states_are_worded_for_people() -> None:
    assert [state.label for state in AccountState] == ["connected", "needs sign-in", "disconnected"]
