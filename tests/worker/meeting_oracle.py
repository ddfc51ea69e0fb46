"""Which meetings there should be, read from the tables by the words of SPEC §3, without any code of the program's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, select

from studio_tui.storage import schema
from studio_tui.storage.unit_of_work import Database
from tests.doubles.rooms import House

Row = dict[str, Any]
Whom = tuple[str, int]
"""A session or a course, by id."""


@dataclass(frozen=True)
class Due:
    """The meeting that a session or a course should have; `must` is False where it only may, beyond the horizon."""

    host: str
    topic: str
    starts_at: datetime | None
    length: timedelta | None
    must: bool


class Oracle:
    """The tables as they are at one moment."""

    def __init__(self, database: Database, now: datetime, horizon: timedelta = timedelta(days=14)) -> None:
        self._now, self._horizon = now, horizon
        with database.reading() as unit:

            def rows(table: Table) -> list[Row]:
                return [dict(row._mapping) for row in unit.db.execute(select(table))]

            self._sessions = rows(schema.session)
            self._services = {row["id"]: row for row in rows(schema.service)}
            self._courses = {row["id"]: row for row in rows(schema.course)}
            self._sites = {row["id"]: row for row in rows(schema.site)}
            self._sign_ins = {row["id"]: row for row in rows(schema.sign_in)}
            accounts = rows(schema.conference_account)
            self._defaults = {row["site_id"]: row for row in accounts if row["site_id"] is not None}
            self._own = {row["staff_id"]: row for row in accounts if row["staff_id"] is not None}
            self._meetings = rows(schema.meeting)

    def due(self) -> dict[Whom, Due]:
        """What should be, by whom it is for."""
        found: dict[Whom, Due] = {}
        for session in sorted(self._sessions, key=lambda row: (row["starts_at"], row["id"])):
            account = self._account(session)
            if account is None or self._over(session) or account["sign_in_id"] is None:
                continue
            course = session["course_id"]
            name = session["title"] or self._services[session["service_id"]]["name"]
            found.setdefault(
                _whom(session),
                Due(
                    host=self._sign_ins[account["sign_in_id"]]["user_id"],
                    topic=f"{name} · {self._sites[session['site_id']]['name']}",
                    starts_at=None if course else session["starts_at"],
                    length=None if course else session["ends_at"] - session["starts_at"],
                    must=course is not None or session["starts_at"] <= self._now + self._horizon,
                ),
            )
        return found

    def left_alone(self) -> set[Whom]:
        """Whatever they have is no matter: their site's account is disconnected, or all their sessions are over."""
        frozen = {_whom(s) for s in self._sessions if self._online(s) and not self._over(s) and self._is_frozen(s)}
        to_come = {_whom(session) for session in self._sessions if not self._over(session)}
        return frozen | ({_whom(session) for session in self._sessions} - to_come)

    def check(self, house: House, deleted_there: Collection[str] = ()) -> None:
        """Each has exactly the meeting that it should have, and there is no other at the provider.

        Except what somebody deleted there: nobody knows until it is asked for.
        """
        due, alone = self.due(), self.left_alone()
        whom = {row["marker"]: _whom(row) for row in self._meetings}
        usable = {row["user_id"] for row in self._sign_ins.values() if row["credentials"] is not None}
        there = Counter[Whom]()
        for room in house.rooms.values():
            assert room.request.marker in whom, f"nobody knows of {room}"
            subject = whom[room.request.marker]
            if subject in alone or room.host not in usable:
                continue  # nobody can remove what belongs to a sign-in that was given up
            assert subject in due, f"{subject} should have no meeting: {room}"
            there[subject] += 1
            wanted, has = due[subject], room.request
            starts = (
                (wanted.starts_at,)
                if wanted.starts_at is None or wanted.starts_at > self._now
                else (wanted.starts_at, None)
            )
            assert (room.host, has.topic) == (wanted.host, wanted.topic)
            assert has.starts_at in starts, f"{subject}: {has} instead of {wanted}"
            assert has.length in (wanted.length, None)
        for subject, wanted in due.items():
            if subject not in alone:
                assert there[subject] <= 1, f"{subject} has {there[subject]} meetings"
                gone = not wanted.must or self._stored(subject, wanted.host) in deleted_there
                assert there[subject] == 1 or gone, f"{subject} lacks its meeting: {wanted}"
                assert gone or self._stored(subject, wanted.host) in house.rooms, f"{subject}: a dead link"

    def _stored(self, subject: Whom, host: str) -> str | None:
        """The provider's id of what clients are sent to."""
        made = [row for row in self._meetings if _whom(row) == subject and row["state"] == 2]
        ids = [row["external_id"] for row in made if self._sign_ins[row["sign_in_id"]]["user_id"] == host]
        return ids[0] if len(ids) == 1 else None

    def _account(self, session: Row) -> Row | None:
        """The account whose meeting the session has, if any (SPEC L0–L5)."""
        service, default = self._services[session["service_id"]], self._defaults.get(session["site_id"])
        if (
            session["status"].value != "active"
            or not self._online(session)
            or default is None
            or self._is_frozen(session)
        ):
            return None
        own = session if session["course_id"] is None else self._courses[session["course_id"]]
        occasional = session["origin"].value == "occasional"
        if own["link_say"].value == "typed":
            return None
        if own["link_say"].value == "none" and (occasional or own["link_epoch"] >= service["link_epoch"]):
            return None
        if service["link_token"] is not None and not occasional:
            return None
        leaders = None if service["kind"].value == "course" else self._own.get(session["staff_id"])
        return leaders if leaders is not None and leaders["state"].value != "disconnected" else default

    def _is_frozen(self, session: Row) -> bool:
        default = self._defaults.get(session["site_id"])
        return default is not None and default["state"].value == "disconnected"

    def _online(self, session: Row) -> bool:
        mode = session["mode"] or self._services[session["service_id"]]["mode"]
        return bool(mode.value == "online")

    def _over(self, session: Row) -> bool:
        ends: datetime = session["ends_at"]
        return ends <= self._now


def _whom(row: Row) -> Whom:
    if "session_id" in row:
        return ("session", row["session_id"]) if row["course_id"] is None else ("course", row["course_id"])
    return ("session", row["id"]) if row["course_id"] is None else ("course", row["course_id"])
