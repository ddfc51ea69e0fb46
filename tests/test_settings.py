import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.settings import (
    AfterCrash,
    BadSettings,
    LogForm,
    Security,
    Settings,
    Smtp,
    Zoom,
    load_settings,
    masked_url,
)
from studio_tui.settings.loading import OPTIONS, variable_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(file: Path, text: str = "", environ: Mapping[str, str] | None = None, **arguments: object) -> Settings:
    """Settings from a file with `text`; an argument `smtp__host` is the key `smtp.host`."""
    file.write_text(text, encoding="utf-8")
    given = {key.replace("__", "."): value for key, value in arguments.items()}
    return load_settings({"config": str(file), **given}, environ or {})


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(environ={})

    home = tmp_path / "home"
    assert settings.paths.data_dir == home / "data" / "studio-tui"
    assert settings.paths.backups_dir == home / "data" / "studio-tui" / "backups"
    assert settings.paths.config_file == home / "config" / "studio-tui" / "config.toml"
    assert settings.paths.key_file == home / "config" / "studio-tui" / "private" / "key"
    assert settings.paths.log_dir == home / "state" / "studio-tui" / "log"
    assert settings.database_url == f"sqlite:///{home}/data/studio-tui/studio.db"
    assert settings.maildir == home / "data" / "studio-tui" / "maildir"
    assert settings.messages.templates == home / "data" / "studio-tui" / "templates"
    assert (settings.site, settings.smtp, settings.ntfy.base_url) == (None, Smtp(), None)
    assert (settings.worker.inside_tui, settings.worker.lease_s) == (True, 60)
    assert settings.worker.after_crash is AfterCrash.RESEND
    assert (settings.tui.theme, settings.tui.ascii, settings.tui.mouse, dict(settings.tui.keymap)) == (
        None,
        False,
        True,
        {},
    )
    assert settings.links.http_hosts == ()
    assert settings.conferences.horizon_days == 14
    assert not home.exists()


WHOLE_FILE = """
site = "north"
maildir = "/var/mail/studio"

[database]
url = "postgresql://anna:tulip@db.example/studio"

[paths]
data_dir = "/srv/studio"
log_dir = "/var/log/studio"
key_file = "/etc/studio/private/key"

[smtp]
host = "mail.studio.example"
port = 2525
security = "tls"
username = "anna"
password = "tulip-42"
sender = "hello@studio.example"
sender_name = "Studio Nord"
connections = 8
rate = 12.5
messages_per_connection = 50
idempotency_header = "Idempotency-Key"
ca_file = "/etc/ssl/studio-ca.pem"
connect_timeout_s = 5
command_timeout_s = 7.5
dot_timeout_s = 300

[zoom]
sign_in_url = "https://zoom.studio.example/"
api_url = "http://127.0.0.1:8080/v2"

[conferences]
horizon_days = 30

[ntfy]
base_url = "https://push.studio.example/"
token = "tk_tulip"
connections = 2
rate = 12.5

[messages]
templates = "/srv/words"
settle_s = 45
unsubscribe_url = "https://studio.example/no?t={token}"

[worker]
inside_tui = false
lease_s = 90
after_crash = "hold"
stop_grace_s = 45
keep_days = 365
log = "json"
metrics_file = "/var/lib/node_exporter/studio.prom"
metrics_port = 9105

[tui]
theme = "nord"
ascii = true
mouse = false
movement = "emacs"
language = "es"
[tui.keymap]
"calendar.cancel" = "delete,d"
"calendar.new" = ["n", "insert"]

[links]
http_hosts = ["Jitsi.local", "10.0.0.7"]
"""


