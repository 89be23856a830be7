"""Captured packets, read back block by block."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.board.session import Session
from renode_wifi.emulation.observers.captures import pcapng
from renode_wifi.emulation.observers.captures.frames import Addresses, Flow, datagram
from renode_wifi.emulation.observers.captures.packets import PacketCapture
from renode_wifi.emulation.platform.trace import Listeners, TraceListener
from renode_wifi.peripherals.network.tls.endpoint import KEY_LOG

ROOT = Path(__file__).parents[3]
PROBE = ROOT / "firmware/probe/b_l475e_iot01a.elf"
CLIENT, SERVER = "10.10.0.50:49152", "10.10.0.1:8883"


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each block, whose two lengths agree."""
    place = 0
    while place < len(data):
        kind, size = struct.unpack_from("<II", data, place)
        assert size % 4 == 0
        assert struct.unpack_from("<I", data, place + size - 4) == (size,)
        yield kind, data[place + 8 : place + size - 4]
        place += size
    assert place == len(data)


def frames(data: bytes) -> list[bytes]:
    found = []
    for kind, body in blocks(data):
        if kind == pcapng.PACKET:
            (size,) = struct.unpack_from("<I", body, 12)
            found.append(body[20 : 20 + size])
    return found


def folded(data: bytes) -> int:
    """One's complement sum: 0xFFFF where a checksum in it is right."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checked(frame: bytes) -> tuple[int, bytes]:
    """Protocol and payload of a frame whose lengths and checksums are right."""
    assert frame[12:14] == b"\x08\x00"
    packet = frame[14:]
    assert struct.unpack_from(">H", packet, 2) == (len(packet),)
    assert folded(packet[:20]) == 0xFFFF
    payload = packet[20:]
    pseudo = packet[12:20] + struct.pack(">BBH", 0, packet[9], len(payload))
    assert folded(pseudo + payload) == 0xFFFF
    return packet[9], payload


@given(st.integers(0, 2**63), st.binary(max_size=70))
def test_a_packet_block_holds_time_and_frame(time: int, frame: bytes) -> None:
    ((kind, body),) = blocks(pcapng.packet(time, frame))
    _, high, low, size, original = struct.unpack_from("<IIIII", body)
    assert (kind, high << 32 | low, body[20 : 20 + size]) == (pcapng.PACKET, time, frame)
    assert original == len(frame)


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=4000)), max_size=6))
def test_segments_continue_where_the_last_ended(sends: list[tuple[bool, bytes]]) -> None:
    flow = Flow(Addresses(), CLIENT, SERVER)
    sent = [*flow.connect(), *flow.connected()]
    for to_server, data in sends:
        sent += flow.data(CLIENT if to_server else SERVER, data)
    streams: dict[int, bytes] = {49152: b"", 8883: b""}
    for frame in sent[3:]:
        protocol, segment = checked(frame)
        source, _, sequence = struct.unpack_from(">HHI", segment)
        assert (protocol, sequence) == (6, 1 + len(streams[source]))
        assert len(segment) <= 20 + 1460
        streams[source] += segment[20:]
    assert streams[49152] == b"".join(data for to_server, data in sends if to_server)
    assert streams[8883] == b"".join(data for to_server, data in sends if not to_server)


def test_the_handshake_of_tcp_and_its_end_have_their_flags() -> None:
    flow = Flow(Addresses(), CLIENT, SERVER)
    sent = [*flow.connect(), *flow.connected(), *flow.fin(CLIENT), *flow.reset(SERVER)]
    flags = [checked(frame)[1][13] for frame in sent]
    assert flags == [0x02, 0x12, 0x10, 0x11, 0x14]


def test_a_datagram_is_one_frame_with_the_stations_own_mac() -> None:
    addresses = Addresses()
    addresses.learn("10.10.0.50", "c4:7f:51:00:00:01")
    frame = datagram(addresses, "10.10.0.50:5000", "10.10.0.1:53", b"odd")
    assert frame[6:12].hex(":") == "c4:7f:51:00:00:01"
    assert frame[:6] == b"\x02\x00" + IPv4Address("10.10.0.1").packed
    protocol, payload = checked(frame)
    assert (protocol, payload[8:]) == (17, b"odd")


def test_a_refused_connection_and_one_outside_ipv4_break_nothing() -> None:
    listeners, file = Listeners(), io.BytesIO()

    class Traced(Session):
        def __init__(self) -> None:
            """Nothing but a subscription is asked of it."""

        def subscribe(self, listener: TraceListener) -> None:
            listeners.add(listener)

    def trace(event: str, **fields: Any) -> None:
        for listener in listeners.of(event):
            listener(5, "network", event, fields)

    with PacketCapture(file) as capture:
        capture.attach(Traced())
        trace("connect", flow=1, origin=CLIENT, destination=SERVER)
        trace("connect-failed", flow=1, destination=SERVER, failure="REFUSED")
        trace("datagram", origin="[::1]:5", destination=SERVER, data=b"x")
    assert [checked(frame)[1][13] for frame in frames(file.getvalue())] == [0x02, 0x14]


def test_keys_stand_before_the_packets_they_decrypt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_LOG, raising=False)
    file = tmp_path / "run.pcapng"
    with (
        file.open("wb") as stream,
        PacketCapture(stream) as capture,
        Board("b_l475e_iot01a", PROBE) as board,
    ):
        capture.attach(board)
        board.wait_for_line("probe: PASSED", timeout=60)
    kinds = [kind for kind, _ in blocks(file.read_bytes())]
    assert kinds[:3] == [pcapng.SECTION_HEADER, pcapng.INTERFACE, pcapng.SECRETS]
    assert set(kinds[3:]) == {pcapng.PACKET}
    for frame in frames(file.read_bytes()):
        checked(frame)
    secrets = next(body for kind, body in blocks(file.read_bytes()) if kind == pcapng.SECRETS)
    lines = secrets[8:].rstrip(b"\0").decode().splitlines()
    assert len(lines) == len(set(lines)) > 0
    sent = b"".join(frames(file.read_bytes()))
    randoms = {bytes.fromhex(line.split()[1]) for line in lines}
    assert all(random in sent for random in randoms)  # Of the ClientHello.
