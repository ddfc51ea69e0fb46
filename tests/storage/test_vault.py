import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from studio_tui.domain.links import JoinLink, link_digest
from studio_tui.domain.services import SealedLink
from studio_tui.storage.key_file import BadKey, make_key_file
from studio_tui.storage.vault import Tampered, Vault, WrongKey

LINK = JoinLink("https://zoom.us/j/9876543210?pwd=Secret77", "tulip-42", "Bring a mat")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "private" / "key"


@pytest.fixture
def vault(key_file: Path) -> Vault:
    return Vault(key_file, {})


def test_a_sealed_link_opens_for_its_owner(vault: Vault) -> None:
    assert vault.open(vault.seal(LINK, "session:12"), "session:12") == LINK


_words = st.text(st.characters(codec="utf-8"), max_size=100)


@given(password=st.none() | _words, description=st.none() | _words, owner=st.from_regex(r"[a-z]{1,8}:[0-9]{1,9}"))
def test_every_link_comes_back_as_it_was(password: str | None, description: str | None, owner: str) -> None:
    vault = Vault(Path("unused"), {"STUDIO_TUI_KEY": "A" * 43 + "="})
    link = JoinLink("https://meet.google.com/abc-defg-hij", password, description)

    assert vault.open(vault.seal(link, owner), owner) == link


def test_nothing_of_the_link_is_readable_at_rest(vault: Vault) -> None:
    sealed = vault.seal(LINK, "session:12")

    assert sealed.digest == link_digest(LINK)
    assert not any(part in sealed.token for part in ("zoom", "Secret77", "tulip", "session"))


def test_a_link_does_not_open_for_another_record(vault: Vault) -> None:
    sealed = vault.seal(LINK, "session:12")

    with pytest.raises(Tampered, match="session:13"):
        vault.open(sealed, "session:13")


def test_a_link_with_the_digest_of_another_is_refused(vault: Vault) -> None:
    other = vault.seal(JoinLink("https://zoom.us/j/1112223334"), "session:12")

    with pytest.raises(Tampered):
        vault.open(SealedLink(vault.seal(LINK, "session:12").token, other.digest), "session:12")


def test_a_token_of_something_else_is_refused(key_file: Path, vault: Vault) -> None:
    vault.seal(LINK, "session:12")
    foreign = Fernet(key_file.read_bytes().strip()).encrypt(b'{"owner": "session:12"}').decode()

    with pytest.raises(Tampered):
        vault.open(SealedLink(foreign, link_digest(LINK)), "session:12")


def test_a_link_sealed_with_another_key_says_so(tmp_path: Path, vault: Vault) -> None:
    sealed = Vault(tmp_path / "other" / "key", {}).seal(LINK, "service:3")
    vault.seal(LINK, "service:3")

    with pytest.raises(WrongKey, match="another key"):
        vault.open(sealed, "service:3")


def test_an_altered_token_does_not_open(vault: Vault) -> None:
    sealed = vault.seal(LINK, "service:3")
    token = sealed.token[:40] + ("A" if sealed.token[40] != "A" else "B") + sealed.token[41:]

    with pytest.raises(WrongKey):
        vault.open(SealedLink(token, sealed.digest), "service:3")


def test_opening_without_a_key_asks_for_it_and_makes_none(key_file: Path, vault: Vault) -> None:
    with pytest.raises(WrongKey, match="no key"):
        vault.open(SealedLink("gAAAA", "0" * 64), "service:3")
    assert not key_file.exists()


def test_making_a_vault_does_nothing(key_file: Path) -> None:
    vault = Vault(key_file, {})

    assert not vault.has_key()
    assert not key_file.parent.exists()


def test_cryptography_is_imported_only_when_a_link_is_sealed() -> None:
    program = (
        "import sys; from pathlib import Path; from studio_tui.storage.vault import Vault\n"
        "Vault(Path('key'), {}).key_source(); sys.exit('cryptography' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_key_file_is_for_its_owner_alone(key_file: Path, vault: Vault) -> None:
    vault.seal(LINK, "session:1")

    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in key_file.parent.iterdir()] == ["key"]


def test_a_key_file_is_never_replaced(key_file: Path, vault: Vault) -> None:
    vault.seal(LINK, "session:1")
    before = key_file.read_bytes()

    make_key_file(key_file)

    assert key_file.read_bytes() == before


def test_vaults_that_begin_together_share_one_key(key_file: Path) -> None:
    vaults = [Vault(key_file, {}) for _ in range(16)]
    start = threading.Barrier(len(vaults))
    sealed: list[SealedLink] = []

    def begin(vault: Vault) -> None:
        start.wait()
        sealed.append(vault.seal(LINK, "session:1"))

    threads = [threading.Thread(target=begin, args=(vault,)) for vault in vaults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sealed) == len(vaults)
    assert all(vault.open(link, "session:1") == LINK for vault in vaults for link in sealed)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_file_that_others_can_read_is_refused(key_file: Path, mode: int) -> None:
    make_key_file(key_file)
    key_file.chmod(mode)

    with pytest.raises(BadKey, match=f"chmod 600 {key_file}"):
        Vault(key_file, {}).seal(LINK, "session:1")


