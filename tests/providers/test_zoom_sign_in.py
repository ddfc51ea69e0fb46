from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput, NotPossible
from studio_tui.domain.providers import (
    Credentials,
    MeetingKind,
    ProviderBusy,
    ProviderRefused,
    ProviderUnavailable,
    SignedIn,
    SignInNeeded,
)
from studio_tui.providers.zoom import Zoom
from tests.doubles.zoom_double import BROWSER_FORM, OWNER, SERVER_FORM, ZoomDouble
from tests.providers.keeping import Kept, a_kind, a_request, signed_in


async def by_browser(zoom: ZoomDouble, kind: Zoom, host: str = OWNER) -> Kept:
    """A person's own account, whose refresh token rotates."""
    prompt = await kind.sign_in("browser", BROWSER_FORM)
    return Kept((await prompt.finish(zoom.agree(prompt.address, host))).credentials)  # type: ignore[union-attr]


async def test_the_studios_account_is_connected_by_three_values(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)

    made = await kind.sign_in("server", {**SERVER_FORM, "client_id": f" {SERVER_FORM['client_id']}\n"})

    assert isinstance(kind, MeetingKind)
    assert isinstance(made, SignedIn)
    assert made.identity.label == OWNER
    assert made.credentials.get("way") == "server"
    assert made.credentials.get("api_url") == zoom.api_url


@pytest.mark.parametrize("field", sorted(SERVER_FORM))
async def test_a_value_that_zoom_does_not_know_is_named(zoom: ZoomDouble, field: str) -> None:
    with pytest.raises(InvalidInput, match="copy") as caught:
        await a_kind(zoom).sign_in("server", {**SERVER_FORM, field: "something-else"})

    assert caught.value.field == ("account_id" if field == "account_id" else "client_secret")
    assert "something-else" not in str(caught.value)


@pytest.mark.parametrize("field", sorted(SERVER_FORM))
@pytest.mark.parametrize(("value", "why"), [("  ", "is missing"), ("a b", "a blank"), ("x" * 201, "longer than 200")])
async def test_a_value_that_cannot_be_right_never_reaches_zoom(
    zoom: ZoomDouble, field: str, value: str, why: str
) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        await a_kind(zoom).sign_in("server", {**SERVER_FORM, field: value})

    assert caught.value.field == field
    assert zoom.requests == []


