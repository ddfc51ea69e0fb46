"""News of changed sessions as they reach a server: whatever is moved, cancelled, told, sent or lost in whichever order."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from icalendar import Calendar

from studio_tui.channels.ntfy import Ntfy
from studio_tui.domain.announcements import CHANGES, AnnouncementKind, news_of
from studio_tui.domain.delivery import Channel, DeliveryState, HeldReason
from studio_tui.domain.language import LANGUAGES
from studio_tui.domain.sessions import Session, SessionStatus
from studio_tui.domain.text import safe_display
from studio_tui.domain.wording import Words, every_words, words_for
from studio_tui.domain.zones import to_wall, zone
from studio_tui.spoken.dates import interval, start
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.letters.mail import MailWriter, Unverified
from studio_tui.usecases.letters.news import News
from studio_tui.usecases.letters.push import PushWriter
from studio_tui.worker.options import WorkerOptions
from tests.builders import HOUR, MINUTE, NOW, SmallStudio
from tests.engines import migrate
from tests.usecases.test_permissions import edit_of
from tests.worker.simulation import Inbox, SimulatedWorker
from tests.worker.support import IDENTITY
from tests.worker.test_letters import TEXTS, Reader, a_row, an_addressee, some_facts

ROME = zone("Europe/Rome")
START = datetime(2026, 3, 3, 10, tzinfo=UTC)
CORRECTED = AnnouncementKind.CORRECTED


def some_news(kind: AnnouncementKind = AnnouncementKind.MOVED, **facts: Any) -> News:
    return News(kind=kind, session=some_facts(START, **facts), was_at=START - HOUR)


ENGLISH = words_for("en")


def mail_of(news: News, words: Words = ENGLISH, name: str = "Chiara Neri") -> EmailMessage:
    finished = MailWriter(IDENTITY).draft(news, words).finish(a_row(), an_addressee(name=name, email_verified=True))
    mail = message_from_bytes(finished.payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def bodies(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.iter_parts()
    return text.get_content(), html.get_content()


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("words", every_words(), ids=LANGUAGES)
def test_a_mail_says_what_became_of_the_session_in_both_bodies(kind: AnnouncementKind, words: Words) -> None:
    news = some_news(kind)
    mail = mail_of(news, words)
    text, html = bodies(mail)
    over = kind is AnnouncementKind.CANCELLED
    for said in (text, Reader(html).words):
        assert interval(words.language, START, START + HOUR, ROME) in said
        assert (start(words.language, START - HOUR, ROME) in said) is not over
        assert ("Anna Ferri" in said) is not over
        assert "Trastevere" in said
        assert "Chiara Neri" in said
    assert "Yoga flow" in mail["Subject"]
    assert mail["Content-Language"] == words.language
    assert Reader(html).links == [], "news carry no join link (SPEC C7)"
    assert "http" not in text


def test_every_kind_has_its_own_words_in_every_language() -> None:
    subjects = {mail_of(some_news(kind), words)["Subject"] for kind in CHANGES for words in every_words()}
    assert len(subjects) == len(CHANGES) * len(LANGUAGES)


@given(title=TEXTS, place=TEXTS, leader=TEXTS, room=TEXTS, name=TEXTS)
@settings(max_examples=60)
def test_nothing_that_is_typed_gets_out_of_its_place(title: str, place: str, leader: str, room: str, name: str) -> None:
    mail = mail_of(some_news(title=title, place=place, leader=leader, room=room), name=name)
    text, html = bodies(mail)
    read = Reader(html)
    assert mail.keys().count("To") == 1
    assert mail["Bcc"] is None
    assert read.links == []
    assert read.elements <= {"html", "head", "meta", "style", "title", "body", "div", "table", "tr", "td", "br", "span"}
    for said in (title, place, leader, room, name):
        assert " ".join(safe_display(said).split()) in " ".join(read.words.split())
    assert "\x1b" not in text + html
    note = PushWriter(Ntfy()).draft(some_news(title=title, place=place, leader=leader, room=room), ENGLISH)
    payload = note.finish(a_row(channel=Channel.PUSH), an_addressee(name=name)).payload
    assert len(payload) <= 4096
    assert "click" not in json.loads(payload)


def test_a_push_note_says_both_times() -> None:
    note = PushWriter(Ntfy()).draft(some_news(), ENGLISH)
    said = json.loads(note.finish(a_row(channel=Channel.PUSH), an_addressee()).payload)
    assert said["title"] == "New time: Yoga flow"
    assert "Before: Tuesday 3 March 2026, 10:00 (Europe/Rome, CET)" in said["message"]
    assert "Now: Tuesday 3 March 2026, 11:00–12:00 (Europe/Rome, CET)" in said["message"]


def test_a_mail_puts_the_session_into_the_readers_calendar_under_the_same_name(database: Database) -> None:
    studio = SmallStudio(database)
    studio.connect()
    session = studio.session(starts_at=NOW + timedelta(days=1), details="https://meet.example.com/x")
    studio.book(session, studio.client("Chiara Neri", email_verified=True))
    inbox = Inbox()
    worker = SimulatedWorker(database, studio.resources.vault, studio.clock, inbox, WorkerOptions())
    studio.scheduling.move(studio.desk, session.id, session.starts_at + HOUR, version=None)
    tell(studio, session)
    worker.work()
    moved = studio.read(session)
    studio.clock.advance(MINUTE)
    studio.scheduling.cancel(studio.desk, session.id, version=None)
    tell(studio, moved)
    worker.work()
    said = []
    for _, payload in inbox.taken:
        mail = message_from_bytes(payload, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        calendar: Any = Calendar.from_ical(part.get_content())
        [event] = calendar.walk("VEVENT")
        assert part.get_param("method") == calendar["METHOD"]
        assert calendar["METHOD"] == {"CONFIRMED": "REQUEST", "CANCELLED": "CANCEL"}[str(event["STATUS"])]
        assert "CONFERENCE" not in event
        assert "URL" not in event
        everything = "".join(str(each.get_content()) for each in mail.walk() if not each.is_multipart())
        assert ("meet.example.com" in everything) is (event["STATUS"] == "CONFIRMED"), "no link of a cancelled one (C7)"
        assert str(event["ORGANIZER"]) == "mailto:studio@studio.example"
        said.append((str(event["UID"]), event["SEQUENCE"], str(event["STATUS"]), event["DTSTART"].dt))
    uid = f"session-{session.id}.trastevere@studio-tui"
    start = session.starts_at + HOUR
    assert said == [(uid, 1, "CONFIRMED", start), (uid, 2, "CANCELLED", start)]


def test_a_mail_of_news_needs_a_verified_address() -> None:
    draft = MailWriter(IDENTITY).draft(some_news(), ENGLISH)
    with pytest.raises(Unverified):
        draft.finish(a_row(), an_addressee(email_verified=False))


def test_an_address_that_lost_its_verification_holds_the_mail_until_it_has_it_again(database: Database) -> None:
    studio = SmallStudio(database)
    session = studio.session(starts_at=NOW + timedelta(days=1))
    client = studio.client("Chiara Neri", email_verified=True)
    studio.book(session, client)
    studio.scheduling.move(studio.desk, session.id, session.starts_at + HOUR, version=None)
    tell(studio, session)
    set_verified(studio, client.id, verified=False)
    inbox = Inbox()
    worker = SimulatedWorker(database, studio.resources.vault, studio.clock, inbox, WorkerOptions())
    worker.work()
    [row] = studio.deliveries(session)[-1:]
    assert (row.state, row.reason, inbox.taken) == (DeliveryState.HELD, HeldReason.UNVERIFIED, [])
    set_verified(studio, client.id, verified=True)
    studio.clock.advance(MINUTE)
    worker.work()
    assert len(inbox.taken) == 1


def test_what_was_made_before_the_session_moved_on_is_made_anew_before_it_leaves(database: Database) -> None:
    studio = SmallStudio(database)
    session = studio.session(studio.pilates, starts_at=NOW + timedelta(days=1))
    studio.book(session, studio.client("Chiara Neri", email_verified=True, language="en"))
    studio.scheduling.edit(studio.desk, session.id, edit_of(session, room="Attic"), version=None)
    tell(studio, session)
    inbox = Inbox()
    worker = SimulatedWorker(database, studio.resources.vault, studio.clock, inbox, WorkerOptions())
    for _ in range(3):
        worker.turn()
    assert worker.queue, "it is made, and waits to go out"

    moved = studio.scheduling.move(studio.desk, session.id, session.starts_at + HOUR, version=None)
    worker.work()
    studio.clock.advance(MINUTE)
    worker.work()

    [(_key, payload)] = inbox.taken
    text = message_from_bytes(payload, policy=policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"{to_wall(studio.read(session).starts_at, ROME):%H:%M}" in text
    assert moved is not None


def set_verified(studio: SmallStudio, client_id: int, *, verified: bool) -> None:
    from sqlalchemy import update

    from studio_tui.storage.schema import client

    with studio.database.writing() as unit:
        unit.db.execute(update(client).where(client.c.id == client_id).values(email_verified=verified))


def tell(studio: SmallStudio, before: Session, *, correct: bool = False) -> None:
    """Tell the clients what became of the session since `before`, as the screens do."""
    news = news_of(before, studio.read(before))
    if news is not None:
        kind, change = news
        kind = CORRECTED if correct and studio.read(before).status is SessionStatus.ACTIVE else kind
        studio.announcing.announce(studio.desk, kind, [change])


class Rewound:
    """A studio with a session of three clients tomorrow, brought back to its first state for each example."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="studio-telling-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder / 'studio.db'}"
        migrate(url)
        self.database = Database(url)
        studio = SmallStudio(self.database)
        session = studio.session(studio.pilates, starts_at=NOW + timedelta(days=1))
        for number in range(3):
            studio.book(session, studio.client(f"Client{number}", email_verified=True, language="en"))
        self.line = sqlite3.connect(folder / "studio.db")
        self._first = sqlite3.connect(":memory:")
        self.line.backup(self._first)

    def rewind(self) -> None:
        self._first.backup(self.line)


