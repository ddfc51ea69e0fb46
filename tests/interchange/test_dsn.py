"""Reports of mails that came back, as servers write them and as somebody with bad intentions would."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_tui.domain.bounces import Bounce
from studio_tui.domain.errors import InvalidInput
from studio_tui.interchange.dsn import LARGEST, read_dsn

OURS = "<k.abcdefghijklmnopqrstuvwxyz@studio.example>"
POSTFIX = f"""\
From: MAILER-DAEMON@mx.studio.example (Mail Delivery System)
To: bounces@studio.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1/mx"

--B1/mx
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.studio.example
Arrival-Date: Mon,  2 Mar 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; ada@clients.example
Original-Recipient: rfc822;Ada@clients.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.clients.example
Diagnostic-Code: smtp; 550 5.1.1 <ada@clients.example>: Recipient address
    rejected: User unknown

--B1/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Date: Mon, 2 Mar 2026 10:00:00 +0000
Message-ID: {OURS}
Subject: Your link to join Yoga flow

--B1/mx--
"""


def test_a_report_tells_address_code_words_and_which_mail_it_was() -> None:
    (returned,) = read_dsn(POSTFIX.encode())
    assert (returned.address, returned.message_id, returned.final) == ("Ada@clients.example", OURS, True)
    assert str(returned.bounce) == "5.1.1 550 5.1.1 <ada@clients.example>: Recipient address rejected: User unknown"
    assert "ada" not in repr(returned).lower().replace("<ada@clients.example>", "")


def test_the_whole_mail_may_come_back_and_with_other_line_ends() -> None:
    whole = POSTFIX.replace("text/rfc822-headers", "message/rfc822").replace("\n", "\r\n")
    assert [each.message_id for each in read_dsn(whole.encode())] == [OURS]


def test_a_mail_that_the_server_still_tries_is_told_apart() -> None:
    (returned,) = read_dsn(POSTFIX.replace("failed", "delayed").replace("5.1.1\n", "4.4.1\n").encode())
    assert (returned.final, returned.bounce.code) == (False, "4.4.1")


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        ("", "no part message/delivery-status"),
        ("Subject: Hello\n\nDear studio, I am away until Monday.", "no part message/delivery-status"),
        (POSTFIX.replace("Status: 5.1.1", "Status: fine"), "no address and status"),
        (POSTFIX.replace("Action: failed", "Action: delivered"), "no address and status"),
        (POSTFIX.replace("rfc822; ada@", "").replace("rfc822;Ada@", ""), "no address and status"),
        ("x" * (LARGEST + 1), "too large"),
        ("Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 999, "too"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_a_sentence(report: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_dsn(report.encode())


def test_what_a_server_says_is_cleaned_and_cut() -> None:
    nasty = POSTFIX.replace("550 5.1.1", "550 \x1b]52;c;aGk=\x07 \u202e" + "x" * 5000)
    (returned,) = read_dsn(nasty.encode())
    assert len(returned.bounce.text) <= 200
    assert not {"\x1b", "\x07", "\u202e"} & set(returned.bounce.text)


@settings(max_examples=40)
@given(st.data())
def test_a_mangled_report_is_read_or_refused(data: st.DataObject) -> None:
    report = bytearray(POSTFIX.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(report) - 1))
        report[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    with suppress(InvalidInput):
        assert all(each.address for each in read_dsn(bytes(report)))


@pytest.mark.parametrize(
    ("code", "of_address"),
    [("5.1.1", True), ("550", True), ("5.2.1", True), ("5.4.4", True), ("5.2.2", False), ("5.2.3", False),
     ("5.7.1", False), ("5.6.0", False), ("4.1.1", False), ("452", False)],
)  # fmt: skip
def test_only_some_codes_blame_the_address(code: str, of_address: bool) -> None:
    assert Bounce.of(code, "").of_address is of_address


@pytest.mark.parametrize("code", ["", "2.0", "6.1.1", "5.1.1.1", "5.1.1\n", "hello", "550x"])
def test_a_code_that_is_none_is_refused(code: str) -> None:
    if code.strip() in ("5.1.1",):
        assert Bounce.of(code, "").code == "5.1.1"
        return
    with pytest.raises(InvalidInput, match="looks like"):
        Bounce.of(code, "")
