import pytest
from textual.widgets import Input

from studio_tui.domain.bookings import BookingStatus
from studio_tui.domain.delivery import DeliveryState, HeldReason
from studio_tui.domain.language import LANGUAGES, phrases
from studio_tui.domain.terminal import cell_width
from studio_tui.tui.screens.book_client import BookClient
from studio_tui.tui.screens.client_card import ClientCard
from studio_tui.tui.screens.client_form import ClientForm
from studio_tui.tui.widgets.drawer_clients import _CELL_WORDS, _CELLS
from tests.tui.aurora import Aurora
from tests.tui.meditation import HOSTILE, busy, detail_of, drawer, drawer_of, in_drawer, meditation, of, toasts
from tests.tui.settling import held_up, in_dialog, on_screen, press, settled, write


def _names(aurora: Aurora, session: object) -> list[str]:
    return [line.name for line in detail_of(aurora, session).clients if line.active]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_in_short_fits_its_column_in_every_language(language: str) -> None:
    said = [phrases(language).gettext(words).format(sign="×") for words in _CELL_WORDS.values()]
    assert not [words for words in said if cell_width(words) > _CELLS - 1]


async def test_b_books_by_part_of_a_name_and_the_cursor_goes_to_the_client(aurora: Aurora) -> None:
    session = busy(aurora)
    aurora.client("Zoe Bianchi", email="zoe@clients.example")
    aurora.client("Zoe Galli", email="galli@clients.example")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "zoe g")
        await press(pilot, "enter")
        chosen, told = drawer(pilot).chosen, toasts(pilot)

    assert "Zoe Galli" in _names(aurora, session)
    assert chosen is not None
    assert chosen.name == "Zoe Galli"
    assert told == ["Zoe Galli has a place in Meditation. u undoes it."]


async def test_the_arrows_choose_while_the_focus_stays_in_the_field(aurora: Aurora) -> None:
    session = meditation(aurora)
    for name in ("Zoe Bianchi", "Zoe Galli", "Zoe Testa"):
        aurora.client(name)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "zoe")
        await press(pilot, "down", "down", "up")
        in_field = isinstance(pilot.app.focused, Input)
        await press(pilot, "enter")

    assert in_field
    assert _names(aurora, session) == ["Zoe Galli"]


async def test_enter_without_a_name_books_nobody(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.client("Zoe Bianchi")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b", "enter")
        text = on_screen(pilot)

    assert "! Type part of a name" in text
    assert _names(aurora, session) == []


async def test_enter_before_the_answer_books_only_who_it_must_be(aurora: Aurora) -> None:
    session = meditation(aurora)
    aurora.client("Zoe Bianchi")
    aurora.client("Zoe Galli")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        async with held_up(pilot):
            await pilot.press(*"zoe", "enter")
        await settled(pilot)
        of_two = _names(aurora, session)
        async with held_up(pilot):
            await pilot.press(*" ga", "enter")
        await settled(pilot)
        new_one = isinstance(pilot.app.screen, ClientForm)

    assert of_two == []
    assert _names(aurora, session) == ["Zoe Galli"]
    assert not new_one


async def test_who_has_a_place_is_marked_and_refused_with_the_reason(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "alice")
        listed = on_screen(pilot)
        await press(pilot, "enter")
        refused, modal = on_screen(pilot), pilot.app.screen

    assert "Alice Rossi  alice@clients.example · has a place" in listed
    assert "! Alice Rossi already has a place in Meditation." in refused
    assert isinstance(modal, BookClient)
    assert modal.query_text == "alice"


async def test_a_full_session_refuses_with_the_way_out(aurora: Aurora) -> None:
    session = meditation(aurora, capacity=1)
    aurora.book(session)
    aurora.client("Zoe Bianchi")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "zoe")
        await press(pilot, "enter")
        text = " ".join(on_screen(pilot).split())

    assert "0 of 1 places are free." in text
    assert "! Meditation is full (1 of 1)" in text


async def test_who_is_booked_elsewhere_at_that_time_is_told_before_it_is_done(aurora: Aurora) -> None:
    session, zoe = meditation(aurora), aurora.client("Zoe Galli")
    aurora.book(aurora.put(5, "10:30", "Yin"), zoe)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "zoe")
        await press(pilot, "enter")
        text, before = in_dialog(pilot), _names(aurora, session)
        await press(pilot, "asterisk", "backspace", "enter", "enter")

    assert "⚠ Zoe Galli is also booked into Yin, Sat 10:30–11:30. Enter again books all the same." in text
    assert before == []
    assert _names(aurora, session) == ["Zoe Galli"]


