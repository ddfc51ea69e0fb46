"""Finding in the database, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, text

from studio_tui.domain.finding import Found, ThingKind
from studio_tui.domain.people import Author, Client
from studio_tui.domain.search_text import parts_of, words_of
from studio_tui.storage import schema, search_index
from studio_tui.storage.unit_of_work import Database, UnitOfWork
from studio_tui.usecases.booking import ClientDraft
from tests.builders import HOUR, NOW, SmallStudio, a_client, a_link
from tests.engines import Postgres, migrate, opened

DAY = timedelta(days=1)
AUTHOR = Author("Anna", NOW)
SIGNS = st.text(alphabet="aàßoO'\"*%_-:()^{}[]/\\. ñ0٣株ﷺ\x00\n", max_size=24)


@pytest.fixture
def studio(database: Database) -> SmallStudio:
    return SmallStudio(database)


def find(studio: SmallStudio, typed: str, *, everywhere: bool = False, limit: int = 8, clients: bool = True) -> Found:
    site_id = None if everywhere else studio.rome.id
    return studio.finding.find(studio.desk, typed, site_id, limit, clients=clients)


def clients(studio: SmallStudio, typed: str) -> list[str]:
    return [hit.name for hit in find(studio, typed).clients]


def sessions(studio: SmallStudio, typed: str) -> list[int]:
    return [hit.id for hit in find(studio, typed).sessions]


# Clients


def test_a_client_is_found_by_parts_of_words_in_any_order(studio: SmallStudio) -> None:
    studio.client("José Álvarez", email="pepe@mail.example", phone="+34 600 123")
    studio.client("Rosa D'Ambrosi")

    for typed in ("jose", "ÁLV JOS", "varez", "j", "al", "pepe@m", "600123", "34600"):
        assert clients(studio, typed) == ["José Álvarez"], typed
    assert clients(studio, "ros") == ["Rosa D'Ambrosi"]
    assert clients(studio, "dambr") == clients(studio, "amb") == clients(studio, "rosi") == ["Rosa D'Ambrosi"]
    assert clients(studio, "os") == clients(studio, "jose ambr") == clients(studio, "'") == []


def test_whole_words_come_first_then_beginnings_then_insides(studio: SmallStudio) -> None:
    for name in ("Ambra Carossi", "Rossana Bianchi", "Anna Rossi", "Rossi Bruno"):
        studio.client(name)

    assert clients(studio, "rossi") == ["Anna Rossi", "Rossi Bruno", "Ambra Carossi"]
    assert clients(studio, "ross") == ["Anna Rossi", "Rossana Bianchi", "Rossi Bruno", "Ambra Carossi"]


def test_a_renamed_client_is_found_by_the_new_name_only(studio: SmallStudio) -> None:
    client = studio.client("Nina Rota")

    studio.booking.save_client(studio.desk, ClientDraft(id=client.id, name="Livia Serra", email=""))

    assert clients(studio, "rota") == []
    assert clients(studio, "livia") == ["Livia Serra"]


def test_a_renaming_that_is_undone_is_undone_for_finding_too(studio: SmallStudio) -> None:
    client = studio.client("Nina Rota")
    studio.booking.save_client(studio.owner, ClientDraft(id=client.id, name="Livia Serra", email=""))
    studio.studio.history.undo(studio.owner)

    assert clients(studio, "rota") == ["Nina Rota"]
    assert clients(studio, "livia") == []


def test_what_is_rolled_back_is_not_found(studio: SmallStudio) -> None:
    with studio.database.engine.begin() as db:
        UnitOfWork(db).clients.add(a_client(name="Nobody Here"), AUTHOR)
        db.rollback()

    assert clients(studio, "nobody") == []


def test_a_client_who_is_deleted_is_not_found(studio: SmallStudio) -> None:
    client = studio.client("Nina Rota")
    with studio.database.writing() as unit:
        unit.db.execute(delete(schema.client).where(schema.client.c.id == client.id))

    assert clients(studio, "nina") == []


def test_a_client_is_shown_with_the_next_session_that_takes_place(studio: SmallStudio) -> None:
    client = studio.client("Nina Rota")
    cancelled, later, soon = (studio.session(starts_at=NOW + n * DAY) for n in (1, 5, 2))
    for session in (cancelled, later, soon):
        studio.book(session, client)
    studio.scheduling.cancel(studio.owner, cancelled.id, version=None)

    (hit,) = find(studio, "nina").clients
    assert hit.next is not None
    assert hit.next.id == soon.id


def test_the_next_session_of_a_client_may_be_at_another_site(studio: SmallStudio) -> None:
    client = studio.client("Nina Rota")
    there = studio.session(studio.barre, starts_at=NOW + DAY)
    studio.book(there, client)

    (hit,) = find(studio, "nina").clients
    assert hit.next is not None
    assert (hit.next.id, hit.next.title) == (there.id, "Barre")
    assert find(studio, "nina").sessions == ()


def test_pages_of_clients_are_by_name_and_narrowed_by_what_is_typed(studio: SmallStudio) -> None:
    for name in ("Carla Rossi", "Álvaro Rossi", "bruno Neri", "Dario Carossi"):
        studio.client(name)

    with studio.database.reading() as unit:
        assert [c.name for c in unit.clients.page(10)] == ["Álvaro Rossi", "bruno Neri", "Carla Rossi", "Dario Carossi"]
        assert [c.name for c in unit.clients.page(2, 1, "ross")] == ["Carla Rossi", "Dario Carossi"]
        assert [unit.clients.count(typed) for typed in ("", "ross", "ro", "%", "zz")] == [4, 3, 2, 0, 0]


# Sessions


def test_sessions_are_found_by_service_leader_room_course_and_own_title(studio: SmallStudio) -> None:
    plain = studio.session(starts_at=NOW + DAY, room="Sala Grande")
    titled = studio.session(starts_at=NOW + 2 * DAY, title="Luna piena")
    other = studio.session(studio.pilates, starts_at=NOW + 3 * DAY, staff_id=studio.substitute.id)
    _, run = studio.course([NOW + 4 * DAY])

    assert sessions(studio, "yoga") == [plain.id, titled.id]
    assert sessions(studio, "yoga anna gran") == [plain.id]
    assert sessions(studio, "lun") == sessions(studio, "piena yoga") == [titled.id]
    assert sessions(studio, "marco pil") == [other.id]
    assert sessions(studio, "spring") == [run[0].id]
    assert sessions(studio, "yoga marco") == sessions(studio, "") == sessions(studio, " . ") == []


def test_sessions_to_come_are_first_and_those_that_are_over_follow_newest_first(studio: SmallStudio) -> None:
    made = {n: studio.session(starts_at=NOW + n * DAY) for n in (-9, -2, 3, 1)}

    assert sessions(studio, "yoga") == [made[n].id for n in (1, 3, -2, -9)]
    assert [hit.id for hit in find(studio, "yoga", limit=3).sessions] == [made[n].id for n in (1, 3, -2)]
    assert sessions(studio, "yoga anna") == [made[n].id for n in (1, 3, -2, -9)]


def test_a_day_or_a_time_narrows(studio: SmallStudio) -> None:
    monday, friday, next_friday = (studio.session(starts_at=NOW + n * DAY) for n in (7, 4, 11))
    early = studio.session(starts_at=NOW + 4 * DAY - 2 * HOUR)

    assert sessions(studio, "yoga fri") == [early.id, friday.id, next_friday.id]
    assert sessions(studio, "9/3 yoga") == sessions(studio, "9/3") == [monday.id]
    assert sessions(studio, "fri 10:00 anna") == [friday.id, next_friday.id]
    assert sessions(studio, "yoga 8:00") == [early.id]
    assert sessions(studio, "fri pilates") == []


def test_a_word_that_is_a_day_is_a_word_too(studio: SmallStudio) -> None:
    sunday_flow = studio.service("Sunday flow")
    session = studio.session(sunday_flow, starts_at=NOW + DAY)

    assert sessions(studio, "sun") == sessions(studio, "sun flow") == [session.id]


def test_sessions_are_found_through_the_clients_in_them(studio: SmallStudio) -> None:
    nina = studio.client("Nina Rota")
    yoga, pilates = studio.session(starts_at=NOW + DAY), studio.session(studio.pilates, starts_at=NOW + 4 * DAY)
    over = studio.session(starts_at=NOW - DAY)
    for session in (yoga, pilates, over):
        studio.book(session, nina)
    booking = studio.book(studio.session(starts_at=NOW + 2 * DAY), nina)
    studio.booking.cancel(studio.desk, booking.id)

    found = find(studio, "nina")
    assert [(hit.id, hit.client) for hit in found.sessions] == [(s.id, "Nina Rota") for s in (yoga, pilates, over)]
    assert sessions(studio, "rota pil") == sessions(studio, "nina fri") == [pilates.id]
    assert find(studio, "nina", clients=False) == Found(parts=("nina",))


def test_a_site_shows_its_own_sessions_and_every_site_all(studio: SmallStudio) -> None:
    here = studio.session(starts_at=NOW + DAY)
    there = studio.session(studio.barre, starts_at=NOW + 2 * DAY)

    assert sessions(studio, "barre") == []
    assert [hit.id for hit in find(studio, "barre", everywhere=True).sessions] == [there.id]
    both = find(studio, "ba", everywhere=True, limit=5)
    assert [(t.kind, t.name) for t in both.things] == [(ThingKind.SERVICE, "Barre")]
    assert {hit.id for hit in find(studio, "3/3", everywhere=True).sessions} == {here.id}


def test_a_cancelled_session_is_found_and_says_so(studio: SmallStudio) -> None:
    session = studio.session()
    studio.scheduling.cancel(studio.owner, session.id, version=None)

    (hit,) = find(studio, "yoga").sessions
    assert hit.cancelled


# Things


def test_staff_services_courses_and_rooms_are_found_with_their_next_session(studio: SmallStudio) -> None:
    session = studio.session(room="Sala Grande")
    _, run = studio.course([NOW + 4 * DAY])

    def named(typed: str) -> list[tuple[str, str, object]]:
        return [(t.kind.value, t.name, t.next and t.next.id) for t in find(studio, typed).things]

    assert named("anna") == [("staff", "Anna Ferri", session.id)]
    assert named("flow") == [("service", "Yoga flow", session.id)]
    assert named("spring") == [("course", "Spring run", run[0].id)]
    assert named("sala") == [("room", "Sala Grande", session.id)]
    assert named("holly") == [("staff", "Holly Shaw", None)]


def test_an_account_is_found_by_what_may_be_shown_of_it_and_a_link_by_its_digest_only(studio: SmallStudio) -> None:
    studio.connect(room="zkr8")
    url = a_link("zkr8").url
    typed = studio.session()
    studio.linking.type_link(studio.desk, typed.id, a_link("typed"), version=None)

    host = url.split("/")[2].split(".")[0]
    (account,) = find(studio, host).things
    assert (account.kind, account.note) == (ThingKind.LINK, "custom, default account of Trastevere")
    assert find(studio, url).things == (account,)
    secret = url.rsplit("/", 1)[1]
    assert not find(studio, secret)
    assert [hit.id for hit in find(studio, f"{a_link('typed').url} {a_link('typed').password or ''}").sessions] == [
        typed.id
    ]
    assert not find(studio, "https://meet.example/nobody-has-this")


# Whatever is typed


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SIGNS)
def test_whatever_is_typed_is_no_error(studio: SmallStudio, typed: str) -> None:
    if not studio.booking.list_clients(studio.desk, limit=1):
        studio.book(studio.session(title="O'Mistral (50%)"), studio.client('Zoë "Zip" O\'Neil-Ångström'))

    found = find(studio, typed, everywhere=True)
    assert isinstance(found.sessions, tuple)
    with studio.database.reading() as unit:
        assert unit.clients.count(typed) == len(unit.clients.page(10, 0, typed))


_NAMES = st.lists(
    st.text(alphabet="abcdeéøßÁŁñ'-", min_size=1, max_size=9).filter(lambda word: bool(words_of(word))),
    min_size=1,
    max_size=4,
).map(" ".join)


class Renaming(RuleBasedStateMachine):
    """Clients are added and renamed in any order; after each step each is found by parts of its words."""

    people = Bundle("people")
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[int, Client] = {}
        self._undo = self._opened()
        self._unit: UnitOfWork = self._undo.__enter__()

    @contextmanager
    def _opened(self) -> Iterator[UnitOfWork]:
        with self.database.engine.connect() as db, db.begin() as transaction:
            yield UnitOfWork(db)
            transaction.rollback()

    def teardown(self) -> None:
        self._undo.__exit__(None, None, None)

    @rule(target=people, name=_NAMES)
    def add(self, name: str) -> int:
        client = self._unit.clients.add(a_client(name=name, email=None), AUTHOR)
        self._clients[client.id] = client
        return client.id

    @rule(person=people, name=_NAMES)
    def rename(self, person: int, name: str) -> None:
        renamed = a_client(id=self._clients[person].id, name=name, email=None)
        self._clients[person] = self._unit.clients.save(renamed, None, AUTHOR)

    @invariant()
    def each_is_found_by_any_part_of_three_letters(self) -> None:
        for part, whose in self._parts().items():
            found = {c.id for c in self._unit.clients.page(1_000, 0, part)}
            assert whose.keys() <= found, (whose, part, parts_of(part))

    def _parts(self) -> dict[str, dict[int, str]]:
        """The names of the clients that each part is to find."""
        parts: dict[str, dict[int, str]] = {}
        for client in self._clients.values():
            for word in words_of(client.name):
                for part in {word[:1], word[:2], word[:3], word[-3:], word[1:5]}:
                    if len(part) >= 3 or word.startswith(part):
                        parts.setdefault(part, {})[client.id] = client.name
        return parts


def test_every_client_is_found_by_any_part_after_any_adding_and_renaming(database: Database) -> None:
    class Here(Renaming):
        pass

    Here.database = database
    run_state_machine_as_test(Here, settings=settings(max_examples=15, stateful_step_count=12))


# The index


def test_a_database_made_before_finds_the_clients_it_had(tmp_path: object, sqlite_database: Database) -> None:
    SmallStudio(sqlite_database).client("José Álvarez")
    with sqlite_database.writing() as unit:
        search_index.drop(unit.db)
        for step in ("added", "removed", "changed"):
            unit.db.execute(text(f"DROP TRIGGER {search_index.TABLE}_{step}"))
        assert unit.clients.count("jos") == 1  # without the index every client is read
        search_index.make(unit.db)

    with sqlite_database.reading() as unit:
        assert search_index.exists(unit.db)
        assert [client.name for client in unit.clients.page(5, 0, "varez")] == ["José Álvarez"]


@pytest.mark.postgres
def test_postgresql_finds_the_same_without_the_extension(postgres: Postgres) -> None:
    with postgres.database() as url:
        migrate(url)
        with opened(url) as database:
            with database.writing() as unit:
                search_index.drop(unit.db)
            studio = SmallStudio(database)
            studio.client("José Álvarez")
            assert clients(studio, "varez") == ["José Álvarez"]