def test_a_key_file_that_others_can_replace_is_refused(key_file: Path) -> None:
    make_key_file(key_file)
    key_file.parent.chmod(0o777)

    with pytest.raises(BadKey, match=f"chmod 700 {key_file.parent}"):
        Vault(key_file, {}).seal(LINK, "session:1")


@pytest.mark.parametrize("text", ["", "not a key", "A" * 44, "ÄÖÜ"])
def test_a_text_that_is_no_key_is_refused_without_repeating_it(key_file: Path, text: str) -> None:
    make_key_file(key_file)
    key_file.write_text(text, encoding="utf-8")

    with pytest.raises(BadKey, match="does not hold a key") as caught:
        Vault(key_file, {}).seal(LINK, "session:1")
    assert not text or text not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadKey, match="file/key"):
        Vault(tmp_path / "file" / "key", {}).seal(LINK, "session:1")


def _from_environment(_folder: Path, key: str) -> dict[str, str]:
    return {"STUDIO_TUI_KEY": key}


def _from_systemd(folder: Path, key: str) -> dict[str, str]:
    (folder / "studio-tui-key").write_text(key)
    return {"CREDENTIALS_DIRECTORY": str(folder), "STUDIO_TUI_KEY": Fernet.generate_key().decode()}


@pytest.mark.parametrize("place", [_from_environment, _from_systemd])
def test_a_key_from_outside_comes_before_the_key_file(
    place: Callable[[Path, str], dict[str, str]], tmp_path: Path, key_file: Path
) -> None:
    key = Fernet.generate_key().decode()
    sealed = Vault(key_file, place(tmp_path, key)).seal(LINK, "course:4")

    assert Vault(key_file, {"STUDIO_TUI_KEY": key}).open(sealed, "course:4") == LINK
    assert not key_file.exists()


def test_a_credentials_folder_without_a_key_is_passed_over(tmp_path: Path, key_file: Path) -> None:
    Vault(key_file, {"CREDENTIALS_DIRECTORY": str(tmp_path)}).seal(LINK, "course:4")

    assert key_file.exists()


def test_a_new_first_key_seals_while_the_old_one_still_opens(key_file: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault(key_file, {"STUDIO_TUI_KEY": old}).seal(LINK, "account:5")
    both = Vault(key_file, {"STUDIO_TUI_KEY": f"{new}\n{old}"})

    assert both.open(sealed, "account:5") == LINK
    resealed = both.seal(LINK, "account:5")
    assert Vault(key_file, {"STUDIO_TUI_KEY": new}).open(resealed, "account:5") == LINK


def test_the_source_of_the_key_is_told_without_the_key(tmp_path: Path, key_file: Path) -> None:
    key = Fernet.generate_key().decode()
    systemd = _from_systemd(tmp_path, key)

    assert Vault(key_file, {}).key_source() == f"key file {key_file}"
    assert Vault(key_file, {"STUDIO_TUI_KEY": key}).key_source() == "environment variable STUDIO_TUI_KEY"
    assert Vault(key_file, systemd).key_source() == "systemd credential studio-tui-key"
    assert key not in repr(Vault(key_file, {"STUDIO_TUI_KEY": key}))


def _traceback_with_variables(vault: Vault, sealed: SealedLink, owner: str) -> str:
    try:
        vault.open(sealed, owner)
    except (Tampered, BadKey) as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return ""


def test_a_traceback_with_its_variables_shows_no_secret(key_file: Path) -> None:
    key = Fernet.generate_key().decode()
    sealed = Vault(key_file, {"STUDIO_TUI_KEY": key}).seal(LINK, "session:1")

    moved = _traceback_with_variables(Vault(key_file, {"STUDIO_TUI_KEY": key}), sealed, "session:3")
    unusable = _traceback_with_variables(Vault(key_file, {"STUDIO_TUI_KEY": f"{key}\nbroken"}), sealed, "session:1")

    assert "Tampered" in moved
    assert "BadKey" in unusable
    assert not any(secret in moved + unusable for secret in ("Secret77", "tulip-42", "broken", key))


def test_what_was_signed_is_known_while_any_of_its_keys_is_there(tmp_path: Path) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    signed = Vault(tmp_path / "key", {"STUDIO_TUI_KEY": old}).sign("12.reminder")
    rotating = Vault(tmp_path / "key", {"STUDIO_TUI_KEY": f"{new}\n{old}"})
    assert rotating.has_signed("12.reminder", signed)
    assert rotating.has_signed("12.reminder", signed.upper())
    assert not rotating.has_signed("13.reminder", signed)
    assert not rotating.has_signed("12.reminder", f"{signed}é")
    assert rotating.sign("12.reminder") != signed
    assert not Vault(tmp_path / "key", {"STUDIO_TUI_KEY": new}).has_signed("12.reminder", signed)
