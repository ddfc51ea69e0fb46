"""Notices as they leave: what a mail reader and a phone make of them, whatever stands in names and texts (G12, C6)."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color

from studio_tui.channels.message import message_id
from studio_tui.channels.ntfy import Ntfy
from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import LANGUAGES
from studio_tui.domain.links import JoinLink
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words, every_words, words_for
from studio_tui.domain.zones import zone
from studio_tui.spoken.dates import interval
from studio_tui.storage.outbox_material import Addressee
from studio_tui.storage.outbox_turns import ClaimedRow
from studio_tui.storage.types import to_ms
from studio_tui.tui.contrast import contrast
from studio_tui.usecases.letters.mail import MailWriter, NoAddress
from studio_tui.usecases.letters.notice import Notice
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.usecases.letters.session_facts import SessionFacts
from studio_tui.usecases.letters.template_book import TemplateBook
from tests.worker.support import IDENTITY

ROME = zone("Europe/Rome")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINK = JoinLink("https://meet.example.com/room?pwd=a&b=c", "s3cret & <more>", "Wait in the lobby")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
NASTY = st.sampled_from(
    [
        "Anna\r\nBcc: all@clients.example",
        "<script>alert(1)</script>",
        '"><img src=x>',
        "\x1b]52;c;aGk=\x07",
        "=?utf-8?q?fake?=",
        "Ada {{ 7 * 7 }} {% raw %}",
        "ünï <öther@clients.example>",
        "{name} %s \u202egnp.exe",
        ".\r\n.\r\nQUIT",
    ]
)
TEXTS = st.one_of(NASTY, ANY_TEXT)


def some_facts(starts_at: datetime = START, **fields: Any) -> SessionFacts:
    defaults: dict[str, Any] = {
        "title": "Yoga flow",
        "place": "Trastevere",
        "leader": "Anna Ferri",
        "room": "Studio 2",
        "details": "Bring a mat.\nAnd <water>.",
        "zone": ROME,
    }
    return SessionFacts(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **defaults | fields)


def a_notice(link: JoinLink = LINK, **facts: Any) -> Notice:
    return Notice(session=some_facts(**facts), link=link)


def a_row(**fields: object) -> ClaimedRow:
    defaults: dict[str, object] = {
        "id": 1,
        "key": "start:1:g1:1:email",
        "channel": Channel.EMAIL,
        "session_id": 1,
        "booking_id": 1,
        "generation": 1,
        "lane": 0,
        "due_at": to_ms(START),
        "expires_at": to_ms(START) + 1,
        "attempt": 0,
        "crashes": 0,
        "message_id": None,
        "date_ms": to_ms(START),
        "recipient": None,
    }
    return ClaimedRow(**defaults | fields)  # type: ignore[arg-type]


def an_addressee(**fields: object) -> Addressee:
    defaults: dict[str, object] = {
        "booking_id": 1,
        "name": "Chiara Neri",
        "email": "chiara@clients.example",
        "push_topic": "topic-1",
        "push_channel": Channel.PUSH,
        "language": "it",
        "email_verified": False,
    }
    return Addressee(**defaults | fields)  # type: ignore[arg-type]


ENGLISH = words_for("en")


def mail_of(notice: Notice, addressee: Addressee, words: Words = ENGLISH) -> EmailMessage:
    finished = MailWriter(IDENTITY).draft(notice, words).finish(a_row(), addressee)
    mail = message_from_bytes(finished.payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert max(len(line) for line in finished.payload.split(b"\r\n")) <= 998
    return mail


def bodies(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.iter_parts()
    return text.get_content(), html.get_content()


class Reader(HTMLParser):
    """What a browser makes of a body: its words, its links, its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str | None] = []
        self.elements: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links.extend(value for name, value in attrs if name in ("href", "src"))


@given(name=TEXTS, title=TEXTS, details=TEXTS, leader=TEXTS, place=TEXTS, password=TEXTS)
def test_nothing_that_is_typed_gets_out_of_its_place(
    name: str, title: str, details: str, leader: str, place: str, password: str
) -> None:
    link = JoinLink("https://meet.example.com/room", password[:100])
    notice = a_notice(title=title, details=details, leader=leader, place=place, link=link)
    mail = mail_of(notice, an_addressee(name=name))
    text, html = bodies(mail)
    read = Reader(html)
    shown_name = " ".join(safe_display(name).split())
    assert mail.keys().count("To") == 1
    assert [address.addr_spec for address in mail["To"].addresses] == ["chiara@clients.example"]
    assert mail["Bcc"] is None
    assert shown_name in " ".join(text.split())
    assert shown_name in " ".join(read.words.split())
    assert set(read.links) == {"https://meet.example.com/room"}
    known = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "a", "br", "strong", "span"}
    assert read.elements <= known
    assert "\x1b" not in text + html
    assert "\u202e" not in text + html


@pytest.mark.parametrize("words", every_words(), ids=LANGUAGES)
def test_a_notice_says_what_a_client_needs_in_both_bodies(words: Words) -> None:
    notice = a_notice()
    mail = mail_of(notice, an_addressee(), words)
    text, html = bodies(mail)
    read = Reader(html)
    when = interval(words.language, START, START + timedelta(hours=1), ROME)
    for said in ("Yoga flow", "Trastevere", "Anna Ferri", "s3cret & <more>", "Wait in the lobby", when, "And <water>."):
        assert said in text
        assert said in read.words
    assert notice.link.url in text
    assert notice.link.url in read.links
    assert words.join in read.words
    assert mail["Content-Language"] == words.language
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Yoga flow" in mail["Subject"]


