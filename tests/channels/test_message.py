"""The bytes are right: our mails against the `email` parser and against what `EmailMessage` makes (G12)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.headerregistry import Address, UniqueAddressHeader
from email.message import EmailMessage, Message
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.channels.addresses import MailAddress, parse_address
from studio_tui.channels.headers import Mailbox, UnsafeHeader
from studio_tui.channels.message import CalendarPart, Letter, Skeleton, key_digest, message_id

UNSAFE = [*(chr(code) for code in range(0x20)), "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\ud800"]
NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
STUDIO = Mailbox(parse_address("desk@studio.example"), "Studio Luce")

line = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=90)
atom = st.text("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=14)
local = st.lists(atom, min_size=1, max_size=3).map(".".join)
domain = st.sampled_from(["studio.example", "münchen.example", "a.b-c.example", "παράδειγμα.example"])
address = st.builds(lambda left, right: parse_address(f"{left}@{right}"), local, domain)
mailbox = st.builds(Mailbox, address, line)
body = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
instant = st.integers(0, 4_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, timezone(timedelta(hours=2)))
)
url = st.builds(
    lambda start, token: f"{start}{token}?a=1&b=%20",
    st.sampled_from(["https://studio.example/u/", "mailto:desk@studio.example?subject=unsubscribe%20"]),
    st.text("abcDEF123._~-", min_size=1, max_size=700),
)
calendar = st.builds(CalendarPart, st.binary(max_size=300), st.sampled_from(["CANCEL", "REQUEST"]))
letter = st.builds(
    Letter,
    to=mailbox,
    message_id=st.text().map(lambda key: message_id(key, "studio.example")),
    dated_at=instant,
    text=body,
    html=body,
    unsubscribe=st.one_of(st.just(""), url),
    calendar=st.one_of(st.none(), calendar),
)
language = st.sampled_from(["it", "en-GB", "pt-BR", "de"])


def a_letter(**changes: object) -> Letter:
    fields: dict[str, object] = {
        "to": Mailbox(parse_address("anna@client.example"), "Anna Bianchi"),
        "message_id": message_id("start:1:g1:2:email", "studio.example"),
        "dated_at": NOON,
        "text": "Ciao Anna\n",
        "html": "<p>Ciao Anna</p>\n",
    }
    return Letter(**{**fields, **changes})  # type: ignore[arg-type]


def a_skeleton(subject: str = "Pilates, 10:00") -> Skeleton:
    return Skeleton(sender=STUDIO, subject=subject, language="it")


def parsed(data: bytes) -> EmailMessage:
    return message_from_string(data.decode(), policy=policy.SMTPUTF8)


def reference(skeleton: dict[str, object], one: Letter) -> EmailMessage:
    """The mail that `EmailMessage` makes of the same values."""
    made = EmailMessage(policy=policy.SMTPUTF8)
    made["Date"] = one.dated_at.astimezone(UTC)
    made["Message-ID"] = one.message_id
    made["To"] = _address(one.to)
    made["From"] = _address(cast(Mailbox, skeleton["sender"]))
    made["Subject"] = cast(str, skeleton["subject"])
    made["Auto-Submitted"] = "auto-generated"
    if one.unsubscribe:
        made["List-Unsubscribe"] = f"<{one.unsubscribe}>"
        if one.unsubscribe.startswith("https:"):
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(one.text, cte="quoted-printable")
    made.add_alternative(one.html, subtype="html", cte="quoted-printable")
    if one.calendar:
        made.add_alternative(one.calendar.data, "text", "calendar")
        made.add_attachment(one.calendar.data, "application", "ics", filename=one.calendar.file_name)
    # Last, because making parts moves every Content- header into the first of them.
    made["Content-Language"] = cast(str, skeleton["language"])
    return made


def _address(of: Mailbox) -> Address:
    return Address(of.name, of.address.local, of.address.domain)


def _payload(part: Message) -> bytes:
    """What a part holds; the lines of text end in LF here, as `EmailMessage` has them before it is sent."""
    data = cast(bytes, part.get_payload(decode=True) or b"")
    return data.replace(b"\r\n", b"\n") if part.get_content_type() in ("text/plain", "text/html") else data


def mailboxes(message: EmailMessage, field: str) -> list[tuple[str, str]]:
    header = cast(UniqueAddressHeader, message[field])
    return [(shown(one.display_name), one.addr_spec) for one in header.addresses]


def shown(name: str) -> str:
    """A name without white space: the parser drops some inside encoded words and adds some between them."""
    return re.sub(r"\s+", "", name)


def exact_name(data: bytes, field: str) -> str:
    """The name as the older parser gives it back, which has white space right."""
    value = str(message_from_bytes(data)[field])
    return str(make_header(decode_header(parseaddr(value)[0])))


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text if text.endswith(("\n", "\r")) else text + "\n")


@given(sender=mailbox, reply_to=mailbox, subject=line, tag=language, one=letter)
def test_a_mail_reads_back_as_what_was_put_in(
    sender: Mailbox, reply_to: Mailbox, subject: str, tag: str, one: Letter
) -> None:
    skeleton = Skeleton(sender=sender, subject=subject, language=tag, reply_to=reply_to)
    data = skeleton.fill(one)
    message = parsed(data)

    assert message.defects == []
    for field, given_mailbox in (("From", sender), ("Reply-To", reply_to), ("To", one.to)):
        assert mailboxes(message, field) == [(shown(given_mailbox.name), str(given_mailbox.address))]
        assert exact_name(data, field) == given_mailbox.name
    assert message["Subject"] == subject
    assert message["Content-Language"] == tag
    assert message["Message-ID"] == one.message_id
    assert message["Date"].datetime == one.dated_at
    assert message["Auto-Submitted"] == "auto-generated"
    assert (message["List-Unsubscribe"] or "") == (one.unsubscribe and f"<{one.unsubscribe}>")
    one_tap = one.unsubscribe.startswith("https:")
    assert message["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if one_tap else None)


@given(sender=mailbox, subject=line, tag=language, one=letter)
def test_a_mail_has_the_parts_that_email_message_gives_it(sender: Mailbox, subject: str, tag: str, one: Letter) -> None:
    fields: dict[str, object] = {"sender": sender, "subject": subject, "language": tag}
    ours = parsed(Skeleton(sender=sender, subject=subject, language=tag).fill(one))
    theirs = reference(fields, one)

    shape = [part.get_content_type() for part in ours.walk()]
    assert shape == [part.get_content_type() for part in theirs.walk()]
    for mine, other in zip(ours.walk(), theirs.walk(), strict=True):
        assert mine.get_content_disposition() == other.get_content_disposition()
        assert mine.get_filename() == other.get_filename()
        assert _payload(mine) == _payload(other)
    for name, value in theirs.items():
        if name in ("From", "To"):
            assert shown(str(ours[name])) == shown(str(value))
        elif name != "Content-Type":
            assert str(ours[name]) == str(value)
    assert set(ours.keys()) == set(theirs.keys())


@given(sender=mailbox, subject=line, one=letter)
def test_every_line_is_short_ends_in_crlf_and_is_ascii(sender: Mailbox, subject: str, one: Letter) -> None:
    data = Skeleton(sender=sender, subject=subject, language="it").fill(one)

    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    lines = data.split(b"\r\n")
    links = [line for line in lines if line.startswith(b"List-Unsubscribe: ")]
    assert all(len(line) <= 998 for line in links)
    assert all(len(line) <= 78 for line in lines if line not in links and b"@" not in line)
    assert all(len(line) <= 100 for line in lines if line not in links)


@given(one=letter)
def test_bodies_read_back_line_by_line(one: Letter) -> None:
    message = parsed(a_skeleton().fill(one))
    texts = [part for part in message.walk() if part.get_content_type() in ("text/plain", "text/html")]

    for part, given_text in zip(texts, (one.text, one.html), strict=True):
        assert lines_of(cast(bytes, part.get_payload(decode=True)).decode()) == lines_of(str(given_text))


@given(one=letter)
def test_the_same_letter_makes_the_same_bytes(one: Letter) -> None:
    assert a_skeleton().fill(one) == a_skeleton().fill(one)


@pytest.mark.parametrize("char", UNSAFE)
@pytest.mark.parametrize("template", ["Anna{}Bianchi", "{}", "Anna{}", "{}Bcc: all@victim.example"])
def test_a_control_character_is_refused_in_every_header(char: str, template: str) -> None:
    hostile = template.format(char)

    with pytest.raises(UnsafeHeader):
        a_skeleton().fill(a_letter(to=Mailbox(parse_address("anna@client.example"), hostile)))
    with pytest.raises(UnsafeHeader):
        Skeleton(sender=Mailbox(STUDIO.address, hostile), subject="x", language="it")
    with pytest.raises(UnsafeHeader):
        Skeleton(sender=STUDIO, subject=hostile, language="it")
    with pytest.raises(UnsafeHeader):
        Skeleton(sender=STUDIO, subject="x", language=f"it{hostile}")
    with pytest.raises(UnsafeHeader):
        a_skeleton().fill(a_letter(unsubscribe=f"https://studio.example/{hostile}"))
    with pytest.raises(UnsafeHeader):
        a_skeleton().fill(a_letter(message_id=f"<k.{hostile}@studio.example>"))


@pytest.mark.parametrize(
    "name",
    [
        'Anna" <evil@victim.example>, "',
        "Anna <evil@victim.example>",
        "evil@victim.example,",
        "a, b; c: d",
        "group: x;",
        "(comment) Anna",
        "back\\slash\\",
        '"quoted"',
        "=?utf-8?q?evil=0D=0ABcc=3A_all=40victim.example?=",
        " leading and trailing ",
        "two  spaces",
        "Zoë Łukasiewicz-Ångström " * 6,
        "👩‍👩‍👧‍👦" * 20,
        "עברית ‏ شكرا",
        "x" * 300,
    ],
)
def test_a_crafted_name_stays_a_name(name: str) -> None:
    data = a_skeleton(subject=name).fill(a_letter(to=Mailbox(parse_address("anna@client.example"), name)))
    message = parsed(data)

    assert mailboxes(message, "To") == [(shown(name), "anna@client.example")]
    assert exact_name(data, "To") == name
    assert message["Subject"] == name
    assert "Bcc" not in message


@pytest.mark.parametrize(
    "link",
    [
        "https://studio.example/a b",
        "https://studio.example/>,<mailto:all@victim.example",
        "javascript:alert(1)",
        "mailto:",
        "mailto:a@b.example>,<https://evil.example",
        "mailto:a@b.example?subject=a b",
        "https://",
        "https://studio.example/ü",
        "https://studio.example/" + "x" * 980,
    ],
)
def test_an_unsubscribe_link_that_could_leave_its_brackets_is_refused(link: str) -> None:
    with pytest.raises(UnsafeHeader):
        a_skeleton().fill(a_letter(unsubscribe=link))


def test_a_long_unsubscribe_link_is_one_line_and_not_encoded() -> None:
    link = "https://studio.example/u/" + "t" * 900
    data = a_skeleton().fill(a_letter(unsubscribe=link))

    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in data


def test_a_name_in_the_local_part_is_written_in_utf8_and_everything_else_in_ascii() -> None:
    data = a_skeleton("Übung").fill(a_letter(to=Mailbox(parse_address("zoë@münchen.example"), "Zoë")))
    message = parsed(data)

    assert mailboxes(message, "To") == [("Zoë", "zoë@xn--mnchen-3ya.example")]
    assert [line for line in data.split(b"\r\n") if not line.isascii()] == [
        "To: =?utf-8?b?Wm/Dqw==?= <zoë@xn--mnchen-3ya.example>".encode()
    ]


def test_the_calendar_file_says_its_method_and_reads_back_byte_for_byte() -> None:
    data = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    message = parsed(a_skeleton().fill(a_letter(calendar=CalendarPart(data, "REQUEST"))))

    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert part["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert part.get_payload(decode=True) == data
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "session.ics")
    assert attached.get_payload(decode=True) == data
    (bodies, _) = message.iter_parts()
    kinds = [each.get_content_type() for each in bodies.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]


def test_a_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        a_skeleton().fill(a_letter(dated_at=NOON.replace(tzinfo=None)))


def test_the_idempotency_header_is_there_only_if_the_relay_knows_one() -> None:
    knowing = Skeleton(sender=STUDIO, subject="x", language="it", idempotency_header="Resend-Idempotency-Key")

    assert parsed(knowing.fill(a_letter(idempotency="abc-1")))["Resend-Idempotency-Key"] == "abc-1"
    assert parsed(knowing.fill(a_letter(idempotency=key_digest("k"))))["Resend-Idempotency-Key"] == key_digest("k")
    assert b"abc-1" not in a_skeleton().fill(a_letter(idempotency="abc-1"))


def test_a_message_id_is_the_same_for_a_key_and_gives_nothing_of_it_away() -> None:
    one = message_id("start:17:g2:99:email", "Studio.Example")

    assert re.fullmatch(r"<k\.[a-z2-7]{26}@studio\.example>", one)
    assert one == message_id("start:17:g2:99:email", "studio.example")
    assert one != message_id("start:17:g3:99:email", "studio.example")
    assert key_digest("start:17:g2:99:email") in one


@given(address)
def test_an_address_survives_the_header(one: MailAddress) -> None:
    message = parsed(a_skeleton().fill(a_letter(to=Mailbox(one))))

    assert mailboxes(message, "To") == [("", str(one))]
