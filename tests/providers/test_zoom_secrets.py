"""No token, secret or host's address in an error, a repr, a log or a traceback, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable

import pytest

from studio_tui.domain.errors import StudioError
from studio_tui.domain.providers import DevicePrompt, PastePrompt
from studio_tui.providers.web import Ask
from tests.doubles.zoom_double import BROWSER_FORM, DEVICE_FORM, SERVER_FORM, ZoomDouble
from tests.providers.keeping import Kept, a_kind, a_request, signed_in

Act = Callable[[ZoomDouble], Awaitable[object]]


async def connected(zoom: ZoomDouble) -> tuple[Kept, object]:
    kind = a_kind(zoom, limit=0.5)
    prompt = await kind.sign_in("browser", BROWSER_FORM)
    assert isinstance(prompt, PastePrompt)
    keeper = Kept((await prompt.finish(zoom.agree(prompt.address))).credentials)
    return keeper, kind.open(keeper)


async def creating(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom, limit=0.5)
    await kind.open(await signed_in(kind)).create(a_request())


async def starting(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom, limit=0.5)
    provider = kind.open(await signed_in(kind))
    made = await provider.create(a_request())
    await provider.start_url(made.external_id)
    zoom.settings.answers = [
        (400, {"code": 300, "message": f"Bad: https://zoom.us/s/1?zak=host_{made.external_id}"}, {})
    ]
    await provider.start_url(made.external_id)


async def renewing(zoom: ZoomDouble) -> None:
    _, provider = await connected(zoom)
    zoom.expire_tokens()
    zoom.revoke_everything()
    await provider.whoami()  # type: ignore[attr-defined]


async def confirming(zoom: ZoomDouble) -> None:
    prompt = await a_kind(zoom, limit=0.5).sign_in("device", DEVICE_FORM)
    assert isinstance(prompt, DevicePrompt)
    zoom.deny_device()
    await prompt.wait()


async def revoking(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom, limit=0.5)
    keeper = await signed_in(kind)
    zoom.settings.trouble = 1
    await kind.revoke(await keeper.current())


async def pasting(zoom: ZoomDouble) -> None:
    prompt = await a_kind(zoom, limit=0.5).sign_in("browser", BROWSER_FORM)
    assert isinstance(prompt, PastePrompt)
    pasted = zoom.agree(prompt.address)
    zoom.sign_ins.codes.clear()
    await prompt.finish(pasted)


def lost(switch: str, act: Act = creating) -> Act:
    """The act, with every request to the API lost in some way."""

    async def acting(zoom: ZoomDouble) -> None:
        kind = a_kind(zoom, limit=0.3)
        keeper = await signed_in(kind)
        setattr(zoom.settings, switch, None)
        await kind.open(keeper).create(a_request())

    return acting


FAULTS = {
    "asked to start": starting,
    "sign-in revoked": renewing,
    "refused on the device": confirming,
    "revoking in trouble": revoking,
    "code used up": pasting,
    **{switch: lost(switch) for switch in ("drop_requests", "silent", "trouble", "busy", "garbled", "refuse_tokens")},
}


def secrets_of(zoom: ZoomDouble) -> set[str]:
    """Everything that must stay between the program and Zoom."""
    ours = {SERVER_FORM["client_secret"], DEVICE_FORM["client_secret"]}
    return {*zoom.sign_ins.handed_out, *ours, "zak=", "host_"}


def told(text: str, secrets: set[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_secret_leaves_by_an_error_its_traceback_or_the_log(
    zoom: ZoomDouble, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG, "httpx")
    with caplog.at_level(logging.DEBUG), pytest.raises(StudioError) as caught:
        await FAULTS[fault](zoom)
    kept = secrets_of(zoom)

    error = caught.value
    frames = [
        frame for frame in traceback.walk_tb(error.__traceback__) if "/studio_tui/" in frame[0].f_code.co_filename
    ]
    values = " ".join(repr(value) for frame, _ in frames for value in frame.f_locals.values())
    whole = "".join(traceback.TracebackException.from_exception(error).format())
    assert len(frames) > 0
    assert len(kept) > 4
    assert told(f"{error} {error!r}", kept) == []
    assert told(values, kept) == []
    assert told(whole, kept) == []
    assert told(caplog.text, kept) == []


async def test_a_whole_life_leaves_nothing_secret_in_the_log(
    zoom: ZoomDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "httpx")
    with caplog.at_level(logging.DEBUG):
        keeper, provider = await connected(zoom)
        made = await provider.create(a_request())  # type: ignore[attr-defined]
        await provider.update(made.external_id, a_request("Yin"))  # type: ignore[attr-defined]
        await provider.find(a_request().marker)  # type: ignore[attr-defined]
        address = await provider.start_url(made.external_id)  # type: ignore[attr-defined]
        await provider.delete(made.external_id)  # type: ignore[attr-defined]

    [meeting_password] = [made.link.password]
    assert "HTTP Request: POST" in caplog.text
    assert told(caplog.text, secrets_of(zoom) | {address, f"pwd={meeting_password}", a_request().marker}) == []
    assert told(f"{keeper.stored!r} {made!r} {provider!r}", secrets_of(zoom) | {f"{meeting_password}"}) == []


async def test_what_a_person_has_to_do_shows_neither_the_question_nor_the_code_behind_it(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    device, browser = await kind.sign_in("device", DEVICE_FORM), await kind.sign_in("browser", BROWSER_FORM)

    assert told(f"{device!r} {browser!r}", {*zoom.sign_ins.handed_out, "state=", "code_challenge="}) == []


def test_a_request_shows_its_method_and_address_alone() -> None:
    ask = Ask(
        method="POST", url="https://zoom.us/oauth/token", bearer="at_1", client=("a", "b_2"), form={"token": "rt_3"}
    )

    assert repr(ask) == "Ask(POST https://zoom.us/oauth/token)"
    assert ask.secrets() == ("at_1", "b_2", "rt_3")
