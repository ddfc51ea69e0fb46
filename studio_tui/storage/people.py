"""Sites and staff."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, delete, insert, select

from studio_tui.domain.errors import NotFound
from studio_tui.domain.language import _
from studio_tui.domain.messages import MessageSwitches
from studio_tui.domain.people import Author, Role, Site, SiteId, StaffId, StaffMember
from studio_tui.storage import schema
from studio_tui.storage.history import changing, made
from studio_tui.storage.rows import AnyRow, change_of, fields_of, insert_row, update_row

_MESSAGE_FIELDS = ("reminder_lead", "reply_to", "hide_links_in_mails", "hide_links_in_area")


class PeopleRepository:
    """Sites and staff members of one open transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def sites(self) -> list[Site]:
        """Every site, by name."""
        return [_to_site(row) for row in self._db.execute(select(schema.site).order_by(schema.site.c.name))]

    def site(self, site_id: SiteId) -> Site:
        """One site.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(schema.site).where(schema.site.c.id == site_id)).one_or_none()
        if row is None:
            raise NotFound(_("That site does not exist."))
        return _to_site(row)

    def add_site(self, slug: str, name: str, zone: str, language: str, author: Author) -> Site:
        """Insert a site and return it."""
        values = {"slug": slug, "name": name, "zone": zone, "language": language}
        return self.site(SiteId(insert_row(self._db, schema.site, values, author)))

    def save_site(self, site: Site, version: int | None, author: Author) -> Site:
        """Write all but its messages over the version that was read, and return the site as it is now."""
        values = fields_of(site, "slug", "name", "zone", "language")
        update_row(self._db, schema.site, site.id, version, values, author, _("The site {name}").format(name=site.name))
        return self.site(site.id)

    def save_site_messages(self, site: Site, version: int | None, author: Author) -> Site:
        """Write what the site says of its messages over the version that was read, and return it as it is now."""
        values = {**fields_of(site, *_MESSAGE_FIELDS), "messages": str(site.messages)}
        update_row(self._db, schema.site, site.id, version, values, author, _("The site {name}").format(name=site.name))
        return self.site(site.id)

    def staff(self, site_id: SiteId | None = None) -> list[StaffMember]:
        """Staff who work at the site (all staff without one), active ones first, then by name."""
        table = schema.staff
        stmt = select(table).order_by(table.c.active.desc(), table.c.name, table.c.id)
        if site_id is not None:
            works = select(schema.staff_site.c.staff_id).where(schema.staff_site.c.site_id == site_id)
            stmt = stmt.where(table.c.id.in_(works))
        sites = self._sites_by_staff()
        return [_to_staff(row, tuple(sites[row.id])) for row in self._db.execute(stmt)]

    def staff_member(self, staff_id: StaffId) -> StaffMember:
        """One staff member.

        Raises:
            NotFound: There is none with that id.
        """
        row = self._db.execute(select(schema.staff).where(schema.staff.c.id == staff_id)).one_or_none()
        if row is None:
            raise NotFound(_("That staff member does not exist."))
        return _to_staff(row, tuple(self._sites_by_staff()[row.id]))

    def staff_by_login(self, login: str) -> StaffMember | None:
        """Who acts under this operating system user; None if nobody does."""
        row = self._db.execute(select(schema.staff).where(schema.staff.c.login == login)).one_or_none()
        return None if row is None else _to_staff(row, tuple(self._sites_by_staff()[row.id]))

    def add_staff(
        self,
        name: str,
        role: Role,
        login: str | None,
        email: str | None,
        sites: tuple[SiteId, ...],
        author: Author,
    ) -> StaffMember:
        """Insert a staff member and return them."""
        values = {"name": name, "role": role, "login": login, "email": email, "active": True}
        staff_id = StaffId(insert_row(self._db, schema.staff, values, author))
        made(self._db, schema.staff_site, [staff_id])
        self._set_sites(staff_id, sites)
        return self.staff_member(staff_id)

    def save_staff(self, member: StaffMember, version: int | None, author: Author) -> StaffMember:
        """Write the staff member over the version that was read, and return them as they are now."""
        values = fields_of(member, "name", "role", "login", "email", "active")
        update_row(
            self._db,
            schema.staff,
            member.id,
            version,
            values,
            author,
            _("Staff member {name}").format(name=member.name),
        )
        changing(self._db, schema.staff_site, [member.id])
        self._db.execute(delete(schema.staff_site).where(schema.staff_site.c.staff_id == member.id))
        self._set_sites(member.id, member.site_ids)
        return self.staff_member(member.id)

    def _set_sites(self, staff_id: StaffId, sites: tuple[SiteId, ...]) -> None:
        if sites:
            rows = [{"staff_id": staff_id, "site_id": site_id} for site_id in sites]
            self._db.execute(insert(schema.staff_site), rows)

    def _sites_by_staff(self) -> dict[int, list[SiteId]]:
        sites: dict[int, list[SiteId]] = defaultdict(list)
        for row in self._db.execute(select(schema.staff_site).order_by(schema.staff_site.c.site_id)):
            sites[row.staff_id].append(SiteId(row.site_id))
        return sites


def _to_site(row: AnyRow) -> Site:
    return Site(
        id=row.id,
        slug=row.slug,
        name=row.name,
        zone=row.zone,
        language=row.language,
        messages=MessageSwitches.parse(row.messages),
        reminder_lead=row.reminder_lead,
        reply_to=row.reply_to,
        hide_links_in_mails=row.hide_links_in_mails,
        hide_links_in_area=row.hide_links_in_area,
        change=change_of(row),
    )


def _to_staff(row: AnyRow, sites: tuple[SiteId, ...]) -> StaffMember:
    return StaffMember(
        id=row.id,
        name=row.name,
        role=row.role,
        login=row.login,
        email=row.email,
        active=row.active,
        site_ids=sites,
        change=change_of(row),
    )