async def test_a_new_client_is_made_and_booked_from_the_same_dialog(aurora: Aurora) -> None:
    session = meditation(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "Nina Rota")
        offered = on_screen(pilot)
        await press(pilot, "enter")
        form = pilot.app.screen
        await write(pilot, "nina@clients.example")
        await press(pilot, "ctrl+s")

    assert "+ New client “Nina Rota”" in offered
    assert isinstance(form, ClientForm)
    assert _names(aurora, session) == ["Nina Rota"]
    (client,) = aurora.booking.find_clients(aurora.owner, "nina")
    assert client.email == "nina@clients.example"
    assert client.language == "it"


async def test_ctrl_n_makes_a_new_client_even_where_a_name_is_found(aurora: Aurora) -> None:
    aurora.client("Nina Rota", email="one@clients.example")

    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "b")
        await write(pilot, "Nina")
        await press(pilot, "ctrl+n")

        assert isinstance(pilot.app.screen, ClientForm)
        assert pilot.app.screen.text("name") == "Nina"


async def test_what_was_typed_is_there_again_after_escape(aurora: Aurora) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, "b")
        await write(pilot, "zoe")
        await press(pilot, "escape", "b")

        assert isinstance(pilot.app.screen, BookClient)
        assert pilot.app.screen.query_text == "zoe"


async def test_booking_into_a_course_enrols_and_says_so(aurora: Aurora) -> None:
    course, sessions = aurora.course()
    aurora.client("Zoe Bianchi")

    async with drawer_of(aurora, sessions[0]) as pilot:
        await press(pilot, "b")
        intro = " ".join(on_screen(pilot).split())
        await write(pilot, "zoe")
        await press(pilot, "enter")

    assert "A course is booked as a whole" in intro
    assert [_names(aurora, session) for session in sessions] == [["Zoe Bianchi"]] * 3
    assert len(aurora.booking.enrolments(course.id)) == 1


@pytest.mark.parametrize(("key", "left"), [("s", [0, 1, 1]), ("c", [0, 0, 0])])
async def test_d_asks_in_a_course_whether_one_session_or_all_are_meant(
    aurora: Aurora, key: str, left: list[int]
) -> None:
    course, sessions = aurora.course()
    aurora.booking.enrol(aurora.owner, course.id, aurora.client("Zoe Bianchi").id)

    async with drawer_of(aurora, sessions[0]) as pilot:
        await press(pilot, "d", key)

    assert [len(_names(aurora, session)) for session in sessions] == left


async def test_who_left_one_session_of_a_course_is_booked_into_that_one_again(aurora: Aurora) -> None:
    course, sessions = aurora.course()
    client = aurora.client("Zoe Bianchi")
    aurora.booking.enrol(aurora.owner, course.id, client.id)

    async with drawer_of(aurora, sessions[0]) as pilot:
        await press(pilot, "d", "s", "b")
        await write(pilot, "zoe")
        await press(pilot, "enter")

    assert [len(_names(aurora, session)) for session in sessions] == [1, 1, 1]


@pytest.mark.parametrize("key", ["d", "delete"])
async def test_d_takes_the_place_back_and_says_how_to_undo_it(aurora: Aurora, key: str) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, key)
        told = toasts(pilot)

    assert "Alice Rossi" not in _names(aurora, session)
    assert told == ["Alice Rossi's place is free. u undoes it."]


async def test_a_cancelled_booking_cannot_be_cancelled_again(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "end", "d")
        text = in_drawer(pilot)

    assert "! Fabio Serra's booking is cancelled already: b books again." in text


@pytest.mark.parametrize(("key", "what"), [("d", "d cancels"), ("R", "R sends"), ("enter", "Enter shows")])
async def test_without_clients_a_key_says_what_it_is_for(aurora: Aurora, key: str, what: str) -> None:
    async with drawer_of(aurora, meditation(aurora)) as pilot:
        await press(pilot, key)
        text = in_drawer(pilot)

    assert f"! Nobody is chosen. {what}" in text


async def test_n11_r_sends_the_notice_again_to_the_chosen_client(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "R")
        told = toasts(pilot)

    assert told == ["The notice goes out again to Alice Rossi by mail and push."]
    assert [delivery.manual for delivery in of(aurora, session, "Alice Rossi")] == [False, False, True, True]


