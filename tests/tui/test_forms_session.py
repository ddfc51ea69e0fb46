from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from studio_tui.domain.agenda import SessionDetail
from studio_tui.domain.people import Role
from studio_tui.domain.services import Mode, ServiceKind
from studio_tui.domain.sessions import Origin, SessionId
from studio_tui.tui.app import StudioApp
from studio_tui.tui.screens.session_form import SessionForm
from studio_tui.usecases.catalogue import ServiceDraft
from studio_tui.usecases.scheduling import SessionEdit
from tests.tui.aurora import Aurora
from tests.tui.meditation import busy, meditation, toasts
from tests.tui.settling import in_dialog, press, settled, write


class Opened:
    """A form on the screen, and what it answered."""

    def __init__(self, pilot: Pilot[None], form: SessionForm) -> None:
        self.pilot = pilot
        self.form = form
        self.answers: list[SessionId | None] = []

    async def fill(self, **values: Any) -> None:
        """Put texts and values into rows."""
        for key, value in values.items():
            self.form.row(key).value = value
        await settled(self.pilot)

    async def save(self) -> None:
        await press(self.pilot, "ctrl+s")


@asynccontextmanager
async def form_of(
    aurora: Aurora, session_id: SessionId | None = None, starts_at: datetime | None = None, **options: Any
) -> AsyncIterator[Opened]:
    async with aurora.app(**options).run_test(size=(80, 30)) as pilot:
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, StudioApp)
        opened = Opened(pilot, SessionForm(app.desk, session_id=session_id, starts_at=starts_at))
        app.push_screen(opened.form, opened.answers.append)
        await settled(pilot)
        yield opened


def made(aurora: Aurora, opened: Opened) -> SessionDetail:
    (session_id,) = opened.answers
    assert session_id is not None
    return aurora.calendar.detail(session_id)


async def test_a_new_session_begins_at_the_cursor_as_its_service_says(aurora: Aurora) -> None:
    service = aurora.named("Yin")

    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=service)
        await opened.save()

    session = made(aurora, opened).session
    assert session.starts_at == aurora.at(5, "14:00")
    assert session.length == service.duration
    assert session.capacity == service.capacity
    assert session.origin is Origin.OCCASIONAL
    assert session.staff_id is None


async def test_every_field_of_a_new_session_is_saved(aurora: Aurora) -> None:
    service = aurora.named("Yin")

    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=service)
        await opened.fill(
            date="sun",
            time="1830",
            length="1:15",
            staff_id=aurora.teacher.id,
            room="Studio 9",
            title="Candlelight",
            capacity="4",
            scheduled=True,
            details="Bring a candle.",
        )
        await opened.save()

    detail = made(aurora, opened)
    session = detail.session
    assert (session.starts_at, session.ends_at) == (aurora.at(6, "18:30"), aurora.at(6, "19:45"))
    assert (session.staff_id, session.room, session.title) == (aurora.teacher.id, "Studio 9", "Candlelight")
    assert (session.capacity, session.origin, session.details) == (4, Origin.SCHEDULED, "Bring a candle.")


async def test_choosing_a_service_brings_its_length_and_places_unless_somebody_typed_others(aurora: Aurora) -> None:
    short = aurora.service("Zzz", duration=timedelta(minutes=20), capacity=3)

    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(capacity="7")
        await opened.fill(service=short)

        assert opened.form.text("length") == "20"
        assert opened.form.text("capacity") == "7"


async def test_m2_a_new_session_can_have_a_mode_of_its_own_where_its_service_lets_it(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=aurora.pilates, mode=Mode.ONLINE)
        await opened.save()

    assert made(aurora, opened).entry.online


async def test_m2_a_mode_that_the_service_does_not_allow_is_refused_in_the_form(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=aurora.yoga, mode=Mode.IN_PERSON, room="Studio 9")
        await opened.save()
        text = in_dialog(opened.pilot)

        assert opened.form.text("room") == "Studio 9"

    assert "! Yoga flow is online and its sessions may not change mode" in text
    assert opened.answers == []


async def test_a_course_service_asks_for_the_run_and_can_begin_a_new_one(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        hidden = opened.form.row("course").display
        await opened.fill(service=aurora.posture, title="Winter run")
        shown = opened.form.row("course").display
        await opened.save()

    detail = made(aurora, opened)
    assert (hidden, shown) == (False, True)
    assert detail.course is not None
    assert detail.course.name == "Winter run"


async def test_a_session_joins_a_run_with_its_enrolled_clients(aurora: Aurora) -> None:
    course, _ = aurora.course()
    aurora.booking.enrol(aurora.owner, course.id, aurora.client("Zoe Bianchi").id)

    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=aurora.posture, course=int(course.id))
        await opened.save()

    assert [line.name for line in made(aurora, opened).clients] == ["Zoe Bianchi"]


