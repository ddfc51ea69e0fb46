"""What clients ask not to get: at the desk, and with the token of a mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_tui.domain.errors import InvalidInput, NotAllowed, NotFound
from studio_tui.domain.messages import REFUSABLE, DeliveryKind, MessageKind
from studio_tui.storage.vault import Vault
from studio_tui.usecases.refusing import Unsubscription, read_token, unsubscribe_token
from tests.builders import SmallStudio

refusable = sorted(REFUSABLE)


def test_what_a_client_refuses_is_noted_and_taken_back(small: SmallStudio) -> None:
    client = small.client()
    refusing = small.studio.refusing
    first = refusing.refuse(small.desk, client.id, MessageKind.REMINDER, True)
    both = refusing.refuse(small.desk, client.id, MessageKind.WRITTEN, True, version=first.change.version)
    assert both.refuses == {MessageKind.REMINDER, MessageKind.WRITTEN}
    assert refusing.refuse(small.desk, client.id, MessageKind.REMINDER, False).refuses == {MessageKind.WRITTEN}


def test_what_is_noted_already_is_no_edit(small: SmallStudio) -> None:
    client = small.client()
    assert small.studio.refusing.refuse(small.desk, client.id, MessageKind.REMINDER, False) == client


def test_it_is_undone_like_any_edit(small: SmallStudio) -> None:
    client = small.client()
    small.studio.refusing.refuse(small.desk, client.id, MessageKind.ATTENDANCE, True)
    small.studio.history.undo(small.desk)
    assert small.booking.client(small.desk, client.id).refuses == frozenset()


@pytest.mark.parametrize("kind", sorted(frozenset(MessageKind) - REFUSABLE))
def test_what_a_client_must_get_cannot_be_refused(small: SmallStudio, kind: MessageKind) -> None:
    with pytest.raises(InvalidInput, match="reminder, attendance, written"):
        small.studio.refusing.refuse(small.desk, small.client().id, kind, True)
    with pytest.raises(InvalidInput):
        unsubscribe_token(small.resources.vault, 1, kind)


@pytest.mark.parametrize("kind", refusable)
def test_the_token_of_a_mail_refuses_what_it_came_with(small: SmallStudio, kind: MessageKind) -> None:
    client = small.client()
    token = unsubscribe_token(small.resources.vault, client.id, kind)
    saved, refused = small.studio.refusing.unsubscribe(small.desk, f" {token.upper()}\n")
    assert (saved.id, saved.refuses, refused) == (client.id, frozenset({kind}), kind)
    again, _ = small.studio.refusing.unsubscribe(small.desk, token)
    assert again.change == saved.change


def test_a_token_is_the_same_every_time_and_needs_no_quoting(small: SmallStudio) -> None:
    vault = small.resources.vault
    token = unsubscribe_token(vault, 12, MessageKind.WRITTEN)
    assert token == unsubscribe_token(vault, 12, MessageKind.WRITTEN)
    assert token.startswith("12.written.")
    assert token.replace(".", "").isalnum()


def test_the_token_of_a_client_who_is_gone_is_said_to_be_nobodys(small: SmallStudio) -> None:
    with pytest.raises(NotFound):
        small.studio.refusing.unsubscribe(small.desk, unsubscribe_token(small.resources.vault, 99, MessageKind.WRITTEN))


def test_an_instructor_may_not_unsubscribe_anybody(small: SmallStudio) -> None:
    token = unsubscribe_token(small.resources.vault, small.client().id, MessageKind.REMINDER)
    with pytest.raises(NotAllowed):
        small.studio.refusing.unsubscribe(small.teacher, token)


@settings(max_examples=40)
@given(st.text(max_size=40), st.sampled_from(refusable), st.integers(0, 3))
def test_no_other_text_is_taken_for_a_token(tmp_vault: Vault, text: str, kind: MessageKind, cut: int) -> None:
    token = unsubscribe_token(tmp_vault, 7, kind)
    parts = token.split(".")
    for wrong in (text, f"7.{kind.value}.{text}", f"8.{'.'.join(parts[1:])}", token[: -1 - cut], f"{token}a"):
        with pytest.raises(InvalidInput):
            read_token(tmp_vault, wrong)
    assert read_token(tmp_vault, token) == Unsubscription(7, kind)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tmp_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault") / "key", {})


def test_what_waits_of_a_refused_kind_is_not_sent_and_comes_back(small: SmallStudio) -> None:
    small.switch_messages()
    client = small.client("Ada Neri", email="ada@clients.example", email_verified=True)
    session = small.session(starts_at=small.clock() + timedelta(hours=48))
    small.book(session, client)

    def waits() -> set[DeliveryKind]:
        return {each.kind for each in small.deliveries(session) if each.state.waiting}

    assert DeliveryKind.REMINDER in waits()
    small.studio.refusing.refuse(small.desk, client.id, MessageKind.REMINDER, True)
    assert waits() & {DeliveryKind.REMINDER, DeliveryKind.NOTICE} == {DeliveryKind.NOTICE}
    small.studio.refusing.refuse(small.desk, client.id, MessageKind.REMINDER, False)
    assert DeliveryKind.REMINDER in waits()
