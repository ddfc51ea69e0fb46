"""What clients read of their own place: confirmed, reminded of, asked about, taken back (C1, C2, C7, N10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio_tui.channels.ntfy import Ntfy
from studio_tui.domain.announcements import AnnouncementKind
from studio_tui.domain.delivery import Channel, DeliveryState
from studio_tui.domain.language import phrases
from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.message_rules import ServiceRules, SiteRules
from studio_tui.domain.messages import DeliveryKind, MessageKind
from studio_tui.domain.sessions import Session
from studio_tui.domain.wording import Words, every_words, words_for
from studio_tui.interchange.exports import ExportedSession
from studio_tui.storage.unit_of_work import Database
from studio_tui.storage.vault import Vault
from studio_tui.usecases.letters.forms import Said
from studio_tui.usecases.letters.mail import MailWriter, Unverified
from studio_tui.usecases.letters.news import News
from studio_tui.usecases.letters.place import AboutPlace, Run
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.usecases.letters.template_samples import (
    SESSION,
    URL,
    a_notice,
    about_a_place,
    some_news,
    something_written,
)
from studio_tui.usecases.letters.unsubscribing import Unsubscribing
from studio_tui.usecases.refusing import read_token
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, MINUTE, SmallStudio, a_link
from tests.doubles.calendar_reader import Asked, CalendarReader
from tests.interchange.test_ics_writer import a_session as an_entry
from tests.worker.simulation import Inbox, SimulatedWorker
from tests.worker.support import IDENTITY
from tests.worker.test_letters import Reader, a_row, an_addressee

CHIARA = "chiara@clients.example"
LINK = a_link("default")
PLACES = [DeliveryKind.BOOKED, DeliveryKind.UNBOOKED, DeliveryKind.REMINDER, DeliveryKind.ATTENDANCE]
LINKLESS = [*(about_a_place(kind) for kind in PLACES[1:]), some_news(AnnouncementKind.CANCELLED)]
OVER = an_entry(cancelled=True, conference=URL, details=URL)
NASTY = (
    "Anna\r\nBcc: all@clients.example",
    "<script>alert(1)</script>",
    '"><img src=x>',
    "\x1b]52;c;aGk=\x07",
    "Ada {{ 7 * 7 }} {% raw %}",
    "{name} %s \u202egnp.exe",
    ".\r\n.\r\nQUIT",
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
KNOWN = {"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "a", "br", "strong", "span"}
EACH_LANGUAGE = pytest.mark.parametrize("words", every_words(), ids=[words.language for words in every_words()])


def mail_of(said: Said, words: Words) -> EmailMessage:
    finished = MailWriter(IDENTITY).draft(said, words).finish(a_row(), an_addressee(email_verified=True))
    return read(finished.payload)


def read(payload: bytes) -> EmailMessage:
    mail = message_from_bytes(payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def bodies(mail: EmailMessage) -> tuple[str, str]:
    """The text, and the words of the HTML."""
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return text.get_content(), Reader(html.get_content().partition("<body")[2]).words


def all_of(mail: EmailMessage) -> bytes:
    """Every part as it is read, calendar files unfolded."""
    parts = [part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart()]
    return b"".join(part.replace(b"\r\n ", b"") for part in parts if isinstance(part, bytes))


@EACH_LANGUAGE
@pytest.mark.parametrize("kind", PLACES)
def test_every_kind_says_what_a_client_needs_in_both_bodies(kind: DeliveryKind, words: Words) -> None:
    said = about_a_place(kind)
    mail = mail_of(said, words)
    texts = bodies(mail)
    assert "Yoga & Breath" in mail["Subject"]
    assert mail["Content-Language"] == words.language
    for text in texts:
        assert "Chiara Neri" in text
        assert "18:00–19:00 (Europe/Rome, CET)" in text
        assert "Studio Aurora" in text
        assert ("Anna Bianchi" in text) is (kind is not DeliveryKind.UNBOOKED)
        assert ("06:00" in text) is (kind is DeliveryKind.ATTENDANCE), "the limit of free cancellation"
        assert ("17:00" in text) is (kind is DeliveryKind.REMINDER), "when the link comes"
        assert ("lotus-42" in text) is (kind is DeliveryKind.BOOKED)
        assert "{" not in text


@EACH_LANGUAGE
@pytest.mark.parametrize("kind", PLACES)
def test_a_session_in_person_tells_where_and_nothing_of_links(kind: DeliveryKind, words: Words) -> None:
    online = about_a_place(kind)
    said = replace(online, session=replace(SESSION, online=False), link=None, link_follows=False)
    mail = mail_of(said, words)
    for text in bodies(mail):
        assert ("Large hall" in text) is (kind is not DeliveryKind.UNBOOKED)
        assert "Studio Aurora" in text
        assert not {"link", "enlace"} & set(text.lower().replace(":", " ").replace(".", " ").split())
    assert b"http" not in all_of(mail).replace(b"http-equiv", b"")
    note = PushWriter(Ntfy()).draft(said, words).finish(a_row(channel=Channel.PUSH), an_addressee())
    assert (b"Large hall" in note.payload) is (kind is not DeliveryKind.UNBOOKED)


@EACH_LANGUAGE
@pytest.mark.parametrize("said", LINKLESS, ids=lambda said: str(said.kind))
@pytest.mark.parametrize("entry", [None, OVER], ids=["", "with calendar"])
def test_C7_no_address_of_the_session_stands_anywhere_in_it(
    said: News | AboutPlace, entry: ExportedSession | None, words: Words
) -> None:
    told = replace(said, session=replace(said.session, entry=entry))
    mail = mail_of(told, words)
    assert b"https:" not in all_of(mail)
    assert (b"METHOD:CANCEL" in all_of(mail)) is (entry is not None)
    note = PushWriter(Ntfy()).draft(told, words).finish(a_row(channel=Channel.PUSH), an_addressee())
    assert b"https:" not in note.payload


@EACH_LANGUAGE
def test_a_place_in_a_whole_course_names_it_and_how_many_sessions_there_are(words: Words) -> None:
    place = about_a_place(DeliveryKind.BOOKED)
    said = replace(place, run=Run("Yoga, spring", 8))
    mail = mail_of(said, words)
    assert "Yoga, spring" in mail["Subject"]
    for text in bodies(mail):
        assert "Yoga, spring" in text
        assert "8" in text
        assert "18:00–19:00" in text


@settings(max_examples=40)
@given(title=TEXTS, room=TEXTS, details=TEXTS, leader=TEXTS, place=TEXTS, name=TEXTS, password=TEXTS)
@example(*NASTY[:7])
def test_nothing_that_is_typed_gets_out_of_its_place(
    title: str, room: str, details: str, leader: str, place: str, name: str, password: str
) -> None:
    typed: dict[str, Any] = {"title": title, "room": room, "details": details, "leader": leader, "place": place}
    for kind in PLACES:
        link = JoinLink(url=URL, password=password[:100]) if kind is DeliveryKind.BOOKED else None
        told = replace(about_a_place(kind, replace(SESSION, **typed, online=False)), link=link, run=Run(title, 3))
        draft = MailWriter(IDENTITY).draft(told, words_for("en"))
        mail = read(draft.finish(a_row(), an_addressee(name=name, email_verified=True)).payload)
        assert mail.keys().count("To") == mail.keys().count("Subject") == 1
        assert mail["Bcc"] is None
        html = mail.get_body(("html",))
        assert html is not None
        seen = Reader(html.get_content())
        assert set(seen.links) <= ({URL} if link else set())
        assert seen.elements <= KNOWN
        assert not {"\x1b", "\u202e"} & set("".join(bodies(mail)))
        PushWriter(Ntfy()).draft(told, words_for("it")).finish(a_row(channel=Channel.PUSH), an_addressee())


@EACH_LANGUAGE
def test_L8_another_link_is_told_as_one(words: Words) -> None:
    notice = a_notice()
    told = replace(notice, changed=True)
    assert mail_of(told, words)["Subject"] != mail_of(notice, words)["Subject"]
    assert URL in bodies(mail_of(told, words))[0]


@pytest.mark.parametrize("kind", PLACES)
def test_N3_only_links_go_to_addresses_that_nobody_verified(kind: DeliveryKind) -> None:
    draft = MailWriter(IDENTITY).draft(about_a_place(kind), words_for("en"))
    with pytest.raises(Unverified):
        draft.finish(a_row(), an_addressee(email_verified=False))


def test_answers_go_where_the_site_says_and_a_sender_without_a_name_has_the_sites() -> None:
    said = about_a_place(DeliveryKind.ATTENDANCE, replace(SESSION, reply_to="desk@aurora.example"))
    mail = mail_of(said, words_for("en"))
    assert mail["Reply-To"] == "desk@aurora.example"
    sender = replace(IDENTITY.sender, name="")
    unnamed = MailWriter(replace(IDENTITY, sender=sender))
    payload = unnamed.draft(said, words_for("en")).finish(a_row(), an_addressee(email_verified=True)).payload
    assert b"\r\nFrom: Studio Aurora <studio@studio.example>\r\n" in payload


@pytest.mark.parametrize("url", [None, "https://studio.example/no/{token}"], ids=["by mail", "with one tap"])
def test_what_a_client_can_refuse_says_how_with_a_token_that_counts(tmp_path: Path, url: str | None) -> None:
    vault = Vault(tmp_path / "key")
    writer = MailWriter(IDENTITY, unsubscribing=Unsubscribing(vault, url))
    place = about_a_place(DeliveryKind.REMINDER, replace(SESSION, reply_to="desk+a@aurora.example"))
    refusable: dict[MessageKind, Said] = {
        MessageKind.REMINDER: place,
        MessageKind.ATTENDANCE: replace(place, kind=DeliveryKind.ATTENDANCE),
        MessageKind.WRITTEN: something_written(),
    }
    for kind, said in refusable.items():
        payload = writer.draft(said, words_for("en")).finish(a_row(), an_addressee(email_verified=True, client_id=7))
        mail = read(payload.payload)
        start = "mailto:desk%2Ba@aurora.example?subject=unsubscribe%20" if url is None else "https://studio.example/no/"
        if kind is MessageKind.WRITTEN and url is None:
            start = "mailto:studio@studio.example?subject=unsubscribe%20"
        header = str(mail["List-Unsubscribe"])
        assert header.startswith(f"<{start}")
        assert read_token(vault, header.removeprefix(f"<{start}").rstrip(">")) == (7, kind)
        assert mail["List-Unsubscribe-Post"] == (None if url is None else "List-Unsubscribe=One-Click")
        address = header.strip("<>")
        text, html = bodies(mail)[0], mail.get_body(("html",))
        assert html is not None
        assert f'href="{escape(address)}"' in html.get_content()
        assert (address in text) is (url is not None)
        assert "no more mails like this" in text
    for said in (about_a_place(DeliveryKind.BOOKED), about_a_place(DeliveryKind.UNBOOKED), a_notice()):
        payload = writer.draft(said, words_for("en")).finish(a_row(), an_addressee(email_verified=True))
        mail = read(payload.payload)
        assert mail["List-Unsubscribe"] is None
        assert not any("no more mails" in body for body in bodies(mail))


@EACH_LANGUAGE
@pytest.mark.parametrize("kind", [DeliveryKind.REMINDER, DeliveryKind.ATTENDANCE])
def test_a_mail_without_an_address_for_refusals_says_to_answer(kind: DeliveryKind, words: Words) -> None:
    said = phrases(words.language).gettext("If you want no more mails like this, just reply to this mail.")
    payload = MailWriter(IDENTITY).draft(about_a_place(kind), words).finish(a_row(), an_addressee(email_verified=True))

    assert all(said in " ".join(body.split()) for body in bodies(read(payload.payload)))


class Story:
    """A client, and what reaches her mailbox of a studio that sends every kind of message."""

    def __init__(self, database: Database) -> None:
        self.studio = studio = SmallStudio(database)
        studio.switch_messages()
        studio.connect()
        self.chiara = studio.client("Chiara Neri", email=CHIARA, email_verified=True, language="en")
        self.inbox = Inbox()
        self.worker = SimulatedWorker(database, studio.resources.vault, studio.clock, self.inbox, WorkerOptions())
        self.reader = CalendarReader(CHIARA)

    def arrives(self) -> list[EmailMessage]:
        seen = len(self.inbox.taken)
        for _ in range(3):
            self.worker.work()
            self.studio.clock.advance(MINUTE / 3)
        return [read(payload) for _, payload in self.inbox.taken[seen:]]

    def reads(self) -> list[Asked]:
        """What the reader's calendar is told by what arrives now."""
        seen = len(self.inbox.taken)
        self.arrives()
        return [self.reader.take(payload) for _, payload in self.inbox.taken[seen:]]

    def hides_links(self) -> None:
        site = self.studio.catalogue.site("trastevere")
        rules = replace(SiteRules.of(site), hide_links_in_mails=True)
        self.studio.studio.messages.set_rules(self.studio.owner, site.id, rules)

    def kinds(self, session: Session) -> Sequence[tuple[DeliveryKind, DeliveryState]]:
        return [(each.kind, each.state) for each in self.studio.deliveries(session)]


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_C1_a_booking_is_confirmed_with_the_link_which_counts_as_told(story: Story) -> None:
    session = story.studio.session(starts_at=story.studio.clock() + 48 * HOUR)
    story.studio.book(session, story.chiara)
    [mail] = story.arrives()
    assert mail["Subject"] == "Booking confirmed: Yoga flow"
    assert LINK.url in bodies(mail)[0]
    delivery = next(each for each in story.studio.deliveries(session) if each.kind is DeliveryKind.BOOKED)
    assert (delivery.state, delivery.link_digest) == (DeliveryState.SENT, link_digest(LINK))


