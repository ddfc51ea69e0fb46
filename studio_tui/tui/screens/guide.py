"""The first-run guide: the steps from an empty studio to its calendar, each done or to be done, in any order after two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.language import _
from studio_tui.domain.terminal import clip, pad, safe_display
from studio_tui.tui import preferences
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.guide_steps import OPTIONAL, STEPS, Progress, Step, mail_lines, state_of
from studio_tui.tui.screens.list_screen import Line, ListScreen

if TYPE_CHECKING:
    from studio_tui.domain.people import Site, StaffMember
    from studio_tui.domain.services import Service
    from studio_tui.tui.screens.guide_forms import OwnerChoice
    from studio_tui.tui.screens.service_form import ServiceChoice
    from studio_tui.tui.screens.site_form import SiteChoice

_TITLE = 30
MARK = "guide"
"""Its place among the preferences: "open" from the first step until it is left."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step, and what there is of it: empty if it is still to be done."""

    step: Step
    found: str


class GuideScreen(ListScreen[Stage]):
    """The steps in lines; after each the cursor goes on to the next. Answers nothing: what is saved, is there."""

    HELP_TITLE = "First steps"
    HELP_SIGNS: ClassVar = {"✓": "done", "○": "to be done, or left for later"}
    BINDINGS: ClassVar = [
        Binding("enter", "go", "Do it", id="guide.go", tooltip="Do the step under the cursor"),
        Binding("n", "skip", "Next", id="guide.skip", tooltip="Leave the step for later"),
    ]
    OF_A_STUDIO = False
    topics = ("site", "staff", "service", "client", "session")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._progress = Progress()
        self._brought: list[str] = []

    # -- what is shown ---------------------------------------------------------------------------------------------

    def title_now(self) -> str:
        return _("First steps")

    async def load(self) -> Sequence[Line[Stage]]:
        self._progress = await self.desk.run(lambda studio: state_of(studio, self.desk.first_run))
        stages = [Line(step.key, Stage(step, self._found(step))) for step in STEPS]
        first = next(index for index, line in enumerate(stages) if line.key in OPTIONAL)
        last = len(stages) - 1
        must, may = Line["Stage"]("must", None), Line["Stage"]("may", None)
        return [must, *stages[:first], may, *stages[first:last], Line["Stage"]("then", None), stages[last]]

    def row(self, line: Line[Stage], width: int) -> Content:
        stage = line.item
        if stage is None:
            title = {"must": _("Needed"), "may": _("As you like, now or at any time"), "then": _("Then")}[line.key]
            return Content(f"── {title} ".ljust(width, "─")).stylize("dim")
        done = bool(stage.found)
        cells = min(_TITLE, max(12, width // 2))
        return Content.assemble(
            ("✓ " if done else "○ ", "$text-success" if done else ""),
            (pad(_(stage.step.title), cells), "" if done else "bold"),
            (clip(safe_display(stage.found), max(0, width - cells - 2)), "dim"),
        )

    def panel(self, item: Stage) -> tuple[str, str]:
        return _(item.step.title), _(item.step.text)

    # -- acts ------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        preferences.keep_quietly(self.desk.preferences, **{MARK: "open"})
        self._begin()

    @work(exit_on_error=False, group="act")
    async def _begin(self) -> None:
        """What is missing of the two steps that are needed is asked for at once."""
        await self.read_again()
        await self._go_on()

    def enter(self) -> None:
        self.action_go()

    @work(exit_on_error=False, group="act")
    async def action_go(self) -> None:
        """Do the step under the cursor, and go on to the next one."""
        stage = self.chosen
        if stage is None:
            return
        if stage.step.key not in ("site", "owner"):
            self._check_founded()
        if stage.step.key == "calendar":
            self._close()
        elif await self._do(stage.step):
            await self.read_again()
            self._to_next(stage.step)
            await self._go_on()

    def action_skip(self) -> None:
        """Leave the step under the cursor for later."""
        if self.chosen is not None:
            self._to_next(self.chosen.step)

    def action_leave(self) -> None:
        """Leave the guide after asking; what was saved stays."""
        self._ask_to_leave()

    @work(exit_on_error=False, group="act")
    async def _ask_to_leave(self) -> None:
        from studio_tui.tui.screens.dialogs import Confirm

        founded = self._progress.founded
        rest = _("The calendar opens; F8 brings the guide back.") if founded else _("The next start goes on from here.")
        question = Confirm(
            self.desk,
            question=_("Leave the first steps?"),
            consequences=[_("What you saved stays."), rest],
            act=_("Close the guide"),
        )
        if await self.app.push_screen_wait(question):
            self._close()

    def _close(self) -> None:
        if self._progress.founded:
            preferences.keep_quietly(self.desk.preferences, **{MARK: ""})
        self.dismiss(None)

    async def _go_on(self) -> None:
        """Ask for the site and the owner one after the other, until both are there or somebody closes a form."""
        while not self._progress.founded:
            step = next(step for step in STEPS if not self._progress.found(step))
            self.choose(step.key)
            if not await self._do(step):
                return
            await self.read_again()
        if not self.desk.ready:
            await self.desk.open()
            self.choose("service")

    def _to_next(self, step: Step) -> None:
        rest = STEPS[STEPS.index(step) + 1 :] or STEPS[-1:]
        self.choose(next((each for each in rest if not self._progress.found(each)), rest[-1]).key)

    def _found(self, step: Step) -> str:
        """What there is of a step, with the files that were brought in just now."""
        files = ", ".join(self._brought) if step.key == "import" else ""
        return " · ".join(part for part in (self._progress.found(step), files) if part)

    def _check_founded(self) -> None:
        if not self._progress.founded:
            raise NotPossible(_("First the two steps that are needed: a studio has a site and an owner."))

    async def _do(self, step: Step) -> bool:
        """Do a step; returns whether something was saved."""
        match step.key:
            case "site":
                return await self._site()
            case "owner":
                return await self._owner()
            case "service":
                return await self._service()
            case "room":
                return await self._room()
            case "hours":
                return await self._hours()
            case "import":
                return await self._bring_in()
            case _:
                return await self._mail()

    # -- the steps -------------------------------------------------------------------------------------------------

    async def _site(self) -> bool:
        from studio_tui.tui.screens.site_form import SiteForm

        if self._progress.sites:
            raise NotPossible(_("The site is made: B in the calendar changes it."))

        async def submit(choice: SiteChoice) -> Site:
            login = self.desk.login
            return await self.desk.run(
                lambda studio: studio.founding.first_site(login, choice.name, choice.zone, choice.language)
            )

        form = SiteForm(self.desk, submit, guess=self.desk.first_run.site())
        return await self.app.push_screen_wait(form) is not None

    async def _owner(self) -> bool:
        from studio_tui.tui.screens.guide_forms import OwnerForm

        if self._progress.staff:
            raise NotPossible(_("The studio has an owner: T in the calendar changes people."))

        async def submit(choice: OwnerChoice) -> StaffMember:
            login = self.desk.login
            return await self.desk.run(
                lambda studio: studio.founding.first_owner(login, choice.name, choice.email or None)
            )

        return await self.app.push_screen_wait(OwnerForm(self.desk, submit)) is not None

    async def _service(self) -> bool:
        from studio_tui.tui.screens.service_form import ServiceForm
        from studio_tui.tui.screens.services import save_service

        async def submit(choice: ServiceChoice) -> Service:
            actor = self.desk.actor
            return await self.desk.run(lambda studio: save_service(studio, actor, form, choice))

        form = ServiceForm(self.desk, submit, service=None, link=None)
        saved = await self.app.push_screen_wait(form)
        if saved is not None:
            self.tell(_("{name} is saved.").format(name=saved.name))
        return saved is not None

    async def _room(self) -> bool:
        from studio_tui.tui.screens.premises_forms import RoomForm

        saved = await self.app.push_screen_wait(RoomForm(self.desk, room=None))
        if saved is not None:
            self.tell(_("{name} is saved; Enter on this line makes more.").format(name=saved.name))
        return saved is not None

    async def _hours(self) -> bool:
        from studio_tui.tui.screens.premises_forms import HoursForm

        saved = await self.app.push_screen_wait(HoursForm(self.desk))
        if saved is not None:
            self.desk.take_site(saved)
        return saved is not None

    async def _bring_in(self) -> bool:
        from studio_tui.tui.screens.import_form import ImportForm, import_words

        form = ImportForm(self.desk)
        report = await self.app.push_screen_wait(form)
        if report is not None:
            self._brought.append(form.file_name)
            self.tell(import_words(report))
        return report is not None

    async def _mail(self) -> bool:
        from studio_tui.tui.screens.dialogs import Show

        await self.app.push_screen_wait(Show(self.desk, title=_("Mail"), lines=mail_lines(self.desk.first_run)))
        return True


def wanted(desk: Desk) -> bool:
    """Whether the guide was begun and not left: the next start goes on with it."""
    return preferences.read(desk.preferences).get(MARK) == "open"