def test_every_setting_can_stand_in_the_file(file: Path) -> None:
    settings = load(file, WHOLE_FILE)

    assert settings.site == "north"
    assert settings.database_url == "postgresql+psycopg://anna:tulip@db.example/studio"
    assert settings.paths.data_dir == Path("/srv/studio")
    assert settings.smtp == Smtp(
        host="mail.studio.example",
        port=2525,
        security=Security.TLS,
        username="anna",
        password="tulip-42",
        sender="hello@studio.example",
        sender_name="Studio Nord",
        connections=8,
        rate=12.5,
        messages_per_connection=50,
        idempotency_header="Idempotency-Key",
        ca_file=Path("/etc/ssl/studio-ca.pem"),
        connect_timeout_s=5,
        command_timeout_s=7.5,
        dot_timeout_s=300,
    )
    assert (settings.ntfy.base_url, settings.ntfy.token) == ("https://push.studio.example", "tk_tulip")
    assert settings.ntfy.connections == 2
    assert settings.zoom == Zoom(sign_in_url="https://zoom.studio.example", api_url="http://127.0.0.1:8080/v2")
    assert (settings.ntfy.rate, settings.worker.stop_grace_s) == (12.5, 45)
    assert settings.messages.templates == Path("/srv/words")
    assert settings.messages.settle_s == 45
    assert settings.messages.unsubscribe_url == "https://studio.example/no?t={token}"
    assert settings.worker.keep_days == 365
    assert (settings.worker.log, settings.worker.metrics_port) == (LogForm.JSON, 9105)
    assert settings.worker.metrics_file == Path("/var/lib/node_exporter/studio.prom")
    assert settings.conferences.horizon_days == 30
    assert settings.worker.after_crash is AfterCrash.HOLD
    assert settings.tui.keymap == {"calendar.cancel": ("delete", "d"), "calendar.new": ("n", "insert")}
    assert settings.links.http_hosts == ("jitsi.local", "10.0.0.7")
    mentioned = set(re.findall(r"^(\w+) =", WHOLE_FILE, re.MULTILINE)) | {"keymap"}
    assert mentioned == {key.rpartition(".")[2] for key in OPTIONS}


def test_arguments_come_before_the_environment_before_the_file(file: Path) -> None:
    text = '[worker]\nlease_s = 20\nafter_crash = "hold"\n[tui]\ntheme = "nord"\n'
    environ = {"STUDIO_TUI_WORKER_LEASE_S": "30", "STUDIO_TUI_TUI_THEME": "dracula"}

    settings = load(file, text, environ, tui__theme="gruvbox", worker__lease_s=None)

    assert settings.tui.theme == "gruvbox"
    assert settings.worker.lease_s == 30
    assert settings.worker.after_crash is AfterCrash.HOLD


def test_an_argument_can_be_a_value_or_a_text(file: Path) -> None:
    settings = load(file, tui__ascii=True, tui__mouse="no", paths__data_dir=Path("/srv/a"), worker__lease_s="45")

    assert (settings.tui.ascii, settings.tui.mouse, settings.worker.lease_s) == (True, False, 45)
    assert settings.paths.data_dir == Path("/srv/a")


@pytest.mark.parametrize("key", sorted(set(OPTIONS) - {"tui.keymap"}))
def test_every_setting_but_the_keys_can_stand_in_the_environment(key: str, file: Path) -> None:
    text = {
        "database.url": "sqlite:////srv/x.db",
        "smtp.security": "tls",
        "smtp.sender": "a@b.example",
        "worker.after_crash": "hold",
        "smtp.idempotency_header": "X-Key",
        "worker.log": "json",
        "tui.movement": "emacs",
        "tui.language": "it",
        "messages.unsubscribe_url": "https://studio.example/no/{token}",
        "ntfy.base_url": "https://push.example",
        "gotify.base_url": "https://gotify.example",
        "pushover.base_url": "https://pushover.example",
        "zoom.sign_in_url": "https://zoom.example",
        "zoom.api_url": "https://api.zoom.example/v2",
    }.get(key, "off" if OPTIONS[key].accepted == "true or false" else "31")
    environ = {"STUDIO_TUI_SMTP_SENDER": "a@b.example", variable_of(key): text}
    if key in ("smtp.username", "smtp.password"):
        environ |= {"STUDIO_TUI_SMTP_USERNAME": "30", "STUDIO_TUI_SMTP_PASSWORD": "30"}

    assert load(file, environ=environ) != load(file, environ={"STUDIO_TUI_SMTP_SENDER": "x@y.example"})


