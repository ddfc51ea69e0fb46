"""What programs call the columns of a list of clients, in English, Italian and Spanish."""

from __future__ import annotations

from collections.abc import Sequence

from studio_tui.domain.text import fold

_NAMES = {
    "name": "name fullname clientname client customer customername displayname member "
    "nome nomecompleto nomeecognome nomecognome cognomeenome nominativo cliente "
    "nombre nombrecompleto nombreyapellidos nombreyapellido",
    "first_name": "firstname givenname forename nomedibattesimo primonome nombredepila",
    "last_name": "lastname surname familyname cognome apellido apellidos",
    "email": "email mail emailaddress mailaddress email1 email1value primaryemail "
    "indirizzoemail indirizzomail postaelettronica correo correoelectronico direcciondecorreo emailcliente",
    "verified": "verified emailverified verifiedemail mailverified confirmed emailconfirmed "
    "verificata verificato emailverificata emailverificato confermata confermato verificado correoverificado "
    "confirmado",
    "phone": "phone phonenumber telephone mobile mobilephone cell cellphone phone1value tel "
    "telefono numeroditelefono cellulare telefonomovil movil numerodetelefono",
    "language": "language lang locale preferredlanguage lingua idioma lenguaje",
    "refuses": "refuses unwanted optout unsubscribed rifiuta nonvuole rechaza noquiere",
    "push_service": "pushservice serviziopush serviciopush",
    "push_topic": "push pushtopic pushaddress indirizzopush direccionpush ntfy ntfytopic topic canalepush canalpush temapush",
}
_COLUMNS = {spelling: column for column, spellings in _NAMES.items() for spelling in spellings.split()}


def column_of(heading: str) -> str | None:
    """Return which of a client's columns a heading means, or None."""
    return _COLUMNS.get("".join(char for char in fold(heading) if char.isalnum()))


def rate_header(cells: Sequence[str]) -> int:
    """How many of a client's columns a header names."""
    return len({column_of(cell) for cell in cells} - {None})
