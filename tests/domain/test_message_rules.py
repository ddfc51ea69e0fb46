"""Who decides what goes out, and times before a session as people type them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.message_rules import MOST, Decider, kind_lines, lead_words, parse_lead, typed_lead
from studio_tui.domain.messages import MessageKind, MessageSwitches
from tests.records import a_service, a_site

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
leads = st.integers(1, MOST // MINUTE).map(lambda minutes: minutes * MINUTE)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("24 h", DAY),
        ("24", DAY),
        ("90 min", 90 * MINUTE),
        ("2d", 2 * DAY),
        ("1 day 12 hours", 36 * HOUR),
        ("1d12h", 36 * HOUR),
        (" 1:30 ", 90 * MINUTE),
        ("36:00", 36 * HOUR),
        ("2 Giorni", 2 * DAY),
        ("3 horas", 3 * HOUR),
        ("60 d", MOST),
    ],
)
def test_a_time_before_the_session_is_understood(text: str, lead: timedelta) -> None:
    assert parse_lead(text) == lead


@pytest.mark.parametrize("text", ["", "soon", "-1 h", "1.5 h", "24 x", "1 2 h", "h", "1:75", "24 h!", "1e3 h"])
def test_what_is_no_length_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="24 h"):
        parse_lead(text)


@pytest.mark.parametrize("text", ["0", "0 min", "61 d", "99999 d", "00:00"])
def test_what_is_too_short_or_too_long_is_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(InvalidInput, match="from 1 minute to 60 days"):
        parse_lead(text)


@given(leads)
def test_what_stands_in_the_form_is_read_back(lead: timedelta) -> None:
    assert parse_lead(typed_lead(lead)) == lead


@given(st.text(max_size=12))
def test_any_text_is_a_length_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert MINUTE <= parse_lead(text) <= MOST


@pytest.mark.parametrize(
    ("lead", "words"),
    [(DAY, "24 hours"), (36 * HOUR, "1 day 12 hours"), (90 * MINUTE, "1 hour 30 minutes"), (2 * DAY, "2 days")],
)
def test_a_length_in_words(lead: timedelta, words: str) -> None:
    assert lead_words(lead) == words


def test_the_service_decides_before_the_site_and_the_site_before_the_default() -> None:
    site = a_site(messages=MessageSwitches({MessageKind.REMINDER: False, MessageKind.BOOKED: False}))
    service = a_service(messages=MessageSwitches({MessageKind.REMINDER: True, MessageKind.LINK: False}))
    lines = {line.kind: (line.on, line.decider) for line in kind_lines(site, service)}
    assert lines[MessageKind.REMINDER] == (True, Decider.SERVICE)
    assert lines[MessageKind.LINK] == (False, Decider.SERVICE)
    assert lines[MessageKind.BOOKED] == (False, Decider.SITE)
    assert lines[MessageKind.NOTICE] == (True, Decider.NOBODY)


def test_of_the_site_alone_no_service_decides() -> None:
    site = a_site(messages=MessageSwitches({MessageKind.REMINDER: False}))
    lines = {line.kind: (line.on, line.decider, line.service) for line in kind_lines(site)}
    assert lines[MessageKind.REMINDER] == (False, Decider.SITE, None)
    assert lines[MessageKind.WRITTEN] == (True, Decider.NOBODY, None)
    assert list(lines) == list(MessageKind)
