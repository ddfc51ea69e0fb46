"""What the demo studio is made of. Every person is invented; every address ends in `.example`.

Names of activities are from the OpenActive activity list (CC-BY 4.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from studio_tui.domain.people import Role
from studio_tui.domain.services import Mode, ServiceKind

ROME, LONDON = "aurora", "thames"


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A site of the demo."""

    slug: str
    name: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A staff member; `link` is their own conference account."""

    name: str
    role: Role
    sites: tuple[str, ...]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service with its weekly times ("mon 18:30"), who leads it and where."""

    site: str
    name: str
    kind: ServiceKind
    mode: Mode
    minutes: int
    capacity: int
    colour: str
    leader: str
    room: str
    times: tuple[str, ...]
    link: str | None = None
    details: str = ""


SITES = (
    DemoSite(ROME, "Studio Aurora · Roma", "Europe/Rome", "it"),
    DemoSite(LONDON, "Thames Studio · London", "Europe/London", "en"),
)

REMINDED = ("Hatha Yoga", "Qigong")
"""Services that remind their clients a day before; the others send what happens: links, news, bookings."""

STAFF = (
    DemoStaff("Anna Conti", Role.OWNER, (ROME, LONDON)),
    DemoStaff("Marta Riva", Role.FRONT_DESK, (ROME, LONDON)),
    DemoStaff("Giulia Ferri", Role.INSTRUCTOR, (ROME,)),
    DemoStaff("Marco Leoni", Role.INSTRUCTOR, (ROME, LONDON)),
    DemoStaff("Sara Villa", Role.INSTRUCTOR, (ROME,), "https://meet.jit.si/aurora-sara-5k2n8v4q7w1x"),
    DemoStaff("Elena Costa", Role.INSTRUCTOR, (LONDON, ROME)),
)

ROOMS = {
    ROME: {"Studio 1": 16, "Studio 2": 20, "Studio 3": 20, "Reformer room": 6},
    LONDON: {"Hall": 30, "Garden room": 16},
}
"""The rooms of each site, with how many people each holds."""

HOURS = {
    ROME: ("7-22",) * 5 + ("8-22", "9-22"),
    LONDON: ("8-22",) * 6 + ("9-20",),
}
"""The opening hours of each site from Monday to Sunday, as one types them."""

DEFAULT_LINKS = {ROME: "https://meet.google.com/abc-defg-hij"}

_CLASS, _COURSE, _APPOINTMENT = ServiceKind.CLASS, ServiceKind.COURSE, ServiceKind.APPOINTMENT
_ONLINE, _HERE = Mode.ONLINE, Mode.IN_PERSON

# fmt: off
SERVICES = (
    DemoService(ROME, "Vinyasa Yoga", _CLASS, _ONLINE, 60, 12, "green", "Giulia Ferri", "Studio 1",
                ("mon 07:00", "wed 07:00", "fri 07:00", "tue 18:30", "thu 18:30"),
                details="Have a mat and a block at hand."),
    DemoService(ROME, "Hatha Yoga", _CLASS, _HERE, 75, 14, "cyan", "Giulia Ferri", "Studio 1",
                ("mon 09:30", "wed 09:30", "sat 09:00")),
    DemoService(ROME, "Reformer Pilates", _CLASS, _HERE, 50, 6, "blue", "Marco Leoni", "Reformer room",
                ("tue 08:00", "thu 08:00", "fri 12:30", "mon 18:00")),
    DemoService(ROME, "Barre", _CLASS, _HERE, 45, 10, "magenta", "Elena Costa", "Studio 3",
                ("fri 08:00", "wed 12:30")),
    DemoService(ROME, "Yin Yoga", _CLASS, _ONLINE, 60, 15, "purple", "Sara Villa", "Studio 2",
                ("fri 08:00", "wed 20:00", "sun 18:00")),
    DemoService(ROME, "Meditation", _CLASS, _ONLINE, 30, 20, "yellow", "Sara Villa", "Studio 2",
                ("mon 13:00", "thu 13:00", "sat 10:00"), link="https://us02web.zoom.us/j/81234567890?pwd=Zk3Lq9Rt"),
    DemoService(ROME, "Yoga Nidra", _CLASS, _ONLINE, 45, 20, "orange", "Elena Costa", "Studio 3",
                ("tue 21:00", "sun 20:30")),
    DemoService(ROME, "Pregnancy Yoga", _COURSE, _ONLINE, 60, 8, "red", "Giulia Ferri", "Studio 1",
                ("tue 11:00",), details="For the second and third trimester."),
    DemoService(ROME, "Rehab Pilates", _APPOINTMENT, _ONLINE, 45, 1, "blue", "Marco Leoni", "",
                ("tue 15:00", "tue 16:00", "thu 15:00")),
    DemoService(LONDON, "Tai Chi", _CLASS, _ONLINE, 60, 16, "green", "Elena Costa", "Hall",
                ("mon 10:00", "thu 10:00"), link="https://whereby.com/thames-tai-chi"),
    DemoService(LONDON, "Qigong", _CLASS, _ONLINE, 45, 16, "cyan", "Marco Leoni", "Garden room",
                ("wed 10:00", "sat 11:00")),
    DemoService(LONDON, "Ballet", _COURSE, _HERE, 90, 12, "magenta", "Elena Costa", "Hall",
                ("wed 17:30",)),
    DemoService(LONDON, "Argentine Tango", _CLASS, _HERE, 90, 20, "red", "Marco Leoni", "Hall",
                ("sat 19:00",)),
    DemoService(LONDON, "Zumba®", _CLASS, _HERE, 55, 25, "orange", "Elena Costa", "Hall",
                ("mon 18:30", "thu 18:30")),
    DemoService(LONDON, "Power Pilates", _CLASS, _ONLINE, 50, 12, "blue", "Marco Leoni", "Hall",
                ("sat 09:00", "sun 10:00")),
)

# fmt: on

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekly_times(spec: DemoService) -> list[tuple[list[int], time]]:
    """The service's times of the day, each with its weekdays (Monday is 0): each of them is a series."""
    found: dict[str, list[int]] = {}
    for each in spec.times:
        day, _, clock = each.partition(" ")
        found.setdefault(clock, []).append(_WEEKDAYS.index(day))
    return [(days, time.fromisoformat(clock)) for clock, days in found.items()]


SOON = (("Meditation", 1), ("Yoga Nidra", 8), ("Tai Chi", 2), ("Qigong", 6))
"""Sessions that start so many minutes after the demo, so that notices go out while one looks."""

FIRST_NAMES = (
    "Alice", "Bruno", "Chiara", "Davide", "Emma", "Fabio", "Greta", "Hugo", "Irene", "Jonas", "Katia", "Luca",
    "Miriam", "Nadia", "Oscar", "Paola", "Renzo", "Silvia", "Teo", "Viola",
)  # fmt: skip
LAST_NAMES = ("Rossi", "Conti", "Neri", "Bianchi", "Moretti", "Ashdown")
