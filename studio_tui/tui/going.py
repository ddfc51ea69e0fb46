"""Going to what was found: a session in the calendar, a client's card, the list that a thing stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.message import Message

from studio_tui.domain.finding import ClientHit, SessionHit, ThingHit, ThingKind
from studio_tui.domain.language import _
from studio_tui.domain.people import SiteId
from studio_tui.domain.sessions import SessionId

if TYPE_CHECKING:
    from studio_tui.tui.desk import StudioScreen
    from studio_tui.tui.screens.list_screen import ListScreen
    from studio_tui.tui.widgets.hit_rows import Hit


@dataclass
class Visit(Message):
    """Somebody wants to see a session in the calendar, whatever lies over it."""

    session_id: SessionId
    site_id: SiteId
    starts_at: datetime


def go_to(screen: StudioScreen[Any], hit: Hit) -> None:
    """Show what was found: sessions and what has a next one in the calendar, clients on their card, the rest in its list."""
    if isinstance(hit, ClientHit):
        from studio_tui.tui.screens.client_card import ClientCard

        screen.app.push_screen(ClientCard(screen.desk, hit.id))
        return
    session = hit if isinstance(hit, SessionHit) else hit.next
    if session is not None:
        screen.app.post_message(Visit(session.id, session.site_id, session.starts_at))
    elif isinstance(hit, ThingHit):
        _show_in_list(screen, hit)


def _show_in_list(screen: StudioScreen[Any], thing: ThingHit) -> None:
    """What has no session stands in a list all the same; a course stands in none."""
    desk = screen.desk
    match thing.kind:
        case ThingKind.LINK:
            from studio_tui.tui.screens.conferences import ConferencesScreen

            screen.app.push_screen(ConferencesScreen(desk))
        case ThingKind.SERVICE:
            from studio_tui.tui.screens.services import ServicesScreen

            screen.app.push_screen(_begun_at(ServicesScreen(desk), thing))
        case ThingKind.STAFF:
            from studio_tui.tui.screens.team import TeamScreen

            screen.app.push_screen(_begun_at(TeamScreen(desk), thing))
        case ThingKind.ROOM:
            from studio_tui.tui.screens.premises import PremisesScreen

            screen.app.push_screen(PremisesScreen(desk))
        case ThingKind.COURSE:
            screen.tell(_("{name} has no session in the calendar.").format(name=thing.name))


def _begun_at(screen: ListScreen[Any], thing: ThingHit) -> ListScreen[Any]:
    screen.begin_at(str(thing.id))
    return screen
