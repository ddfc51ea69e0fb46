from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.addresses import BadAddress, parse_address


@pytest.mark.parametrize(
    ("typed", "ready"),
    [
        ("anna@client.example", "anna@client.example"),
        ("Anna.Bianchi+pilates@Client.Example", "Anna.Bianchi+pilates@client.example"),
        ("o'brien@client.example", "o'brien@client.example"),
        ("anna@münchen.example", "anna@xn--mnchen-3ya.example"),
        ("anna@MÜNCHEN.example", "anna@xn--mnchen-3ya.example"),
        ("anna@localhost", "anna@localhost"),
        ("anna..b.@phone.example", '"anna..b."@phone.example'),
        ('"anna bianchi"@client.example', '"anna bianchi"@client.example'),
        ("zoë@client.example", "zoë@client.example"),
    ],
)
def test_an_address_is_made_ready_for_the_envelope(typed: str, ready: str) -> None:
    assert str(parse_address(typed)) == ready


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "@client.example",
        "anna@",
        "anna@client..example",
        "anna@-client.example",
        "anna@client example",
        "anna@client.example>",
        "anna bianchi@client.example",
        "anna\r\nRCPT TO:<all@victim.example>@client.example",
        "anna\x00@client.example",
        "anna@client.example\r\nDATA",
        "anna\u2028b@client.example",
        "anna\u00a0b@client.example",
        "<anna@client.example",
        "anna,berta@client.example",
        '"anna"b"@client.example',
        "anna@☃.example\n",
        "a" * 65 + "@client.example",
        "é" * 33 + "@client.example",
        "anna@" + ".".join(["a" * 60] * 4) + ".example",
        "anna@" + "a" * 64 + ".example",
    ],
)
def test_what_no_server_could_take_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        parse_address(typed)


def test_only_a_local_part_outside_ascii_needs_smtputf8() -> None:
    assert parse_address("zoë@client.example").needs_smtputf8
    assert not parse_address("zoe@clïent.example").needs_smtputf8


@given(st.text(max_size=80))
def test_whatever_is_typed_cannot_leave_the_angle_brackets_of_the_envelope(typed: str) -> None:
    try:
        ready = str(parse_address(typed))
    except BadAddress:
        return

    outside_quotes = ready.rpartition("@")[2] + ready.split('"')[0]
    assert not set(outside_quotes) & set("<> \r\n\t\0")
    assert ready.isprintable()
