"""Reads lists of clients as spreadsheets and other booking systems export them."""

from __future__ import annotations

from collections.abc import Mapping

from studio_tui.domain.addresses import BadAddress, EmailAddress, parse_address
from studio_tui.domain.delivery import Channel
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.messages import REFUSABLE, MessageKind
from studio_tui.domain.push_addresses import NAMES, check_push_address, push_service
from studio_tui.domain.text import clean_line
from studio_tui.interchange.client_columns import column_of, rate_header
from studio_tui.interchange.client_values import language_tag, phone_number, refused_kinds, yes_or_no
from studio_tui.interchange.csv_guard import unguarded
from studio_tui.interchange.csv_records import places_of, read_rows, tell_unread
from studio_tui.interchange.csv_table import Row, Table
from studio_tui.interchange.findings import Broken, Findings, quoted
from studio_tui.interchange.records import ClientsReading, ImportedClient, Progress, UnreadableFile
from studio_tui.interchange.texts import shortened

MAX_NAME = 200


def read_clients(data: bytes, file_name: str = "", *, progress: Progress | None = None) -> ClientsReading:
    """Return every client that a table holds, and row by row what was left out and why.

    The first row names the columns, in any order and case: name (or first and last name), email, verified, phone,
    language, push topic, refuses, or what programs call them in English, Italian and Spanish. Commas, semicolons, tabs
    and bars separate them; UTF-8, UTF-16 and Windows text are read. A row with a bad address, or with one that an earlier
    row has, is left out. Reading the same bytes again gives an equal result.

    Args:
        data: The file.
        file_name: For the sentence of an error.
        progress: Called with (lines done, lines in all).

    Raises:
        UnreadableFile: If the file is empty, larger than 20 MB, or has no column for names.
    """
    findings = Findings()
    table = Table(data, file_name, rate_header, findings)
    columns = _columns(table.header, file_name, findings)
    reader = _ClientReader(columns, len(table.header.cells), findings)
    rows = read_rows(table, reader, findings, progress)
    return ClientsReading(rows, findings.in_order())


def _columns(header: Row, file_name: str, findings: Findings) -> dict[str, int]:
    """Where each of a client's columns stands, from 0; of two with one meaning the first counts."""
    columns, unread = places_of(header, column_of)
    if not {"name", "first_name", "last_name"} & columns.keys():
        raise UnreadableFile(
            file_name,
            _(
                "has no column for names: its first line must name the columns, such as name, email, phone "
                "(or for a timetable date, starts, service)."
            ),
        )
    tell_unread(unread, header, findings)
    return columns


class _ClientReader:
    def __init__(self, columns: Mapping[str, int], width: int, findings: Findings) -> None:
        self._columns = columns
        self._width = width
        self._findings = findings
        self._lines_by_address: dict[str, int] = {}
        self._row = Row(0, ())
        self.name = ""

    def read(self, row: Row) -> ImportedClient:
        """Return the client of a row.

        Raises:
            Broken: If the row cannot come in; the sentence says why. `name` is what it calls the client.
        """
        self._row, self.name = row, ""
        if any(cell.strip() for cell in row.cells[self._width :]):
            raise Broken(
                row.line, _("The row has more cells than the header: a text with a separator needs quotation marks.")
            )
        self.name = self._full_name()
        if not self.name:
            raise Broken(row.line, _("The row has no name."))
        address, service = self._address(), self._push_service()
        return ImportedClient(
            name=self.name,
            email=address.text if address else None,
            verified=self._verified(),
            phone=self._phone(),
            language=self._language(),
            push_topic=self._push_topic(service),
            push_channel=service,
            refuses=self._refuses(),
            line=row.line,
        )

    def _cell(self, column: str) -> str:
        place = self._columns.get(column)
        if place is None or place >= len(self._row.cells):
            return ""
        return unguarded(self._row.cells[place].strip())

    def _note(self, reason: str) -> None:
        self._findings.note(self._row.line, None, reason, self.name)

    def _full_name(self) -> str:
        # "Nome" and "nombre" are the whole name, or the first one where surnames have a column of their own.
        parts = [self._cell("name"), self._cell("first_name"), self._cell("last_name")]
        if parts[0] and self._columns.keys() >= {"first_name", "last_name"}:
            parts = parts[:1]
        name, cut = shortened(" ".join(" ".join(parts).split()), MAX_NAME)
        if cut:
            self._note(_("The name is longer than {max_name} characters and cut there.").format(max_name=MAX_NAME))
        return name

    def _address(self) -> EmailAddress | None:
        written = self._cell("email")
        if not written:
            return None
        try:
            address = parse_address(written)
        except BadAddress as error:
            raise Broken(self._row.line, f"{quoted(written)}: {error}") from error
        first = self._lines_by_address.setdefault(address.key, self._row.line)
        if first != self._row.line:
            raise Broken(
                self._row.line,
                _("{text} is the address of the client in line {first} already.").format(
                    text=quoted(address.text), first=first
                ),
            )
        return address

    def _verified(self) -> bool:
        written = self._cell("verified")
        answer = yes_or_no(written)
        if answer is None:
            self._note(
                _("{written} is neither yes nor no: the address counts as not verified.").format(
                    written=quoted(written)
                )
            )
        return bool(answer)

    def _phone(self) -> str | None:
        written = clean_line(self._cell("phone"), len(self._cell("phone")) * 3 + 1)
        number = phone_number(written) if written else None
        if written and number is None:
            self._note(_("{written} is no telephone number and left out.").format(written=quoted(written)))
        return number

    def _language(self) -> str | None:
        written = self._cell("language")
        tag = language_tag(written) if written else None
        if written and tag is None:
            self._note(_("The language {written} is unknown and left out.").format(written=quoted(written)))
        return tag

    def _refuses(self) -> frozenset[MessageKind]:
        kinds, unknown = refused_kinds(self._cell("refuses"))
        if unknown:
            offered = ", ".join(sorted(kind.value for kind in REFUSABLE))
            self._note(
                _("{unknown} is nothing that a client can refuse ({offered}): it is left out.").format(
                    unknown=quoted(unknown[0]), offered=offered
                )
            )
        return kinds

    def _push_service(self) -> Channel | None:
        written = self._cell("push_service")
        service = push_service(written) if written else None
        if written and service is None:
            names = ", ".join(NAMES.values())
            self._note(
                _("The push service {written} is none of {names}: it is left out.").format(
                    written=quoted(written), names=names
                )
            )
        return service

    def _push_topic(self, service: Channel | None) -> str | None:
        written = self._cell("push_topic")
        if not written or (service is None and self._cell("push_service")):
            return None
        try:
            return check_push_address(service or Channel.PUSH, written)
        except InvalidInput as error:
            # The address is a credential, so the sentence does not repeat it.
            self._note(_("{error} It is left out.").format(error=error))
        return None
