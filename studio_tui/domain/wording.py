"""The words of messages in each language, and dates and times as people of that language write them (SPEC C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from studio_tui.domain.zones import to_wall, zone_label

FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a notice says in one language. `date` and `and_then` have places for the values named in them."""

    language: str
    subject: str
    greeting: str
    intro: str
    when: str
    leader: str
    place: str
    join: str
    link: str
    password: str
    note: str
    details: str
    automatic: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str


ENGLISH = Words(
    language="en",
    subject="Your link to join {title}",
    greeting="Hello {name},",
    intro="Here is your link to join {title} online.",
    when="When",
    leader="With",
    place="Studio",
    join="Join the session",
    link="Link",
    password="Password",
    note="Note",
    details="Good to know",
    automatic="You get this message because you have a place in this session. The link is for you: please do not pass it on.",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
            "December"),
    date="{weekday} {day} {month} {year}",
)  # fmt: skip
ITALIAN = Words(
    language="it",
    subject="Il tuo link per {title}",
    greeting="Ciao {name},",
    intro="ecco il tuo link per partecipare online a {title}.",
    when="Quando",
    leader="Con",
    place="Studio",
    join="Entra nella sessione",
    link="Link",
    password="Password",
    note="Nota",
    details="Buono a sapersi",
    automatic="Ricevi questo messaggio perché hai un posto in questa sessione. Il link è per te: non inoltrarlo.",
    weekdays=("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    months=("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
            "novembre", "dicembre"),
    date="{weekday} {day} {month} {year}",
)  # fmt: skip
SPANISH = Words(
    language="es",
    subject="Tu enlace para {title}",
    greeting="Hola {name}:",
    intro="Este es tu enlace para participar en línea en {title}.",
    when="Cuándo",
    leader="Con",
    place="Estudio",
    join="Entrar en la sesión",
    link="Enlace",
    password="Contraseña",
    note="Nota",
    details="Conviene saber",
    automatic="Recibes este mensaje porque tienes una plaza en esta sesión. El enlace es para ti: no lo reenvíes.",
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre"),
    date="{weekday} {day} de {month} de {year}",
)  # fmt: skip
LANGUAGES = {words.language: words for words in (ENGLISH, ITALIAN, SPANISH)}


def words_for(*tags: str) -> Words:
    """The words of the first language tag that there are words for (`it-CH` is `it`); English if there are none."""
    for tag in tags:
        words = LANGUAGES.get(tag.partition("-")[0].lower())
        if words is not None:
            return words
    return LANGUAGES[FALLBACK]


def spoken_date(words: Words, wall: datetime) -> str:
    """The day in words: `Monday 2 March 2026`."""
    weekday, month = words.weekdays[wall.weekday()], words.months[wall.month - 1]
    return words.date.format(weekday=weekday, day=wall.day, month=month, year=wall.year)


def spoken_start(words: Words, starts_at: datetime, zone: ZoneInfo) -> str:
    """A start alone: `Monday 2 March 2026, 11:00 (Europe/Rome, CET)`."""
    wall = to_wall(starts_at, zone)
    return f"{spoken_date(words, wall)}, {wall:%H:%M} ({zone.key}, {zone_label(zone, starts_at)})"


def spoken_interval(words: Words, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """When a session is, in the zone's wall-clock time with its name: `Monday 2 March 2026, 11:00–12:00 (Europe/Rome, CET)`.

    The end carries its own day, or its own short name of the zone, where that differs from the start's.
    """
    start, end = to_wall(starts_at, zone), to_wall(ends_at, zone)
    label, last_label = zone_label(zone, starts_at), zone_label(zone, ends_at)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{spoken_date(words, end)}, {end:%H:%M}"
    dash = "–" if end.date() == start.date() else " – "
    labels = label if label == last_label else f"{label}/{last_label}"
    return f"{spoken_date(words, start)}, {start:%H:%M}{dash}{until} ({zone.key}, {labels})"
