"""Files with something wrong in them: what is sound comes in, the rest is told, line by line."""

import subprocess
import sys

import pytest

from studio_tui.interchange.decoding import MAX_BYTES
from studio_tui.interchange.ics import UnreadableFile, read_calendar
from tests.interchange.calendars import HEAD, ROME, a_calendar, an_event, notes, read, skipped, starts

GOOD = an_event(uid="good")


def without(line: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    at = lines.index(line)
    return lines[:at] + lines[at + 1 :]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<!DOCTYPE html><html>Sign in</html>", "is a web page"),
        (b"name,email\r\nAnna,anna@studio.example\r\n", "has no BEGIN:VCALENDAR"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "has no BEGIN:VCALENDAR"),
        (b"\xff\xfe\x00", "cannot be decoded"),
    ],
    ids=["nothing", "blanks", "mark", "web page", "table", "picture", "half a character"],
)
def test_what_is_no_calendar_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_calendar(data, site_zone=ROME, file_name="week.ics")
    assert reason in str(refused.value)
    assert str(refused.value).startswith("week.ics ")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="is larger than 20 MB"):
        read_calendar(b" " * (MAX_BYTES + 1), site_zone=ROME)


def test_a_hostile_file_name_is_shown_harmless() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_calendar(b"", site_zone=ROME, file_name="\x1b]52;c;eA==\x07" + "x" * 500)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_calendar_without_events_holds_nothing() -> None:
    reading = read()
    assert (reading.occurrences, reading.problems) == ((), ())


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("DTSTART:20240304T090000Z", "DTSTART:20240305T090000Z"), "DTSTART is given twice, in lines 7 and 8."),
        (("DTSTART:20240304T0900", "DURATION:PT1H"), 'DTSTART in line 6 is no date or time: "20240304T0900".'),
        (("DTSTART:٢٠٢٤٠٣٠٤T٠٩٠٠٠٠Z", "DURATION:PT1H"), "DTSTART in line 6 is no date or time"),
        (("DTSTART;=:20240304T090000Z", "DURATION:PT1H"), "DTSTART in line 6 is damaged"),
        (("DTSTART:20240304T090000Z", "DTEND:20240304T090000Z"), "It ends when it starts"),
        (("DTSTART:20240304T090000Z", "DTEND:20240304T080000Z"), "It ends (2024-03-04 08:00) before it starts"),
        (("DTSTART:20240304T090000Z", "DTEND;VALUE=DATE:20240305"), "its end is only a date"),
        (("DTSTART;VALUE=DATE:20240304", "DTEND;VALUE=DATE:20240305"), "It is all-day"),
        (("DTSTART:20240304T090000Z", "DURATION:PT0S"), "It ends when it starts"),
        (("DTSTART:20240304T090000Z", "DURATION:-PT1H"), "It ends when it starts"),
        (("DTSTART:20240304T090000Z", "DURATION:one hour"), "The length in line 7 cannot be read"),
        (("DTSTART:20240304T090000Z", "DURATION:PT25H"), "It lasts 25 hours; a session lasts at most 24."),
        (("DTSTART:20240304T090000Z", "DURATION:P99999999999D"), "The length in line 7 cannot be read"),
        (("DTSTART:20240304T090000Z", "DTEND:20240304T100000Z", "DURATION:PT1H"), "both an end (DTEND) and a length"),
        (("STATUS:CONFIRMED", "STATUS:CANCELLED"), "STATUS is given twice"),
        (("UID:another",), "UID is given twice"),
        (("EXRULE:FREQ=DAILY",), "leaves dates out by a rule"),
        (("RDATE;VALUE=PERIOD:20240309T090000Z/PT0S",), "The period in line 8 ends before it starts"),
        (
            ("DTSTART:20240304T000000", "DTEND:20240305T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"),
            "It is all-day",
        ),
    ],
)
def test_an_event_of_which_no_session_can_be_made_is_told(lines: tuple[str, ...], reason: str) -> None:
    reading = read(*an_event(*lines, uid="bad", title="Broken one"), *GOOD)
    assert [each.uid for each in reading.occurrences] == ["good"]
    assert len(skipped(reading)) == 1
    assert reason in skipped(reading)[0]
    (problem,) = [problem for problem in reading.problems if problem.severity == "skipped"]
    assert problem.title == "Broken one"
    assert problem.uid in ("bad", None)


def test_an_event_without_start_or_end_is_told() -> None:
    bare = ("BEGIN:VEVENT", "UID:bad", "SUMMARY:Some day", "END:VEVENT")
    point = ("BEGIN:VEVENT", "UID:point", "DTSTART:20240304T090000Z", "END:VEVENT")
    assert skipped(read(*bare, *point, *GOOD)) == [
        "It has no start (DTSTART).",
        "It has neither an end nor a length; a session needs one.",
    ]


