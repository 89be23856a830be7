"""The time server: packets of RFC 5905, and the date of the world in them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.network.servers.ntp import PACKET, reply
from tests.peripherals.network.rig import GATEWAY, Recorder, joined


def request(first: int, transmit: int = 0x1122334455667788) -> bytes:
    return bytes((first, 0, 6, 0)) + bytes(36) + struct.pack(">Q", transmit)


def test_the_date_of_the_world_moves_with_its_time(tmp_path: Path) -> None:
    rig = joined(tmp_path, "date: 2017-06-01\nservers: {time: {type: ntp, port: 123}}")
    events = Recorder()
    socket = rig.station.datagrams(0, events)
    socket.send_to((GATEWAY, 123), request(0x23))  # type: ignore[union-attr]
    rig.run()
    ((sender, packet),) = events.log
    assert sender == (GATEWAY, 123)
    fields = PACKET.unpack(packet)
    assert fields[:2] == (0x24, 1)
    assert fields[8] == 0x1122334455667788
    seconds = (fields[10] >> 32) - 2_208_988_800
    assert datetime.fromtimestamp(seconds, UTC) == datetime(2017, 6, 1, 0, 0, 20, tzinfo=UTC)
    assert fields[10] & 0xFFFF_FFFF == (1_000_000 << 32) // 1_000_000_000


def test_a_world_without_date_has_one_all_the_same(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {time: {type: ntp, port: 123}}")
    assert rig.world.date.http == "Wed, 01 Jan 2025 00:00:20 GMT"
    assert rig.world.date.when is None


@pytest.mark.parametrize(
    ("first", "answer"),
    [(0x1B, 0x1C), (0xE3, 0x24), (0x21, 0x22), (0x0B, 0x0C), (0x24, None), (0x03, None)],
)
def test_the_version_of_the_client_is_kept(first: int, answer: int | None) -> None:
    packet = reply(request(first), 5 << 32)
    assert (None if packet is None else packet[0]) == answer


@given(st.binary(max_size=80))
def test_any_bytes_are_answered_or_not(data: bytes) -> None:
    answer = reply(data, 1 << 63)
    assert answer is None or len(answer) == 48 <= len(data)
