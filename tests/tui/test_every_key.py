"""Every key of every screen is pressed in a Pilot test of that screen: a new binding without one fails here."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from textual.binding import Binding

from studio_tui.tui.keymap import PLACES

TESTED_IN = {
    "StudioApp": "app help themes bars calendar_acts far_keys",
    "StudioScreen": "find",
    "StudioModal": "forms help",
    "EditKeys": "undoing clients_screen",
    "BookClient": "drawer_clients",
    "CalendarScreen": "app calendar_acts calendar_cursor calendar_editing calendar_pictures views looking in_hand live "
    "calendar_moving premises_screen clients_screen guide team_screen preflight_screen lists_pictures "
    "outbox_screen messages_screen speaking",
    "CalendarBulk": "marking write_clients",
    "CalendarEditing": "calendar_editing quick_add in_hand lengths",
    "CalendarExchange": "exchange",
    "CalendarSeries": "series",
    "ClientCard": "client_card outbox_screen",
    "ClientsScreen": "clients_screen far_keys",
    "DeviceSignIn": "signing_in",
    "PasteSignIn": "signing_in",
    "Confirm": "calendar_acts calendar_editing drawer_clients services_screen",
    "Choose": "calendar_acts app views",
    "Prompt": "calendar_acts app views drawer_link",
    "FilterForm": "views looking",
    "FindScreen": "find far_keys",
    "Form": "forms forms_session forms_client movement",
    "GuideScreen": "guide",
    "HelpScreen": "app help movement",
    "HostSession": "drawer_meeting",
    "ImportReview": "exchange far_keys",
    "ListScreen": "team_screen services_screen premises_screen conferences_screen preflight_screen far_keys",
    "LiveLine": "quick_add far_keys",
    "OutboxScreen": "outbox_screen outbox_older",
    "MessagesScreen": "messages_screen",
    "MessagePreviewScreen": "messages_screen",
    "MessageScreen": "outbox_screen outbox_older",
    "OutboxFilterForm": "outbox_screen",
    "PreflightScreen": "preflight_screen",
    "PremisesScreen": "premises_screen",
    "ScopeDialog": "series",
    "ServicesScreen": "services_screen lists_pictures messages_screen",
    "TeamScreen": "team_screen",
    "TellClients": "tell_clients drawer_telling far_keys",
    "CalendarView": "calendar_cursor views time_grid movement",
    "Pick": "forms",
    "MoveBar": "calendar_moving calendar_editing views movement",
    "PagedRows": "clients_screen",
    "Options": "far_keys themes calendar_acts",
    "RowList": "far_keys movement",
    "TickList": "far_keys",
    "SessionDrawer": "drawer drawer_clients drawer_link drawer_session drawer_telling drawer_meeting drawer_news "
    "client_card calendar_acts write_clients",
}
"""In which modules of tests the keys of a class are pressed; of a class that is not named here, in any of them."""


def _bindings() -> dict[tuple[str, str], str]:
    """The keys of each binding by the class that has it and its id, wherever keys work."""
    found = {}
    for name in {each for classes in PLACES.values() for each in classes}:
        module, _, attribute = name.partition(":")
        for base in getattr(import_module(module), attribute).__mro__:
            if base.__module__.startswith("studio_tui."):
                own = [each for each in base.__dict__.get("BINDINGS", ()) if isinstance(each, Binding)]
                found.update({(base.__name__, each.id or ""): each.key for each in own})
    return found


@cache
def _texts(module: str) -> frozenset[str]:
    """The texts that a module of tests is written with; a key that it presses is one of them."""
    source = (Path(__file__).parent / f"test_{module}.py").read_text(encoding="utf-8")
    nodes = ast.walk(ast.parse(source))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize(("cls", "act"), sorted(_bindings()))
def test_a_key_is_pressed_where_its_screen_is_tested(cls: str, act: str) -> None:
    every = " ".join(path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py"))
    pressed = frozenset[str]().union(*map(_texts, TESTED_IN.get(cls, every).split()))

    assert pressed & set(_bindings()[cls, act].split(",")), f"no Pilot test presses a key of {act}"
