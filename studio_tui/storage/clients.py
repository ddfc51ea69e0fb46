"""Clients: kept, found by parts of their names, and never shown to the log."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, String, and_, bindparam, case, func, literal, or_, select, update

from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import kinds_text, parse_kinds
from studio_tui.domain.people import Author, Client, ClientId
from studio_tui.domain.search_text import client_words
from studio_tui.domain.text import fold
from studio_tui.storage import schema
from studio_tui.storage.rows import AnyRow, change_of, fields_of, insert_row, update_row
from studio_tui.storage.search_clients import ClientSearch

_FIELDS = ("name", "email", "email_verified", "phone", "language", "push_topic", "push_channel")
_table = schema.client
TROUBLE_LIMIT = 300


class ClientRepository:
    """Clients of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def get(self, client_id: ClientId) -> Client:
        """One client.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(_table).where(_table.c.id == client_id)).one_or_none()
        if row is None:
            raise NotFound(_("That client does not exist."))
        return _to_client(row)

    def by_ids(self, ids: Sequence[int]) -> dict[int, Client]:
        """Clients by id; unknown ids are left out."""
        stmt = select(_table).where(_table.c.id.in_(ids))
        return {row.id: _to_client(row) for row in self._db.execute(stmt)}

    def by_email(self, email: str) -> Client | None:
        """The client with exactly this address, if there is one."""
        row = self._db.execute(select(_table).where(_table.c.email == email)).one_or_none()
        return None if row is None else _to_client(row)

    def by_name_without_email(self, name: str) -> Client | None:
        """The first client of exactly this name (case and accents aside) who has no address, if there is one."""
        where = (_table.c.folded_name == fold(name)[:200], _table.c.email.is_(None))
        row = self._db.execute(select(_table).where(*where).order_by(_table.c.id).limit(1)).one_or_none()
        return None if row is None else _to_client(row)

    def page(self, limit: int, offset: int = 0, query: str = "") -> list[Client]:
        """Clients by folded name, then id; with a query those in whom every typed part is found (`domain.search_text`)."""
        stmt = ClientSearch(self._db).narrow(select(_table), query)
        stmt = stmt.order_by(_table.c.folded_name, _table.c.id).limit(limit).offset(offset)
        return [_to_client(row) for row in self._db.execute(stmt)]

    def count(self, query: str = "") -> int:
        """How many clients there are, or how many a query finds."""
        return ClientSearch(self._db).count(query)

    def find(self, query: str, limit: int) -> list[Client]:
        """Clients of whose names every typed part begins a word, or whose address or number begins so; by name."""
        stmt = ClientSearch(self._db).narrow(select(_table), query, beginnings=True)
        stmt = stmt.order_by(_table.c.folded_name, _table.c.id).limit(limit)
        return [_to_client(row) for row in self._db.execute(stmt)]

    def hold(self, ids: Sequence[int]) -> None:
        """Hold clients against other writers until the transaction ends; in the order of ids, as everybody does."""
        stmt = select(_table.c.id).where(_table.c.id.in_(sorted(ids))).order_by(_table.c.id)
        self._db.execute(stmt.with_for_update(key_share=True))

    def add(self, client: Client, author: Author) -> Client:
        """Insert a client (its id is ignored) and return it."""
        return self.get(ClientId(insert_row(self._db, _table, _values(client), author)))

    def save(self, client: Client, version: int | None, author: Author) -> Client:
        """Write the client over the version that was read, and return it as it is now."""
        kept = and_(_table.c.push_topic == client.push_topic, _table.c.push_channel == client.push_channel)
        still = and_(_table.c.email == client.email, literal(not client.email_verified))
        values = {
            **_values(client),
            "push_trouble": case((kept, _table.c.push_trouble), else_=""),
            "mail_trouble": case((still, _table.c.mail_trouble), else_=""),
        }
        update_row(
            self._db, _table, client.id, version, values, author, _("The client {name}").format(name=client.name)
        )
        return self.get(client.id)

    def switch_off_push(self, delivery_ids: Sequence[int]) -> list[ClientId]:
        """Switch off the push addresses that these deliveries went to, with what the server said; return whose.

        An address that is another one by now is left alone. No version rises: it is nobody's edit.
        """
        found = self._db.execute(_REFUSED, {"b_ids": list(delivery_ids)}).all()
        told = [(ClientId(row.client_id), row.recipient, f"{row.last_code or ''} {row.last_text}") for row in found]
        return [client_id for client_id, topic, trouble in told if self.push_is_gone(client_id, topic, trouble)]

    def left_address(self, delivery_ids: Sequence[int]) -> set[int]:
        """Sessions of those of these messages whose clients are reached elsewhere by now, or by push not any more."""
        if not delivery_ids:
            return set()
        return set(self._db.execute(_LEFT, {"b_ids": list(delivery_ids)}).scalars())

    def push_is_gone(self, client_id: ClientId, topic: str, trouble: str) -> bool:
        """Switch the push address off, if it is still this one; return whether it was on."""
        said = trouble.strip()[:TROUBLE_LIMIT] or "gone"
        values = {"b_id": client_id, "b_topic": topic, "b_trouble": said}
        return bool(self._db.execute(_SWITCH_OFF, values).rowcount)

    def mail_came_back(self, client_id: ClientId, address: str, trouble: str, author: Author) -> bool:
        """Count the mail address as not verified any more, if it is still this one; return whether anything changed.

        The version rises: a form that was opened before would otherwise verify the address again unseen.
        """
        said = trouble.strip()[:TROUBLE_LIMIT]
        changes = {"version": _table.c.version + 1, "changed_by": author.name, "changed_at": author.at}
        stmt = update(_table).where(_table.c.id == client_id, func.lower(_table.c.email) == address.lower())
        stmt = stmt.where(or_(_table.c.email_verified, _table.c.mail_trouble != said))
        return bool(self._db.execute(stmt.values(email_verified=False, mail_trouble=said, **changes)).rowcount)

    def push_is_well(self, client_id: ClientId, topic: str | None = None) -> bool:
        """Switch the push address on again, if it is (still) this one; return whether it was off."""
        stmt = update(_table).where(_table.c.id == client_id, _table.c.push_trouble != "")
        if topic is not None:
            stmt = stmt.where(_table.c.push_topic == topic)
        return bool(self._db.execute(stmt.values(push_trouble="")).rowcount)


_REFUSED = (
    select(schema.booking.c.client_id, schema.outbox.c.recipient, schema.outbox.c.last_code, schema.outbox.c.last_text)
    .join(schema.booking, schema.booking.c.id == schema.outbox.c.booking_id)
    .where(schema.outbox.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger())))
    .where(schema.outbox.c.channel != Channel.EMAIL, schema.outbox.c.recipient.is_not(None))
    .order_by(schema.booking.c.client_id)
)
_LEFT = (
    select(schema.outbox.c.session_id)
    .join(schema.booking, schema.booking.c.id == schema.outbox.c.booking_id)
    .join(_table, _table.c.id == schema.booking.c.client_id)
    .where(schema.outbox.c.id.in_(bindparam("b_ids", expanding=True, type_=BigInteger())))
    .where(
        or_(
            and_(
                schema.outbox.c.channel != Channel.EMAIL,
                or_(
                    _table.c.push_channel != schema.outbox.c.channel,
                    _table.c.push_topic.is_(None),
                    _table.c.push_topic != schema.outbox.c.recipient,
                ),
            ),
            and_(
                schema.outbox.c.channel == Channel.EMAIL,
                func.lower(_table.c.email) != func.lower(schema.outbox.c.recipient),
            ),
        )
    )
)
_SWITCH_OFF = (
    update(_table)
    .where(_table.c.id == bindparam("b_id", type_=BigInteger()), _table.c.push_trouble == "")
    .where(_table.c.push_topic == bindparam("b_topic", type_=String()))
    .values(push_trouble=bindparam("b_trouble", type_=String()))
)


def _values(client: Client) -> dict[str, object]:
    words = client_words(client.name, client.email, client.phone)
    found = {"folded_name": fold(client.name)[:200], "words": words, "refuses": kinds_text(client.refuses)}
    return {**fields_of(client, *_FIELDS), **found}


def _to_client(row: AnyRow) -> Client:
    return Client(
        id=row.id,
        name=row.name,
        email=row.email,
        email_verified=row.email_verified,
        phone=row.phone,
        language=row.language,
        push_topic=row.push_topic,
        push_channel=row.push_channel,
        push_trouble=row.push_trouble,
        refuses=parse_kinds(row.refuses),
        mail_trouble=row.mail_trouble,
        change=change_of(row),
    )