@pytest.mark.parametrize(("host", "why"), [("nobody@aurora.example", "does not know the host"), ("giulia", "address")])
async def test_a_host_that_zoom_does_not_know_is_refused_at_its_field(zoom: ZoomDouble, host: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        await a_kind(zoom).sign_in("server", {**SERVER_FORM, "host": host})

    assert caught.value.field == "host"


async def test_a_way_that_does_not_exist_is_refused(zoom: ZoomDouble) -> None:
    with pytest.raises(InvalidInput, match="choose server, host, device, browser") as caught:
        await a_kind(zoom).sign_in("carrier pigeon", {})

    assert caught.value.field == "way"


async def test_a_colleague_cannot_host_without_the_studios_account(zoom: ZoomDouble) -> None:
    zoom.add_host("giulia@aurora.example")
    kind = a_kind(zoom)

    with pytest.raises(NotPossible, match="connect it first"):
        await kind.sign_in("host", {"host": "giulia@aurora.example"})
    with pytest.raises(NotPossible, match="one person's sign-in"):
        await kind.sign_in("host", {"host": "giulia@aurora.example"}, await by_browser(zoom, kind))


async def test_a_colleague_whom_zoom_does_not_know_is_refused_at_the_field(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)

    with pytest.raises(InvalidInput, match="does not know the host nobody") as caught:
        await kind.sign_in("host", {"host": "nobody@aurora.example"}, await signed_in(kind))

    assert caught.value.field == "host"


async def test_an_app_that_may_not_say_who_signed_in_is_told_so(zoom: ZoomDouble) -> None:
    zoom.settings.missing_scopes = {"user:read:user"}

    with pytest.raises(ProviderRefused, match="add the scope user:read:user:admin"):
        await signed_in(a_kind(zoom))


async def test_a_token_is_renewed_a_minute_before_its_end(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)
    provider = kind.open(keeper)

    zoom.advance(timedelta(minutes=58, seconds=59))
    await provider.whoami()
    assert len(keeper.stored) == 1
    zoom.advance(timedelta(seconds=1))
    await provider.whoami()

    assert len(keeper.stored) == 2
    assert zoom.calls("POST", "/oauth/token") == 2


async def test_a_refresh_token_is_used_once_and_its_successor_kept(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await by_browser(zoom, kind)
    provider = kind.open(keeper)

    for _ in range(3):
        zoom.advance(timedelta(hours=1))
        await provider.create(a_request(starts_at=zoom.now() + timedelta(days=1)))

    tokens = [stored.get("refresh_token") for stored in keeper.stored]
    assert len(set(tokens)) == len(tokens) == 4
    assert zoom.sign_ins.reused == []


async def test_many_at_a_time_renew_once(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await by_browser(zoom, kind)
    zoom.expire_tokens()

    await asyncio.gather(*(kind.open(keeper).whoami() for _ in range(5)))

    assert len(keeper.stored) == 2
    assert zoom.sign_ins.reused == []


async def test_a_revoked_sign_in_asks_for_a_new_one(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await by_browser(zoom, kind)
    zoom.revoke_everything()

    with pytest.raises(SignInNeeded, match=r"\(invalid grant\): connect the account again"):
        await kind.open(keeper).whoami()
    assert len(keeper.stored) == 1


async def test_the_studios_app_removed_at_zoom_asks_for_a_new_sign_in_until_it_is_back(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)
    zoom.revoke_everything()

    with pytest.raises(SignInNeeded):
        await kind.open(keeper).whoami()
    zoom.allow_again()

    assert (await kind.open(keeper).whoami()).label == OWNER


async def test_a_secret_that_was_changed_at_zoom_asks_for_a_new_sign_in(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = Kept((await (await signed_in(kind)).current()).changed(client_secret="old", access_token=""))

    with pytest.raises(SignInNeeded):
        await kind.open(keeper).whoami()


async def test_nothing_stored_but_a_dead_token_asks_for_a_new_sign_in(zoom: ZoomDouble) -> None:
    with pytest.raises(SignInNeeded, match="nothing to renew it with"):
        await a_kind(zoom).open(Kept(Credentials({"way": "browser"}))).whoami()


async def test_a_sign_in_host_in_trouble_does_not_cost_the_sign_in(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await by_browser(zoom, kind)
    zoom.expire_tokens()
    zoom.settings.refuse_tokens = 0
    provider = kind.open(keeper)
    zoom.advance(timedelta(hours=2))
    zoom.settings.trouble = 1

    with pytest.raises(ProviderUnavailable) as caught:
        await provider.create(a_request())
    await provider.create(a_request())

    assert not caught.value.doubtful
    assert len(zoom.meetings_of(OWNER)) == 1


async def test_a_sign_in_host_that_is_busy_says_when_to_come_back(zoom: ZoomDouble) -> None:
    zoom.settings.trouble, zoom.settings.trouble_status = 1, 429

    with pytest.raises(ProviderBusy):
        await signed_in(a_kind(zoom))


async def test_a_disconnected_account_is_given_up_at_zoom(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await by_browser(zoom, kind)

    await kind.revoke(await keeper.current())
    await kind.revoke(await keeper.current())

    assert [grant.revoked for grant in zoom.sign_ins.grants] == [True]
    with pytest.raises(SignInNeeded):
        await kind.open(keeper).whoami()


async def test_the_studios_account_is_given_up_as_well_but_not_by_a_colleague(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    keeper = await signed_in(kind)

    await kind.revoke(Credentials({"way": "host", "host": OWNER, "access_token": "x", "client_id": "y"}))
    await kind.revoke(Credentials({"way": "server"}))
    assert zoom.calls("POST", "/oauth/revoke") == 0
    await kind.revoke(await keeper.current())

    assert [grant.revoked for grant in zoom.sign_ins.grants] == [True]


@pytest.mark.parametrize(
    ("named", "used"),
    [
        ("https://api-eu.zoom.us", "https://api-eu.zoom.us/v2"),
        ("https://api-eu.zoom.us/v2/", "https://api-eu.zoom.us/v2"),
        ("http://api-eu.zoom.us", ""),
        ("https://x@evil.example", ""),
        ("https://api.zoom.us/v2?x=1", ""),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("https://api zoom", ""),
        ("", ""),
    ],
)
async def test_an_api_address_from_zoom_is_used_only_if_it_is_safe(zoom: ZoomDouble, named: str, used: str) -> None:
    kind = a_kind(zoom)
    zoom.sign_ins.api_url = named

    renewed = await kind._sign_in.by_account(Credentials(SERVER_FORM))

    assert renewed.get("api_url") == used
    assert kind._sign_in.api_url(renewed) == (used or zoom.api_url)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "é", "x" * 9000])
async def test_an_answer_without_a_usable_token_is_no_sign_in(
    zoom: ZoomDouble, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setattr(zoom.sign_ins, "token", lambda *_: (200, {"access_token": token}))

    with pytest.raises(ProviderUnavailable, match="cannot be understood"):
        await signed_in(a_kind(zoom))
