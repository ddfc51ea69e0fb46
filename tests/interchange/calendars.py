"""Small calendars for tests: a calendar is its lines, so that a test shows what the file says."""

from datetime import date

from studio_tui.interchange.ics import CalendarReading, read_calendar

ROME = "Europe/Rome"
HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Studio//Test//EN")


def a_calendar(*lines: str, header: tuple[str, ...] = ()) -> bytes:
    """The lines within a calendar of their own."""
    return "\r\n".join([*HEAD, *header, *lines, "END:VCALENDAR", ""]).encode()


def an_event(*lines: str, uid: str = "one@studio.example", title: str = "Yoga") -> tuple[str, ...]:
    """An event of ten to eleven in Rome on Monday 2024-03-04, unless the lines say when it is."""
    start = () if any(line.startswith("DTSTART") for line in lines) else ("DTSTART;TZID=Europe/Rome:20240304T100000",)
    timed = any(line.startswith(("DTEND", "DURATION")) for line in lines)
    end = () if timed else ("DURATION:PT1H",)
    return ("BEGIN:VEVENT", f"UID:{uid}", *start, *end, *lines, f"SUMMARY:{title}", "END:VEVENT")


def read(
    *lines: str,
    header: tuple[str, ...] = (),
    start: date | None = None,
    until: date | None = None,
    site_zone: str = ROME,
) -> CalendarReading:
    """What the lines within a calendar come to."""
    return read_calendar(a_calendar(*lines, header=header), site_zone=site_zone, start=start, until=until)


def starts(reading: CalendarReading) -> list[str]:
    """The starts of what takes place, `2024-03-04 09:00` in UTC."""
    return [f"{each.starts_at:%Y-%m-%d %H:%M}" for each in reading.occurrences if not each.cancelled]


def skipped(reading: CalendarReading) -> list[str]:
    """Why something was left out."""
    return [problem.reason for problem in reading.problems if problem.severity == "skipped"]


def notes(reading: CalendarReading) -> list[str]:
    """What one should know of."""
    return [problem.reason for problem in reading.problems if problem.severity == "note"]