async def test_an_instructors_new_session_is_led_by_themselves(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00"), login="anna") as opened:
        await opened.save()

    assert made(aurora, opened).session.staff_id == aurora.teacher.id


async def test_an_instructor_cannot_make_a_session_for_another_and_is_told_in_the_form(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00"), login="anna") as opened:
        await opened.fill(staff_id=aurora.substitute.id)
        await opened.save()
        text = in_dialog(opened.pilot)

    assert "! Anna Ferri is an instructor and can change sessions of their own only" in text
    assert opened.answers == []


async def test_l9_clashes_are_flagged_when_the_session_is_saved(aurora: Aurora) -> None:
    meditation(aurora)
    yin = aurora.named("Yin")

    async with form_of(aurora, starts_at=aurora.at(5, "10:30")) as opened:
        await opened.fill(service=yin, room="Studio 2")
        await opened.save()
        told = toasts(opened.pilot)

    assert "⚠ Studio 2 is also taken by Meditation, Sat 10:00–11:00." in told


async def test_l9_what_a_new_session_would_get_in_the_way_of_is_told_before_it_is_saved(aurora: Aurora) -> None:
    meditation(aurora)
    yin = aurora.named("Yin")

    async with form_of(aurora, starts_at=aurora.at(5, "10:30")) as opened:
        await opened.fill(service=yin, room="Studio 2")
        clashing = in_dialog(opened.pilot)
        await opened.fill(time="14:00")
        free = in_dialog(opened.pilot)

    assert "⚠ Studio 2 is also taken by Meditation, Sat 10:00–11:00." in clashing
    assert "⚠" not in free
    assert [e.title for e in aurora.calendar.between(aurora.rome.id, aurora.at(5, "09:00"), aurora.at(5, "20:00"))] == [
        "Meditation"
    ]


async def test_l9_a_new_leader_room_or_number_of_places_is_told_with_its_clashes(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.put(5, "10:30", "Sunday Flow", room="Studio 9", staff_id=aurora.owner.id)

    async with form_of(aurora, session_id=session.id) as opened:
        await opened.fill(room="studio 9")
        room = in_dialog(opened.pilot)
        await opened.fill(staff_id=aurora.owner.id)
        leader = in_dialog(opened.pilot)

    assert "is also taken by Sunday Flow, Sat 10:30–11:30." in room
    assert "Paola Greco also leads Sunday Flow, Sat 10:30–11:30." in leader


async def test_without_any_service_the_form_teaches_what_to_do(aurora: Aurora) -> None:
    for service in aurora.catalogue.services(aurora.london.id):
        draft = ServiceDraft(id=service.id, site_id=service.site_id, name=service.name, active=False)
        aurora.catalogue.save_service(aurora.owner, draft)

    async with form_of(aurora, starts_at=aurora.at(5, "14:00"), site="hackney", login="paola") as opened:
        text = in_dialog(opened.pilot)

    assert "! There is no service yet to make a session of: S, then n makes one." in text


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("date", "31/02", "There is no such day"),
        ("time", "25:00", "That is no time"),
        ("length", "0", "That is no length"),
        ("capacity", "many", "Capacity must be a number"),
        ("room", "x" * 101, "The room is longer than 100 characters"),
        ("title", "x" * 201, "The title is longer than 200 characters"),
    ],
)
async def test_each_field_is_judged_where_it_stands(aurora: Aurora, key: str, typed: str, sentence: str) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(**{key: typed})
        await opened.save()
        text = in_dialog(opened.pilot)

        assert opened.form.row(key).has_class("-refused")

    assert sentence in text
    assert opened.answers == []


async def test_the_date_and_length_that_are_meant_stand_beside_what_is_typed(aurora: Aurora) -> None:
    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(date="24/12", length="1:30")
        text = in_dialog(opened.pilot)

    assert "Thu 24 Dec 2026" in text
    assert "1 h 30" in text


async def test_n2_moving_in_the_form_tells_what_it_does_before_it_is_saved(aurora: Aurora) -> None:
    session = busy(aurora)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(time="11:00")
        automatic = in_dialog(opened.pilot)
        await opened.fill(time="10:00")
        back = in_dialog(opened.pilot)

    assert "Move to 11:00 — 4 clients; automatic notice moves to 11:00." in automatic
    assert "Move to" not in back


async def test_n2_a_notice_time_set_by_hand_is_said_to_stay(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.set_notice_time(aurora.owner, session.id, aurora.at(5, "09:50"), version=None)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(time="11:00")
        text = in_dialog(opened.pilot)
        await opened.save()

    assert "notice by hand stays at 09:50" in text
    assert aurora.read(session).notice_at == aurora.at(5, "09:50")
    assert aurora.read(session).starts_at == aurora.at(5, "11:00")


async def test_a_cancelled_session_tells_that_it_cannot_be_moved(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.scheduling.cancel(aurora.owner, session.id, version=None)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(time="11:00")
        text = in_dialog(opened.pilot)

    assert "A cancelled session cannot be moved." in text


async def test_editing_writes_every_field_and_keeps_what_nobody_touched(aurora: Aurora) -> None:
    session = meditation(aurora, title="Stillness", details="Own words.")

    async with form_of(aurora, session.id) as opened:
        await opened.fill(room="Studio 5", capacity="20")
        await opened.save()

    stored = aurora.read(session)
    assert opened.answers == [session.id]
    assert (stored.room, stored.capacity) == ("Studio 5", 20)
    assert (stored.title, stored.details, stored.starts_at) == ("Stillness", "Own words.", session.starts_at)


async def test_the_second_of_two_equal_wall_times_stays_when_nobody_types_a_time(aurora: Aurora) -> None:
    twice = datetime.fromisoformat("2026-10-25T01:30:00+00:00")  # 02:30 in Rome for the second time
    session = aurora.session(aurora.named("Yin"), starts_at=twice)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(room="Studio 5")
        await opened.save()

    assert aurora.read(session).starts_at == twice


async def test_fewer_places_than_bookings_are_refused_beside_the_field(aurora: Aurora) -> None:
    session = busy(aurora)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(capacity="3")
        await opened.save()
        text = in_dialog(opened.pilot)

    assert "4 are booked: capacity must be a number from 4 to 1000." in text


async def test_after_somebody_elses_change_typed_fields_stay_and_the_others_follow(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with form_of(aurora, session.id) as opened:
        await opened.fill(room="Studio 7")
        new_one = aurora.team.add(aurora.owner, "Nora Lenz", Role.INSTRUCTOR, [aurora.rome.id])
        meanwhile = SessionEdit(
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            staff_id=new_one.id,
            room="Studio 3",
            title="Changed meanwhile",
            capacity=33,
            details=None,
        )
        aurora.scheduling.edit(aurora.owner, session.id, meanwhile, version=None)
        await opened.save()
        refused = in_dialog(opened.pilot)
        shown = (opened.form.text("room"), opened.form.text("title"), opened.form.text("capacity"))
        await opened.save()

    assert "! Paola Greco changed this at 09:41" in refused
    assert shown == ("Studio 7", "Changed meanwhile", "33")
    stored = aurora.read(session)
    assert (stored.room, stored.title, stored.capacity) == ("Studio 7", "Changed meanwhile", 33)
    assert stored.staff_id == new_one.id


async def test_the_whole_form_works_from_the_keyboard(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with form_of(aurora, session.id) as opened:
        await press(opened.pilot, "tab")
        await write(opened.pilot, "11:30")
        await press(opened.pilot, "enter", "enter", "tab")
        await press(opened.pilot, "end")
        await write(opened.pilot, "b")
        await opened.save()

    stored = aurora.read(session)
    assert stored.starts_at == aurora.at(5, "11:30")
    assert stored.room == "Studio 2b"


async def test_a_service_with_a_hostile_name_is_text(aurora: Aurora) -> None:
    nasty = aurora.service("[red]Yoga[/] \x1b]52;c;x\x07", kind=ServiceKind.CLASS)

    async with form_of(aurora, starts_at=aurora.at(5, "14:00")) as opened:
        await opened.fill(service=nasty)
        text = in_dialog(opened.pilot)

    assert "[red]Yoga[/]" in text
    assert "\x1b" not in text


async def test_a_session_that_is_gone_is_said_in_the_form(aurora: Aurora) -> None:
    async with form_of(aurora, SessionId(999)) as opened:
        text = in_dialog(opened.pilot)

    assert "! That session does not exist." in text
