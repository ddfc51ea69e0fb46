"""What programs and people call the columns of a table of sessions, in English, Italian and Spanish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from studio_tui.domain.text import fold
from studio_tui.interchange.client_columns import column_of as client_column_of
from studio_tui.interchange.client_columns import rate_header as rate_clients

TableKind = Literal["sessions", "clients"]

_NAMES = {
    "id": "id sessionid idsessione idsesion",
    "site": "site sede",
    "zone": "zone timezone tz fuso fusoorario zonahoraria",
    "date": "date day startdate data giorno datainizio datadiinizio fecha dia fechainicio fechadeinicio",
    "starts": "starts start starttime startsat begins begin from time hour when inizio orainizio oradiinizio ora orario "
    "dalle hora horario horainicio horadeinicio inicio comienzo empieza desde",
    "end_date": "enddate datafine datadifine fechafin fechadefin",
    "ends": "ends end endtime endsat to until fine orafine oradifine alle fin horafin horadefin termina hasta",
    "length": "length duration minutes mins durata minuti duracion minutos",
    "service": "service class lesson course activity session servizio lezione classe corso attivita sessione disciplina "
    "servicio clase curso actividad sesion",
    "title": "title called titolo titulo",
    "name": "name nome nombre",
    "staff": "staff leader teacher instructor trainer coach led ledby with insegnante istruttore istruttrice docente "
    "maestro maestra conduce con profesor profesora instructora monitor monitora profe",
    "room": "room studio place location sala stanza aula luogo lugar ubicacion salon",
    "capacity": "capacity places spots seats posti capienza capacita plazas aforo capacidad cupo",
    "mode": "mode format modalita modo modalidad",
    "status": "status state stato estado",
    "cancelled": "cancelled canceled annullata annullato cancellata cancellato cancelada cancelado anulada",
    "unused": "booked bookings origin",
}
_COLUMNS = {spelling: column for column, spellings in _NAMES.items() for spelling in spellings.split()}
_OF_PEOPLE = frozenset({"email", "phone", "first_name", "last_name", "verified", "push_topic"})


def column_of(heading: str) -> str | None:
    """Which of a session's columns a heading means, or None; `unused` is one that is written but never read."""
    return _COLUMNS.get("".join(char for char in fold(heading) if char.isalnum()))


def rate_sessions(cells: Sequence[str]) -> int:
    """How many of a session's columns a header names."""
    return len({column_of(cell) for cell in cells} - {None})


def rate_any(cells: Sequence[str]) -> int:
    """How many columns a header names of the table that it fits best."""
    return max(rate_sessions(cells), rate_clients(cells))


def kind_of_header(cells: Sequence[str]) -> TableKind:
    """What a table with this header lists: sessions have a start, and no address or telephone number."""
    found = {column_of(cell) for cell in cells}
    people = {client_column_of(cell) for cell in cells} & _OF_PEOPLE
    dated = "starts" in found or {"date", "service"} <= found
    return "sessions" if dated and not people else "clients"
