"""Keys that a person chose in the settings: checked when they are read, so that no key silently means two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key

from studio_tui.domain.errors import StudioError

_APP = "studio_tui.tui.app:StudioApp"
_CALENDAR = "studio_tui.tui.screens.calendar:CalendarScreen"

_ROWS = "studio_tui.tui.widgets.row_list:RowList"
_OPTIONS = "studio_tui.tui.widgets.row_list:Options"

PLACES: Mapping[str, tuple[str, ...]] = {
    "the calendar": ("studio_tui.tui.widgets.time_grid:TimeGrid", _CALENDAR, _APP),
    "moving a session": ("studio_tui.tui.widgets.move_bar:MoveBar", _CALENDAR, _APP),
    "the line that tells what it does": ("studio_tui.tui.screens.live_line:LiveLine",),
    "the question": ("studio_tui.tui.screens.dialogs:Confirm",),
    "telling the clients": ("studio_tui.tui.screens.tell_clients:TellClients",),
    "sending what was written": ("studio_tui.tui.screens.write_clients:SendLetter",),
    "what a file brings in": ("studio_tui.tui.screens.import_review:ImportReview",),
    "how far it reaches": (_OPTIONS, "studio_tui.tui.screens.scope_dialog:ScopeDialog"),
    "a choice": (_OPTIONS, "studio_tui.tui.screens.dialogs:Choose"),
    "the line to type": ("studio_tui.tui.screens.dialogs:Prompt",),
    "hosting": ("studio_tui.tui.screens.host_session:HostSession",),
    "the pre-flight board": (_ROWS, "studio_tui.tui.screens.preflight:PreflightScreen", _APP),
    "the drawer": (_ROWS, "studio_tui.tui.widgets.session_drawer:SessionDrawer", _CALENDAR, _APP),
    "a client's card": (_ROWS, "studio_tui.tui.screens.client_card:ClientCard", _APP),
    "the clients": (
        "studio_tui.tui.widgets.paged_rows:PagedRows",
        "studio_tui.tui.screens.clients:ClientsScreen",
        _APP,
    ),
    "the outbox": (
        "studio_tui.tui.widgets.paged_rows:PagedRows",
        "studio_tui.tui.screens.outbox:OutboxScreen",
        _APP,
    ),
    "the messages": (_ROWS, "studio_tui.tui.screens.messages:MessagesScreen", _APP),
    "a message beforehand": ("studio_tui.tui.screens.message_preview:MessagePreviewScreen",),
    "a message": ("studio_tui.tui.screens.outbox_message:MessageScreen",),
    "the outbox's filter": (
        "studio_tui.tui.screens.filter_form:TickList",
        "studio_tui.tui.screens.outbox_filter:OutboxFilterForm",
    ),
    "finding": ("studio_tui.tui.screens.find:FindScreen",),
    "booking a client": ("studio_tui.tui.screens.book_client:BookClient",),
    "the filter": ("studio_tui.tui.screens.filter_form:TickList", "studio_tui.tui.screens.filter_form:FilterForm"),
    "help": ("studio_tui.tui.screens.help:HelpScreen",),
    "a form": ("studio_tui.tui.widgets.form_rows:Pick", "studio_tui.tui.screens.form:Form"),
    "video conferences": (_ROWS, "studio_tui.tui.screens.conferences:ConferencesScreen", _APP),
    "waiting": ("studio_tui.tui.screens.waiting:Waiting",),
    "signing in with a code": ("studio_tui.tui.screens.sign_in:DeviceSignIn",),
    "signing in with a browser": ("studio_tui.tui.screens.sign_in:PasteSignIn",),
    "clients with an old link": (_ROWS, "studio_tui.tui.screens.old_links:OldLinksScreen", _APP),
    "one link in two sessions": (_ROWS, "studio_tui.tui.screens.link_clashes:LinkClashesScreen", _APP),
    "the team": (_ROWS, "studio_tui.tui.screens.team:TeamScreen", _APP),
    "rooms and hours": (_ROWS, "studio_tui.tui.screens.premises:PremisesScreen", _APP),
    "the first steps": (_ROWS, "studio_tui.tui.screens.guide:GuideScreen", _APP),
    "services": (_ROWS, "studio_tui.tui.screens.services:ServicesScreen", _APP),
}
"""Where keys work together: the classes whose bindings are active at the same time, as module:class."""

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "meta"})
_NAMES = frozenset(key.value for key in Keys)


MOVEMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "vim": {},
    "emacs": {
        "app.commands": ("colon", "alt+x"),
        "grid.up": ("up", "ctrl+p"),
        "grid.down": ("down", "ctrl+n"),
        "grid.left": ("left", "ctrl+b"),
        "grid.right": ("right", "ctrl+f"),
        "grid.first": ("home", "alt+less_than_sign"),
        "grid.last": ("end", "alt+greater_than_sign"),
        "list.up": ("up", "ctrl+p"),
        "list.down": ("down", "ctrl+n"),
        "list.first": ("home", "alt+less_than_sign"),
        "list.last": ("end", "alt+greater_than_sign"),
        "list.page_up": ("pageup", "alt+v"),
        "list.page_down": ("pagedown", "ctrl+v"),
        "paged.up": ("up", "ctrl+p"),
        "paged.down": ("down", "ctrl+n"),
        "paged.first": ("home", "alt+less_than_sign"),
        "paged.last": ("end", "alt+greater_than_sign"),
        "paged.page_up": ("pageup", "alt+v"),
        "paged.page_down": ("pagedown", "ctrl+v"),
        "clients.list": ("down", "ctrl+n"),
        "clients.new": ("n", "f6"),
        "help.up": ("ctrl+p",),
        "help.down": ("ctrl+n",),
        "form.previous": ("up", "ctrl+p"),
        "form.next": ("down", "ctrl+n"),
        "move.left": ("left", "ctrl+b"),
        "move.right": ("right", "ctrl+f"),
        "move.up": ("up", "ctrl+p"),
        "move.down": ("down", "ctrl+n"),
        "move.put_back": ("escape", "ctrl+g"),
        "dialog.close": ("escape", "ctrl+g"),
        "list.close": ("escape", "ctrl+g"),
        "drawer.close": ("escape", "ctrl+g"),
        "calendar.dismiss": ("escape", "ctrl+g"),
    },
    "arrows": {
        "grid.up": ("up",),
        "grid.down": ("down",),
        "grid.left": ("left",),
        "grid.right": ("right",),
        "list.up": ("up",),
        "list.down": ("down",),
        "list.first": ("home",),
        "list.last": ("end",),
        "paged.up": ("up",),
        "paged.down": ("down",),
        "paged.first": ("home",),
        "paged.last": ("end",),
        "move.left": ("left",),
        "move.right": ("right",),
        "move.up": ("up",),
        "move.down": ("down",),
    },
}
"""Keys that move, by the name of who is used to them; what is not named here keeps its key (`vim`: h j k l, g G in lists)."""


class KeymapError(StudioError):
    """The settings give a key that cannot work; the sentence names it."""


def checked_keymap(keymap: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The key map as Textual takes it: refuses unknown acts, keys that no keyboard has, and one key for two acts in a place.

    Args:
        keymap: Keys by id.

    Raises:
        KeymapError: The first mistake found.
    """
    if not keymap:
        return {}
    chosen = {act: _long_names(keys) for act, keys in keymap.items()}
    places = {place: list(_bindings(classes)) for place, classes in PLACES.items()}
    known = {binding.id for bindings in places.values() for binding in bindings if binding.id}
    for act, keys in chosen.items():
        _check_entry(act, keys, known)
    for place, bindings in places.items():
        _check_clashes(place, bindings, chosen)
    return {act: ",".join(keys) for act, keys in chosen.items()}


