"""Mails that came back after a server had taken them: what a person, a script or a mailbox tells of them.

This is where a bounce mailbox or a mail service's webhook is connected: `studio-tui outbox bounced`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from studio_tui.domain import permissions
from studio_tui.domain.bounces import Bounce, Returned
from studio_tui.domain.delivery import CAME_BACK, DeliveryId
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.people import Author, ClientId, StaffMember
from studio_tui.domain.permissions import Act
from studio_tui.domain.phrase import phrase
from studio_tui.interchange.dsn import read_dsn
from studio_tui.storage.outbox_bounces import SentMail
from studio_tui.storage.unit_of_work import UnitOfWork
from studio_tui.usecases.planning import hold_and_bring_into_line
from studio_tui.usecases.resources import Resources


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one bounce.

    Attributes:
        unverified: The client's address counts as not verified now; it is False if the code says nothing of the address,
            or if the client has another one by now.
    """

    delivery_id: DeliveryId
    client_id: ClientId
    bounce: Bounce
    unverified: bool


class Bounces:
    """The use cases of mails that came back. All need the right to change clients."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def record(self, actor: StaffMember, named: str, code: str, text: str) -> Recorded:
        """Note that a mail came back; it stays sent, and its address counts as not verified where that is to blame.

        Notices still go to such an address (SPEC N3), everything else does not. To record the same twice changes nothing.

        Args:
            actor: Who says so.
            named: The mail's Message-ID; or the address, for the last mail that went there.
            code: As 5.1.1 or 550.
            text: What the server said.

        Raises:
            NotAllowed, InvalidInput: Nothing was noted.
            NotFound: No such mail went out in the last month.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS)
        bounce, wanted = Bounce.of(code, text), named.strip()

        def work(unit: UnitOfWork) -> Recorded:
            now = self._resources.clock()
            by_id = wanted.startswith("<")
            mail = (unit.bounces.by_message_id if by_id else unit.bounces.last_to)(wanted, now)
            if mail is None:
                raise NotFound(_("No mail of that Message-ID or to that address went out in the last 30 days."))
            return _note(unit, actor, mail, bounce, now)

        return self._resources.write(work)

    def take(self, actor: StaffMember, report: bytes) -> list[Recorded]:
        """Note what a server's report (RFC 3464) says of mails that came back; those that it still tries are left out.

        Anybody can write such a report. It counts only if it returns the Message-ID of a mail that went to that address.

        Raises:
            NotAllowed: Nothing was noted.
            InvalidInput: It is no such report.
            NotFound: It is not about one of the studio's mails.
        """
        permissions.check(actor, Act.MANAGE_CLIENTS)
        final = [each for each in read_dsn(report) if each.final]
        return self._resources.write(lambda unit: self._take(unit, actor, final)) if final else []

    def _take(self, unit: UnitOfWork, actor: StaffMember, returned: Sequence[Returned]) -> list[Recorded]:
        now = self._resources.clock()
        done: list[Recorded] = []
        for each in returned:
            mail = unit.bounces.by_message_id(each.message_id, now) if each.message_id else None
            if mail is not None and mail.recipient.lower() == each.address.lower():
                done.append(_note(unit, actor, mail, each.bounce, now))
        if not done:
            raise NotFound(
                _("That report is not about a mail that this studio sent in the last 30 days: nothing was noted.")
            )
        return done


def _note(unit: UnitOfWork, actor: StaffMember, mail: SentMail, bounce: Bounce, now: datetime) -> Recorded:
    author = Author(actor.name, now)
    unit.bounces.mark(mail.delivery_id, f"{CAME_BACK}{bounce}", now)
    unit.changes.record("outbox", mail.session_id, author, "a mail came back")
    if not bounce.of_address:
        return Recorded(mail.delivery_id, mail.client_id, bounce, unverified=False)
    if unit.clients.mail_came_back(mail.client_id, mail.recipient, str(bounce), author):
        hold_and_bring_into_line(unit, unit.bookings.sessions_of_client(mail.client_id, now), now)
        unit.changes.record(
            "client", mail.client_id, author, phrase("a mail came back: the address is not verified any more")
        )
    client = unit.clients.get(mail.client_id)
    still = (client.email or "").lower() == mail.recipient.lower()
    return Recorded(mail.delivery_id, mail.client_id, bounce, unverified=still)
