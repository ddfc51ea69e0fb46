"""The filled-in form of a way to connect: checked, and kept out of sight from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio_tui.domain.account_kinds import ConnectWay, checked_value
from studio_tui.domain.addresses import BadAddress, parse_address
from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.providers import Credentials


def way_called(key: str, ways: Iterable[ConnectWay]) -> ConnectWay:
    """The way with that key.

    Raises:
        InvalidInput: There is none.
    """
    ways = tuple(ways)
    for way in ways:
        if way.key == key:
            return way
    raise InvalidInput(
        _("There is no way {key} to connect: choose {names}.").format(
            key=key, names=", ".join(way.key for way in ways)
        ),
        field="way",
    )


def read_form(way: ConnectWay, values: Mapping[str, str]) -> Credentials:
    """What the way asks for, without blanks around it, and the way itself as "way".

    Raises:
        InvalidInput: Naming the field.
    """
    given = Credentials({field.key: checked_value(field, values.get(field.key, "")) for field in way.fields})
    return given.changed(way=way.key)


def check_email(credentials: Credentials, key: str) -> None:
    """Refuse a field that is filled in with something else than one mail address.

    Raises:
        InvalidInput: Naming the field.
    """
    if not credentials.get(key):
        return
    try:
        parse_address(credentials.get(key))
    except BadAddress as error:
        raise InvalidInput(str(error), field=key) from error