def with_movement(keymap: Mapping[str, Sequence[str]], movement: str) -> dict[str, Sequence[str]]:
    """The key map with the keys of a movement, before which a person's own choice counts."""
    return {**MOVEMENTS[movement], **keymap}


def _check_entry(act: str, keys: Sequence[str], known: Iterable[str]) -> None:
    if act not in known:
        near = get_close_matches(act, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "the help screen (F1) shows the names."
        raise KeymapError(f"The key map names {act!r}, which is nothing that a key can do: {hint}")
    for key in keys:
        *modifiers, name = key.split("+")
        if not (set(modifiers) <= _MODIFIERS and (name in _NAMES or len(name) == 1 or _is_character(name))):
            raise KeymapError(f"The key map gives {act} the key {key!r}, which no keyboard has.")
    if not keys:
        raise KeymapError(f"The key map gives {act} no key: leave the line out to keep its usual one.")


def _check_clashes(place: str, bindings: Sequence[Binding], keymap: Mapping[str, Sequence[str]]) -> None:
    taken: dict[str, Binding] = {}
    for binding in bindings:
        chosen = keymap.get(binding.id or "")
        for key in chosen if chosen is not None else binding.key.split(","):
            other = taken.setdefault(key, binding)
            if (other.id in keymap or binding.id in keymap) and not _are_layers(other, binding):
                raise KeymapError(
                    f"In {place} the key {key!r} would mean both {other.description!r} ({other.id}) and "
                    f"{binding.description!r} ({binding.id}): give one of them another key."
                )


def _are_layers(one: Binding, other: Binding) -> bool:
    """Whether the program itself gives both one key, in two layers of a place: that is meant, the nearer one counts."""
    return _verb(one) == _verb(other) or bool(set(one.key.split(",")) & set(other.key.split(",")))


def _verb(binding: Binding) -> str:
    """What a key does, in whichever place: `move` for calendar.move and drawer.move."""
    return (binding.id or binding.action).rpartition(".")[2]


def _long_names(keys: Iterable[str]) -> list[str]:
    """The keys as Textual names them: `question_mark` for `?`."""
    found = [key.strip() for key in keys]
    return [_character_to_key(key) if len(key) == 1 else key for key in found if key]


def _is_character(name: str) -> bool:
    """Whether it is the long name of a character, such as question_mark."""
    return name in _character_names()


@cache
def _character_names() -> frozenset[str]:
    """The long names of what European keyboards write."""
    return frozenset(_character_to_key(chr(code)) for code in range(0x20, 0x250))


def _bindings(classes: Iterable[str]) -> Iterator[Binding]:
    """The bindings of classes, nearest first, each with all its keys."""
    for name in classes:
        module, _, attribute = name.partition(":")
        cls = getattr(import_module(module), attribute)
        for base in cls.__mro__:
            if not (isinstance(base, type) and issubclass(base, DOMNode)):
                continue
            for binding in base.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding):
                    yield replace(binding, key=",".join(_long_names(binding.key.split(","))))
