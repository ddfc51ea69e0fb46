"""Messages: which kinds go out for the site or for one of its services, who decides that, and how each one reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.binding import Binding
from textual.content import Content

from studio_tui.domain.language import _
from studio_tui.domain.message_rules import Decider, KindLine
from studio_tui.domain.permissions import Act, check
from studio_tui.domain.terminal import pad, safe_display
from studio_tui.tui.desk import Desk
from studio_tui.tui.screens.list_screen import Line, ListScreen
from studio_tui.tui.screens.message_words import (
    about_lines,
    off_lines,
    on_words,
    service_rule_lines,
    site_rule_lines,
    when_words,
)

if TYPE_CHECKING:
    from studio_tui.domain.messages import MessageKind
    from studio_tui.domain.people import Site
    from studio_tui.domain.services import Service, ServiceId
    from studio_tui.domain.sessions import SessionId
    from studio_tui.usecases.messages import MessageSettings
    from studio_tui.usecases.studio import Studio

_KIND, _STATE, _DECIDER, _MOST_DECIDER = 21, 10, 13, 24
_WIDE = 100
_RULE = 18


class Rule(NamedTuple):
    """A line about a rule: its place among them and in their form, what it is about, and what holds."""

    place: int
    name: str
    says: str


Item = KindLine | Rule


class MessagesScreen(ListScreen[Item]):
    """Every kind in a line, then the rules; `s` chooses whose they are."""

    HELP_TITLE = "Messages"
    HELP_SIGNS: ClassVar = {
        "●": "goes out",
        "×": "is switched off",
        "⚠": "a template of your own is refused: the built-in words are used",
    }
    BINDINGS: ClassVar = [
        Binding("space", "switch", "On/off", id="messages.switch", tooltip="Switch the kind on or off"),
        Binding(
            "enter", "look", "Preview", id="messages.preview", tooltip="The message as a client reads it, or the rules"
        ),
        Binding("s", "whose", "Service", id="messages.service", tooltip="For the site, or for one of its services"),
        Binding(
            "d,delete",
            "leave_it",
            "Unset",
            id="messages.unset",
            tooltip="Say nothing: the site, or the default, decides",
        ),
        Binding("e", "rules", "Rules", id="messages.rules", tooltip="When reminders go out, and what stands in mails"),
    ]
    topics = ("site", "service")

    def __init__(self, desk: Desk, service_id: ServiceId | None = None, *, session_id: SessionId | None = None) -> None:
        """Make the screen: of the site, or of one of its services. `session_id`: messages can be shown of this session."""
        super().__init__(desk)
        self._session_id = session_id
        self._service_id = service_id
        self._site: Site = desk.site
        self._service: Service | None = None
        self._refused: Mapping[str, Sequence[str]] = {}

    def on_resize(self) -> None:
        self._say("#title", self.title_now())

    # -- what is shown ---------------------------------------------------------------------------------------------

    async def load(self) -> Sequence[Line[Item]]:
        site_id, service_id, actor = self.desk.site.id, self._service_id, self.desk.actor

        def read(studio: Studio) -> tuple[MessageSettings, Mapping[str, Sequence[str]]]:
            settings = studio.messages.settings(actor, site_id, service_id)
            return settings, studio.message_previews.refused(settings.site)

        settings, self._refused = await self.desk.run(read)
        self._site, self._service = settings.site, settings.service
        self._say("#title", self.title_now())
        site, service = settings.site, settings.service
        rules = site_rule_lines(site) if service is None else service_rule_lines(site, service)
        return [
            Line("names", None),
            *(Line[Item](f"kind {line.kind}", line) for line in settings.lines),
            Line("rules", None),
            *(Line[Item](f"rule {number}", Rule(number, *rule)) for number, rule in enumerate(rules)),
        ]

    def row(self, line: Line[Item], width: int) -> Content:
        decider = _MOST_DECIDER if width >= _WIDE else _DECIDER
        match line.item:
            case None if line.key == "rules":
                return Content(f"── {_('Rules')} ".ljust(width, "─")).stylize("dim")
            case None:
                names = [(f"  {_('Message')}", _KIND + 2), (_("goes out"), _STATE), (_("who decides"), decider)]
                return Content("".join(pad(name, cells) for name, cells in names) + _("when")).stylize("dim")
            case Rule() as rule:
                return Content.assemble(f"  {pad(rule.name, _RULE)}", (safe_display(rule.says), "dim"))
            case KindLine() as kind:
                style = "" if kind.on else "dim"
                wrong = self._refusals(kind.kind)
                sign = "⚠" if wrong else ("●" if kind.on else "×")
                when = when_words(kind.kind, self._site, self._service)
                return Content.assemble(
                    (f"{sign} ", "$text-warning" if wrong else ("$text-success" if kind.on else "dim")),
                    (pad(kind.kind.label, _KIND), style or "bold"),
                    (pad(_("on") if kind.on else _("off"), _STATE), style),
                    (pad(self._decider(kind), decider), "dim"),
                    (pad(when, max(0, width - 2 - _KIND - _STATE - decider)), "dim"),
                )

    def panel(self, item: Item) -> tuple[str, str]:
        if isinstance(item, Rule):
            return item.name, f"{item.says}.\n{_('e changes the rules.')}"
        lines = about_lines(item.kind)
        said = _("{decider} says so.").format(decider=self._decider(item).capitalize())
        lines.append(_("Nobody said otherwise, so they go out.") if item.decider is Decider.NOBODY else said)
        lines += [f"! {sentence}" for sentence in self._refusals(item.kind)]
        return item.kind.label.capitalize(), "\n".join(lines)

    def title_now(self) -> str:
        return self.with_site(_("Messages"), _("the whole site") if self._service is None else self._service.name)

    def _decider(self, line: KindLine) -> str:
        return {Decider.SERVICE: _("this service"), Decider.SITE: _("the site"), Decider.NOBODY: _("default")}[
            line.decider
        ]

    def _refusals(self, kind: MessageKind) -> Sequence[str]:
        return self._refused.get(kind.template, ())

    # -- acts ------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        self.action_look()

    @work(exit_on_error=False, group="act")
    async def action_switch(self) -> None:
        """Switch the kind under the cursor off, which is asked about with what waits, or on."""
        if isinstance(line := self.chosen, KindLine):
            await self._switch(line, not line.on)

    @work(exit_on_error=False, group="act")
    async def action_leave_it(self) -> None:
        """Take back what the service, or the site, says of the kind under the cursor."""
        line = self.chosen
        if isinstance(line, KindLine):
            own = line.service if self._service is not None else line.site
            if own is None:
                self.say_refused(_("Nothing is said of it here: there is nothing to take back."))
            else:
                await self._switch(line, None)

    async def _switch(self, line: KindLine, on: bool | None) -> None:
        from studio_tui.tui.screens.dialogs import Confirm

        service, actor, site_id = self._service, self.desk.actor, self._site.id
        check(actor, Act.MANAGE_SITE if service is None else Act.MANAGE_SERVICES)
        owner = self._site if service is None else service
        service_id, version, kind = self._service_id, owner.change.version, line.kind
        after = on if on is not None else (True if service is None or line.site is None else line.site)
        if line.on and not after:
            effect = await self.desk.run(lambda studio: studio.messages.foresee(actor, site_id, service_id, kind, on))
            question = Confirm(
                self.desk,
                question=_("Switch “{kind}” off for {name}?").format(kind=kind.label, name=owner.name),
                consequences=off_lines(kind, effect),
                act=_("Switch it off"),
            )
            if not await self.app.push_screen_wait(question):
                return
        try:
            done = await self.desk.run(
                lambda studio: studio.messages.switch(actor, site_id, service_id, kind, on, version=version)
            )
        finally:
            await self.read_again()
        if after and not line.on:
            told = _("“{kind}” goes out again. {effect} u undoes it.").format(kind=kind.label, effect=on_words(done))
        elif line.on and not after:
            told = _("“{kind}” is off. u undoes it.").format(kind=kind.label)
        elif on is None and service is None:
            told = _("“{kind}” goes out by default again. u undoes it.").format(kind=kind.label)
        else:
            told = _("“{kind}” goes out or not as the site says. u undoes it.").format(kind=kind.label)
        self.tell(told)

    @work(exit_on_error=False, group="opens")
    async def action_look(self) -> None:
        """Show the message under the cursor as a client reads it, or change the rules."""
        from studio_tui.tui.screens.message_preview import MessagePreviewScreen

        match self.chosen:
            case KindLine() as line:
                screen = MessagePreviewScreen(self.desk, line.kind, self._service_id, self._session_id)
                self.app.push_screen(screen)
            case Rule() as rule:
                await self._edit_rules(rule.place)

    @work(exit_on_error=False, group="opens")
    async def action_whose(self) -> None:
        """Choose the site, or one of its services."""
        from studio_tui.tui.screens.dialogs import Choose

        site_id = self.desk.site.id
        services = await self.desk.run(lambda studio: studio.catalogue.services(site_id))
        options: list[tuple[str, ServiceId | None]] = [(_("The site: every service that says nothing else"), None)]
        options += [
            (safe_display(each.name), each.id) for each in services if each.active or each.id == self._service_id
        ]
        ids = [service_id for _name, service_id in options]
        # A chosen None means the site, and a closed dialog too: the place in the list tells them apart.
        numbered = [(name, number) for number, (name, _id) in enumerate(options)]
        chosen = await self.app.push_screen_wait(
            Choose(self.desk, title=_("Messages of"), options=numbered, chosen=ids.index(self._service_id))
        )
        if chosen is not None:
            self._service_id, self._session_id = ids[chosen], None
            await self.read_again()

    @work(exit_on_error=False, group="opens")
    async def action_rules(self) -> None:
        """Open the form of the rules."""
        await self._edit_rules()

    async def _edit_rules(self, place: int = 0) -> None:
        from studio_tui.tui.screens.message_rules import ServiceRulesForm, SiteRulesForm

        check(self.desk.actor, Act.MANAGE_SITE if self._service is None else Act.MANAGE_SERVICES)
        if self._service is None:
            of_site = SiteRulesForm(self.desk, self._site)
            of_site.first = place
            site = await self.app.push_screen_wait(of_site)
            if site is None:
                return
            self.desk.take_site(site)
        else:
            of_service = ServiceRulesForm(self.desk, self._site, self._service)
            of_service.first = place
            if await self.app.push_screen_wait(of_service) is None:
                return
        await self.read_again()
        self.tell(_("The rules are saved. u undoes it."))
