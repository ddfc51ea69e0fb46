from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, literal_column, select, type_coerce
from sqlalchemy.exc import StatementError

from studio_tui.domain.people import Role
from studio_tui.domain.services import Mode
from studio_tui.domain.zones import NaiveInstant
from studio_tui.storage.types import EPOCH, Choice, Id, Minutes, UtcDateTime, from_ms, to_ms
from studio_tui.storage.unit_of_work import Database

scratch = Table(
    "scratch",
    MetaData(),
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime),
    Column("length", Minutes),
    Column("role", Choice(Role)),
    prefixes=["TEMPORARY"],
)
AT = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
FIRST, LAST = AT.replace(year=2, tzinfo=None), AT.replace(year=9998, tzinfo=None)
instants = st.datetimes(FIRST, LAST, timezones=st.timezones())


@given(instants)
def test_an_instant_comes_back_to_the_millisecond(instant: datetime) -> None:
    back = from_ms(to_ms(instant))

    assert timedelta() <= instant - back < timedelta(milliseconds=1)
    assert back.tzinfo is UTC


@given(instants, instants)
def test_stored_instants_sort_as_they_follow_each_other(one: datetime, other: datetime) -> None:
    assert to_ms(min(one, other)) <= to_ms(max(one, other))


def test_the_epoch_is_zero() -> None:
    assert to_ms(EPOCH) == 0
    assert to_ms(datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == 0


def test_a_time_without_a_zone_is_refused(sqlite_database: Database) -> None:
    wall = AT.replace(tzinfo=None)

    with pytest.raises(NaiveInstant):
        to_ms(wall)
    with sqlite_database.writing() as unit:
        scratch.create(unit.db)
        with pytest.raises((NaiveInstant, StatementError), match="no time zone"):
            unit.db.execute(scratch.insert(), {"at": wall})


def test_values_come_back_as_they_were(database: Database) -> None:
    row = {"id": 2**40, "at": AT, "length": timedelta(minutes=75), "role": Role.FRONT_DESK}
    with database.writing() as unit:
        scratch.create(unit.db)
        unit.db.execute(scratch.insert(), [row, {"id": 1, "at": None, "length": None, "role": None}])

        assert [tuple(found) for found in unit.db.execute(select(scratch).order_by(scratch.c.id))] == [
            (1, None, None, None),
            tuple(row.values()),
        ]


def test_values_are_compared_in_the_database(database: Database) -> None:
    with database.writing() as unit:
        scratch.create(unit.db)
        unit.db.execute(scratch.insert(), {"at": AT, "length": timedelta(hours=1), "role": Role.OWNER})
        found = select(scratch.c.role).where(
            scratch.c.at < AT + timedelta(milliseconds=1),
            scratch.c.at >= AT.astimezone(timezone(timedelta(hours=5))),
            scratch.c.length == timedelta(minutes=60),
            scratch.c.role == Role.OWNER,
        )

        assert unit.db.execute(found).scalars().all() == [Role.OWNER]


def test_a_text_that_is_no_member_is_refused_when_read(database: Database) -> None:
    with database.reading() as unit, pytest.raises(ValueError, match="'wizard' is not a valid Role"):
        unit.db.execute(select(type_coerce(literal_column("'wizard'"), Choice(Role)))).scalar()


def test_two_enumerations_are_told_apart_in_the_same_statement(database: Database) -> None:
    with database.reading() as unit:
        assert unit.db.execute(select(type_coerce(literal_column("'owner'"), Choice(Role)))).scalar() is Role.OWNER
        with pytest.raises(ValueError, match="'owner' is not a valid Mode"):
            unit.db.execute(select(type_coerce(literal_column("'owner'"), Choice(Mode)))).scalar()
