"""Opening the form of a client from wherever one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio_tui.domain.language import _
from studio_tui.domain.missed import anew_words

if TYPE_CHECKING:
    from studio_tui.domain.people import Client
    from studio_tui.tui.desk import Desk, StudioScreen
    from studio_tui.usecases.booking import ClientDraft


async def new_client(screen: StudioScreen[None], *, name: str = "") -> Client | None:
    """The client who was made, None if nobody was."""
    from studio_tui.tui.screens.client_form import ClientForm

    desk = screen.desk

    async def submit(draft: ClientDraft) -> Client:
        return await desk.run(lambda studio: studio.booking.save_client(desk.actor, draft))

    return await screen.app.push_screen_wait(ClientForm(desk, submit, name=name, language=desk.site.language))


async def edit_client(screen: StudioScreen[None], client: Client) -> str | None:
    """What is to be said of the client as saved, None if nothing was."""
    from studio_tui.tui.screens.client_form import ClientForm

    desk, anew = screen.desk, 0

    async def submit(draft: ClientDraft) -> Client:
        nonlocal anew
        version = form.version
        saved = await desk.run(lambda studio: studio.booking.correct_client(desk.actor, draft, version=version))
        anew = saved.anew
        return saved.client

    form = ClientForm(desk, submit, client=client)
    client_now = await screen.app.push_screen_wait(form)
    return None if client_now is None else saved_text(desk, client_now, anew)


def saved_text(desk: Desk, client: Client, anew: int = 0) -> str:
    """That the client is saved, and how many messages that had failed go to their new address."""
    said = _("{name} is saved. u undoes it.").format(name=desk.client(client.name))
    return f"{said} {anew_words(anew)}" if anew else said
