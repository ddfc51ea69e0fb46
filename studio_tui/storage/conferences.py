"""Conference accounts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from studio_tui.domain.conferences import AccountId, AccountState, ConferenceAccount
from studio_tui.domain.people import Author, SiteId, StaffId
from studio_tui.domain.services import SealedLink
from studio_tui.storage import schema
from studio_tui.storage.rows import AnyRow, change_of, insert_row, link_of, link_values, update_row

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
        stmt = select(_table).where(_table.c.staff_id.is_not(None))
        return {StaffId(row.staff_id): _to_account(row) for row in self._db.execute(stmt)}

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
        version: int | None,
        author: Author,
    ) -> ConferenceAccount:
        """Write the account over the version that was read, and return it as it is now."""
        values = {"kind": kind, "label": label, "state": state, **link_values(link)}
        update_row(self._db, _table, account.id, version, values, author, "The conference account")
        return self.get(account.id)

    def get(self, account_id: AccountId) -> ConferenceAccount:
        """One account that is known to exist."""
        return _to_account(self._db.execute(select(_table).where(_table.c.id == account_id)).one())

    def _one(self, condition: object) -> ConferenceAccount | None:
        row = self._db.execute(select(_table).where(condition)).one_or_none()  # type: ignore[arg-type]
        return None if row is None else _to_account(row)


def _to_account(row: AnyRow) -> ConferenceAccount:
    return ConferenceAccount(
        id=row.id,
        site_id=row.site_id,
        staff_id=row.staff_id,
        kind=row.kind,
        label=row.label,
        state=row.state,
        link=link_of(row),
        change=change_of(row),
    )
