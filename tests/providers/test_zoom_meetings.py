from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.providers import MeetingGone, ProviderBusy, ProviderRefused, ProviderUnavailable
from studio_tui.providers.zoom_meetings import carries, cut_topic, new_meeting, read_meeting
from tests.doubles.zoom_double import OWNER, ZoomDouble
from tests.doubles.zoom_rules import broken_meeting
from tests.providers.keeping import NOW, START, Kept, a_kind, a_provider, a_request, signed_in


async def test_a_session_gets_a_meeting_with_its_name_time_and_zone(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)

    made = await provider.create(a_request())

    [meeting] = zoom.meetings_of(OWNER)
    assert (meeting.topic, meeting.type, meeting.starts_at, meeting.duration) == ("Vinyasa flow", 2, START, 60)
    assert (meeting.timezone, meeting.settings) == ("Europe/Rome", {"use_pmi": False})
    assert made.external_id == str(meeting.id)
    assert (made.link.url, made.link.password) == (meeting.join_url, meeting.password)


async def test_a_course_gets_one_meeting_without_a_fixed_time(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)

    await provider.create(a_request(starts_at=None, length=None))

    [meeting] = zoom.meetings_of(OWNER)
    assert (meeting.type, meeting.starts_at) == (3, None)


async def test_a_start_in_another_zone_is_sent_as_utc(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)

    await provider.create(a_request(starts_at=datetime(2026, 3, 3, 18, 30, 59, 999, timezone(timedelta(hours=1)))))

    assert zoom.meetings_of(OWNER)[0].starts_at == datetime(2026, 3, 3, 17, 30, 59, tzinfo=UTC)


@pytest.mark.parametrize("starts_at", [NOW, NOW - timedelta(minutes=1)], ids=["now", "earlier"])
async def test_a_session_that_has_begun_is_refused_before_zoom_is_asked(zoom: ZoomDouble, starts_at: datetime) -> None:
    provider = await a_provider(zoom)

    with pytest.raises(ProviderRefused, match="The session has begun"):
        await provider.create(a_request(starts_at=starts_at))

    assert zoom.calls("POST", "/meetings") == 0


@pytest.mark.parametrize("length", [timedelta(0), timedelta(hours=24, seconds=1)])
async def test_a_length_that_zoom_does_not_know_is_refused_before_it_is_asked(
    zoom: ZoomDouble, length: timedelta
) -> None:
    provider = await a_provider(zoom)

    with pytest.raises(ProviderRefused, match="at most 24 hours"):
        await provider.create(a_request(length=length))

    assert zoom.calls("POST", "/meetings") == 0


async def test_a_start_without_a_zone_is_a_mistake_of_the_program(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)

    with pytest.raises(ValueError, match="needs its zone"):
        await provider.create(a_request(starts_at=START.replace(tzinfo=None)))


async def test_a_part_of_a_minute_counts_as_a_minute(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)

    await provider.create(a_request(length=timedelta(minutes=45, seconds=1)))

    assert zoom.meetings_of(OWNER)[0].duration == 46


async def test_a_moved_and_renamed_session_takes_its_meeting_along(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request())
    later = START + timedelta(hours=2)

    changed = await provider.update(
        made.external_id, a_request("Yin yoga", starts_at=later, length=timedelta(minutes=90))
    )

    [meeting] = zoom.meetings_of(OWNER)
    assert (meeting.topic, meeting.starts_at, meeting.duration) == ("Yin yoga", later, 90)
    assert changed == made


async def test_a_session_that_has_begun_is_renamed_and_not_moved(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request())
    zoom.set_time(START + timedelta(minutes=20))

    await provider.update(made.external_id, a_request("Yin yoga"))

    [meeting] = zoom.meetings_of(OWNER)
    assert (meeting.topic, meeting.starts_at) == ("Yin yoga", START)


async def test_a_cancelled_session_takes_its_meeting_away_and_may_do_so_twice(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request())

    await provider.delete(made.external_id)
    await provider.delete(made.external_id)

    assert zoom.meetings == {}
    assert zoom.calls("DELETE") == 2