async def test_n11_f_retries_every_failed_notice(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "F")
        told = toasts(pilot)
        await press(pilot, "F")
        again = in_drawer(pilot)

    assert told == ["1 message to be tried again at the usual time."]
    assert of(aurora, session, "Chiara Neri")[0].state is DeliveryState.READY
    assert "! No notice of this session has failed: there is nothing to retry." in again


async def test_a_refusal_stays_until_the_next_act(aurora: Aurora) -> None:
    session = busy(aurora)
    aurora.clock.set(session.ends_at)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "R")
        refused = in_drawer(pilot)
        await press(pilot, "d")
        after = in_drawer(pilot)

    assert "! The session is over: its notice is no longer of use." in refused
    assert "The session is over: its notice" not in after


async def test_enter_shows_the_clients_card_with_every_word_of_the_server(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        await press(pilot, "down", "enter")
        text = on_screen(pilot)

    assert "Chiara Neri" in text
    assert "chiara@clients.example, not verified" in text
    assert "550 5.1.1 no such user here" in text


async def test_the_card_offers_only_what_can_be_done(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        await press(pilot, "enter")
        card = pilot.app.screen
        assert isinstance(card, ClientCard)
        acts = ("edit", "resend", "retry", "stop", "cancel_booking")
        sent = {act: bool(card.check_action(act, ())) for act in acts}

    assert sent == {"edit": True, "resend": True, "retry": False, "stop": False, "cancel_booking": True}


async def test_the_card_hides_addresses_with_the_names(aurora: Aurora) -> None:
    async with drawer_of(aurora, busy(aurora)) as pilot:
        await press(pilot, "enter", "asterisk")
        text = on_screen(pilot)

    assert "alice" not in text.lower()


async def test_a_held_notice_can_be_tried_again_or_stopped_from_the_card(aurora: Aurora) -> None:
    session = busy(aurora)
    (held,) = of(aurora, session, "Davide Riva")
    aurora.set_delivery(held.id, DeliveryState.HELD, reason=HeldReason.AFTER_CRASH.value)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "down", "down", "enter", "F")
        tried = of(aurora, session, "Davide Riva")[0].state
        aurora.set_delivery(held.id, DeliveryState.HELD, reason=HeldReason.AFTER_CRASH.value)
        await press(pilot, "r", "s")

    assert tried is DeliveryState.READY
    assert of(aurora, session, "Davide Riva")[0].state is DeliveryState.CANCELLED


async def test_the_cards_other_keys_send_again_and_cancel(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "enter", "R")
        sent = len(of(aurora, session, "Alice Rossi"))
        await press(pilot, "d", "escape")
        left = on_screen(pilot)

    assert sent == 4
    assert "Alice Rossi" not in _names(aurora, session)
    assert "× Alice Rossi" in left


async def test_a_client_is_edited_from_the_card(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "down", "down", "enter", "e", "down")
        await write(pilot, "davide@clients.example")
        await press(pilot, "ctrl+s")
        told = toasts(pilot)

    (client,) = aurora.booking.find_clients(aurora.owner, "davide")
    assert client.email == "davide@clients.example"
    assert told == ["Davide Riva is saved. u undoes it."]
    assert of(aurora, session, "Davide Riva")[0].state is DeliveryState.READY


async def test_a_hostile_name_is_text_in_the_booking_dialog_and_its_toast(aurora: Aurora) -> None:
    session = meditation(aurora)
    client = aurora.client(HOSTILE, email="h@clients.example")

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "[red")
        listed = on_screen(pilot)
        await press(pilot, "enter")
        text = on_screen(pilot)

    assert "[red]x [/] [@click=app.quit]y" in listed
    assert client.name in _names(aurora, session)
    assert "\x1b" not in listed + text


async def test_hidden_names_stay_hidden_in_the_booking_dialog(aurora: Aurora) -> None:
    aurora.client("Zoe Bianchi", email="zoe@clients.example")

    async with drawer_of(aurora, meditation(aurora), privacy=True) as pilot:
        await press(pilot, "b")
        await write(pilot, "z")
        text = on_screen(pilot)

    assert "Bianchi" not in text
    assert "clients.example" not in text
    assert "••••••" in text


async def test_a_revived_booking_is_the_same_one(aurora: Aurora) -> None:
    session = busy(aurora)

    async with drawer_of(aurora, session) as pilot:
        await press(pilot, "b")
        await write(pilot, "fabio")
        await press(pilot, "enter")

    bookings = aurora.resources.read(lambda unit: unit.bookings.of_session(session.id))
    assert [booking.status for booking in bookings].count(BookingStatus.BOOKED) == 5
    assert len(bookings) == 5
