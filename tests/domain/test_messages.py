"""The kinds of messages, and what sites and services switch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.messages import (
    DeliveryKind,
    MessageKind,
    MessageSwitches,
    kinds_text,
    message_kind,
    parse_kinds,
)

switches = st.builds(MessageSwitches, st.dictionaries(st.sampled_from(MessageKind), st.booleans()))


@pytest.mark.parametrize("kind", [kind for kind in DeliveryKind if kind is not DeliveryKind.NEWS])
def test_what_is_no_news_is_called_by_its_own_name(kind: DeliveryKind) -> None:
    assert message_kind(kind).value == kind.value


@pytest.mark.parametrize("news", AnnouncementKind)
def test_news_are_a_cancellation_a_change_or_written_by_hand(news: AnnouncementKind) -> None:
    others = {AnnouncementKind.CANCELLED: MessageKind.CANCELLED, AnnouncementKind.WRITTEN: MessageKind.WRITTEN}
    assert message_kind(DeliveryKind.NEWS, news) is others.get(news, MessageKind.MOVED)


def test_every_kind_has_words_of_its_own() -> None:
    assert len({kind.label for kind in MessageKind}) == len(MessageKind)


@given(switches)
def test_switches_are_read_as_they_were_written(some: MessageSwitches) -> None:
    assert MessageSwitches.parse(str(some)) == some


@given(switches, switches, st.sampled_from(MessageKind))
def test_the_service_has_the_first_word_and_its_site_the_second(
    service: MessageSwitches, site: MessageSwitches, kind: MessageKind
) -> None:
    expected = service.said[kind] if kind in service.said else site.said.get(kind, True)
    assert service.on(kind, site) is expected


@given(switches, st.sampled_from(MessageKind), st.sampled_from([True, False, None]))
def test_a_switch_that_is_set_leaves_the_others_alone(
    some: MessageSwitches, kind: MessageKind, on: bool | None
) -> None:
    after = some.saying(kind, on)
    assert after.said.get(kind) is on
    assert {each: after.said.get(each) for each in MessageKind if each is not kind} == {
        each: some.said.get(each) for each in MessageKind if each is not kind
    }


@given(st.frozensets(st.sampled_from(MessageKind)))
def test_kinds_are_read_as_they_were_written(kinds: frozenset[MessageKind]) -> None:
    assert parse_kinds(kinds_text(kinds)) == kinds


def test_what_is_not_understood_is_left_out() -> None:
    said = MessageSwitches.parse("reminder=off, fax=on,booked,notice=maybe,,written=on")
    assert said.said == {MessageKind.REMINDER: False, MessageKind.WRITTEN: True}
