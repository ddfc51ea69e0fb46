"""Signing in with a code that is confirmed on another device (RFC 8628)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.providers import DevicePrompt, ProviderRefused, ProviderUnavailable
from tests.doubles.zoom_double import DEVICE_FORM, ZoomDouble
from tests.providers.keeping import NOW, Kept, Waits, a_kind, a_request


class Then(Waits):
    """Waits, and after so many waits something happens."""

    def __init__(self, zoom: ZoomDouble, waits: int, happens: Callable[[], None]) -> None:
        super().__init__(zoom)
        self._waits = waits
        self._happens = happens

    async def __call__(self, seconds: float) -> None:
        await super().__call__(seconds)
        if len(self.seconds) == self._waits:
            self._happens()


async def prompted(zoom: ZoomDouble, waits: Waits | None = None) -> DevicePrompt:
    prompt = await a_kind(zoom, waits=waits).sign_in("device", DEVICE_FORM)
    assert isinstance(prompt, DevicePrompt)
    return prompt


async def test_the_person_sees_a_code_an_address_and_one_for_a_qr_code(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom)

    assert prompt.code == "AURORA-01"
    assert prompt.address == "https://zoom.us/oauth_device"
    assert prompt.address_with_code == "https://zoom.us/oauth/device/complete/AURORA-01"
    assert prompt.expires_at == NOW + timedelta(minutes=15)


async def test_a_confirmed_code_signs_in_and_makes_meetings(zoom: ZoomDouble) -> None:
    zoom.add_host("giulia@aurora.example", "Giulia")
    waits = Then(zoom, 3, lambda: zoom.confirm_device("giulia@aurora.example"))
    kind = a_kind(zoom, waits=waits)
    prompt = await kind.sign_in("device", DEVICE_FORM)

    made = await prompt.wait()  # type: ignore[union-attr]
    await kind.open(Kept(made.credentials)).create(a_request())

    assert made.identity.label == "giulia@aurora.example"
    assert "device_code" not in made.credentials.values
    assert waits.seconds == [5, 5, 5]
    assert len(zoom.meetings_of("giulia@aurora.example")) == 1


async def test_asked_to_slow_down_it_waits_five_seconds_more_from_then_on(zoom: ZoomDouble) -> None:
    waits = Then(zoom, 5, zoom.confirm_device)
    prompt = await prompted(zoom, waits)
    zoom.sign_ins.slow_downs = 2

    await prompt.wait()

    assert waits.seconds == [5, 10, 15, 15, 15]


@pytest.mark.parametrize(("interval", "first"), [(None, 5), (8, 8), (0, 5), (3600, 60)])
async def test_the_first_pause_is_zooms_or_else_five_seconds(
    zoom: ZoomDouble, interval: int | None, first: int
) -> None:
    waits = Then(zoom, 1, zoom.confirm_device)
    zoom.sign_ins.interval = interval
    prompt = await prompted(zoom, waits)

    await prompt.wait()

    assert waits.seconds == [first]


async def test_a_code_that_nobody_confirms_runs_out(zoom: ZoomDouble) -> None:
    waits = Waits(zoom)
    zoom.sign_ins.interval = 50
    prompt = await prompted(zoom, waits)

    with pytest.raises(ProviderRefused, match="The code has run out"):
        await prompt.wait()

    assert sum(waits.seconds) == 900
    assert zoom.calls("POST", "/oauth/token") == 900 / 50 - 1


async def test_a_code_that_zoom_says_has_run_out_is_over_at_once(zoom: ZoomDouble) -> None:
    def run_out() -> None:
        for device in zoom.sign_ins.devices.values():
            device.expires_at = NOW

    waits = Then(zoom, 1, run_out)
    prompt = await prompted(zoom, waits)

    with pytest.raises(ProviderRefused, match="The code has run out"):
        await prompt.wait()

    assert len(waits.seconds) == 1


async def test_a_refusal_on_the_other_device_is_told(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom, Then(zoom, 2, zoom.deny_device))

    with pytest.raises(ProviderRefused, match="refused on the other device"):
        await prompt.wait()


async def test_a_zoom_in_trouble_is_asked_less_often_until_it_answers(zoom: ZoomDouble) -> None:
    waits = Then(zoom, 4, zoom.confirm_device)
    prompt = await prompted(zoom, waits)
    zoom.settings.trouble = 2

    await prompt.wait()

    assert waits.seconds == [5, 10, 20, 20]


async def test_a_zoom_that_asks_for_a_pause_gets_it(zoom: ZoomDouble) -> None:
    waits = Then(zoom, 2, zoom.confirm_device)
    prompt = await prompted(zoom, waits)
    zoom.settings.trouble, zoom.settings.trouble_status = 1, 429

    await prompt.wait()

    assert waits.seconds == [5, 10]


async def test_giving_up_stops_asking(zoom: ZoomDouble) -> None:
    asked = asyncio.Event()

    class Stuck(Waits):
        async def __call__(self, seconds: float) -> None:
            asked.set()
            await asyncio.Event().wait()

    prompt = await prompted(zoom, Stuck(zoom))
    waiting = asyncio.ensure_future(prompt.wait())
    await asked.wait()
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert zoom.calls("POST", "/oauth/token") == 0


async def test_an_app_that_may_not_use_codes_says_what_to_switch_on(zoom: ZoomDouble) -> None:
    zoom.sign_ins.device_allowed = False

    with pytest.raises(InvalidInput, match="Use App on Device") as caught:
        await prompted(zoom)

    assert caught.value.field == "client_id"


async def test_a_wrong_secret_is_named(zoom: ZoomDouble) -> None:
    with pytest.raises(InvalidInput, match="copy both again") as caught:
        await a_kind(zoom).sign_in("device", {**DEVICE_FORM, "client_secret": "wrong"})

    assert caught.value.field == "client_secret"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"device_code": "d", "user_code": "", "verification_uri": "https://zoom.us/d"},
        {"device_code": "d", "user_code": "\x1b[2J", "verification_uri": "https://zoom.us/d"},
        {"device_code": "d", "user_code": "A", "verification_uri": "http://zoom.us/d"},
        {"device_code": "d", "user_code": "A", "verification_uri": "javascript:alert(1)"},
        {"user_code": "A", "verification_uri": "https://zoom.us/d"},
    ],
)
async def test_what_no_person_could_use_is_not_shown(
    zoom: ZoomDouble, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]
) -> None:
    monkeypatch.setattr(zoom.sign_ins, "devicecode", lambda *_: (200, answer))

    with pytest.raises(ProviderUnavailable, match="cannot be understood"):
        await prompted(zoom)


async def test_an_address_with_the_code_in_it_is_left_out_where_it_leads_elsewhere(
    zoom: ZoomDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"device_code": "d", "user_code": "A", "verification_uri": "https://zoom.us/d"}
    complete = {"verification_uri_complete": "http://zoom.us/d?c=A"}
    monkeypatch.setattr(zoom.sign_ins, "devicecode", lambda *_: (200, {**given, **complete}))

    assert (await prompted(zoom)).address_with_code == ""