def test_an_event_without_its_end_line_takes_no_other_with_it() -> None:
    reading = read(*without("END:VEVENT", an_event(uid="cut")), *GOOD)
    assert [each.uid for each in reading.occurrences] == ["good"]
    assert skipped(reading) == ["It is not whole: BEGIN:VEVENT in line 4 has no END:VEVENT."]


def test_an_event_without_its_first_line_takes_no_other_with_it() -> None:
    reading = read(*an_event(uid="first"), *without("BEGIN:VEVENT", an_event(uid="cut")), *GOOD)
    assert {each.uid for each in reading.occurrences} == {"first", "good"}
    assert skipped(reading) == [
        "END:VEVENT in line 14 has no BEGIN:VEVENT before it, so what stands above it cannot be told apart."
    ]


@pytest.mark.parametrize("lost", ["BEGIN:VALARM", "END:VALARM"])
def test_an_event_with_half_an_alarm_takes_no_other_with_it(lost: str) -> None:
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "DURATION:PT5M", "REPEAT:2", "END:VALARM")
    whole = an_event("DTSTART:20240304T090000Z", "DTEND:20240304T100000Z", *alarm, uid="alarmed")
    assert {each.uid for each in read(*whole, *GOOD).occurrences} == {"alarmed", "good"}
    reading = read(*without(lost, whole), *GOOD)
    assert [each.uid for each in reading.occurrences] == ["good"]
    assert "It is not whole" in skipped(reading)[0]


def test_a_mistyped_component_does_not_swallow_what_follows() -> None:
    mistyped = ("BEGIN:VEVEMT", *an_event(uid="lost")[1:])
    reading = read(*mistyped, *GOOD, *an_event(uid="better"))
    assert {each.uid for each in reading.occurrences} == {"good", "better"}
    assert any("END:VEVENT in line 9 has no BEGIN:VEVENT" in reason for reason in skipped(reading))


def test_a_file_that_was_cut_off_gives_what_is_whole() -> None:
    whole = a_calendar(*GOOD, *an_event(uid="cut"))
    reading = read_calendar(whole[: whole.rindex(b"SUMMARY")], site_zone=ROME)
    assert [each.uid for each in reading.occurrences] == ["good"]
    assert skipped(reading) == ["It is not whole: BEGIN:VEVENT in line 10 has no END:VEVENT."]
    assert notes(reading) == ["The file has no END:VCALENDAR: its end may be missing."]


def test_a_calendar_without_its_first_line_is_read() -> None:
    data = "\r\n".join([*HEAD[1:], *GOOD, "END:VCALENDAR"]).encode()
    reading = read_calendar(data, site_zone=ROME)
    assert len(reading.occurrences) == 1
    assert notes(reading) == ["END:VCALENDAR in line 9 has no BEGIN:VCALENDAR before it."]


@pytest.mark.parametrize(
    "line",
    [
        "ATTENDEE;CN=:::",
        "GEO:somewhere",
        "SEQUENCE:soon",
        "X-APPLE-STRUCTURED-LOCATION;=:",
        "just some words",
        "DTSTAMP:yesterday",
        "PRIORITY:high",
        "SUMMARY;=:",
        "RRULE:",
        "ATTACH;VALUE=BINARY:@@@",
    ],
)
def test_damage_that_does_not_concern_a_session_does_no_harm(line: str) -> None:
    reading = read(*an_event(line))
    assert starts(reading) == ["2024-03-04 09:00"]
    assert skipped(reading) == []


def test_lines_that_are_no_properties_are_told_once() -> None:
    reading = read(*an_event("some words", "and more of them"))
    assert notes(reading) == ["2 lines are no property and left out."]


@pytest.mark.parametrize(
    ("name", "what"), [("VTODO", "a task"), ("VJOURNAL", "a journal entry"), ("VFREEBUSY", "a list of free")]
)
def test_other_components_are_told_and_left_out(name: str, what: str) -> None:
    reading = read(f"BEGIN:{name}", "UID:other", f"END:{name}", *GOOD)
    assert len(reading.occurrences) == 1
    assert what in notes(reading)[0]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(line_end: str) -> None:
    data = a_calendar(*GOOD, *an_event("DTSTART:nonsense", uid="bad")).decode().replace("\r\n", line_end)
    reading = read_calendar(data.encode(), site_zone=ROME)
    assert starts(reading) == ["2024-03-04 09:00"]
    assert [problem.line for problem in reading.problems] == [13]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_unicode_encoding_is_read(encoding: str) -> None:
    data = a_calendar(*an_event(title="Créer È Łódź")).decode().encode(encoding)
    reading = read_calendar(data, site_zone=ROME)
    assert reading.occurrences[0].title == "Créer È Łódź"
    assert reading.problems == ()


