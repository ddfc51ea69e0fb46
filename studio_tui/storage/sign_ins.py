"""Sign-ins at providers: their sealed credentials, who may renew them, and what each host has used up in a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from studio_tui.domain.conferences import SignIn
from studio_tui.domain.meetings import SignInId
from studio_tui.domain.phrase import Phrase, kept, told
from studio_tui.storage import schema
from studio_tui.storage.rows import AnyRow

_table, _days = schema.sign_in, schema.host_day
_SHOWN: list[ColumnElement[Any]] = [column for column in _table.c if column.name != "credentials"]
_SHOWN += [_table.c.credentials.is_not(None).label("stored")]
_TROUBLE_LIMIT = 300


class SignInRepository:
    """Sign-ins of one open transaction. They are never deleted, only given up: an undo may come back to one."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def by_ids(self, ids: Collection[SignInId]) -> dict[SignInId, SignIn]:
        """Sign-ins by id; unknown ones are left out."""
        rows = self._db.execute(select(*_SHOWN).where(_table.c.id.in_(sorted(ids))))
        return {SignInId(row.id): _to_sign_in(row) for row in rows}

    def get(self, sign_in_id: SignInId) -> SignIn:
        """One that is known to exist."""
        return self.by_ids([sign_in_id])[sign_in_id]

    def stored(self) -> list[SignIn]:
        """Those whose credentials are kept, by id."""
        stmt = select(*_SHOWN).where(_table.c.credentials.is_not(None)).order_by(_table.c.id)
        return [_to_sign_in(row) for row in self._db.execute(stmt)]

    def add(
        self, kind: str, way: str, user_id: str, label: str, now: datetime, lender_id: SignInId | None = None
    ) -> SignInId:
        """Insert a sign-in without credentials, which are sealed with its id and come by `store`."""
        values = {
            "kind": kind,
            "way": way,
            "user_id": user_id,
            "label": label,
            "lender_id": lender_id,
            "accepted": True,
            "made_at": now,
        }
        return SignInId(self._db.execute(insert(_table).values(**values).returning(_table.c.id)).scalar_one())

    def credentials(self, sign_in_id: SignInId, *, lock: bool = False) -> str | None:
        """The sealed credentials, with `lock` held against other writers; None if it was given up."""
        stmt = select(_table.c.credentials).where(_table.c.id == sign_in_id)
        stmt = stmt.with_for_update() if lock else stmt
        sealed: str | None = self._db.execute(stmt).scalar_one()
        return sealed

    def store(self, sign_in_id: SignInId, credentials: str | None) -> None:
        """Keep sealed credentials in place of the old ones; None gives the sign-in up."""
        values = {"credentials": credentials, "renewer": None, "renewer_until": None}
        self._db.execute(update(_table).where(_table.c.id == sign_in_id).values(**values))

    def of_host(self, kind: str, way: str, user_id: str) -> list[SignInId]:
        """Every sign-in that the host ever made in that way, the newest last."""
        same = (_table.c.kind == kind, _table.c.way == way, _table.c.user_id == user_id)
        return [SignInId(row.id) for row in self._db.execute(select(_table.c.id).where(*same).order_by(_table.c.id))]

    def accept(self, sign_in_id: SignInId, label: str, lender_id: SignInId | None = None) -> None:
        """Somebody has signed in anew, and borrows from `lender_id`."""
        values: dict[str, Any] = {"accepted": True, "label": label, "lender_id": lender_id}
        values |= {"trouble": "", "failures": 0, "paused_until": None}
        self._db.execute(update(_table).where(_table.c.id == sign_in_id).values(**values))

    def resume(self, sign_in_id: SignInId) -> None:
        """Ask the provider again at once, whatever failed before."""
        self._db.execute(update(_table).where(_table.c.id == sign_in_id).values(paused_until=None))

    def well(self, sign_in_id: SignInId) -> None:
        """The provider has answered: forget its troubles."""
        troubled = or_(_table.c.trouble != "", _table.c.failures != 0, _table.c.paused_until.is_not(None))
        stmt = update(_table).where(_table.c.id == sign_in_id, _table.c.accepted, troubled)
        self._db.execute(stmt.values(trouble="", failures=0, paused_until=None))

    def troubled(
        self,
        sign_in_id: SignInId,
        trouble: Phrase | str,
        *,
        paused_until: datetime | None = None,
        accepted: bool = True,
    ) -> None:
        """Write down what is the matter, and until when the provider is left alone (SPEC A7)."""
        values = {
            "trouble": kept(trouble, _TROUBLE_LIMIT),
            "failures": _table.c.failures + 1,
            "paused_until": paused_until,
            "accepted": accepted,
        }
        self._db.execute(update(_table).where(_table.c.id == sign_in_id).values(**values))

    def take_renewal(self, sign_in_id: SignInId, token: str, now: datetime, until: datetime) -> bool:
        """Become the only one to renew the credentials; False while another process does."""
        # One that lasts longer than any renewal was taken while a clock was wrong.
        held = _table.c.renewer_until
        free = or_(_table.c.renewer.is_(None), held <= now, held > until + (until - now))
        stmt = update(_table).where(_table.c.id == sign_in_id, free).values(renewer=token, renewer_until=until)
        return self._db.execute(stmt).rowcount == 1

    def leave_renewal(self, sign_in_id: SignInId, token: str) -> None:
        """Let others renew the credentials."""
        stmt = update(_table).where(_table.c.id == sign_in_id, _table.c.renewer == token)
        self._db.execute(stmt.values(renewer=None, renewer_until=None))

    def used(self, host: str, day: date) -> int:
        """How many creates and updates the host has used up on that UTC day."""
        stmt = select(_days.c.used).where(_days.c.host == host, _days.c.day == day)
        return self._db.execute(stmt).scalar_one_or_none() or 0

    def use(self, host: str, day: date, limit: int) -> bool:
        """Count one more, unless the limit is reached."""
        stmt = update(_days).where(_days.c.host == host, _days.c.day == day, _days.c.used < limit)
        if self._db.execute(stmt.values(used=_days.c.used + 1)).rowcount == 1:
            return True
        if self.used(host, day) or limit < 1:
            return False
        self._db.execute(insert(_days).values(host=host, day=day, used=1))
        return True

    def unuse(self, host: str, day: date) -> None:
        """Count one less: the provider was not asked, or says that nothing was done."""
        stmt = update(_days).where(_days.c.host == host, _days.c.day == day, _days.c.used > 0)
        self._db.execute(stmt.values(used=_days.c.used - 1))

    def used_up(self, host: str, day: date, limit: int) -> None:
        """The provider says that the day's limit is reached, whatever was counted here."""
        if (
            self._db.execute(update(_days).where(_days.c.host == host, _days.c.day == day).values(used=limit)).rowcount
            != 1
        ):
            self._db.execute(insert(_days).values(host=host, day=day, used=limit))


def _to_sign_in(row: AnyRow) -> SignIn:
    return SignIn(
        id=SignInId(row.id),
        kind=row.kind,
        way=row.way,
        user_id=row.user_id,
        label=row.label,
        accepted=row.accepted,
        stored=row.stored,
        trouble=str(told(row.trouble)),
        failures=row.failures,
        paused_until=row.paused_until,
        lender_id=row.lender_id,
    )
