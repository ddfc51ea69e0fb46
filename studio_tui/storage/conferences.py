"""Conference accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from studio_tui.domain.conferences import AccountId, AccountState, ConferenceAccount, SignIn
from studio_tui.domain.language import _
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.people import Author, SiteId, StaffId
from studio_tui.domain.services import SealedLink
from studio_tui.storage import schema
from studio_tui.storage.rows import AnyRow, change_of, insert_row, link_of, link_values, update_row
from studio_tui.storage.sign_ins import SignInRepository

_table = schema.conference_account


class ConferenceRepository:
    """Conference accounts of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def default_of(self, site_id: SiteId) -> ConferenceAccount | None:
        """The site's default account, also a disconnected one; None if it never had one (SPEC A1, A6)."""
        return self._one(_table.c.site_id == site_id)

    def own_of(self, staff_id: StaffId) -> ConferenceAccount | None:
        """The staff member's own account, also a disconnected one (SPEC A2)."""
        return self._one(_table.c.staff_id == staff_id)

    def own_accounts(self) -> dict[StaffId, ConferenceAccount]:
        """Every own account by its owner."""
        rows = self._db.execute(select(_table).where(_table.c.staff_id.is_not(None))).all()
        sign_ins = self._sign_ins(rows)
        return {StaffId(row.staff_id): _to_account(row, sign_ins) for row in rows}

    def all(self) -> list[ConferenceAccount]:
        """Every account, by id."""
        rows = self._db.execute(select(_table).order_by(_table.c.id)).all()
        sign_ins = self._sign_ins(rows)
        return [_to_account(row, sign_ins) for row in rows]

    def add(
        self, site_id: SiteId | None, staff_id: StaffId | None, kind: str, label: str, author: Author
    ) -> ConferenceAccount:
        """Insert an account that is not connected yet, and return it; its link is sealed with its id, so it comes after."""
        values = {
            "site_id": site_id,
            "staff_id": staff_id,
            "kind": kind,
            "label": label,
            "state": AccountState.DISCONNECTED,
        }
        return self.get(AccountId(insert_row(self._db, _table, values, author)))

    def save(
        self,
        account: ConferenceAccount,
        *,
        kind: str,
        label: str,
        state: AccountState,
        link: SealedLink | None,
        sign_in_id: SignInId | None = None,
        concurrent: int | None = None,
        version: int | None,
        author: Author,
    ) -> ConferenceAccount:
        """Write the account over the version that was read, and return it as it is now."""
        values = {"kind": kind, "label": label, "state": state, **link_values(link)}
        values |= {"sign_in_id": sign_in_id, "concurrent": concurrent}
        update_row(self._db, _table, account.id, version, values, author, _("The conference account"))
        return self.get(account.id)

    def get(self, account_id: AccountId) -> ConferenceAccount:
        """One account that is known to exist."""
        row = self._db.execute(select(_table).where(_table.c.id == account_id)).one()
        return _to_account(row, self._sign_ins([row]))

    def _one(self, condition: object) -> ConferenceAccount | None:
        row = self._db.execute(select(_table).where(condition)).one_or_none()  # type: ignore[arg-type]
        return None if row is None else _to_account(row, self._sign_ins([row]))

    def _sign_ins(self, rows: Iterable[AnyRow]) -> Mapping[SignInId, SignIn]:
        """What these accounts' meetings are made with, and what that borrows; nothing is read where none has any."""
        ids = {SignInId(row.sign_in_id) for row in rows if row.sign_in_id is not None}
        if not ids:
            return {}
        found = SignInRepository(self._db).by_ids(ids)
        lenders = {each.lender_id for each in found.values() if each.lender_id is not None} - found.keys()
        return found | SignInRepository(self._db).by_ids(lenders) if lenders else found


def _to_account(row: AnyRow, sign_ins: Mapping[SignInId, SignIn]) -> ConferenceAccount:
    sign_in = None if row.sign_in_id is None else sign_ins[row.sign_in_id]
    lender = None if sign_in is None or sign_in.lender_id is None else sign_ins[sign_in.lender_id]
    refused = any(each is not None and not (each.accepted and each.stored) for each in (sign_in, lender))
    connected = row.state is AccountState.CONNECTED
    return ConferenceAccount(
        id=row.id,
        site_id=row.site_id,
        staff_id=row.staff_id,
        kind=row.kind,
        label=row.label,
        state=AccountState.NEEDS_SIGN_IN if refused and connected else row.state,
        link=link_of(row),
        change=change_of(row),
        sign_in=sign_in,
        concurrent=row.concurrent,
    )
