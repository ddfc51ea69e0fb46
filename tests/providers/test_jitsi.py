from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.providers import Credentials, MeetingKind, ProviderRefused
from studio_tui.providers.jitsi import Jitsi, JitsiRooms, new_room
from tests.providers.keeping import NOW, START, Kept, a_request

SECRET = "a-secret-of-the-studio-4711"
SIGNED = {"server": "https://meet.aurora.example", "app_id": "aurora", "app_secret": SECRET}


async def rooms(values: Mapping[str, str], http_hosts: tuple[str, ...] = ()) -> JitsiRooms:
    kind = Jitsi(http_hosts, clock=lambda: NOW)
    return kind.open(Kept((await kind.sign_in("room", values)).credentials))


def claims_of(url: str, secret: str = SECRET) -> Mapping[str, object]:
    """What the studio's own server reads out of a link; it knows the secret as it is, short as it may be."""
    header, claims, signature = (part.encode() for part in url.partition("?jwt=")[2].split("."))
    made = hmac.new(secret.encode(), header + b"." + claims, "sha256").digest()
    assert base64.urlsafe_b64decode(signature + b"=") == made
    assert json.loads(base64.urlsafe_b64decode(header + b"==")) == {"alg": "HS256", "typ": "JWT"}
    read: Mapping[str, object] = json.loads(base64.urlsafe_b64decode(claims + b"=="))
    return read


async def test_without_a_server_rooms_are_on_the_public_one() -> None:
    made = await (await rooms({})).create(a_request())

    assert made.link.url == f"https://meet.jit.si/{made.external_id}"
    assert made.link.password is None


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        ("meet.aurora.example", "https://meet.aurora.example"),
        (" https://meet.aurora.example/ ", "https://meet.aurora.example"),
        ("https://Meet.Aurora.example:8443/rooms/", "https://meet.aurora.example:8443/rooms"),
    ],
)
async def test_a_server_is_taken_as_people_write_it(typed: str, server: str) -> None:
    made = await (await rooms({"server": typed})).create(a_request())

    assert made.link.url == f"{server}/{made.external_id}"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("http://meet.aurora.example", "use https"),
        ("https://zoom.us@evil.example", "hides where it leads"),
        ("https://meet.aurora.example/?room=1", "more than a server's address"),
        ("https://meet.aurora.example/#x", "more than a server's address"),
        ("10.0.0.7", "bare network address"),
        ("meet aurora", "a blank or a line break"),
        ("https://" + "a" * 300, "longer than 300"),
    ],
)
async def test_a_server_that_cannot_be_safe_is_refused_at_its_field(typed: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        await rooms({"server": typed})

    assert caught.value.field == "server"
    assert "The link" not in str(caught.value)


async def test_a_server_that_the_owner_allows_may_do_without_encryption() -> None:
    made = await (await rooms({"server": "http://jitsi.local"}, http_hosts=("jitsi.local",))).create(a_request())

    assert made.link.url.startswith("http://jitsi.local/")


async def test_a_rooms_name_cannot_be_guessed_and_tells_nothing_about_the_session() -> None:
    provider = await rooms({})

    names = {(await provider.create(a_request("Anna Ferri"))).external_id for _ in range(50)}

    assert len(names) == 50
    assert all(re.fullmatch("[a-z2-7]{8}(-[a-z2-7]{8}){3}", name) for name in names)  # 32 letters of 5 bits
    assert len(new_room().replace("-", "")) * 5 >= 128


async def test_a_moved_session_keeps_its_room() -> None:
    provider = await rooms({})
    made = await provider.create(a_request())

    assert await provider.update(made.external_id, a_request("Yin", starts_at=START + timedelta(days=1))) == made


async def test_a_signed_room_opens_an_hour_before_its_session_and_closes_an_hour_after_it() -> None:
    made = await (await rooms(SIGNED)).create(a_request())

    claims = claims_of(made.link.url)

    assert claims == {
        "iss": "aurora",
        "aud": "jitsi",
        "sub": "*",
        "room": made.external_id,
        "nbf": int((START - timedelta(hours=1)).timestamp()),
        "exp": int((START + timedelta(hours=2)).timestamp()),
    }
    assert "Vinyasa" not in made.link.url


async def test_a_moved_session_gets_a_new_token_for_the_same_room() -> None:
    provider = await rooms(SIGNED)
    made = await provider.create(a_request())

    moved = await provider.update(made.external_id, a_request(starts_at=START + timedelta(days=1)))
    renamed = await provider.update(made.external_id, a_request("Yin yoga"))

    assert moved.external_id == made.external_id
    assert claims_of(moved.link.url)["exp"] == int((START + timedelta(days=1, hours=2)).timestamp())
    assert renamed == made


async def test_a_courses_signed_room_stays_open_for_years() -> None:
    provider = await rooms(SIGNED)
    made = await provider.create(a_request(starts_at=None, length=None))

    claims = claims_of(made.link.url)

    assert "nbf" not in claims
    assert claims["exp"] == int(datetime(2029, 1, 1, tzinfo=UTC).timestamp())
    assert await provider.update(made.external_id, a_request(starts_at=None, length=None)) == made


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"server": "meet.aurora.example", "app_id": "aurora"}, "app_secret"),
        ({"server": "meet.aurora.example", "app_secret": SECRET}, "app_id"),
        ({"app_id": "aurora", "app_secret": SECRET}, "app_id"),
    ],
)
async def test_half_a_signature_or_one_for_the_public_server_is_refused(values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await rooms(values)

    assert caught.value.field == field
    assert SECRET not in str(caught.value)


async def test_nothing_has_to_be_found_removed_or_given_up() -> None:
    provider = await rooms({})

    assert await provider.find("studio-tui:abc") == []
    await provider.delete("whatever")
    await Jitsi().revoke(Credentials())


async def test_a_room_has_no_address_for_hosts() -> None:
    with pytest.raises(ProviderRefused, match="open its join link"):
        await (await rooms({})).start_url("a-room")


async def test_a_name_that_is_no_rooms_is_never_made_into_a_link() -> None:
    with pytest.raises(ProviderRefused, match="no name of a Jitsi room"):
        await (await rooms({})).update("../evil", a_request())


async def test_the_account_shows_its_server_and_not_its_secret() -> None:
    kind = Jitsi()
    made = await kind.sign_in("room", SIGNED)

    assert re.fullmatch("aurora#[0-9a-f]{4}@meet.aurora.example", made.identity.user_id)
    assert made.identity.label == "meet.aurora.example"
    assert await kind.open(Kept(made.credentials)).whoami() == made.identity
    assert SECRET not in f"{made!r} {made.credentials}"


async def test_another_secret_makes_another_account_so_that_its_rooms_are_signed_anew() -> None:
    kind = Jitsi()
    first, second = await kind.sign_in("room", SIGNED), await kind.sign_in("room", {**SIGNED, "app_secret": "changed"})

    assert first.identity.user_id != second.identity.user_id
    assert first.identity.label == second.identity.label


def test_the_form_says_that_a_moderator_signs_in_on_the_public_server() -> None:
    kind = Jitsi()

    assert isinstance(kind, MeetingKind)
    assert "a moderator has to sign in there" in kind.ways[0].hint
    assert kind.terms.concurrent is None
    assert [field.key for field in kind.ways[0].fields if field.secret] == ["app_secret"]