def test_the_names_of_variables_are_those_in_the_manual() -> None:
    assert variable_of("smtp.host") == "STUDIO_TUI_SMTP_HOST"
    assert variable_of("paths.data_dir") == "STUDIO_TUI_DATA_DIR"
    assert variable_of("database.url") == "STUDIO_TUI_DATABASE_URL"
    assert len({variable_of(key) for key in OPTIONS}) == len(OPTIONS)


def test_an_empty_variable_is_not_given(file: Path) -> None:
    assert load(file, environ={"STUDIO_TUI_SITE": "", "STUDIO_TUI_NONSENSE": ""}).site is None


def test_variables_read_elsewhere_are_let_through(file: Path) -> None:
    assert load(file, environ={"STUDIO_TUI_KEY": "secret"}) == load(file)


def test_the_environment_names_the_file(file: Path) -> None:
    file.write_text('site = "north"')

    settings = load_settings(environ={"STUDIO_TUI_CONFIG": str(file)})

    assert (settings.site, settings.paths.config_file) == ("north", file)


def test_a_chosen_data_folder_holds_the_logs_but_not_the_key(file: Path, tmp_path: Path) -> None:
    paths = load(file, paths__data_dir=tmp_path / "d").paths

    assert paths.log_dir == tmp_path / "d" / "log"
    assert tmp_path / "d" not in paths.key_file.parents


def test_a_relative_path_in_the_file_belongs_to_the_files_folder(file: Path, tmp_path: Path) -> None:
    settings = load(
        file, 'maildir = "out"\n[database]\nurl = "sqlite:///my/studio.db"\n[paths]\ndata_dir = "../data"\n'
    )

    assert settings.maildir == tmp_path / "out"
    assert settings.database_url == f"sqlite:///{tmp_path}/my/studio.db"
    assert settings.paths.data_dir == tmp_path / ".." / "data"


def test_a_database_can_be_named_by_its_file_alone(file: Path, tmp_path: Path) -> None:
    assert load(file, database__url=str(tmp_path / "a.db")).database_url == f"sqlite:///{tmp_path}/a.db"