def test_C2_a_site_can_hide_the_link_in_confirmations_but_not_in_the_notice(story: Story) -> None:
    story.hides_links()
    session = story.studio.session(starts_at=story.studio.clock() + 2 * HOUR)
    story.studio.book(session, story.chiara)
    [mail] = story.arrives()
    assert b"https:" not in all_of(mail)
    assert "comes in a separate message: Monday 2 March 2026" in bodies(mail)[0]
    assert all(each.link_digest is None for each in story.studio.deliveries(session))
    story.studio.clock.set(session.starts_at)
    [notice] = story.arrives()
    assert LINK.url in bodies(notice)[0]


def test_C1_who_books_after_the_notices_time_is_not_told_of_a_time_that_has_passed(story: Story) -> None:
    story.hides_links()
    session = story.studio.session(starts_at=story.studio.clock() + HOUR)
    story.studio.clock.set(session.starts_at + MINUTE)
    story.studio.book(session, story.chiara)
    mails = story.arrives()
    [booked] = [mail for mail in mails if mail["Subject"].startswith("Booking")]
    assert "Your link to join comes in a separate message." in bodies(booked)[0]


def test_an_enrolment_is_confirmed_once_with_its_course(story: Story) -> None:
    now = story.studio.clock()
    course, sessions = story.studio.course([now + timedelta(days=each) for each in (2, 9, 16)])
    story.studio.booking.enrol(story.studio.owner, course.id, story.chiara.id)
    [mail] = story.arrives()
    assert mail["Subject"] == "Enrolment confirmed: Spring run"
    assert "Sessions: 3" in bodies(mail)[0]
    assert [kind for kind, _ in story.kinds(sessions[0])].count(DeliveryKind.BOOKED) == 1


