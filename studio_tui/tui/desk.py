"""What every screen is given, and how every screen behaves: the desk, and the bases of screens and dialogs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from textual import work
from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, WorkerState

from studio_tui.domain.errors import NotFound, NotPossible, StudioError
from studio_tui.domain.language import _
from studio_tui.domain.zones import to_wall, zone, zone_label
from studio_tui.tui import preferences, speaking
from studio_tui.tui.data import StudioThreads
from studio_tui.tui.first_run import FirstRun

if TYPE_CHECKING:
    from pathlib import Path

    from studio_tui.domain.changes import ChangeRow
    from studio_tui.domain.people import Site, StaffMember
    from studio_tui.domain.sessions import SessionId
    from studio_tui.tui.drafts import Unsaved
    from studio_tui.usecases.studio import Studio

T = TypeVar("T")

STAYS = 24 * 3600.0
"""Seconds that an error stays on the screen unless somebody dismisses it."""


class TuiOptions(NamedTuple):
    """What the settings say about the screens.

    Attributes:
        login: Whose hands are on the keyboard: the login of a staff member.
        site: Slug of the site to begin with; None for the person's first.
        language: What the screens speak: one of `speaking.CHOICES`; the person may choose another one.
        theme: Name of a theme; None chooses one that fits the terminal.
        ascii: Marks and lines of plain ASCII.
        privacy: Begin with clients' names hidden.
        mouse: Whether the terminal reports its mouse.
        drafts: File for what is being typed when the line drops; None forgets it.
        keymap: Keys by the id of what they do, e.g. `{"calendar.move": ("J",)}`.
        movement: Which keys beside the arrows move: one of `keymap.MOVEMENTS`.
        preferences: File for what the person chose on the screens, and how they looked at the timetable last; None
            forgets it.
        first_run: Finds out what the guide of a new studio begins with; asked only when the guide needs it.
    """

    login: str
    site: str | None = None
    language: str = "en"
    theme: str | None = None
    ascii: bool = False
    privacy: bool = False
    mouse: bool = True
    drafts: Path | None = None
    keymap: Mapping[str, Sequence[str]] = MappingProxyType({})
    movement: str = "vim"
    preferences: Path | None = None
    first_run: Callable[[], FirstRun] = FirstRun


class NotOpenYet(NotPossible):
    """The studio is still being opened: there is neither a site nor a person yet."""

    def __init__(self) -> None:
        super().__init__(_("The studio is still being opened: try again in a moment."))


class NoStudioYet(NotPossible):
    """Nobody has set up the studio: there is no site, or nobody works there."""

    def __init__(self) -> None:
        super().__init__(
            _("There is no studio yet: r takes the first steps; “studio-tui demo” shows a studio to try things in.")
        )


class Desk:
    """The place where somebody works: who, at which site, and the studio behind it.

    `language` is what the person chose to read, one of `speaking.CHOICES`; `language_spoken` is called after a change of it.
    `page_clock` is the zone that the hours beside the timetable are in: of several sites side by side that of the first.
    `site` and `actor` are known once the studio has been opened, which the calendar does with its first query.
    """

    def __init__(self, threads: StudioThreads, options: TuiOptions, clock: Callable[[], datetime]) -> None:
        self._threads = threads
        self._options = options
        self._clock = clock
        self._actor: StaffMember | None = None
        self._site: Site | None = None
        self.sites: tuple[Site, ...] = ()
        self.page_clock: ZoneInfo | None = None
        self.privacy = options.privacy
        self.ascii = options.ascii
        self.language = preferences.read(options.preferences).get("language", options.language)
        self.language_spoken: Callable[[], None] = lambda: None

    @property
    def ready(self) -> bool:
        """Whether the studio is open: before, there is neither a site nor a person."""
        return self._site is not None

    def require_open(self) -> None:
        """Refuse what needs the studio while it is being opened.

        Raises:
            NotOpenYet: It is not open.
        """
        if not self.ready:
            raise NotOpenYet

    @property
    def actor(self) -> StaffMember:
        """Who acts."""
        if self._actor is None:
            raise NotOpenYet
        return self._actor

    @actor.setter
    def actor(self, actor: StaffMember) -> None:
        self._actor = actor

    @property
    def site(self) -> Site:
        """The site on the screen."""
        if self._site is None:
            raise NotOpenYet
        return self._site

    @site.setter
    def site(self, site: Site) -> None:
        self._site = site

    def take_site(self, site: Site) -> None:
        """Show a site that is on the screen as it is now."""
        self._site = site
        self.sites = tuple(site if each.id == site.id else each for each in self.sites)
        self.speak()

    def speak(self) -> None:
        """Let the screens speak the site's language, before there is one the computer's, or the one that the person chose."""
        tag = self.first_run.language if self._site is None else self._site.language
        if speaking.speak(speaking.wanted(self.language, tag)):
            self.language_spoken()

    @property
    def login(self) -> str:
        """Whose hands are on the keyboard, as the operating system knows them."""
        return self._options.login

    @property
    def preferences(self) -> Path | None:
        """The file with what the person chose on the screens and how they look at the timetable; None forgets it."""
        return self._options.preferences

    @cached_property
    def first_run(self) -> FirstRun:
        """What the guide of a new studio begins with."""
        return self._options.first_run()

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone: people read and type its wall-clock time."""
        return zone(self.site.zone)

    def now(self) -> datetime:
        """The current instant, aware UTC."""
        return self._clock()

    def wall(self, instant: datetime) -> datetime:
        """The instant as the site's clock shows it."""
        return to_wall(instant, self.zone)

    def whose_clock(self, instant: datetime) -> str:
        """Whose clock the site's times are by, in a sentence, while the hours on the page are those of another zone."""
        if self.page_clock is None or self.page_clock == self.zone:
            return ""
        words = _("By the clock of {site} ({zone}).")
        return words.format(site=self.site.name, zone=zone_label(self.zone, instant))

    def client(self, name: str) -> str:
        """A client's name as it may be shown: bullets while names are hidden."""
        if not self.privacy:
            return name
        return ("*" if self.ascii else "•") * 6

    async def open(self) -> None:
        """Open the studio, learn who acts and where; does nothing if that is done.

        Raises:
            StudioError: Unknown person or site, or a database that cannot be opened.
        """
        if not self.ready:
            self._actor, self.sites, self._site = await self._threads.run(self._sit_down)
            self.speak()

    async def run(self, work: Callable[[Studio], T]) -> T:
        """What `work` makes of the studio; it runs in a thread, so that no key ever waits for the database.

        Example: `detail = await desk.run(lambda studio: studio.calendar.detail(session_id))`
        """
        return await self._threads.run(work)

    async def ask(self, work: Callable[[Studio], Awaitable[T]]) -> T:
        """What the coroutine that `work` makes returns: for what asks a provider. Await it in a worker only.

        Example: `url = await desk.ask(lambda studio: studio.signing_in.start_url(actor, session_id))`
        """
        return await self._threads.ask(work)

    def _sit_down(self, studio: Studio) -> tuple[StaffMember, tuple[Site, ...], Site]:
        sites = tuple(studio.catalogue.sites())
        if not sites:
            raise NoStudioYet
        try:
            actor = studio.catalogue.actor(self._options.login)
        except NotFound:
            if studio.catalogue.staff():
                raise
            raise NoStudioYet from None
        own = [site for site in sites if site.id in actor.site_ids]
        site = studio.catalogue.site(self._options.site) if self._options.site is not None else (own or list(sites))[0]
        speaking.make_ready(speaking.wanted(self.language, site.language))
        return actor, sites, site


