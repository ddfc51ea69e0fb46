"""Mail addresses: one, sound, and nothing else beside it (RFC 5321 §4.1.2, §4.5.3.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.addresses import MAX_ADDRESS, BadAddress, EmailAddress, parse_address
from studio_tui.domain.errors import StudioError

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONG_DOMAIN = ".".join(["d" * 60] * 3)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anna@studio.example", "anna@studio.example"),
        (" anna@studio.example\t", "anna@studio.example"),
        ("Anna.Rossi@Studio.EXAMPLE", "Anna.Rossi@studio.example"),
        ("anna+yoga@studio.example", "anna+yoga@studio.example"),
        ("o'brien@studio.example", "o'brien@studio.example"),
        ("!#$%&'*+-/=?^_`{|}~@studio.example", "!#$%&'*+-/=?^_`{|}~@studio.example"),
        ('"anna rossi"@studio.example', '"anna rossi"@studio.example'),
        ('"a@b"@studio.example', '"a@b"@studio.example'),
        ("josé@studio.example", "josé@studio.example"),
        ("anna@münchen.example", "anna@münchen.example"),
        ("anna@xn--mnchen-3ya.example", "anna@xn--mnchen-3ya.example"),
        ("a@b.c1.example", "a@b.c1.example"),
        ("x" * 64 + "@studio.example", "x" * 64 + "@studio.example"),
    ],
)
def test_a_sound_address_is_read(typed: str, address: str) -> None:
    parsed = parse_address(typed)
    assert str(parsed) == parsed.text == address
    assert f"{parsed.local}@{parsed.domain}" == address


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "needs a name, an @ and a domain"),
        ("anna", "needs a name, an @ and a domain"),
        ("@studio.example", "needs a name, an @ and a domain"),
        ("anna@", "needs a name, an @ and a domain"),
        ("anna@@studio.example", "one mail address only"),
        ("anna@rossi@studio.example", "one mail address only"),
        ("anna@a.example,bob@b.example", "one mail address only"),
        ("anna@a.example; bob@b.example", "one mail address only"),
        ("Anna <anna@studio.example>", "one mail address only"),
        ("<anna@studio.example>", "one mail address only"),
        ("mailto:anna@studio.example", "one mail address only"),
        ("anna@studio.example>", "no domain"),
        ("anna rossi@studio.example", "cannot stand there"),
        (".anna@studio.example", "cannot stand there"),
        ("anna.@studio.example", "cannot stand there"),
        ("an..na@studio.example", "cannot stand there"),
        ('"anna@studio.example', "cannot stand there"),
        ("anna@studio", "no domain"),
        ("anna@studio..example", "no domain"),
        ("anna@-studio.example", "no domain"),
        ("anna@studio-.example", "no domain"),
        ("anna@stu_dio_.example", "no domain"),
        ("anna@[192.0.2.1]", "no domain"),
        ("anna@192.0.2.1", "no domain"),
        ("anna@studio.example.", "no domain"),
        ("anna@stu dio.example", "no domain"),
        ("anna@ª.example", "no domain"),
        ("anna@mün_chen.example", "no domain"),
        ("anna@" + "d" * 64 + ".example", "no domain"),
        ("x" * 65 + "@studio.example", "at most 64"),
        ("é" * 33 + "@studio.example", "at most 64"),
        ("x" * 64 + "@" + LONG_DOMAIN + ".example", "at most 254"),
        ("anna@studio.example\nBcc: all@studio.example", "control characters"),
        ("anna\r\n@studio.example", "control characters"),
        ("an\0na@studio.example", "control characters"),
        ("anna\u202e@studio.example", "control characters"),
        ("anna@studio.example\n", "control characters"),
    ],
)
def test_anything_else_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason) as refused:
        parse_address(typed)
    assert isinstance(refused.value, StudioError)
    assert refused.value.field == "email"


def test_a_refusal_does_not_repeat_the_address() -> None:
    with pytest.raises(BadAddress) as refused:
        parse_address("carla.neri@@private.example")
    assert "carla" not in str(refused.value)


def test_two_spellings_of_one_mailbox_have_one_key() -> None:
    assert parse_address("Anna@studio.example").key == parse_address("anna@STUDIO.example").key


@given(st.text(max_size=80))
def test_any_text_gives_an_address_or_a_refusal(text: str) -> None:
    try:
        address = parse_address(text)
    except BadAddress:
        return
    assert parse_address(address.text) == address
    assert len(address.text.encode()) <= MAX_ADDRESS
    assert address.text.isprintable()


@given(
    st.lists(st.text(LETTERS + "0123456789+-_", min_size=1, max_size=10), min_size=1, max_size=3).map(".".join),
    st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=2, max_size=4).map(".".join),
)
def test_ordinary_addresses_are_read_as_they_are(local: str, domain: str) -> None:
    assert parse_address(f"{local}@{domain}") == EmailAddress(local, domain)
