"""Any story of a studio and its provider ends with exactly one meeting for whoever should have one (SPEC L10).

Sessions are made, moved, renamed, switched, cancelled and undone; accounts change; the provider fails in every way, the
program is killed at any call, workers freeze and work at the same time. Then all is well again, and time passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from studio_tui.domain.errors import NotPossible, StudioError
from studio_tui.domain.people import StaffMember
from studio_tui.domain.services import Mode
from studio_tui.domain.sessions import Session, SessionStatus, mode_of
from studio_tui.storage import schema
from studio_tui.storage.unit_of_work import Database
from studio_tui.usecases.meeting_keeping import LEASE, SECOND_LOOK
from studio_tui.worker.keeper import MeetingKeeper
from tests.builders import HOUR, MINUTE, a_link
from tests.worker.houses import Crash, Fault, HousedStudio
from tests.worker.meeting_oracle import Oracle

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # it would replay stories on a database for minutes
HOURS = st.sampled_from([-30, -2, 1, 3, 26, 24 * 9, 24 * 20])
AHEAD = st.sampled_from([0.5, 2, 20, 24 * 5, 24 * 13, 24 * 18])
WHICH = st.integers(0, 5)
FAULTS = st.lists(st.sampled_from([None, *Fault]), min_size=1, max_size=5)


class Story(RuleBasedStateMachine):
    """One studio with a site's account and a leader's, the owner who does everything, and what keeps meetings."""

    studio: HousedStudio

    def __init__(self) -> None:
        super().__init__()
        self.studio.begin_again()
        with self.studio.database.writing() as unit:
            unit.db.execute(schema.edit.delete())  # how the studio was made is not to be undone
        self._deleted_there = set[str]()
        house = self.studio.house
        for each in (house.rooms, house.signed_out, house.revoked, house.faults, house.calls, house.late):
            each.clear()
        house.on_call, house.clock = None, self.studio.clock()
        self.studio.sign_in("studio")
        self.studio.session(starts_at=self.studio.clock() + 20 * HOUR)

    # -- the timetable

    @rule(ahead=AHEAD, minutes=st.sampled_from([30, 45, 90]))
    def make_a_session(self, ahead: float, minutes: int) -> None:
        starts_at = self.studio.clock() + ahead * HOUR
        self.studio.session(starts_at=starts_at, ends_at=starts_at + minutes * MINUTE)

    @rule(ahead=AHEAD)
    def make_a_course(self, ahead: float) -> None:
        first = self.studio.clock() + ahead * HOUR
        self.studio.course([first, first + timedelta(days=2)])

    @rule(which=WHICH, hours=HOURS)
    def move(self, which: int, hours: int) -> None:
        session = self._session(which)
        self._try(
            lambda: self.studio.scheduling.move(self._owner, session.id, session.starts_at + hours * HOUR, version=None)
        )

    @rule(which=WHICH, title=st.sampled_from(["Yin", "Power", None]), leads=st.booleans())
    def edit(self, which: int, title: str | None, leads: bool) -> None:
        s = self._session(which)
        leader = self.studio.teacher if leads else self.studio.substitute
        self._try(
            lambda: self.studio.edit(
                s, starts_at=s.starts_at, ends_at=s.ends_at, staff_id=leader.id, room=s.room, title=title,
                capacity=s.capacity, details=s.details,
            )
        )  # fmt: skip

    @rule(which=WHICH)
    def cancel_or_restore(self, which: int) -> None:
        session, desk = self._session(which), self.studio.scheduling
        change = desk.cancel if session.status is SessionStatus.ACTIVE else desk.restore
        self._try(lambda: change(self._owner, session.id, version=None))

    @rule(which=WHICH)
    def switch_mode(self, which: int) -> None:
        session = self._session(which)
        service = self.studio.resources.read(lambda unit: unit.services.get(session.service_id))
        other = Mode.IN_PERSON if mode_of(session, service) is Mode.ONLINE else Mode.ONLINE
        self._try(lambda: self.studio.scheduling.switch_mode(self._owner, session.id, other, version=None))

    @rule(which=WHICH, what=st.sampled_from(["type", "remove", "restore", "restore"]))
    def say(self, which: int, what: str) -> None:
        session, linking = self._session(which), self.studio.linking
        acts: dict[str, Callable[[], object]] = {
            "type": lambda: linking.type_link(self._owner, session.id, a_link("typed"), version=None),
            "remove": lambda: linking.remove(self._owner, session.id, version=None),
            "restore": lambda: linking.restore(self._owner, session.id, version=None),
        }
        self._try(acts[what])

    @rule()
    def set_or_clear_the_services_link(self) -> None:
        service = self.studio.catalogue.service(self.studio.yoga.id)
        self.studio.catalogue.set_service_link(self._owner, service.id, None if service.link else a_link("service"))

    @rule(times=st.integers(1, 3))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self._try(lambda: self.studio.history.undo(self._owner))

    @rule()
    def redo(self) -> None:
        self._try(lambda: self.studio.history.redo(self._owner))

    # -- accounts

    @rule(user=st.sampled_from(["studio", "other"]), own=st.booleans(), way=st.sampled_from(["key", "guest", "lodger"]))
    def sign_in(self, user: str, own: bool, way: str) -> None:
        self._try(lambda: self.studio.sign_in(user, self.studio.teacher if own else None, way=way))

    @rule(own=st.booleans())
    def connect_a_plain_link(self, own: bool) -> None:
        self._try(lambda: self.studio.connect(staff=self.studio.teacher if own else None))

    @rule(own=st.booleans(), connect=st.booleans())
    def connect_or_disconnect(self, own: bool, connect: bool) -> None:
        desk, staff = self.studio.conferencing, self.studio.teacher.id if own else None
        act = desk.reconnect if connect else desk.disconnect
        self._try(lambda: act(self._owner, self.studio.rome.id, staff))

    @rule(user=st.sampled_from(["studio", "other"]))
    def sign_out_at_the_provider(self, user: str) -> None:
        self.studio.house.signed_out.add(user)

    # -- the provider, the worker and time

    @rule(faults=FAULTS)
    def expect_faults(self, faults: list[Fault | None]) -> None:
        self.studio.house.faults.extend(faults)

    @rule()
    def somebody_deletes_a_meeting_there(self) -> None:
        for external_id in list(self.studio.house.rooms)[:1]:
            del self.studio.house.rooms[external_id]
            self._deleted_there.add(external_id)

    @precondition(lambda self: self.studio.house.late)
    @rule()
    def what_was_under_way_arrives(self) -> None:
        self.studio.house.arrive()

    @rule(minutes=st.sampled_from([0, 1, 3, 6, 30, 60 * 26]))
    def work(self, minutes: int) -> None:
        self.studio.clock.advance(minutes * MINUTE)
        self._keep()

    @rule(frozen=st.sampled_from([timedelta(0), LEASE + MINUTE, 3 * SECOND_LOOK]), moved=st.booleans())
    def work_beside_another_worker(self, frozen: timedelta, moved: bool) -> None:
        async def meanwhile(_call: str) -> None:
            self.studio.clock.advance(frozen)
            self.studio.house.clock = self.studio.clock()
            if moved:
                self.move(0, 3)
            await MeetingKeeper(self.studio.meeting_keeping).settle(20)

        self.studio.house.on_call = meanwhile
        self._keep()
        self.studio.house.on_call = None

    @rule(days=st.sampled_from([-30, -1, 30]))
    def work_with_a_wrong_clock(self, days: int) -> None:
        right = self.studio.clock()
        self.studio.clock.advance(timedelta(days=days))
        self._keep()
        self.studio.clock.set(right)

    def teardown(self) -> None:
        """All is well again, whoever is asked to sign in does so, and time passes."""
        house = self.studio.house
        house.faults.clear()
        house.signed_out.clear()
        house.arrive()
        for wait in (timedelta(0), LEASE + MINUTE, SECOND_LOOK + MINUTE, 3 * HOUR, SECOND_LOOK + MINUTE, HOUR):
            self.studio.clock.advance(wait)
            self._sign_in_where_asked()
            self._keep()
        Oracle(self.studio.database, self.studio.clock()).check(house, self._deleted_there)

    # --

    @property
    def _owner(self) -> StaffMember:
        return self.studio.owner

    def _session(self, which: int) -> Session:
        with self.studio.database.reading() as unit:
            ids = list(unit.db.execute(schema.session.select().with_only_columns(schema.session.c.id)).scalars())
            if ids:
                return unit.sessions.get(ids[which % len(ids)])
        return self.studio.session()

    def _try(self, act: Callable[[], object]) -> None:
        with suppress(StudioError):
            act()

    def _keep(self) -> None:
        with suppress(Crash):
            self.studio.house.clock = self.studio.clock()
            asyncio.run(MeetingKeeper(self.studio.meeting_keeping).settle(30))

    def _sign_in_where_asked(self) -> None:
        accounts = self.studio.conferencing.accounts(self._owner, self.studio.rome.id)
        for line in (accounts.default, *accounts.staff):
            account = line.account
            if account is not None and account.sign_in is not None and account.state.label == "needs sign-in":
                staff = None if line.staff_id is None else self.studio.teacher
                with suppress(NotPossible):
                    self.studio.sign_in(account.sign_in.user_id, staff, way=account.sign_in.way)


def _tell(database: Database, examples: int, steps: int) -> None:
    Story.studio = HousedStudio(database)
    run_state_machine_as_test(
        Story,
        settings=settings(max_examples=examples, stateful_step_count=steps, phases=NO_SHRINKING, deadline=None),
    )


def test_L10_any_story_ends_with_exactly_one_meeting_for_whoever_should_have_one(sqlite_database: Database) -> None:
    _tell(sqlite_database, 15, 25)


@pytest.mark.postgres
def test_L10_any_story_ends_so_on_postgresql_too(postgres_database: Database) -> None:
    _tell(postgres_database, 4, 25)
