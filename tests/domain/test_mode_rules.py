"""SPEC §4. M3 concerns notices: see `test_notice_rules`."""

from __future__ import annotations

import pytest

from studio_tui.domain.errors import NotPossible
from studio_tui.domain.services import Mode, may_sessions_change_mode
from studio_tui.domain.sessions import mode_of, switch_mode
from tests.builders import a_service, a_session

ONLINE, IN_PERSON = Mode.ONLINE, Mode.IN_PERSON


@pytest.mark.parametrize("mode", list(Mode))
def test_M1_a_session_without_a_mode_of_its_own_has_its_service_s(mode: Mode) -> None:
    assert mode_of(a_session(mode=None), a_service(mode=mode)) is mode


@pytest.mark.parametrize("mode", list(Mode))
def test_M1_changing_the_service_s_mode_changes_its_sessions_at_once(mode: Mode) -> None:
    other = IN_PERSON if mode is ONLINE else ONLINE
    session = switch_mode(a_session(), a_service(mode=mode), mode)

    assert mode_of(session, a_service(mode=other)) is other


@pytest.mark.parametrize(
    ("mode", "setting", "allowed"),
    [
        pytest.param(ONLINE, None, False, id="online: no, unless set otherwise [T]"),
        pytest.param(ONLINE, True, True, id="online, set to yes"),
        pytest.param(ONLINE, False, False, id="online, set to no"),
        pytest.param(IN_PERSON, None, True, id="in person: yes, unless set otherwise [W]"),
        pytest.param(IN_PERSON, True, True, id="in person, set to yes"),
        pytest.param(IN_PERSON, False, False, id="in person, set to no"),
    ],
)
def test_M2_the_service_says_whether_single_sessions_may_change_mode(
    mode: Mode, setting: bool | None, allowed: bool
) -> None:
    service = a_service(name="Yoga flow", mode=mode, sessions_may_change_mode=setting)
    other = IN_PERSON if mode is ONLINE else ONLINE

    assert may_sessions_change_mode(service) is allowed
    if allowed:
        assert mode_of(switch_mode(a_session(), service, other), service) is other
    else:
        with pytest.raises(NotPossible, match=f"Yoga flow is {mode.label} and its sessions may not change mode"):
            switch_mode(a_session(), service, other)


def test_M2_a_session_can_always_go_back_to_its_service_s_mode() -> None:
    service = a_service(mode=ONLINE, sessions_may_change_mode=False)
    switched = a_session(mode=IN_PERSON)

    assert switch_mode(switched, service, ONLINE).mode is None


def test_M2_switching_to_the_mode_it_has_changes_nothing() -> None:
    session = a_session()

    assert switch_mode(session, a_service(mode=ONLINE, sessions_may_change_mode=False), ONLINE) == session