class AtDesk(MessagePump):
    """What screens, dialogs and larger widgets share: the desk, words for the person, and errors of background work.

    Background work is a method with `@work(exit_on_error=False)`. A `StudioError` that leaves it becomes a sentence that
    stays on the screen; any other error ends the program with its own exit code, without showing anybody's data.
    Work that opens a screen is in the group "opens" (`typed_ahead.OPENS`): what is typed meanwhile waits for that screen.
    """

    desk: Desk

    def tell(self, sentence: str) -> None:
        """Say what was done (and how to undo it), for some seconds."""
        self.app.notify(sentence, markup=False)

    def refuse(self, reason: StudioError | str) -> None:
        """Say why something was not done; it stays until it is dismissed (Esc or a click)."""
        self.app.notify(str(reason), severity="error", timeout=STAYS, markup=False)

    def failed(self, error: StudioError) -> None:
        """What follows a refusal in background work; a form shows it beside its field instead."""
        if isinstance(error, NotOpenYet):
            # It is no longer true in a moment, and nobody has to mend anything.
            self.app.notify(str(error), severity="warning", markup=False)
        else:
            self.refuse(error)

    def unsaved(self) -> Unsaved | None:
        """What is typed here and not saved, without links and passwords: kept if the line drops."""
        return None

    def in_hand(self) -> str:
        """What is under way here and not yet saved, in a sentence with the way out; an undo waits for it."""
        return ""

    async def show_touched(self, sessions: Sequence[SessionId]) -> None:
        """Bring sessions that an undo has just written into sight, where the screen can."""

    def studio_changed(self, changes: Sequence[ChangeRow]) -> None:
        """Called for every screen on the stack after somebody changed data: query again only what is shown."""

    def language_changed(self) -> None:
        """Called for every screen on the stack after the screens' language changed."""

    def privacy_changed(self) -> None:
        """Called for every screen on the stack after clients' names were hidden or shown."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell the errors of background work."""
        if event.state is not WorkerState.ERROR or event.worker.error is None:
            return
        event.stop()
        if isinstance(event.worker.error, StudioError):
            self.failed(event.worker.error)
        elif isinstance(event.worker.error, Exception):
            # The app logs it without anybody's data and ends with its own exit code.
            self.app._handle_exception(event.worker.error)


R = TypeVar("R")


class StudioScreen(AtDesk, Screen[R]):
    """A full screen at the desk. Finding begins on each of them."""

    BINDINGS: ClassVar = [
        Binding(
            "slash",
            "find",
            "Find",
            id="screen.find",
            show=False,
            tooltip="Find a session, client, teacher, service or link by parts of words",
        ),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    @work(exit_on_error=False, group="opens")
    async def action_find(self) -> None:
        """Ask what to find, and go there."""
        from studio_tui.tui.going import go_to
        from studio_tui.tui.screens.find import FindScreen

        await self.desk.open()
        hit = await self.app.push_screen_wait(FindScreen(self.desk))
        if hit is not None:
            go_to(self, hit)


class StudioModal(AtDesk, ModalScreen[R]):
    """A dialog over a screen that stays in sight. `Esc` closes it; with typed text, `leave` may ask first."""

    DEFAULT_CSS = """
    StudioModal {
        align: center middle;
        background: transparent;
    }
    """
    BINDINGS: ClassVar = [
        Binding("escape", "leave", "Close", id="dialog.close"),
        Binding("f1", "app.help", "Help", id="dialog.help", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