def test_a_relative_path_typed_by_a_person_belongs_to_the_current_folder(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    settings = load(file, environ={"STUDIO_TUI_MAILDIR": "out"}, paths__data_dir="data")

    assert settings.maildir == tmp_path / "here" / "out"
    assert settings.paths.data_dir == tmp_path / "here" / "data"


def test_a_tilde_is_the_home_folder(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/anna")

    assert load(file, 'maildir = "~/mail"').maildir == Path("/home/anna/mail")


@pytest.mark.parametrize(("security", "port"), [("none", 25), ("starttls", 587), ("tls", 465)])
def test_the_usual_port_follows_the_security(security: str, port: int, file: Path) -> None:
    assert load(file, f'[smtp]\nsecurity = "{security}"').smtp.port == port


def test_a_credential_never_shows_in_a_repr(file: Path) -> None:
    shown = repr(load(file, WHOLE_FILE))

    assert "mail.studio.example" in shown
    assert "tulip" not in shown


MISTAKES = [
    ("smtp]", r"The settings file .*config\.toml is not valid TOML: .*line 1"),
    ("[smtp]\nport = 'many'", r"smtp\.port in .*config\.toml must be a whole number from 1 to 65535, not 'many'\."),
    ("[smtp]\nport = 0", r"smtp\.port .* not 0\."),
    ("[smtp]\nport = true", r"smtp\.port .* not true\."),
    ("[smtp]\nport = '25'", r"smtp\.port .* not '25'\."),
    ("[smtp]\nhots = 'mail'", r"There is no setting smtp\.hots in .*config\.toml; did you mean smtp\.host\?"),
    ("[wroker]\nlease_s = 1", r"There is no setting wroker in .*"),
    ("zzz = 1", r"There is no setting zzz in .*; there are site, maildir, database\.url"),
    ("smtp = 'mail.example'", r"smtp in .*config\.toml must be a section, \[smtp\]"),
    ("[smtp]\nhost = 'mail example'", r"smtp\.host .* must be the name of a host"),
    ("[smtp]\nhost = 'mail.example'", r"smtp\.sender must be a mail address"),
    ("[smtp]\nhost = 'mail.example'\nsender = 'a@b.example'\nusername = 'anna'", r"smtp\.password both, or neither"),
    (
        "[smtp]\nhost = 'mail.example'\nsender = 'a@b.example'\nusername = 'anna'\npassword = 'x'\nsecurity = 'none'",
        r"smtp\.security must be starttls or tls",
    ),
    (
        "[smtp]\nsender = 'studio'",
        r"smtp\.sender .* must be a mail address, such as hello@studio\.example, not 'studio'",
    ),
    ('[smtp]\nsender = "a@b.example\\nBcc: x@y.example"', r"smtp\.sender"),
    ("[smtp]\nsecurity = 'ssl'", r"must be one of: none, starttls, tls, not 'ssl'"),
    ("[smtp]\nconnections = 33", r"from 1 to 32, not 33"),
    ("[smtp]\nconnect_timeout_s = nan", r"must be a number of seconds from 1 to 600, not nan"),
    ("[worker]\ninside_tui = 'yes'", r"worker\.inside_tui .* must be true or false, not 'yes'"),
    ("[worker]\nafter_crash = 'retry'", r"must be one of: resend, hold, not 'retry'"),
    ("[conferences]\nhorizon_days = 0", r"horizon_days .* must be a whole number from 1 to 60, not 0"),
    ("[conferences]\nhorizon_days = 61", r"from 1 to 60, not 61"),
    ("[tui]\nkeymap = 'n'", r"tui\.keymap .* must be a table of keys"),
    ("[tui.keymap]\n'calendar.new' = []", r"tui\.keymap"),
    ("[tui.keymap]\n'calendar.new' = 7", r"tui\.keymap"),
    ("[links]\nhttp_hosts = 'jitsi.local'", r"links\.http_hosts .* must be a list of host names"),
    ("[links]\nhttp_hosts = ['http://jitsi.local']", r"links\.http_hosts"),
    ("[ntfy]\nbase_url = 'http://push.example'", r"ntfy\.base_url .* must be the https:// address"),
    (
        "[database]\nurl = 'mysql://h/d'",
        r"database\.url .* must be a file, sqlite:/// and a file, or postgresql://user@host",
    ),
    ("[database]\nurl = 'sqlite://'", r"database\.url"),
    ("[database]\nurl = 'sqlite:///:memory:'", r"database\.url"),
    ("[paths]\ndata_dir = 3", r"paths\.data_dir .* must be a path, not 3"),
    ("site = ''", r"site .* must be a text of one line"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_a_mistake_is_one_sentence_that_names_file_key_and_what_is_accepted(
    text: str, sentence: str, file: Path
) -> None:
    with pytest.raises(BadSettings, match=sentence) as caught:
        load(file, text)
    assert "\n" not in str(caught.value)


def test_a_mistake_in_the_environment_names_the_variable(file: Path) -> None:
    with pytest.raises(BadSettings, match=r"variable STUDIO_TUI_SMTP_PORT must be a whole .*, not 'smtp'"):
        load(file, environ={"STUDIO_TUI_SMTP_PORT": "smtp"})
    with pytest.raises(BadSettings, match=r"no setting STUDIO_TUI_SMTP_HOTS; did you mean STUDIO_TUI_SMTP_HOST\?"):
        load(file, environ={"STUDIO_TUI_SMTP_HOTS": "mail"})


def test_a_mistake_on_the_command_line_names_the_argument(file: Path) -> None:
    with pytest.raises(BadSettings, match=r"The argument tui\.ascii must be true or false, not 'perhaps'"):
        load(file, tui__ascii="perhaps")
    with pytest.raises(BadSettings, match=r"no setting tui\.asci to give as an argument; did you mean tui\.ascii\?"):
        load(file, tui__asci=True)


@pytest.mark.parametrize(
    "text", ["[smtp]\npassword = 4711", '[ntfy]\ntoken = "tulip\\u0007"', '[database]\nurl = "mysql://a:tulip@h/d"']
)
def test_a_credential_that_cannot_be_used_is_not_repeated(text: str, file: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        load(file, text)
    assert not any(secret in str(caught.value) for secret in ("4711", "tulip"))


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"--config names a settings file that does not exist: .*nowhere\.toml"):
        load_settings({"config": str(tmp_path / "nowhere.toml")}, {})
    with pytest.raises(BadSettings, match="STUDIO_TUI_CONFIG names"):
        load_settings(environ={"STUDIO_TUI_CONFIG": str(tmp_path)})


def test_a_password_may_travel_plainly_to_this_machine_itself(file: Path) -> None:
    text = "[smtp]\nhost = '127.0.0.1'\nsender = 'a@b.example'\nusername = 'anna'\npassword = 'x'\nsecurity = 'none'"

    assert load(file, text).smtp.security is Security.NONE


@given(st.dictionaries(st.sampled_from(sorted(variable_of(key) for key in OPTIONS)), st.text(max_size=30)))
def test_whatever_the_environment_holds_settings_load_or_say_why(environ: dict[str, str]) -> None:
    told = ""
    try:
        assert load_settings(environ=environ).paths.data_dir.is_absolute()
    except BadSettings as error:
        told = str(error)
    assert "\n" not in told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql+psycopg://anna:tulip@db.example:5432/studio",
            "postgresql+psycopg://anna:***@db.example:5432/studio",
        ),
        ("postgresql+psycopg://anna:tu@l/ip@db.example/studio", "postgresql+psycopg://anna:***@db.example/studio"),
        ("postgresql+psycopg://anna@db.example/studio", "postgresql+psycopg://anna@db.example/studio"),
        (
            "postgresql+psycopg:///studio?host=/run&password=tulip",
            "postgresql+psycopg:///studio?host=/run&password=***",
        ),
        ("sqlite:////home/a:b@c/studio.db", "sqlite:////home/a:b@c/studio.db"),
    ],
)
def test_a_database_url_is_printed_without_its_password(url: str, shown: str) -> None:
    assert masked_url(url) == shown


def test_settings_import_nothing_expensive() -> None:
    program = "import sys; from studio_tui.settings import load_settings; load_settings(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()

    assert not {"sqlalchemy", "textual", "cryptography", "httpx", "alembic"} & set(loaded)


def test_the_service_s_unit_sets_only_what_the_settings_know() -> None:
    unit = (Path(__file__).parents[1] / "assets/systemd/studio-tui-worker.service").read_text()
    lines = [line.removeprefix("Environment=") for line in unit.splitlines() if line.startswith("Environment=")]
    environ = dict(line.replace("%S", "/var/lib").split("=", 1) for line in lines)
    assert load_settings({}, environ).paths.data_dir == Path("/var/lib/studio-tui")


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        ("rate = -1", "smtp.rate in .* must be a number of messages per second from 0"),
        ('rate = "fast"', "smtp.rate in .* must be a number of messages per second from 0"),
        ("messages_per_connection = 0", "smtp.messages_per_connection in .* must be a whole number from 1"),
        ('idempotency_header = "To"', "smtp.idempotency_header in .* must be the name of a header"),
        ('idempotency_header = "a: b"', "smtp.idempotency_header in .* must be the name of a header"),
        ('idempotency_header = "Content-Type"', "smtp.idempotency_header in .* must be the name of a header"),
    ],
)
def test_a_pace_or_header_that_makes_no_sense_is_refused_with_what_is_accepted(
    file: Path, line: str, accepted: str
) -> None:
    with pytest.raises(BadSettings, match=accepted):
        load(file, f"[smtp]\n{line}\n")


@pytest.mark.parametrize(
    "url",
    ["http://a.example/{token}", "https://a.example/", "https://a.example/{token}{token}", "https://{token}.example/",
     "https://a.example/{token}/{client}", "https://a.example/{token}>,<mailto:x@y.example"],
)  # fmt: skip
def test_an_address_for_refusals_needs_encryption_and_one_token(file: Path, url: str) -> None:
    with pytest.raises(BadSettings, match=r"messages.unsubscribe_url in .* must be an https:// address with \{token\}"):
        load(file, f'[messages]\nunsubscribe_url = "{url}"\n')