rewound = cache(Rewound)


class Story(RuleBasedStateMachine):
    """The desk moves, cancels, brings back and undoes, tells or does not; clients come and go; a worker sends or fails."""

    @initialize()
    def open_studio(self) -> None:
        rewound().rewind()
        self.studio = SmallStudio(rewound().database)
        with self.studio.database.reading() as unit:
            self.session = unit.sessions.get(unit.sessions.upcoming_ids(NOW)[0])
        self.inbox = Inbox()
        vault = self.studio.resources.vault
        self.worker = SimulatedWorker(rewound().database, vault, self.studio.clock, self.inbox, WorkerOptions())
        self.seen = 0
        self.told_last = True
        self.believed: dict[int, tuple[datetime, bool]] = {}
        self.newest: dict[int, int] = {}
        self.at_intent: dict[str, tuple[Session, set[int]]] = {}

    @property
    def now(self) -> Session:
        return self.studio.read(self.session)

    @rule(hours=st.sampled_from([-2, -1, 1, 2]), told=st.booleans(), correct=st.booleans())
    def move(self, hours: int, told: bool, correct: bool) -> None:
        before = self.now
        if before.status is SessionStatus.CANCELLED:
            return
        self.studio.scheduling.move(self.studio.desk, before.id, before.starts_at + hours * HOUR, version=None)
        self._tell(before, told=told, correct=correct)

    @rule(told=st.booleans())
    def cancel_or_bring_back(self, told: bool) -> None:
        before = self.now
        active = before.status is SessionStatus.ACTIVE
        scheduling = self.studio.scheduling
        if active:
            scheduling.cancel(self.studio.desk, before.id, version=None)
        else:
            scheduling.restore(self.studio.desk, before.id, version=None)
        self._tell(before, told=told)

    @rule(told=st.booleans(), name=st.sampled_from(["Attic", "Cellar", "Hall"]))
    def change_room(self, told: bool, name: str) -> None:
        before = self.now
        if before.status is SessionStatus.CANCELLED:
            return
        self.studio.scheduling.edit(self.studio.desk, before.id, edit_of(before, room=name), version=None)
        self._tell(before, told=told)

    @rule(number=st.integers(0, 2))
    def give_place_back_or_take_it(self, number: int) -> None:
        with self.studio.database.reading() as unit:
            booking = unit.bookings.of_session(self.session.id)[number]
        self.believed.pop(booking.id, None)
        self.newest.pop(booking.id, None)
        if booking.active:
            self.studio.booking.cancel(self.studio.desk, booking.id)
        elif self.now.status is SessionStatus.ACTIVE:
            self.studio.booking.book(self.studio.desk, self.session.id, booking.client_id)
        self.studio.clock.advance(MINUTE)

    @rule()
    def send_everything(self) -> None:
        self.worker.work()
        self.studio.clock.advance(MINUTE)

    @rule()
    def send_as_far_as_the_dot(self) -> None:
        """Messages pass the point of no return; what the server says comes later, or never."""
        for _ in range(3):
            self.worker.turn()
            while self.worker.queue:
                self.worker.take()
        for parcel in self.worker.granted.values():
            self.at_intent.setdefault(parcel.key, (self.now, self._places()))

    @rule()
    def lose_the_connection(self) -> None:
        from studio_tui.domain.outcomes import Deferred

        for row_id in sorted(self.worker.granted):
            self.at_intent.pop(self.worker.granted[row_id].key, None)
            self.worker.give_up(row_id, Deferred(451, "try later"))
        self.worker.work_off_turns()
        self.studio.clock.advance(10 * MINUTE)

    @invariant()
    def what_left_was_so_at_the_point_of_no_return(self) -> None:
        taken = self.inbox.taken[self.seen :]
        self.seen = len(self.inbox.taken)
        for key, payload in taken:
            marked = self.at_intent.pop(key, None)
            session, places = (self.now, self._places()) if marked is None else marked
            mail = message_from_bytes(payload, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            body = mail.get_body(("plain",))
            assert body is not None
            assert self.inbox.count(key) == 1, "nobody is told the same thing twice"
            what, announcement_id, booking_id = key.split(":")[0], *map(int, key.split(":")[1:3])
            assert what == "tell"
            cancelled = "Cancelled:" in mail["Subject"]
            assert cancelled is (session.status is SessionStatus.CANCELLED)
            said = re.findall(r"(?:Now|When): \w+ \d+ \w+ \d+, (\d\d:\d\d)", body.get_content())
            assert said == [f"{to_wall(session.starts_at, ROME):%H:%M}"]
            assert booking_id in places, "whoever gave the place back hears nothing"
            if booking_id not in self._places():  # it was on its way when the place was given back
                continue
            if announcement_id >= self.newest.get(booking_id, 0):  # news that was long on its way is older news
                self.newest[booking_id] = announcement_id
                self.believed[booking_id] = session.starts_at, cancelled

    def _places(self) -> set[int]:
        with self.studio.database.reading() as unit:
            return set(unit.bookings.places([self.session.id]))

    @invariant()
    def the_outbox_agrees_with_what_is_so(self) -> None:
        assert self.studio.notifying.reconcile(repair=False).differing == ()

    def teardown(self) -> None:
        """In the end everybody with a place who was told of the last change believes what is so."""
        if not hasattr(self, "studio"):
            return
        self.lose_the_connection()
        self.send_everything()
        self.what_left_was_so_at_the_point_of_no_return()
        if self.told_last:
            # At which time a session is cancelled is nothing to whoever knows that it is.
            over = self.now.status is SessionStatus.CANCELLED
            truth = None if over else self.now.starts_at
            believed = [None if cancelled else starts_at for starts_at, cancelled in self.believed.values()]
            assert all(each == truth for each in believed), "the newest that was told is so"
        waiting = [row for row in self.studio.deliveries(self.session) if row.state.waiting]
        assert waiting == []

    def _tell(self, before: Session, *, told: bool, correct: bool = False) -> None:
        if news_of(before, self.now) is not None:
            self.told_last = told
        if told:
            tell(self.studio, before, correct=correct)
        self.studio.clock.advance(MINUTE)


TestAnyStory = Story.TestCase
TestAnyStory.settings = settings(
    max_examples=15,
    stateful_step_count=18,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
