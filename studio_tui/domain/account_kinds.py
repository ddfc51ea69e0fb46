"""Kinds of conference account: what each is called and asks for (SPEC A3). A new kind is one class in `providers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from studio_tui.domain.errors import InvalidInput
from studio_tui.domain.language import _
from studio_tui.domain.links import JoinLink
from studio_tui.domain.text import has_control


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that a kind of account asks for. `secret` ones are masked while shown."""

    key: str
    label: str
    limit: int
    required: bool = False
    secret: bool = False
    hint: str = ""


def checked_value(field: FormField, typed: str) -> str:
    """What was typed where a way to sign in asks for one word, such as an id or a secret, without the blanks around it.

    Raises:
        InvalidInput: Naming the field.
    """
    value = typed.strip()
    if field.required and not value:
        raise InvalidInput(_("{label} is missing: type or paste it.").format(label=field.label), field=field.key)
    if len(value) > field.limit:
        raise InvalidInput(
            _("{label} is longer than {limit} characters: check it.").format(label=field.label, limit=field.limit),
            field=field.key,
        )
    if has_control(value) or len(value.split()) > 1:
        raise InvalidInput(
            _("{label} has a blank or a line break in it: paste it alone.").format(label=field.label), field=field.key
        )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectWay:
    """A way to connect an account of a kind.

    Attributes:
        key: E.g. "server".
        label: In words of the studio, e.g. "The studio's Zoom account".
        fields: What the form asks for.
        hint: One sentence: when it is the right one, and what must be known.
        borrows: It uses the site's default account of the same kind on behalf of another host: offered for own accounts
            where the default one was connected by a way that lends.
        lends: Its sign-in can host for others.
        revocable: Giving it up is told to the provider, after which only a new sign-in brings it back.
    """

    key: str
    label: str
    fields: tuple[FormField, ...]
    hint: str = ""
    borrows: bool = False
    lends: bool = False
    revocable: bool = False


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What a kind with a static link makes of a filled-in form: what may be shown of the account, and its link."""

    label: str
    link: JoinLink


class ConferenceKind(Protocol):
    """What every kind has: its key in the database, its name, and the ways to connect it, the most usual first."""

    key: str
    name: str
    summary: str

    @property
    def ways(self) -> tuple[ConnectWay, ...]:
        """How it can be connected, the most usual way first."""
        ...


@runtime_checkable
class LinkKind(ConferenceKind, Protocol):
    """A kind whose account is one link, the same for every session."""

    def draft(self, values: dict[str, str]) -> AccountDraft:
        """Check the form's values and return what to store.

        Raises:
            InvalidInput: Naming the field and what is accepted.
        """
        ...
