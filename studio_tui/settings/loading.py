"""Gathers the settings: arguments come before the environment, before the file, before the defaults."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from studio_tui.settings import tree
from studio_tui.settings import values as kinds
from studio_tui.settings.values import BadSettings, Kind

APP = "studio-tui"
PREFIX = "STUDIO_TUI_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
_READ_ELSEWHERE = {CONFIG_VARIABLE, f"{PREFIX}KEY"}

OPTIONS: dict[str, Kind] = {
    "site": kinds.LINE,
    "maildir": kinds.PATH,
    "database.url": kinds.DATABASE,
    "paths.data_dir": kinds.PATH,
    "paths.log_dir": kinds.PATH,
    "paths.key_file": kinds.PATH,
    "smtp.host": kinds.HOST,
    "smtp.port": kinds.whole(1, 65_535),
    "smtp.security": kinds.one_of(tree.Security),
    "smtp.username": kinds.LINE,
    "smtp.password": kinds.SECRET,
    "smtp.sender": kinds.ADDRESS,
    "smtp.sender_name": kinds.NAME,
    "smtp.connections": kinds.whole(1, 32),
    "smtp.rate": kinds.rate(10_000),
    "smtp.messages_per_connection": kinds.whole(1, 100_000),
    "smtp.idempotency_header": kinds.HEADER,
    "smtp.ca_file": kinds.PATH,
    "smtp.connect_timeout_s": kinds.seconds(1, 600),
    "smtp.command_timeout_s": kinds.seconds(1, 600),
    "smtp.dot_timeout_s": kinds.seconds(1, 3600),
    "ntfy.base_url": kinds.SERVER,
    "ntfy.token": kinds.SECRET,
    "ntfy.connections": kinds.whole(1, 32),
    "ntfy.rate": kinds.rate(10_000),
    "gotify.base_url": kinds.SERVER,
    "gotify.rate": kinds.rate(10_000),
    "pushover.base_url": kinds.SERVER,
    "pushover.token": kinds.SECRET,
    "pushover.rate": kinds.rate(10_000),
    "zoom.sign_in_url": kinds.SERVER,
    "zoom.api_url": kinds.SERVER,
    "conferences.horizon_days": kinds.whole(1, 60),
    "messages.templates": kinds.PATH,
    "messages.settle_s": kinds.seconds(0, 600),
    "messages.unsubscribe_url": kinds.TOKEN_URL,
    "worker.inside_tui": kinds.SWITCH,
    "worker.lease_s": kinds.whole(10, 3600),
    "worker.after_crash": kinds.one_of(tree.AfterCrash),
    "worker.stop_grace_s": kinds.seconds(0, 600),
    "worker.keep_days": kinds.whole(30, 3650),
    "worker.log": kinds.one_of(tree.LogForm),
    "worker.metrics_file": kinds.PATH,
    "worker.metrics_port": kinds.whole(0, 65_535),
    "tui.theme": kinds.LINE,
    "tui.ascii": kinds.SWITCH,
    "tui.mouse": kinds.SWITCH,
    "tui.movement": kinds.one_of(tree.Movement),
    "tui.language": kinds.one_of(tree.ScreenLanguage),
    "tui.keymap": kinds.KEYS,
    "links.http_hosts": kinds.HOSTS,
}
"""Every setting by its key in the file, with what it accepts."""


@dataclass(frozen=True, slots=True)
class _Found:
    value: Any
    where: str


def variable_of(key: str) -> str:
    """The environment variable of a setting: `smtp.host` is STUDIO_TUI_SMTP_HOST, `paths.data_dir` STUDIO_TUI_DATA_DIR."""
    return PREFIX + key.removeprefix("paths.").replace(".", "_").upper()


def load_settings(
    arguments: Mapping[str, object] | None = None, environ: Mapping[str, str] = os.environ
) -> tree.Settings:
    """The settings in force.

    Args:
        arguments: From the command line, by key as in the file (`database.url`), as text or value; one that is None
            was not given. `config` names the file.
        environ: The environment: STUDIO_TUI_CONFIG names the file, `variable_of` the others; empty is not given.

    Raises:
        BadSettings: A file cannot be read, a key is unknown or a value is none that its key accepts.
    """
    given = {key: value for key, value in (arguments or {}).items() if value is not None}
    file = _config_file(given.pop("config", None), environ)
    found = {
        **dict(_from_file(file)),
        **dict(_from_environment(environ)),
        **dict(_from_arguments(given)),
    }
    return _tree(file, found)


def _config_file(argument: object, environ: Mapping[str, str]) -> Path:
    for named, where in ((argument, "--config"), (environ.get(CONFIG_VARIABLE), CONFIG_VARIABLE)):
        if named:
            path = _checked("config", kinds.PATH, str(named), where, Path.cwd()).value
            if not path.is_file():
                raise BadSettings(f"{where} names a settings file that does not exist: {path}.")
            return Path(path)
    return _folder("config") / "config.toml"


def _folder(which: Literal["config", "data", "log"]) -> Path:
    import platformdirs

    if which == "config":
        return platformdirs.user_config_path(APP, appauthor=False)
    if which == "log":
        return platformdirs.user_log_path(APP, appauthor=False)
    return platformdirs.user_data_path(APP, appauthor=False)


def _from_file(file: Path) -> Iterator[tuple[str, _Found]]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise BadSettings(f"The settings file {file} cannot be read: {error.strerror}.") from error
    import tomllib

    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"The settings file {file} is not valid TOML: {error}.") from error
    for key, value in _flat(table, file):
        where = f"{key} in {file}"
        yield key, _checked(key, _kind(key, f" in {file}"), value, where, file.parent)


def _flat(table: Mapping[str, Any], file: Path) -> Iterator[tuple[str, Any]]:
    sections = {key.partition(".")[0] for key in OPTIONS if "." in key}
    for name, value in table.items():
        if name not in sections:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            raise BadSettings(f"{name} in {file} must be a section, [{name}], with settings below it.")


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, _Found]]:
    keys = {variable_of(key): key for key in OPTIONS if key != "tui.keymap"}
    for variable, text in environ.items():
        if text and variable.startswith(PREFIX) and variable not in _READ_ELSEWHERE:
            if variable not in keys:
                raise BadSettings(f"There is no setting {variable}{_similar(variable, keys)}.")
            yield keys[variable], _read(keys[variable], text, f"The environment variable {variable}")


def _from_arguments(arguments: Mapping[str, object]) -> Iterator[tuple[str, _Found]]:
    for key, value in arguments.items():
        where = f"The argument {key}"
        kind = _kind(key, " to give as an argument")
        yield key, _read(key, value, where) if isinstance(value, str) else _checked(key, kind, value, where, Path.cwd())


def _kind(key: str, place: str) -> Kind:
    if key not in OPTIONS:
        raise BadSettings(f"There is no setting {key}{place}{_similar(key, OPTIONS)}.")
    return OPTIONS[key]


def _similar(name: str, known: Mapping[str, object]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"


def _read(key: str, text: str, where: str) -> _Found:
    kind = OPTIONS[key]
    try:
        value = kind.read(text)
    except ValueError:
        value = None
    return _checked(key, kind, text if value is None else value, where, Path.cwd())


def _checked(key: str, kind: Kind, value: Any, where: str, base: Path) -> _Found:
    try:
        return _Found(kind.check(value, base), where)
    except (ValueError, TypeError):
        told = "" if kind.secret else f", not {_shown(value)}"
        raise BadSettings(f"{where} must be {kind.accepted}{told}.") from None


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _tree(file: Path, found: Mapping[str, _Found]) -> tree.Settings:
    def section(name: str) -> dict[str, Any]:
        return {key.partition(".")[2]: entry.value for key, entry in found.items() if key.partition(".")[0] == name}

    def single(key: str) -> Any:
        return found[key].value if key in found else None

    paths = _paths(file, section("paths"))
    return tree.Settings(
        paths=paths,
        database_url=single("database.url") or f"sqlite:///{paths.data_dir / 'studio.db'}",
        site=single("site"),
        maildir=single("maildir") or paths.data_dir / "maildir",
        smtp=_smtp(section("smtp"), found),
        ntfy=tree.Ntfy(**section("ntfy")),
        gotify=tree.Gotify(**section("gotify")),
        pushover=tree.Pushover(**section("pushover")),
        zoom=tree.Zoom(**section("zoom")),
        conferences=tree.Conferences(**section("conferences")),
        messages=tree.Messages(**{"templates": paths.data_dir / "templates", **section("messages")}),
        worker=tree.Worker(**section("worker")),
        tui=tree.Tui(**section("tui")),
        links=tree.Links(**section("links")),
    )


def _paths(file: Path, given: Mapping[str, Path]) -> tree.Paths:
    """A data folder that was chosen holds the logs too; the key lies elsewhere, so that no copy of it carries the key."""
    data = given.get("data_dir")
    return tree.Paths(
        config_file=file,
        data_dir=data or _folder("data"),
        log_dir=given.get("log_dir") or (data / "log" if data else _folder("log")),
        key_file=given.get("key_file") or _folder("config") / "private" / "key",
    )


def _smtp(given: dict[str, Any], found: Mapping[str, _Found]) -> tree.Smtp:
    smtp = tree.Smtp(**given)
    if "port" not in given:
        smtp = replace(smtp, port=smtp.security.port)
    if smtp.host is None:
        return smtp
    host = found["smtp.host"].where
    if "sender" not in given:
        raise BadSettings(f"With a mail server ({host}), smtp.sender must be {kinds.ADDRESS.accepted}.")
    if (smtp.username is None) != (smtp.password is None):
        raise BadSettings(f"For the mail server ({host}), give smtp.username and smtp.password both, or neither.")
    if smtp.password is not None and smtp.security is tree.Security.NONE and not kinds.is_local(smtp.host):
        raise BadSettings(
            f"The password of the mail server ({host}) would be readable on the way: "
            "smtp.security must be starttls or tls."
        )
    return smtp