async def test_a_meeting_that_is_over_counts_as_removed(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.answers = [(400, {"code": 3007, "message": "Sorry, the meeting has ended."}, {})]

    await provider.delete("80000000001")


async def test_a_meeting_that_is_running_is_removed_later(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.answers = [(400, {"code": 3002, "message": "Sorry, it is in progress."}, {})]

    with pytest.raises(ProviderBusy, match="can be removed when it is over") as caught:
        await provider.delete("80000000001")

    assert caught.value.retry_at == NOW + timedelta(minutes=15)
    assert not caught.value.daily


async def test_changing_a_meeting_that_was_deleted_at_zoom_says_that_it_is_gone(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request())
    zoom.forget_meeting(made.external_id)

    with pytest.raises(MeetingGone, match="deleted there"):
        await provider.update(made.external_id, a_request())
    with pytest.raises(MeetingGone):
        await provider.start_url(made.external_id)


async def test_a_meeting_is_found_by_its_marker_alone(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request(marker="studio-tui:abc"))
    await provider.create(a_request(marker="studio-tui:abcd"))
    await provider.create(a_request(marker="studio-tui:xyz-studio-tui:abc"))

    assert await provider.find("studio-tui:abc") == [made]
    assert await provider.find("studio-tui:other") == []


async def test_a_meeting_is_found_on_every_page_of_the_list(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.page_size = 2
    made = [await provider.create(a_request(marker=f"studio-tui:m{number}")) for number in range(5)]

    assert await provider.find("studio-tui:m4") == [made[4]]
    assert zoom.calls("GET", "/users/me/meetings") == 3


async def test_a_courses_meeting_is_found_although_it_has_no_time(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request(starts_at=None, length=None))

    assert await provider.find(a_request().marker) == [made]


async def test_a_meeting_whose_answer_was_lost_is_in_doubt_and_found(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.drop_next_answer = True

    with pytest.raises(ProviderUnavailable) as caught:
        await provider.create(a_request())

    assert caught.value.doubtful
    [meeting] = zoom.meetings_of(OWNER)
    assert [found.external_id for found in await provider.find(a_request().marker)] == [str(meeting.id)]


async def test_meetings_are_made_for_the_host_that_the_account_names(zoom: ZoomDouble) -> None:
    zoom.add_host("giulia@aurora.example", "Giulia")
    provider = await a_provider(zoom, host="giulia@aurora.example")

    made = await provider.create(a_request())

    assert [str(meeting.id) for meeting in zoom.meetings_of("giulia@aurora.example")] == [made.external_id]
    assert zoom.meetings_of(OWNER) == []
    assert await provider.find(a_request().marker) == [made]
    assert (await provider.whoami()).label == "giulia@aurora.example"


async def test_a_colleague_hosts_by_the_studios_sign_in(zoom: ZoomDouble) -> None:
    host = zoom.add_host("giulia@aurora.example", "Giulia")
    kind = a_kind(zoom)
    lender = await signed_in(kind)

    own = await kind.sign_in("host", {"host": " giulia@aurora.example "}, lender)
    provider = kind.open(Kept(own.credentials), lender)  # type: ignore[union-attr]
    await provider.create(a_request())
    zoom.expire_tokens()
    await provider.create(a_request())

    assert (own.identity.user_id, own.identity.label) == (host.user_id, host.email)  # type: ignore[union-attr]
    assert sorted(own.credentials.values) == ["host", "way"]  # type: ignore[union-attr]
    assert len(zoom.meetings_of("giulia@aurora.example")) == 2
    assert len(lender.stored) == 2


async def test_the_hosts_address_is_a_fresh_one_each_time(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    made = await provider.create(a_request())

    first, second = await provider.start_url(made.external_id), await provider.start_url(made.external_id)

    assert first.startswith(f"https://us05web.zoom.us/s/{made.external_id}?zak=")
    assert first != second


async def test_a_hosts_address_that_is_none_is_not_handed_on(zoom: ZoomDouble) -> None:
    provider = await a_provider(zoom)
    zoom.settings.answers = [(200, {"id": 8, "start_url": "javascript:alert(1)"}, {})]

    with pytest.raises(ProviderUnavailable, match="cannot be understood"):
        await provider.start_url("8")


@pytest.mark.parametrize("external_id", ["", "../users/me", "8/../9", "8?x=1", "9" * 20, "٣"])
async def test_what_is_no_number_of_a_meeting_is_never_asked_for(zoom: ZoomDouble, external_id: str) -> None:
    provider = await a_provider(zoom)

    with pytest.raises(ProviderRefused, match="no number of a Zoom meeting"):
        await provider.delete(external_id)

    assert zoom.calls("DELETE") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"id": 8},
        {"id": "x", "join_url": "https://zoom.us/j/1"},
        {"id": 8, "join_url": 7},
        {"id": 8, "join_url": "http://zoom.us/j/123456789"},
        {"id": 8, "join_url": "https://zoom.us@evil.example/j/123456789"},
        {"id": 8, "join_url": "https://zoom.us/s/123456789?zak=1"},
        {"id": 8, "join_url": "https://zoom.us/j/123456789", "password": "x" * 101},
    ],
)
def test_an_answer_that_lets_no_client_in_is_no_meeting(fields: dict[str, object]) -> None:
    assert read_meeting(fields) is None


def test_a_meetings_number_needs_more_than_32_bits() -> None:
    made = read_meeting({"id": 9_223_372_036_854_775_807, "join_url": "https://zoom.us/j/12345678901?pwd=a"})

    assert made is not None
    assert made.external_id == "9223372036854775807"


def test_a_long_name_is_cut_at_a_blank_or_else_between_letters() -> None:
    assert cut_topic("Vinyasa " * 40) == f"{('Vinyasa ' * 25).strip()}…"
    assert cut_topic("é" * 300) == "é" * 199 + "…"
    assert cut_topic("a" * 197 + "e\u0301\u0301" * 9) == "a" * 197 + "…"
    assert cut_topic(" two\n lines ") == "two lines"
    assert cut_topic("  ") == "Online session"


def test_a_marker_is_found_whole_only() -> None:
    assert carries("m-1\nMade by studio-tui", "m-1")
    assert not carries("m-12", "m-1")
    assert not carries("xm-1", "m-1")
    assert not carries(None, "m-1")


@given(
    topic=st.text(max_size=400),
    minutes=st.integers(1, 1440),
    ahead=st.integers(1, 500_000),
    timed=st.booleans(),
)
def test_whatever_a_session_is_called_its_meeting_keeps_zooms_limits(
    topic: str, minutes: int, ahead: int, timed: bool
) -> None:
    clean = "".join(char for char in topic if char.isprintable())
    starts_at = NOW + timedelta(minutes=ahead) if timed else None

    body = new_meeting(a_request(clean, starts_at, timedelta(minutes=minutes)), NOW)

    assert list(broken_meeting(body, NOW, new=True)) == []
