"""What the computer knows about the person and the place."""

from pathlib import Path

import pytest

from studio_tui.bootstrap.surroundings import full_name, language, local_zone


def test_the_zone_is_that_of_the_link_or_of_the_environment(tmp_path: Path) -> None:
    zone = tmp_path / "usr" / "zoneinfo" / "Europe" / "Rome"
    zone.parent.mkdir(parents=True)
    zone.touch()
    link = tmp_path / "localtime"
    link.symlink_to(zone)

    assert local_zone({}, link) == "Europe/Rome"
    assert local_zone({"TZ": ":Europe/Madrid"}, link) == "Europe/Madrid"
    assert [local_zone({"TZ": named}, link) for named in ("UTC", "/etc/x", "Etc/UTC")] == ["", "", ""]
    assert local_zone({}, tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "it_IT.UTF-8"}, "it"),
        ({"LANG": "it_IT.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "es"}, "es"),
        ({"LANG": "POSIX"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(environ: dict[str, str], code: str) -> None:
    assert language(environ) == code


def test_the_name_of_the_person_is_one_line_or_nothing() -> None:
    assert "\n" not in full_name()
