import pytest

from studio_tui.domain.delivery import DeliveryState
from studio_tui.domain.messages import MessageKind
from studio_tui.domain.outcomes import Gone, Sent
from studio_tui.usecases.refusing import unsubscribe_token
from tests.builders import SmallStudio
from tests.cli.conftest import Shell
from tests.doubles.phone import Phone

ROME = ("--site", "trastevere")


def test_clients_are_listed_by_name(shell: Shell, small: SmallStudio) -> None:
    for name in ("Zoe", "Ada", "Mia"):
        small.client(name)

    assert [each["name"] for each in shell.json("clients", "list")] == ["Ada", "Mia", "Zoe"]
    assert [each["name"] for each in shell.json("clients", "list", "--limit", "1", "--offset", "1")] == ["Mia"]
    assert shell.ok("clients", "list").out.splitlines()[0].split()[:3] == ["ID", "NAME", "MAIL"]


def test_a_long_list_of_clients_is_whole(shell: Shell, small: SmallStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio_tui.cli.clients._PAGE", 3)
    for number in range(7):
        small.client(f"Client {number}")

    assert len(shell.json("clients", "list")) == 7


def test_clients_are_found_by_parts_of_their_names(shell: Shell, small: SmallStudio) -> None:
    small.client("Łucja Nowak")
    small.client("Chiara Neri")

    assert [each["name"] for each in shell.json("clients", "find", "luc no")] == ["Łucja Nowak"]
    ran = shell.ok("clients", "find", "nobody")
    assert (ran.out, ran.err) == ("", "No client matches “nobody”.\n")


def test_a_client_is_added_changed_and_shown(shell: Shell) -> None:
    made = shell.json("clients", "add", *ROME, "Chiara Neri", "--email", "chiara@clients.example", "--verified")
    assert (made["language"], made["email_verified"], made["has_push"]) == ("it", True, False)

    changed = shell.json("clients", "change", "chiara", "--phone", "+39 06 1", "--push-topic-stdin", stdin="topic-1\n")
    assert (changed["email"], changed["phone"], changed["has_push"]) == ("chiara@clients.example", "+39 06 1", True)

    shown = shell.ok("clients", "show", str(made["id"])).out
    assert "Push: yes" in shown
    assert "topic-1" not in shown


def test_a_new_address_is_not_verified(shell: Shell, small: SmallStudio) -> None:
    small.client("Chiara Neri", email="chiara@clients.example", email_verified=True)

    assert shell.json("clients", "change", "chiara", "--language", "en")["email_verified"] is True
    changed = shell.json("clients", "change", "chiara", "--email", "neri@clients.example")
    assert changed["email_verified"] is False
    assert shell.json("clients", "change", "chiara", "--email", "")["email"] is None


def test_a_corrected_address_gets_what_failed_at_the_old_one(shell: Shell, small: SmallStudio) -> None:
    session = small.session()
    small.book(session, small.client("Chiara Neri", email="chiara@clients.example"))
    [mail] = small.deliveries(session)
    small.set_delivery(mail.id, DeliveryState.FAILED, attempt=1, recipient="chiara@clients.example")

    ran = shell.ok("clients", "change", "chiara", "--email", "neri@clients.example")
    assert ran.err == "1 message that failed goes to the new address.\n"
    assert small.deliveries(session)[0].state is DeliveryState.READY


def test_a_client_is_named_by_address_too(shell: Shell, small: SmallStudio) -> None:
    client = small.client("Chiara Neri", email="chiara@clients.example")

    assert shell.json("clients", "show", "chiara@clients.example")["id"] == client.id


def test_an_exact_name_wins_over_longer_ones(shell: Shell, small: SmallStudio) -> None:
    small.client("Anna Maria Rossi")
    short = small.client("Anna Maria")

    assert shell.json("clients", "show", "anna maria")["id"] == short.id


def test_a_name_of_several_clients_lists_them(shell: Shell, small: SmallStudio) -> None:
    first, second = small.client("Anna Rossi"), small.client("Anna Bianchi")

    ran = shell("clients", "show", "anna")

    assert ran.code == 3
    assert f"Anna Bianchi (#{second.id}), Anna Rossi (#{first.id})" in ran.err


def test_a_test_message_says_what_the_push_server_answers(shell: Shell, small: SmallStudio) -> None:
    small.client("Chiara Neri", push_topic="topic-of-chiara")
    phone = Phone(Gone(404, "no such topic")).serve(small)

    ran = shell("clients", "test-push", *ROME, "chiara", "--json")
    assert (ran.code, ran.document["ok"]) == (1, False)
    assert "push is switched off" in ran.document["sentence"]
    assert "topic-of-chiara" not in ran.out + ran.err
    assert "switched off, the server said 404 no such topic" in shell.ok("clients", "show", "chiara").out
    assert shell.json("clients", "show", "chiara")["push_trouble"] == "404 no such topic"

    phone.outcome = Sent("N1", "ok")
    assert "took the test message" in shell.ok("clients", "test-push", *ROME, "chiara").out
    assert "Push: yes" in shell.ok("clients", "show", "chiara").out


def test_what_a_client_refuses_is_noted_by_hand_or_by_token(shell: Shell, small: SmallStudio) -> None:
    client = small.client("Chiara Neri")
    assert shell.json("clients", "refuse", "chiara", "reminder", "on")["refuses"] == ["reminder"]
    token = unsubscribe_token(small.resources.vault, client.id, MessageKind.WRITTEN)
    ran = shell.ok("clients", "unsubscribe", token)
    assert "Refuses: reminder, written by hand" in ran.out
    assert "Chiara Neri does not get these any more: written by hand." in ran.err
    assert shell.json("clients", "change", "chiara", "--phone", "06 1")["refuses"] == ["reminder", "written"]
    assert shell.json("clients", "refuse", "chiara", "reminder", "off")["refuses"] == ["written"]

    refused = shell("clients", "unsubscribe", f"{token}x")
    assert (refused.code, "no token of this studio" in refused.err) == (5, True)
    assert shell("clients", "refuse", "chiara", "notice", "on").code == 2


def test_the_push_service_is_kept_until_another_is_named(shell: Shell, small: SmallStudio) -> None:
    key = "uAliceUserKeyOfThirtyChars0123"
    made = shell.json("clients", "add", *ROME, "Alice Rossi", "--push-service", "pushover", "--push-topic", key)
    assert made["push_service"] == "pushover"
    assert shell.json("clients", "change", "alice", "--phone", "06 1")["push_service"] == "pushover"
    refused = shell("clients", "change", "alice", "--push-topic", "alice-topic")
    assert (refused.code, "30 letters and digits" in refused.err) == (5, True)

    changed = shell.json("clients", "change", "alice", "--push-service", "ntfy", "--push-topic", "alice-topic")
    assert changed["push_service"] == "ntfy"
