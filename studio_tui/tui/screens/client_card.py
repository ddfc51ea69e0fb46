"""A client's card: how to reach them, and every word that a server said about their notices (SPEC N11)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from studio_tui.domain.delivery import Channel, Delivery, DeliveryState
from studio_tui.tui.desk import Desk, StudioModal
from studio_tui.tui.signs import in_ascii, state_sign
from studio_tui.tui.widgets.drawer_clients import delivery_remark, when_text
from studio_tui.tui.widgets.key_bar import KeyBar
from studio_tui.tui.wording import clock_text

if TYPE_CHECKING:
    from studio_tui.domain.agenda import ClientLine
    from studio_tui.domain.people import Client


class CardAct(Enum):
    """What somebody chose on the card."""

    EDIT = "edit"
    RESEND = "resend"
    RETRY = "retry"
    STOP = "stop"
    CANCEL = "cancel"


_MAY_BE_TRIED_AGAIN = (DeliveryState.FAILED, DeliveryState.HELD)


class ClientCard(StudioModal[CardAct | None]):
    """Shows a client of a session. Answers what is to be done, or None if it was just closed."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar = [
        Binding("e", "choose('edit')", "Edit", id="card.edit"),
        Binding("R", "choose('resend')", "Send again", id="card.resend"),
        Binding("F", "choose('retry')", "Retry", id="card.retry"),
        Binding("s", "choose('stop')", "Do not send", id="card.stop"),
        Binding("x,delete", "choose('cancel')", "Cancel booking", id="card.cancel_booking"),
        Binding("asterisk", "app.privacy", "Hide names", id="card.privacy", show=False),
    ]

    def __init__(self, desk: Desk, client: Client, line: ClientLine) -> None:
        super().__init__(desk)
        self._client = client
        self._line = line

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self.desk.client(self._client.name), classes="dialog--title", markup=False)
            yield Static(self._written(), id="card", markup=False)
            yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with this client now."""
        deliveries = self._line.messages
        if action != "choose":
            return True
        match CardAct(parameters[0]):
            case CardAct.RETRY:
                return any(d.state in _MAY_BE_TRIED_AGAIN for d in deliveries)
            case CardAct.STOP:
                return any(d.state.waiting for d in deliveries)
            case CardAct.RESEND | CardAct.CANCEL:
                return self._line.active
            case CardAct.EDIT:
                return True

    def action_choose(self, act: str) -> None:
        """Answer with the act."""
        self.dismiss(CardAct(act))

    def privacy_changed(self) -> None:
        """Hide or show who it is."""
        self.query_one(".dialog--title", Static).update(self.desk.client(self._client.name))
        self.query_one("#card", Static).update(self._written())

    def _written(self) -> str:
        client, line = self._client, self._line
        verified = "" if client.email is None else (", verified" if client.email_verified else ", not verified")
        booked = clock_text(self.desk.wall(line.booked_at), self.desk.wall(self.desk.now()).date())
        lines = [
            f"Email     {self._hidden(client.email)}{verified}",
            f"Phone     {self._hidden(client.phone)}",
            f"Language  {client.language}",
            f"Push      {'yes' if client.push_topic else 'no topic'}",
            f"Booked    {booked}{'' if line.active else ', cancelled'}",
            "",
            *self._told("Mail", line.email),
            *self._told("Push", line.push),
            *self._news(),
        ]
        if line.old_link:
            lines.append("↻ Was sent a link that has changed since.")
        text = "\n".join(lines)
        return in_ascii(text) if self.desk.ascii else text

    def _news(self) -> list[str]:
        news = self._line.news
        if news is None:
            return []
        lines = [f"Told: {news.what}"]
        for delivery in news.deliveries:
            lines += [
                f"  {line}" for line in self._told("Mail" if delivery.channel is Channel.EMAIL else "Push", delivery)
            ]
        return lines

    def _hidden(self, text: str | None) -> str:
        if text is None:
            return "none"
        return self.desk.client(text)

    def _told(self, label: str, delivery: Delivery | None) -> list[str]:
        if delivery is None:
            reached = self._line.has_email if label == "Mail" else self._line.has_push
            return [f"{label}: nothing planned{'' if reached else ', no address'}"]
        when = when_text(delivery, self.desk)
        what = delivery.state.label
        if delivery.state is DeliveryState.SENT:
            what = f"sent {when}"
        elif delivery.state in (DeliveryState.READY, DeliveryState.CLAIMED):
            what = f"planned for {when}"
        mailed = delivery.channel is Channel.EMAIL and delivery.recipient is not None
        where = f" to {self._hidden(delivery.recipient)}" if mailed else ""
        again = ", asked for by hand" if delivery.manual and delivery.announcement_id is None else ""
        said = " ".join(str(part) for part in (delivery.last_code, delivery.last_text) if part)
        remark = delivery_remark(delivery) or said
        return [f"{label}: {state_sign(delivery)} {what}{where}{again}", *([f"      {remark}"] if remark else [])]