def test_C7_who_is_taken_out_and_booked_again_has_the_session_in_the_calendar_again(story: Story) -> None:
    session = story.studio.session(starts_at=story.studio.clock() + 48 * HOUR)
    said = []
    for _round in range(2):
        booking = story.studio.book(session, story.chiara)
        [booked] = story.reads()
        assert story.reader.shown == [(session.starts_at, LINK.url)]
        story.studio.booking.cancel(story.studio.owner, booking.id)
        [unbooked] = story.reads()
        assert story.reader.shown == []
        said += [booked, unbooked]
    assert [each.method for each in said] == ["REQUEST", "CANCEL"] * 2
    assert len({each.uid for each in said}) == 1
    sequences = [each.sequence for each in said]
    assert sequences == sorted(set(sequences)), "each rises above the one before"
    assert all(b"https:" not in each.data.replace(b"\r\n ", b"") for each in said[1::2])


@pytest.mark.parametrize("in_person", [False, True], ids=["online", "in person"])
def test_N10_reminder_and_question_go_out_at_their_times(story: Story, in_person: bool) -> None:
    studio = story.studio
    service = studio.pilates if in_person else studio.yoga
    studio.studio.messages.set_service_rules(
        studio.owner, service.id, ServiceRules(reminder_lead=None, free_cancellation=12 * HOUR)
    )
    session = studio.session(service, starts_at=studio.clock() + 72 * HOUR, room="Large hall")
    studio.book(session, story.chiara)
    story.arrives()
    studio.clock.set(session.starts_at - 24 * HOUR)
    [reminder] = story.arrives()
    studio.clock.set(session.starts_at - 13.5 * HOUR)
    [question] = story.arrives()
    assert reminder["Subject"] == f"Reminder: {service.name}"
    assert question["Subject"] == f"Are you coming? {service.name}"
    for mail in (reminder, question):
        assert b"https:" not in all_of(mail)
        assert b"BEGIN:VCALENDAR" not in all_of(mail)
        assert ("Large hall" in bodies(mail)[0]) is in_person
    assert "free of charge until" in bodies(question)[0]


def test_L8_who_holds_the_link_of_a_confirmation_holds_an_old_one_when_it_changes(story: Story) -> None:
    studio = story.studio
    session = studio.session(starts_at=studio.clock() + 48 * HOUR)
    studio.book(session, story.chiara)
    story.arrives()
    studio.connect(room="other")
    [holder] = studio.studio.old_links.holders(studio.owner, studio.rome.id)
    assert (holder.session_id, holder.client) == (session.id, "Chiara Neri")
    studio.studio.old_links.correct(studio.owner, studio.rome.id)
    [told] = story.arrives()
    assert told["Subject"] == "Your new link to join Yoga flow"
    assert a_link("other").url in bodies(told)[0]
    assert studio.studio.old_links.holders(studio.owner, studio.rome.id) == []


def test_a_time_and_its_end_stay_on_one_line_of_a_narrow_screen() -> None:
    html = mail_of(about_a_place(DeliveryKind.REMINDER), words_for("en")).get_body(("html",))

    assert html is not None
    said = html.get_content()
    assert '<span style="white-space:nowrap">18:00–19:00</span> (Europe/Rome, CET)</td>' in said
    assert "\u2060" not in said
