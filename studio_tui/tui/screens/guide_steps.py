"""The steps of the first-run guide: what each is for, and what there is of it already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from studio_tui.domain.language import N_, _, without_context
from studio_tui.tui.nouns import counted_clients, counted_people

if TYPE_CHECKING:
    from studio_tui.domain.people import Site
    from studio_tui.tui.first_run import FirstRun
    from studio_tui.usecases.studio import Studio


class Step(NamedTuple):
    """A step of the guide."""

    key: str
    title: str
    text: str


STEPS = (
    Step(
        "site",
        N_("Your studio"),
        N_(
            "Its name, as clients know it, its time zone and the language of its mails.\nAll times "
            "that you read and type are those of its clock.\nThis one step u does not undo: B in the "
            "calendar changes it."
        ),
    ),
    Step(
        "owner",
        N_("You"),
        N_(
            "You become the owner: you may do everything, and let others in.\nThe program knows you "
            "by the name under which you are logged in to this computer.\nNor does u undo this one: T "
            "in the calendar changes it."
        ),
    ),
    Step(
        "service",
        N_("What clients book"),
        N_(
            "A service is a class, an appointment or a course, with its length and places, in person "
            "or online.\nSessions on the calendar are made of one. S in the calendar makes more."
        ),
    ),
    Step(
        "room",
        N_("Rooms"),
        N_("Where sessions take place, and how many people fit in. B in the calendar has them all."),
    ),
    Step(
        "hours",
        N_("Opening hours"),
        N_("Sessions outside of them are marked. Without any, the studio counts as open at any time."),
    ),
    Step(
        "import",
        N_("Bring in what you have"),
        N_(
            "A calendar (.ics) or a timetable (.csv) becomes sessions of your services, a list "
            "(.csv) becomes clients.\nYou see what it would do before anything is saved."
        ),
    ),
    Step(
        "mail",
        N_("Mail"),
        N_(
            "How notices reach clients: which lines to write into which file.\nUntil then every mail "
            "is written to a folder instead, so that nothing goes out by accident."
        ),
    ),
    Step("calendar", N_("Open the calendar"), N_("n makes the first session there, ? shows every key.")),
)
OPTIONAL = frozenset({"service", "room", "hours", "import", "mail"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the studio is. `notes` says what there is of each step, by its key."""

    sites: tuple[Site, ...] = ()
    staff: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def founded(self) -> bool:
        """Whether the two steps that are needed are done."""
        return bool(self.sites and self.staff)

    def found(self, step: Step) -> str:
        """What there is of the step; empty if it is still to be done."""
        return self.notes.get(step.key, "")


def state_of(studio: Studio, first_run: FirstRun) -> Progress:
    """How far the studio is, read anew."""
    standing = studio.founding.standing()
    notes = {}
    if standing.sites:
        notes["site"] = ", ".join(f"{site.name} · {site.zone}" for site in standing.sites)
    if standing.staff:
        notes["owner"] = _("{people} on the team").format(people=counted_people(standing.staff))
    if standing.founded:
        services = [service for site in standing.sites for service in studio.catalogue.services(site.id)]
        rooms = [room for site in standing.sites for room in studio.premises.rooms(site.id)]
        notes["service"] = ", ".join(service.name for service in services)
        notes["room"] = ", ".join(room.name for room in rooms)
        notes["import"] = counted_clients(standing.clients) if standing.clients else ""
        opened = any(studio.premises.hours(site.id) for site in standing.sites)
        notes["hours"] = without_context(N_("set|hours")) if opened else ""
    if first_run.mail_host:
        notes["mail"] = first_run.mail_host
    return Progress(standing.sites, standing.staff, notes)


def mail_lines(first_run: FirstRun) -> list[str]:
    """What to write into which file, so that mails go out."""
    if first_run.mail_host:
        return [
            _("Mails go out through {server}.").format(server=first_run.mail_host),
            _("The settings are in {file}.").format(file=first_run.settings_file),
        ]
    return [
        _("Write this, with your provider's values, into the file"),
        f"{first_run.settings_file}",
        "",
        "[smtp]",
        'host = "mail.studio.example"',
        _('security = "starttls"    (or "tls")'),
        'username = "hello@studio.example"',
        _('password = "…"           (or STUDIO_TUI_SMTP_PASSWORD)'),
        'sender = "hello@studio.example"',
        "",
        _("and open the program again. “studio-tui doctor” tries it out."),
        _("Until then mails are files in {folder}.").format(folder=first_run.maildir),
    ]
