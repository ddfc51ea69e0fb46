from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.answers import clean_answer, relay_reference
from studio_tui.channels.relay_settings import RelaySettings
from studio_tui.channels.retry_after import parse_retry_after
from studio_tui.domain.errors import InvalidInput

NOW = datetime(2026, 10, 21, 7, 27, tzinfo=UTC)


@given(st.text(max_size=3000))
def test_an_answer_is_one_printable_line_of_at_most_500_characters(text: str) -> None:
    cleaned = clean_answer(text)

    assert len(cleaned) <= 500
    assert not {char for char in cleaned if ord(char) < 32 or 127 <= ord(char) < 160}
    assert not set(cleaned) & set("\u2028\u2029\u202e\ud800")


def test_secrets_are_masked_wherever_they_stand() -> None:
    assert "hunter2" not in clean_answer("user=hunter2;hunter2", ["hunter2", ""])


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("2.0.0 Ok: queued as 4XyZ9k1", "4XyZ9k1"),
        ("OK id=1rA2bC-0003dE-Fg", "1rA2bC-0003dE-Fg"),
        ("2.6.0 <m@x.example> [InternalId=4711, Hostname=a.example] Queued mail for delivery", "4711"),
        ("2.0.0 OK  1760000000 a1-20020a05 - gsmtp", "1760000000 a1-20020a05 - gsmtp"),
        ("Ok 0100018f-aaaa", "0100018f-aaaa"),
        ("", ""),
    ],
)
def test_the_relays_own_name_for_a_message_is_found(answer: str, reference: str) -> None:
    assert relay_reference(answer) == reference


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta(0)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", timedelta(minutes=1)),
        ("Wed, 21 Oct 2026 07:28:00", timedelta(minutes=1)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("999999999999999999999999", timedelta(days=1)),
        ("Wed, 21 Oct 2099 07:28:00 GMT", timedelta(days=1)),
        ("-5", None),
        ("soon", None),
        ("١٢٠", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, wait: timedelta | None) -> None:
    assert parse_retry_after(header, NOW) == wait


@given(st.text(max_size=60))
def test_no_retry_after_makes_it_fail(header: str) -> None:
    wait = parse_retry_after(header, NOW)

    assert wait is None or timedelta(0) <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": "mail.example\r\nEHLO"}, "host"),
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"connections": 0}, "connections"),
        ({"connections": 33}, "connections"),
        ({"messages_per_connection": 0}, "messages_per_connection"),
        ({"rate": -1.0}, "rate"),
        ({"sender": "nobody"}, "sender"),
        ({"sender": "zoë@studio.example"}, "sender"),
        ({"sender_name": "A\nB"}, "sender"),
        ({"greeting_name": "a b"}, "greeting_name"),
        ({"security": "none", "username": "desk", "password": "s3cret"}, "security"),
    ],
)
def test_relay_settings_that_cannot_work_name_the_field(changes: dict[str, object], field: str) -> None:
    values: dict[str, object] = {"host": "mail.example", "sender": "desk@studio.example", **changes}
    with pytest.raises(InvalidInput) as refusal:
        RelaySettings(**values)  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert "s3cret" not in str(refusal.value)


def test_relay_settings_never_show_the_password() -> None:
    settings = RelaySettings(host="mail.example", sender="desk@studio.example", username="desk", password="s3cret-word")

    assert "s3cret" not in repr(settings)
    assert str(settings.sender_address) == "desk@studio.example"