def test_every_text_is_told_from_its_background_by_day_and_by_night() -> None:
    html = bodies(mail_of(a_notice(), an_addressee()))[1]
    by_night = dict(re.findall(r"^\.(\w+) \{ (?:background-)?color: (#\w+) !important", html, re.MULTILINE))
    texts = re.findall(r'class="(\w+)[^"]*"[^>]*[";]color:(#\w+)', html)
    assert {kind for kind, _ in texts} == {"ink", "soft", "link"}
    card = re.search(r'class="card"[^>]*background-color:(#\w+)', html)
    assert card is not None
    for kind, by_day in texts:
        assert contrast(Color.parse(by_day), Color.parse(card[1])) >= 4.5
        assert contrast(Color.parse(by_night[kind]), Color.parse(by_night["card"])) >= 4.5


def test_what_a_session_does_not_have_is_not_mentioned() -> None:
    bare = a_notice(leader="", details="", link=JoinLink("https://meet.example.com/room"))
    text, html = bodies(mail_of(bare, an_addressee()))
    for label in (ENGLISH.leader + ":", ENGLISH.password, ENGLISH.note + ":", ENGLISH.details):
        assert label not in text
        assert label not in Reader(html).words


def test_dates_are_in_the_sites_zone_with_its_name_in_the_clients_language() -> None:
    end = START + timedelta(minutes=90)
    assert interval("en", START, end, ROME) == "Monday 2 March 2026, 11:00–12:30 (Europe/Rome, CET)"
    assert interval("it", START, end, ROME) == "lunedì 2 marzo 2026, 11:00–12:30 (Europe/Rome, CET)"
    assert interval("es", START, end, ROME) == "lunes, 2 de marzo de 2026, 11:00–12:30 (Europe/Rome, CET)"


def test_a_session_over_midnight_and_over_the_spring_change_says_so() -> None:
    late = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    said = interval("en", late - timedelta(hours=1), late + timedelta(hours=2), ROME)
    assert said == "Saturday 28 March 2026, 23:30 – Sunday 29 March 2026, 03:30 (Europe/Rome, CET/CEST)"


@pytest.mark.parametrize(
    ("tags", "language"),
    [(["it-CH", "en"], "it"), (["IT"], "it"), (["fr", "es"], "es"), (["fr", "de"], "en"), ([""], "en")],
)
def test_the_clients_language_is_tried_before_the_sites(tags: list[str], language: str) -> None:
    assert words_for(*tags).language == language


def test_a_message_sent_again_is_the_same_bytes_to_the_same_address() -> None:
    draft = MailWriter(IDENTITY).draft(a_notice(), ENGLISH)
    first = draft.finish(a_row(), an_addressee())
    again = a_row(crashes=1, message_id=first.message_id, recipient=first.recipient)
    assert draft.finish(again, an_addressee(email="new@clients.example")).payload == first.payload
    assert MailWriter(IDENTITY).draft(a_notice(), ENGLISH).finish(again, an_addressee()).payload == first.payload


def test_after_a_refusal_the_clients_present_address_is_used() -> None:
    draft = MailWriter(IDENTITY).draft(a_notice(), ENGLISH)
    row = a_row(attempt=1, message_id="<k.abc@studio.example>", recipient="old@clients.example")
    assert draft.finish(row, an_addressee(email="new@clients.example")).recipient == "new@clients.example"


def test_the_message_id_comes_from_the_key_alone() -> None:
    finished = MailWriter(IDENTITY).draft(a_notice(), ENGLISH).finish(a_row(), an_addressee())
    assert finished.message_id == message_id("start:1:g1:1:email", "studio.example")


@pytest.mark.parametrize("writer", [MailWriter(IDENTITY), PushWriter(Ntfy())])
def test_a_client_without_an_address_for_the_channel_is_told_apart(writer: MailWriter | PushWriter) -> None:
    with pytest.raises(NoAddress):
        writer.draft(a_notice(), ENGLISH).finish(a_row(), an_addressee(email=None, push_topic=None))


def test_a_push_message_leads_into_the_session() -> None:
    finished = PushWriter(Ntfy()).draft(a_notice(), words_for("it")).finish(a_row(channel=Channel.PUSH), an_addressee())
    note = json.loads(finished.payload)
    assert finished.recipient == "topic-1"
    assert note["click"] == "https://meet.example.com/room?pwd=a&b=c"
    assert "Yoga flow" in note["title"]
    assert "11:00" in note["message"]


def test_an_address_of_another_push_service_is_none_for_this_one() -> None:
    with pytest.raises(NoAddress):
        PushWriter(Ntfy()).draft(a_notice(), words_for("it")).finish(
            a_row(channel=Channel.PUSH), an_addressee(push_channel=Channel.GOTIFY)
        )


def test_messages_are_made_by_the_thousand_from_one_draft() -> None:
    """The order of magnitude: `EmailMessage` makes some 300 a second, and a busy machine is given a lot of slack here."""
    draft = MailWriter(IDENTITY).draft(a_notice(), ENGLISH)
    row, addressee = a_row(), an_addressee()
    began = time.process_time()
    for _ in range(1000):
        draft.finish(row, addressee)
    assert 1000 / (time.process_time() - began) > 3000


def test_a_draft_is_made_anew_when_the_studios_template_changes(tmp_path: Path) -> None:
    seconds = [0.0]
    book = TemplateBook(tmp_path, lambda: seconds[0])
    draft = MailWriter(IDENTITY, book).draft(a_notice(site="lido"), ENGLISH)
    (tmp_path / "lido").mkdir()
    (tmp_path / "lido" / "notice.txt").write_text("Dear {{ name }}: {{ url }}")

    assert b"Dear" not in draft.finish(a_row(), an_addressee()).payload
    seconds[0] += 31
    mail = message_from_bytes(draft.finish(a_row(), an_addressee()).payload, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Dear Chiara Neri: https://meet.example.com/room?pwd=a&b=c"
