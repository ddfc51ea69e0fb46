"""Opening the form of a client from wherever one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio_tui.domain.people import Client
    from studio_tui.tui.desk import StudioScreen
    from studio_tui.usecases.booking import ClientDraft


async def new_client(screen: StudioScreen[None], *, name: str = "") -> Client | None:
    """The client who was made, None if nobody was."""
    from studio_tui.tui.screens.client_form import ClientForm

    desk = screen.desk

    async def submit(draft: ClientDraft) -> Client:
        return await desk.run(lambda studio: studio.booking.save_client(desk.actor, draft))

    return await screen.app.push_screen_wait(ClientForm(desk, submit, name=name, language=desk.site.language))


async def edit_client(screen: StudioScreen[None], client: Client) -> Client | None:
    """The client as saved, None if nothing was."""
    from studio_tui.tui.screens.client_form import ClientForm

    desk = screen.desk

    async def submit(draft: ClientDraft) -> Client:
        version = form.version
        return await desk.run(lambda studio: studio.booking.save_client(desk.actor, draft, version=version))

    form = ClientForm(desk, submit, client=client)
    return await screen.app.push_screen_wait(form)
