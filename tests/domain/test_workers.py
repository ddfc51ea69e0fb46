"""What the desk is told of workers: whether any is alive, and what keeps messages from leaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.channel_words import SIGN_IN_REFUSED, WENT_BACK, retold
from studio_tui.domain.delivery import CAME_BACK, Channel
from studio_tui.domain.language import use_language
from studio_tui.domain.workers import STOPPED, Role, WorkerSeen, in_words, note_of, troubles_of, why_stuck
from tests.builders import NOW

NO_ENTRY = SIGN_IN_REFUSED.format(where="mail.example:587", code=535, answer="5.7.8 no; not so")
REFUSED = "The mail server refused the sign-in (535)"
NOBODY = "no worker runs; “studio-tui worker” starts one"


def a_worker(note: str = "", *, seen: timedelta = timedelta(seconds=2)) -> WorkerSeen:
    return WorkerSeen(host="desk", pid=7, started_at=NOW - timedelta(hours=1), last_turn_at=NOW - seen, note=note)


def test_what_is_due_waits_for_nothing_while_a_worker_is_well() -> None:
    assert why_stuck([a_worker()], Channel.EMAIL, NOW) == ""


def test_without_a_living_worker_it_is_said_how_to_start_one() -> None:
    for workers in ([], [a_worker(seen=timedelta(minutes=1))], [a_worker(STOPPED)]):
        assert why_stuck(workers, Channel.EMAIL, NOW) == NOBODY


def test_a_server_in_trouble_is_the_reason_of_its_own_messages_only() -> None:
    workers = [a_worker(seen=timedelta(hours=1)), a_worker(f"gotify: gone; email: {REFUSED}")]
    assert why_stuck(workers, Channel.EMAIL, NOW) == REFUSED
    assert why_stuck(workers, Channel.GOTIFY, NOW) == "gone"
    assert why_stuck(workers, Channel.PUSH, NOW) == ""


@pytest.fixture
def italian() -> Iterator[None]:
    use_language("it")
    yield
    use_language("en")


@pytest.mark.usefixtures("italian")
def test_a_workers_trouble_is_told_in_the_readers_language_and_the_servers_answer_as_it_came() -> None:
    note = note_of({Channel.EMAIL: NO_ENTRY, Channel.GOTIFY: "token; unknown"})
    told = troubles_of([a_worker(note), a_worker(note)], NOW)

    assert [each.channel for each in told] == [Channel.EMAIL, Channel.GOTIFY]
    assert in_words(told) == (
        "e-mail: Il server di posta mail.example:587 ha rifiutato l'accesso (535): 5.7.8 no; not so; "
        "Gotify: token; unknown"
    )


@pytest.mark.usefixtures("italian")
def test_a_note_of_unknown_form_is_told_as_it_stands() -> None:
    assert in_words(a_worker("carrier pigeon: lost; tired").troubles) == "carrier pigeon: lost; tired"


@pytest.mark.parametrize("worker", [a_worker(""), a_worker(STOPPED), a_worker("email: no", seen=timedelta(minutes=1))])
def test_a_worker_that_is_well_or_gone_tells_no_trouble(worker: WorkerSeen) -> None:
    assert troubles_of([worker], NOW) == ()


@pytest.mark.usefixtures("italian")
def test_every_role_has_a_name_in_the_readers_language() -> None:
    assert [role.label for role in Role] == ["un servizio", "accanto a un calendario", "un giro"]


@pytest.mark.usefixtures("italian")
def test_a_mail_that_came_back_is_told_with_what_the_server_said() -> None:
    assert WENT_BACK.startswith(CAME_BACK)
    assert retold("bounced: 5.1.1 no such user") == "tornata indietro: 5.1.1 no such user"


@pytest.mark.usefixtures("italian")
@given(st.text(max_size=80))
def test_no_answer_can_break_the_sentence_around_it(answer: str) -> None:
    assert retold(SIGN_IN_REFUSED.format(where="a:1", code=535, answer=answer)).endswith(f"(535): {answer}")
