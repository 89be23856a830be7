"""Sockets: the port's calls against in-world servers, and what single commands do."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.peripherals.ism43362.drivers import (
    Status,
    StPort,
    TimedOut,
)
from tests.peripherals.ism43362.rig import Rig
from tests.peripherals.ism43362.worlds import ECHO, TARPIT, UDP_ECHO

SERVER = b"10.10.0.1"


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def port(rig: Rig) -> StPort:
    return rig.joined()


def exchange(port: StPort, number: int, data: bytes) -> bytes:
    sent = 0
    answer = b""
    while sent < len(data):
        taken = port.send_some(number, data[sent:])
        assert taken > 0
        sent += taken
        while len(answer) < sent:
            piece = port.receive_some(number, 1200)
            assert piece
            answer += piece
    return answer


def test_plain_connect_sends_the_port_s_stream(port: StPort) -> None:
    assert port.connect(1, SERVER, ECHO)
    assert port.log == [
        b"P0=1\r",
        b"P1=0\r",
        b"P2=0\r",
        b"P4=9001\r",
        b"P3=10.10.0.1\r",
        b"P6=1\r",
    ]


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 1199, 1200, 1201, 4608])
def test_echo(port: StPort, length: int) -> None:
    data = bytes(index * 7 & 0xFF for index in range(length))
    assert port.connect(0, SERVER, ECHO)
    assert exchange(port, 0, data) == data
    assert port.close(0)


def test_payload_of_control_bytes_survives(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    for data in (
        b"\r\nOK\r\n> ",
        b"\x15" * 5 + b"x",
        b"\0\r\n\0",
        b"\r",
        b"\r\n-1\r\nERROR\r\n> !",
    ):
        assert exchange(port, 0, data) == data


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=1500), min_size=1, max_size=4))
def test_any_bytes_come_back(pieces: list[bytes]) -> None:
    rig = Rig()
    port = rig.joined()
    assert port.connect(2, SERVER, ECHO)
    for piece in pieces:
        # A trailing 0x15 is padding to ST's driver, in every reply but that of `S3`.
        assert exchange(port, 2, piece + b".") == piece + b"."


def test_four_sockets_at_once(port: StPort) -> None:
    for number in range(4):
        assert port.connect(number, SERVER, ECHO)
    for number in range(4):
        assert port.send_some(number, b"to %d" % number) == 4
    for number in reversed(range(4)):
        assert port.receive_some(number, 100) == b"to %d" % number
    assert port.execute(b"P0=4\r")[0] is not Status.OK


def test_data_is_read_in_pieces_of_the_size_asked_for(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.send_some(0, b"abcdefg")
    assert port.receive_some(0, 3) == b"abc"
    assert [port.receive_some(0, 1) for _ in range(4)] == [b"d", b"e", b"f", b"g"]


def test_receive_time_out_of_the_port_is_kept(rig: Rig, port: StPort) -> None:
    """Tolerance of the qualification tests: +250 ms, -0 ms."""
    assert port.connect(0, SERVER, ECHO)
    for timeout in (30, 100, 10_000):
        start = rig.wires.now_us
        assert port.receive_some(0, 100, timeout) == b""
        assert timeout * 1000 <= rig.wires.now_us - start <= (timeout + 250) * 1000


def test_read_waits_for_its_time_out_and_no_longer(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.ok(b"P0=0\r", b"R1=100\r", b"R2=300\r")
    start = rig.wires.now_us
    assert port.receive_data() == (Status.OK, b"")
    assert 300_000 <= rig.wires.now_us - start < 301_000
    port.send_some(0, b"early")
    start = rig.wires.now_us
    assert port.receive_data() == (Status.OK, b"early")
    assert rig.wires.now_us - start < 5_000


def test_read_without_a_time_out_waits_for_data(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.TIMEOUT_MS = 90_000  # type: ignore[misc]
    port.ok(b"P0=0\r", b"R2=0\r")
    rig.machine.clock.schedule(
        60_000_000_000, rig.world.server("echo").connections[0].stream.shutdown
    )
    assert port.receive_data()[0] is Status.UNEXPECTED_CLOSED_SOCKET


@pytest.mark.parametrize(
    ("address", "number"), [(b"0.0.0.0", ECHO), (SERVER, 0), (SERVER, 4), (b"10.10.0.77", ECHO)]
)
def test_connects_that_must_fail(port: StPort, address: bytes, number: int) -> None:
    assert not port.connect(0, address, number)
    assert port.send_some(0, b"x") == -1
    assert port.close(0)


def test_connect_fails_while_not_joined(port: StPort) -> None:
    assert port.disconnect()
    assert not port.connect(0, SERVER, ECHO)


def test_failed_connect_can_be_tried_again(port: StPort) -> None:
    assert not port.connect(0, SERVER, 4)
    assert port.connect(0, SERVER, ECHO)
    assert exchange(port, 0, b"again") == b"again"


def test_refused_connection_may_look_like_a_time_out() -> None:
    rig = Rig(refusal_is_timeout=True, connect_timeout_ms=8_000)
    port = rig.joined()
    start = rig.wires.now_us
    assert not port.connect(0, SERVER, 4)
    assert 8_000_000 <= rig.wires.now_us - start < 8_100_000


@pytest.mark.parametrize("address", [b"10.10.0.255", b"10.10.0.0", b"10.255.0.1"])
def test_addresses_refused_by_a_quirk(address: bytes) -> None:
    rig = Rig(refuse_unusual_addresses=True)
    port = rig.joined()
    port.ok(b"P0=0\r", b"P1=0\r", b"P4=9001\r", b"P3=%s\r" % address)
    assert b"address refused" in port.execute(b"P6=1\r")[1]


def test_closing_a_socket_that_was_never_connected_is_fine(port: StPort) -> None:
    for number in range(4):
        assert port.close(number)


def test_socket_never_connected_is_an_error_but_no_reason_to_reset(port: StPort) -> None:
    assert port.send_some(3, b"x") == -1
    assert port.receive_some(3, 10) is None
    assert port.resets == 1


def test_buffered_data_comes_before_the_end(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.send_some(0, b"last words")
    rig.wires.wait_ms(10)
    rig.world.server("echo").connections[0].stream.shutdown()
    rig.wires.wait_ms(10)
    assert port.receive_some(0, 4) == b"last"
    assert port.receive_some(0, 100) == b" words"
    assert port.receive_some(0, 100) is None
    assert port.send_some(0, b"x") == -1
    assert port.close(0)


def test_reset_connection(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    rig.world.server("echo").connections[0].stream.abort()
    rig.wires.wait_ms(10)
    assert port.receive_some(0, 100) is None


def test_leaving_closes_every_connection(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    assert port.connect(1, SERVER, ECHO)
    assert port.connect_ap(b"fwemu-ap", b"fwemu-pass")
    assert port.receive_some(0, 10) is None
    assert port.send_some(1, b"x") == -1


def test_peer_sees_nothing_of_a_reset(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    peer = rig.world.server("echo").connections[0]
    assert port.reset()
    rig.wires.wait_ms(1000)
    assert peer.open


def test_close_reaches_the_peer_after_the_data(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.send_some(0, b"last")
    assert port.close(0)
    rig.wires.wait_ms(50)
    peer = rig.world.server("echo").connections[0]
    assert bytes(peer.received) == b"last"
    assert not peer.open


def test_lost_access_point_ends_a_read_under_way(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.ok(b"P0=0\r", b"R2=20000\r")
    rig.machine.clock.schedule(
        1_000_000_000,
        rig.module.processor.station.leave,  # type: ignore[union-attr]
    )
    rig.machine.clock.schedule(2_000_000_000, rig.module.processor.sockets.drop_all)
    start = rig.wires.now_us
    assert port.receive_data()[0] is Status.UNEXPECTED_CLOSED_SOCKET
    assert rig.wires.now_us - start < 2_100_000


def test_reconnecting_lets_go_of_the_old_connection() -> None:
    rig = Rig(refusedRestart=False)
    port = rig.joined()
    assert port.connect(0, SERVER, ECHO)
    assert port.connect(0, SERVER, ECHO)
    rig.wires.wait_ms(50)
    assert [each.open for each in rig.world.server("echo").connections] == [False, True]


def test_write_waits_for_room_and_then_gives_up(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TARPIT)
    total = 0
    while True:
        start = rig.wires.now_us
        sent = port.send_some(0, b"x" * 1200, timeout=500)
        if sent < 0:
            break
        total += sent
    assert 500_000 <= rig.wires.now_us - start < 510_000
    assert 16_384 <= total <= 17_600


def test_write_goes_on_when_there_is_room_again(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TARPIT)
    for _ in range(13):
        assert port.send_some(0, b"x" * 1200) == 1200
    reader = rig.world.server("tarpit").connections[0].stream
    rig.machine.clock.schedule(1_000_000_000, _Reader(reader).read)
    start = rig.wires.now_us
    assert port.send_some(0, b"x" * 1200) == 1200
    assert port.send_some(0, b"x" * 1200) == 1200
    assert rig.wires.now_us - start > 900_000


class _Reader:
    def __init__(self, stream) -> None:  # type: ignore[no-untyped-def]
        self.stream = stream

    def read(self) -> None:
        self.stream.receive(100_000)


def test_connection_lost_while_a_write_waits(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, TARPIT)
    for _ in range(13):
        port.send_some(0, b"x" * 1200)
    stream = rig.world.server("tarpit").connections[0].stream
    rig.machine.clock.schedule(1_000_000_000, stream.abort)
    assert port.send_some(0, b"x" * 1200) == -1


def test_write_of_nothing(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.ok(b"P0=0\r")
    status, reply = port.send_data(b"S3=0000\r", b"")
    assert status is Status.OK
    assert reply.startswith(b"\r\n0\r\nOK")


def test_write_that_brings_less_than_it_announces(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.ok(b"P0=0\r")
    assert port.send_data(b"S3=0009\r", b"abcd")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    assert port.execute(b"S3=abcd\r")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    assert port.send_data(b"S3=9999\r", b"abcd")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    assert exchange(port, 0, b"fine") == b"fine"


def test_fixed_size_write(port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.ok(b"P0=0\r", b"S1=5\r", b"S2=100\r")
    assert port.ok(b"S?\r") == b"5,100"
    assert b"\r\n5\r\nOK" in port.execute(b"S0\rhello")[1]
    assert port.receive_some(0, 10) == b"hello"


def test_transport_settings_line(port: StPort) -> None:
    port.ok(b"P0=2\r")
    assert port.ok(b"P?\r").startswith(b"0,0.0.0.0,")
    assert port.connect(2, SERVER, ECHO)
    fields = port.ok(b"P?\r").split(b",")
    assert fields[:2] == [b"0", b"10.10.0.50"]
    assert fields[3:] == [b"10.10.0.1", b"9001", b"0", b"0", b"1", b"0", b"0"]
    port.ok(b"R1=700\r", b"R2=50\r", b"R3=1\r")
    assert port.ok(b"R?\r") == b"700,50,1"


@pytest.mark.parametrize(
    "command",
    [
        b"P1=5\r",
        b"P2=65536\r",
        b"P3=1.2.3\r",
        b"P3=host\r",
        b"P4=-1\r",
        b"P5=3\r",
        b"P6=2\r",
        b"P6\r",
        b"P7=4\r",
        b"P8=7\r",
        b"P9=3\r",
        b"PK=1\r",
        b"PK=2,1\r",
        b"PR=1\r",
        b"R1=0\r",
        b"R1=1461\r",
        b"R2=soon\r",
        b"R2=99999999999\r",
        b"S1=0\r",
    ],
)
def test_bad_settings_are_refused(port: StPort, command: bytes) -> None:
    assert port.execute(command)[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_protocols_that_cannot_connect(port: StPort) -> None:
    port.ok(b"P0=0\r", b"P1=4\r", b"P3=10.10.0.1\r", b"P4=9001\r")
    assert b"protocol" in port.execute(b"P6=1\r")[1]
    assert b"protocol" in port.execute(b"P5=1\r")[1]


def test_udp_client(port: StPort) -> None:
    port.ok(b"P0=0\r", b"P1=1\r", b"P2=0\r", b"P4=%d\r" % UDP_ECHO, b"P3=10.10.0.1\r", b"P6=1\r")
    port.ok(b"R1=1200\r", b"R2=100\r")
    assert port.send_data(b"S3=0004\r", b"ping")[0] is Status.OK
    assert port.send_data(b"S3=0006\r", b"second")[0] is Status.OK
    assert port.receive_data() == (Status.OK, b"ping")
    port.ok(b"R1=3\r")
    assert port.receive_data() == (Status.OK, b"sec")
    assert port.receive_data() == (Status.OK, b"ond")
    assert port.receive_data() == (Status.OK, b"")
    fields = port.ok(b"P?\r").split(b",")
    assert fields[0] == b"1"
    assert fields[3:5] == [b"10.10.0.1", b"9002"]
    port.ok(b"P6=0\r")
    assert port.receive_data()[0] is Status.UNEXPECTED_CLOSED_SOCKET


def test_udp_client_gets_its_peer_after_the_start(port: StPort) -> None:
    """ST's `ES_WIFI_SendDataTo`."""
    port.ok(b"P0=0\r", b"P1=1\r", b"P2=0\r", b"P6=1\r")
    assert port.send_data(b"S3=0002\r", b"no")[0] is Status.UNEXPECTED_CLOSED_SOCKET
    port.ok(b"P4=%d\r" % UDP_ECHO, b"P3=10.10.0.1\r", b"S2=100\r")
    assert port.send_data(b"S3=0002\r", b"hi")[0] is Status.OK
    assert port.ok(b"R2=100\r") == b""
    assert port.receive_data() == (Status.OK, b"hi")


