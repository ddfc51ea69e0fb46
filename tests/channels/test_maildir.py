from __future__ import annotations

import asyncio
import contextlib
import mailbox
import resource
from pathlib import Path

import pytest

from studio_tui.channels.maildir import MaildirChannel
from studio_tui.domain.outcomes import RelayTrouble
from tests.channels.feeds import ListFeed, a_parcel, parcels


def messages(folder: Path) -> list[str]:
    return sorted(str(message["Message-ID"]) for message in mailbox.Maildir(folder, create=False))


async def test_every_mail_is_a_message_that_other_programs_read(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mail"
    feed = ListFeed(parcels(30))
    await MaildirChannel(folder).run(feed)

    assert set(feed.kinds().values()) == {"Sent"}
    assert messages(folder) == sorted(f"<m.{number}@studio.example>" for number in range(1, 31))
    assert list((folder / "tmp").iterdir()) == []
    assert [one.stat().st_mode & 0o077 for one in (folder, folder / "new", *(folder / "new").iterdir())] == ([0] * 32)


async def test_a_repeat_adds_no_second_message(tmp_path: Path) -> None:
    for _ in range(3):
        await MaildirChannel(tmp_path).run(ListFeed(parcels(3)))

    assert len(messages(tmp_path)) == 3


async def test_a_repeat_adds_nothing_when_the_mail_was_read_meanwhile(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path)
    await channel.run(ListFeed(parcels(2)))
    for file in (tmp_path / "new").iterdir():
        file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    await channel.run(ListFeed(parcels(2)))
    await MaildirChannel(tmp_path).run(ListFeed(parcels(2)))

    assert len(messages(tmp_path)) == 2


async def test_a_refused_intent_leaves_no_file(tmp_path: Path) -> None:
    feed = ListFeed(parcels(3))
    feed.refuse, feed.lost = {1}, {2}
    await MaildirChannel(tmp_path).run(feed)

    assert feed.kinds() == {1: "Withdrawn", 2: "Withdrawn", 3: "Sent"}
    assert messages(tmp_path) == ["<m.3@studio.example>"]


async def test_a_folder_that_cannot_be_made_is_the_channels_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    channel = MaildirChannel(tmp_path / "file" / "mail")
    feed = ListFeed([a_parcel(1)], closed=True)
    await channel.run(feed)
    probe = await channel.probe()

    outcome = feed.outcomes[1]
    assert isinstance(outcome, RelayTrouble)
    assert "cannot be written: Not a directory" in outcome.text
    assert not probe.ok
    assert channel.health().trouble == outcome


async def test_probing_names_the_folder(tmp_path: Path) -> None:
    probe = await MaildirChannel(tmp_path).probe()

    assert probe.ok
    assert str(tmp_path) in probe.text


async def test_line_ends_are_those_of_the_disk_and_the_rest_is_untouched(tmp_path: Path) -> None:
    await MaildirChannel(tmp_path).run(ListFeed([a_parcel(1)]))
    (file,) = (tmp_path / "new").iterdir()

    assert file.read_bytes() == a_parcel(1).payload.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("after", [0, 1, 5])
async def test_when_cancelled_what_is_on_the_disk_was_reported_sent(tmp_path: Path, after: int) -> None:
    feed = ListFeed(parcels(60), closed=False)
    running = asyncio.create_task(MaildirChannel(tmp_path).run(feed))
    await feed.reports(after)
    await asyncio.sleep(0)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert running.cancelled()
    assert feed.outcomes.keys() == feed.taken.keys()
    sent = [number for number, kind in feed.kinds().items() if kind == "Sent"]
    there = messages(tmp_path) if (tmp_path / "new").exists() else []
    assert there == sorted(f"<m.{number}@studio.example>" for number in sent)
    assert set(feed.kinds().values()) <= {"Sent", "NotTaken"}


async def test_a_mail_that_the_disk_has_no_room_for_leaves_nothing_behind(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path)
    feed = ListFeed([a_parcel(1, payload=b"x" * 4096)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        await channel.run(feed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert isinstance(feed.outcomes[1], RelayTrouble)
    assert [file for part in ("tmp", "new") for file in (tmp_path / part).iterdir()] == []
