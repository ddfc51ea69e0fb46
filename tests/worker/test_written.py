"""Messages written by hand as they reach a server: text that stays text, and no entry in anybody's calendar."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings

from studio_tui.channels.ntfy import Ntfy
from studio_tui.domain.delivery import Channel
from studio_tui.domain.language import LANGUAGES
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words, every_words
from studio_tui.spoken.dates import interval
from studio_tui.usecases.letters.mail import MailWriter, Unverified
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.usecases.letters.written import Written
from tests.builders import HOUR
from tests.worker.support import IDENTITY
from tests.worker.test_letters import TEXTS, Reader, a_row, an_addressee, some_facts
from tests.worker.test_telling import ENGLISH, ROME, START, bodies

BODY = "Dear all,\nit is cold.\n\nSee https://studio.example/a?b=1&c=2. Or http://plain.example"


def something(subject: str = "Blankets & socks", body: str = BODY) -> Written:
    return Written(subject=subject, body=body, session=some_facts(START))


def written_mail(written: Written, words: Words = ENGLISH) -> EmailMessage:
    draft = MailWriter(IDENTITY).draft(written, words)
    mail = message_from_bytes(draft.finish(a_row(), an_addressee(email_verified=True)).payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


@pytest.mark.parametrize("words", every_words(), ids=LANGUAGES)
def test_a_mail_written_by_hand_says_what_was_typed_and_which_session_it_is_about(words: Words) -> None:
    mail = written_mail(something(), words)
    text, html = (body.replace("\r\n", "\n") for body in bodies(mail))
    assert mail["Subject"] == "Blankets & socks"
    assert text.startswith("Dear all,\nit is cold.\n\nSee https://studio.example/a?b=1&c=2. Or http://plain.example\n")
    for said in (text, Reader(html).words):
        assert interval(words.language, START, START + HOUR, ROME) in said
        assert "Yoga flow" in said
        assert "Trastevere" in said
    assert "Dear all,<br>" in html.replace("\n", "")
    assert Reader(html).links == ["https://studio.example/a?b=1&c=2"], "only what is encrypted can be clicked on"


def test_a_mail_written_by_hand_has_no_calendar_file_and_goes_to_verified_addresses_only() -> None:
    assert [part.get_content_type() for part in written_mail(something()).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    with pytest.raises(Unverified):
        MailWriter(IDENTITY).draft(something(), ENGLISH).finish(a_row(), an_addressee(email_verified=False))


@settings(max_examples=40)
@given(subject=TEXTS, body=TEXTS)
def test_hostile_words_written_by_hand_stay_text(subject: str, body: str) -> None:
    mail = written_mail(something(subject=subject, body=body))
    text, html = bodies(mail)
    read = Reader(html)
    assert mail.keys().count("To") == 1
    assert mail["Bcc"] is None
    assert all(link is not None and link.startswith("https://") for link in read.links)
    assert read.elements <= {
        "html",
        "head",
        "meta",
        "style",
        "title",
        "body",
        "div",
        "table",
        "tr",
        "td",
        "br",
        "a",
        "span",
    }
    assert " ".join(safe_display(body, keep_lines=True).split()) in " ".join(read.words.split())
    assert "\x1b" not in text + html


def test_a_push_message_written_by_hand_is_cut_to_what_the_service_takes_and_has_no_link() -> None:
    note = PushWriter(Ntfy()).draft(something(body="é" * 4000), ENGLISH)
    payload = note.finish(a_row(channel=Channel.PUSH), an_addressee()).payload
    assert len(payload) <= 4096
    said = json.loads(payload)
    assert said["title"] == "Blankets & socks"
    assert "click" not in said
    note = PushWriter(Ntfy()).draft(something(body="Hi"), ENGLISH)
    short = json.loads(note.finish(a_row(channel=Channel.PUSH), an_addressee()).payload)
    assert short["message"].startswith("Hi\n\nYoga flow, Tuesday 3 March 2026")