def test_windows_text_is_read_line_by_line() -> None:
    data = a_calendar(*an_event("LOCATION:Città", title="Pilates è bello")).replace("Città".encode(), b"Citt\xe0")
    reading = read_calendar(data, site_zone=ROME)
    assert (reading.occurrences[0].location, reading.occurrences[0].title) == ("Città", "Pilates è bello")
    assert notes(reading) == ["1 line is not in UTF-8 and read as Windows text: check accented letters."]


def test_a_line_folded_within_a_character_is_read() -> None:
    data = a_calendar(*an_event(title="Caffè")).replace("Caffè".encode(), b"Caff\xc3\r\n \xa8")
    assert read_calendar(data, site_zone=ROME).occurrences[0].title == "Caffè"


def test_an_event_without_uid_gets_one_from_its_content() -> None:
    nameless = without("UID:none", an_event(uid="none"))
    other = without("UID:none", an_event(uid="none", title="Pilates"))
    reading = read(*nameless, *other, *nameless)
    again = read(*other, *nameless, *nameless, header=("X-WR-CALNAME:Moved about",))
    assert len({each.uid for each in reading.occurrences}) == 3
    assert {each.uid for each in reading.occurrences} == {each.uid for each in again.occurrences}
    assert len(notes(reading)) == 1
    assert "3 events have no UID" in notes(reading)[0]


def test_texts_are_made_harmless_and_fit() -> None:
    hostile = "\x1b]52;c;eA==\x07[red]x\u202e"
    reading = read(
        *an_event(
            "LOCATION:" + "x" * 500, "DESCRIPTION:first\\nsecond\\, third\x9b" + "y" * 9_000, title=hostile, uid=hostile
        )
    )
    (event,) = reading.occurrences
    assert event.title == "]52;c;eA==[red]x"
    assert "\x1b" not in event.uid
    assert (len(event.location), event.location[-1]) == (200, "…")
    assert len(event.description) == 4_000
    assert event.description.startswith("first\nsecond, third")
    assert "\x9b" not in event.description
    assert notes(reading) == [
        "1 text is longer than 200 characters and cut there.",
        "1 text is longer than 4,000 characters and cut there.",
    ]


def test_problems_are_harmless_to_show() -> None:
    reading = read(*an_event("DTSTART:\x1b]52;c;eA==\x07", uid="\x1b[2J", title="\x1b[31mRed"))
    (problem,) = reading.problems
    assert not any("\x1b" in text or "\x07" in text for text in (problem.reason, problem.uid or "", problem.title))


def test_a_long_uid_is_shortened_and_stays_unique() -> None:
    reading = read(*an_event(uid="a" * 300 + "1"), *an_event(uid="a" * 300 + "2"))
    uids = [each.uid for each in reading.occurrences]
    assert [len(uid) for uid in uids] == [255, 255]
    assert len(set(uids)) == 2


@pytest.mark.parametrize(
    ("lines", "url", "conference"),
    [
        (("URL:https://studio.example/yoga",), "https://studio.example/yoga", False),
        (("URL:https://page.example/", "CONFERENCE;VALUE=URI:https://meet.example/a"), "https://meet.example/a", True),
        (("X-GOOGLE-CONFERENCE:https://meet.example/abc-def",), "https://meet.example/abc-def", True),
        (
            ("CONFERENCE;FEATURE=PHONE:tel:+390212345", "CONFERENCE:https://meet.example/b"),
            "https://meet.example/b",
            True,
        ),
        (("URL;VALUE=URI:https://a.example/?q=a\\,b",), "https://a.example/?q=a\\,b", False),
        (("URL:javascript:alert(1)",), None, False),
        (("URL:https://user:secret@studio.example/",), None, False),
        (("URL:https://studio.example/a b",), None, False),
        (("URL:F",), None, False),
        (("URL:https://studio.example/" + "x" * 2_000,), None, False),
        (("URL:http://[::1",), None, False),
    ],
)
def test_only_web_addresses_are_taken(lines: tuple[str, ...], url: str | None, conference: bool) -> None:
    (event,) = read(*an_event(*lines)).occurrences
    assert (event.url, event.url_is_conference) == (url, conference)


def test_progress_is_told_and_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    lines = [line for number in range(60) for line in an_event(uid=f"u{number}")]
    read_calendar(a_calendar(*lines), site_zone=ROME, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (120, 120)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) > 3


def test_the_calendar_packages_wait_for_the_first_file() -> None:
    program = "import sys; import studio_tui.interchange.ics, studio_tui.interchange.clients_csv; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "studio_tui.interchange.ics" in loaded
    assert not {"icalendar", "recurring_ical_events", "dateutil"} & set(loaded)
