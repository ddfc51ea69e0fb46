"""The sink as a process of its own: what the tests that kill workers rely on."""

from __future__ import annotations

import asyncio
import hashlib
import smtplib
from datetime import timedelta
from pathlib import Path

import pytest

from studio_tui.channels.breaker import Rests
from studio_tui.channels.relay import SmtpRelay
from studio_tui.channels.relay_settings import RelaySettings
from tests.channels.feeds import ListFeed, a_parcel, parcels
from tests.doubles.sink_process import SinkProcess
from tests.doubles.smtp_sink import Fault


def send(sink: SinkProcess, count: int, first: int = 1) -> ListFeed:
    feed = ListFeed(parcels(count, first))
    settings = RelaySettings(
        host="127.0.0.1",
        port=sink.port,
        security="none",
        sender="desk@studio.example",
        rests=Rests(first=timedelta(milliseconds=5)),
    )
    asyncio.run(SmtpRelay(settings).run(feed))
    return feed


def test_its_log_names_every_message_by_id_person_and_bytes(tmp_path: Path) -> None:
    with SinkProcess(tmp_path / "log", store=tmp_path) as sink:
        send(sink, 3)
        taken = {message["message_id"]: message for message in sink.taken()}

    assert sorted(taken) == [f"<m.{number}@studio.example>" for number in (1, 2, 3)]
    one = taken["<m.2@studio.example>"]
    assert one["recipient"] == "client2@client.example"
    assert one["sha256"] == hashlib.sha256(a_parcel(2).payload).hexdigest()
    assert {file.read_bytes() for file in tmp_path.glob("*.eml")} == {one.payload for one in parcels(3)}


def test_its_faults_change_while_it_runs(tmp_path: Path) -> None:
    with SinkProcess(tmp_path / "log", faults=[Fault("dot", "451 later", times=1)]) as sink:
        assert sorted(send(sink, 2).kinds().values()) == ["Deferred", "Sent"]

        sink.order(faults=[Fault("rcpt", "550 no", recipient="client3@client.example")])
        assert send(sink, 2, first=3).kinds() == {3: "Refused", 4: "Sent"}

        sink.order(listen=False)
        assert set(send(sink, 1, first=5).kinds().values()) == {"RelayTrouble"}

        counters = sink.order(listen=True, faults=[], configure={"pipelining": False})
        assert send(sink, 1, first=6).kinds() == {6: "Sent"}
        assert counters["taken"] == 2
        assert len(sink.taken()) == 3


def test_it_speaks_to_other_clients_too(tmp_path: Path) -> None:
    with SinkProcess(tmp_path / "log") as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.sendmail("a@studio.example", ["b@client.example"], b"Message-ID: <1@x>\r\n\r\n.dot\r\n")
        sink.order(faults=[Fault("rcpt", "550 no")])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@studio.example", ["b@client.example"], b"x")

        assert [message["message_id"] for message in sink.taken()] == ["<1@x>"]