def test_connection_and_waiting_reader_survive_a_snapshot(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.send_some(0, b"kept")
    port.wires.wait_ready(1)
    twin: Rig = pickle.loads(pickle.dumps(rig))
    for each in (rig, twin):
        assert each.port.receive_some(0, 10) == b"kept"
    assert rig.wires.now_us == twin.wires.now_us


def test_two_runs_are_equal() -> None:
    transcripts = []
    for _ in range(2):
        rig = Rig()
        port = rig.joined()
        port.scan()
        assert port.connect(0, SERVER, ECHO)
        exchange(port, 0, b"same" * 500)
        transcripts.append(rig.machine.traced)
    assert transcripts[0] == transcripts[1]


def test_transactions_are_traced(rig: Rig, port: StPort) -> None:
    assert port.connect(0, SERVER, ECHO)
    port.send_some(0, b"data")
    last = rig.traced("at")[-1]
    assert last["request"] == "S3=0004"
    assert last["data"] == b"data"
    assert last["reply"] == b"\r\n4\r\nOK\r\n> "
    assert last["finished"] - last["started"] == 200_000 + 4 * 2_000
    port.receive_some(0, 3)
    assert port.close(0)
    assert port.close(0)
    states = [each["state"] for each in rig.traced("socket")]
    assert states == ["connecting", "open", "closed"]
    payloads = [(each["direction"], each["size"]) for each in rig.traced("payload")]
    assert payloads == [("sent", 4), ("received", 3)]


def test_driver_gives_up_on_a_hung_module_only_after_its_time_out(rig: Rig, port: StPort) -> None:
    rig.module.processor.hung = True
    start = rig.wires.now_us
    port.send(b"P0=0\r")
    with pytest.raises(TimedOut):
        port.receive(0)
    assert rig.wires.now_us - start >= 30_000_000
