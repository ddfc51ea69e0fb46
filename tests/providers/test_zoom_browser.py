"""Signing in with a browser anywhere: the person pastes back where it ended (RFC 7636)."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput, StudioError
from studio_tui.domain.providers import Credentials, PastePrompt, ProviderRefused
from studio_tui.providers.zoom import Zoom
from studio_tui.providers.zoom_browser import answered, challenge_of, parameters_of
from studio_tui.providers.zoom_ways import REDIRECT
from tests.doubles.zoom_double import BROWSER_FORM, OWNER, ZoomDouble
from tests.providers.keeping import Kept, a_kind, a_request

ASKED = Credentials({"state": "st-4711", "code_verifier": "v"})


async def prompted(zoom: ZoomDouble, kind: Zoom | None = None) -> PastePrompt:
    prompt = await (kind or a_kind(zoom)).sign_in("browser", BROWSER_FORM)
    assert isinstance(prompt, PastePrompt)
    return prompt


async def test_the_address_asks_for_a_code_with_a_challenge_and_without_any_secret(zoom: ZoomDouble) -> None:
    address = urlsplit((await prompted(zoom)).address)

    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{zoom.base_url}/oauth/authorize"
    assert set(query) == {
        *("response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"),
    }
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    assert (query["client_id"], query["redirect_uri"]) == (BROWSER_FORM["client_id"], REDIRECT)
    assert len(query["state"]) >= 32
    assert zoom.requests == []


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_no_two_questions_are_the_same(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)

    assert (await prompted(zoom, kind)).address != (await prompted(zoom, kind)).address


@pytest.mark.parametrize("wrapped", [False, True], ids=["as it is", "wrapped by the terminal"])
async def test_the_pasted_address_signs_in_and_makes_meetings(zoom: ZoomDouble, wrapped: bool) -> None:
    kind = a_kind(zoom)
    prompt = await prompted(zoom, kind)
    pasted = zoom.agree(prompt.address)
    if wrapped:
        pasted = f"  {pasted[:40]}\n{pasted[40:60]}\r\n  {pasted[60:]} \n"

    made = await prompt.finish(pasted)
    await kind.open(Kept(made.credentials)).create(a_request())

    assert made.identity.label == OWNER
    assert not {"state", "code_verifier", "client_secret"} & set(made.credentials.values)
    assert len(zoom.meetings_of(OWNER)) == 1


async def test_the_same_address_pasted_twice_is_refused_at_its_field(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom)
    pasted = zoom.agree(prompt.address)
    await prompt.finish(pasted)

    with pytest.raises(InvalidInput, match="used before or is too old") as caught:
        await prompt.finish(pasted)

    assert caught.value.field == "pasted"


async def test_somebody_elses_answer_is_refused(zoom: ZoomDouble) -> None:
    kind = a_kind(zoom)
    first, second = await prompted(zoom, kind), await prompted(zoom, kind)

    with pytest.raises(InvalidInput, match="answers another sign-in"):
        await first.finish(zoom.agree(second.address))
    assert zoom.calls("POST", "/oauth/token") == 0


async def test_a_no_in_the_browser_is_told(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom)

    with pytest.raises(ProviderRefused, match="choose “Allow”"):
        await prompt.finish(zoom.disagree(prompt.address))


async def test_the_address_that_was_opened_is_not_the_one_to_paste(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom)

    with pytest.raises(InvalidInput, match="not where the browser ended") as caught:
        await prompt.finish(prompt.address)

    assert caught.value.field == "pasted"


async def test_a_wrong_paste_can_be_followed_by_the_right_one(zoom: ZoomDouble) -> None:
    prompt = await prompted(zoom)
    with pytest.raises(InvalidInput):
        await prompt.finish("oops")

    assert (await prompt.finish(zoom.agree(prompt.address))).identity.label == OWNER


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("", "not where the browser ended"),
        ("code=1&state=st-4711", "not where the browser ended"),
        ("https://evil.example/studio-tui?code=1&state=st-4711", "not where the browser ended"),
        (f"{REDIRECT}", "not where the browser ended"),
        (f"{REDIRECT}?code=1&state=st-4711&x=" + "y" * 9000, "not where the browser ended"),
        ("http://[", "not where the browser ended"),
        (f"{REDIRECT}?code=1", "answers another sign-in"),
        (f"{REDIRECT}?code=1&state=st-4711&state=other", "answers another sign-in"),
        (f"{REDIRECT}?code=1&state=ST-4711", "answers another sign-in"),
        (f"{REDIRECT}?state=st-4711", "holds no answer"),
        (f"{REDIRECT}?state=st-4711&code=a&code=b", "holds no answer"),
        (f"{REDIRECT}?state=st-4711&error=server_error", "holds no answer"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_way_out(pasted: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as caught:
        answered(parameters_of(pasted), ASKED)

    assert caught.value.field == "pasted"
    assert "st-4711" not in str(caught.value)


def test_the_answers_letters_may_be_written_in_percent_signs() -> None:
    assert answered(parameters_of(f"{REDIRECT}?state=st%2D4711&code={quote('a+b/c=')}"), ASKED).get("code") == "a+b/c="


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda text: f"{REDIRECT}?{text}"))
def test_whatever_is_pasted_is_answered_with_a_sentence(pasted: str) -> None:
    with pytest.raises(StudioError):
        answered(parameters_of(pasted), ASKED)
