from __future__ import annotations

from urllib.parse import quote

import pytest

from studio_tui.domain.account_kinds import LinkKind
from studio_tui.domain.errors import InvalidInput
from studio_tui.providers.custom_link import CustomLink
from studio_tui.tui.link_words import judge_link

MEET = "https://meet.google.com/abc-defg-hij"
WRAPPED = f"https://eur01.safelinks.protection.outlook.com/?url={quote(MEET, safe='')}&data=05%7C02"
HOST_LINKS = [
    "https://us02web.zoom.us/s/88812345678",
    "https://zoom.us/j/88812345678?zak=eyJ0",
    f"https://nam02.safelinks.protection.outlook.com/?url={quote('https://zoom.us/s/88812345678', safe='')}",
]


def test_a_custom_link_is_a_kind_without_a_sign_in() -> None:
    assert isinstance(CustomLink(), LinkKind)


@pytest.mark.parametrize("url", HOST_LINKS)
def test_a_hosts_own_link_serves_no_account(url: str) -> None:
    with pytest.raises(InvalidInput, match="whoever opens it becomes the host") as caught:
        CustomLink().draft({"url": url})

    assert caught.value.field == "url"
    assert "88812345678" not in str(caught.value)


@pytest.mark.parametrize("url", HOST_LINKS)
def test_a_hosts_own_link_is_warned_of_while_it_is_typed(url: str) -> None:
    assert (judge_link(url) or "").startswith("⚠ This is the host's own Zoom link")


def test_a_link_is_taken_out_of_a_mail_gateways_wrapping() -> None:
    draft = CustomLink().draft({"url": WRAPPED})

    assert (draft.link.url, draft.label) == (MEET, "Google Meet (meet.google.com)")
    assert judge_link(WRAPPED) == "Google Meet link."


def test_an_account_is_called_by_its_provider_or_else_by_its_host() -> None:
    labels = [
        CustomLink().draft({"url": f"https://{url}"}).label for url in ("whereby.com/aurora", "aurora.example/room")
    ]

    assert labels == ["Whereby (whereby.com)", "aurora.example"]
