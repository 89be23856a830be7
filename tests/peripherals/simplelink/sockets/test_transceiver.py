"""Transceiver mode: 802.11 frames through a raw socket."""

from __future__ import annotations

import struct

import pytest

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND
from renode_wifi.peripherals.network.contract.frames import Frame, Transceiver
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from tests.peripherals.simplelink.driver import HostDriver
from tests.peripherals.simplelink.rig import Rig

RADIO, DATAGRAM, RAW = 6, 2, 3
CHANNEL, POWER, FRAMES, ACKS = 28, 101, 102, 106
PHY = 3
MAC = b"\x02peer!"
PROBE = b"\x40\0\0\0" + b"\xff" * 6 + MAC + b"\xff" * 6 + b"\0\0" + b"\0\0\x01\x01\x82"


class Peer:
    """A radio of somebody else that listens."""

    def __init__(self, rig: Rig, channel: int) -> None:
        self.got: list[tuple[Frame, int, int]] = []
        self.radio: Transceiver = rig.world.station(MAC).transceiver(channel, self)
        self.radio.listen()

    def on_frame(self, frame: Frame, channel: int, rssi: int) -> None:
        if frame.data[:1] != b"\x80":
            self.got.append((frame, channel, rssi))


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def driver(rig: Rig) -> HostDriver:
    return rig.started()


def send(driver: HostDriver, number: int, data: bytes, parameters: int = 0) -> None:
    head = struct.pack("<HBBI", len(data), number, 0, parameters)
    driver.post(Opcode.SEND, head + data)


def parameters(channel: int, rate: int, power: int, preamble: int) -> int:
    """SL_WLAN_RAW_RF_TX_PARAMS, sign-extended as the driver does it."""
    return channel | rate << 6 | power << 11 | preamble << 15 | (0xFFFF0000 if preamble else 0)


def test_a_frame_goes_out_as_its_parameters_say(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A Transceiver Mode: channel, rate, power and preamble of each frame."""
    peer, deaf = Peer(rig, 6), Peer(rig, 11)
    number = driver.socket(RAW, 1, RADIO)
    assert number == 0x80
    send(driver, number, PROBE + b"FCS.", parameters(6, 13, 4, 1))
    driver.run(10 * MILLISECOND)
    assert peer.got == [(Frame(PROBE, 54_000, 4, True), 6, -34)]
    assert deaf.got == []
    assert driver.close(number & 0x0F) == 0


def test_what_a_frame_leaves_out_is_set_by_options(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A Transceiver Mode: options of the socket's physical layer."""
    peer = Peer(rig, 3)
    number = driver.socket(DATAGRAM, 1, RADIO)
    assert driver.set_option(number, CHANNEL, struct.pack("<I", 3)) == 0
    assert driver.set_option(number, POWER, struct.pack("<I", 7), PHY) == 0
    assert driver.set_option(number, FRAMES, struct.pack("<I", 3), PHY) == 0
    send(driver, number, PROBE + b"FCS.")
    driver.run(10 * MILLISECOND)
    assert [(frame.attenuation, rssi) for frame, _, rssi in peer.got] == [(7, -37)] * 3
    for option, value in ((100, 22), (POWER, 16), (FRAMES, 0), (103, 2), (104, 7), (105, 101)):
        assert driver.set_option(number, option, struct.pack("<I", value), PHY) == Error.INVALID
    assert driver.set_option(number, CHANNEL, struct.pack("<I", 15)) == Error.INVALID


def test_beacons_and_frames_come_while_the_host_receives(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A Transceiver Mode: a frame is received behind rate, channel, RSSI and time."""
    number = driver.socket(RAW, 1, RADIO)
    peer = Peer(rig, 1)
    peer.radio.send(Frame(PROBE))
    driver.run(SECOND)
    peer.radio.send(Frame(PROBE, 11_000, 5))
    got = driver.receive(number & 0x0F, 1536)
    assert got is not None
    assert struct.unpack_from("<BBb", got[1]) == (3, 1, -35)
    assert got[1][8:] == PROBE
    assert driver.set_option(number, CHANNEL, struct.pack("<I", 6)) == 0
    got = driver.receive(number & 0x0F, 1536)
    assert got is not None
    assert got[1][8:10] == b"\x80\0"
    assert b"fwemu-ap" in got[1]


def test_a_transceiver_may_acknowledge(rig: Rig, driver: HostDriver) -> None:
    """SWRU455A Transceiver Mode: SL_SO_PHY_ALLOW_ACKS."""
    peer = Peer(rig, 1)
    number = driver.socket(RAW, 1, RADIO)
    station = rig.nwp.processor.station
    assert station is not None
    data = b"\x08\0\0\0" + station.mac + MAC + MAC + b"\0\0" + b"hello"
    for allowed, answers in ((0, []), (1, [b"\xd4\0\0\0" + MAC])):
        assert driver.set_option(number, ACKS, struct.pack("<I", allowed), PHY) == 0
        peer.radio.send(Frame(data))
        driver.receive(number & 0x0F, 1536)
        driver.run(10 * MILLISECOND)
        assert [frame.data for frame, _, _ in peer.got] == answers


def test_there_is_one_transceiver_and_no_network_beside_it(driver: HostDriver) -> None:
    """SWRU455A Transceiver Mode: the device must not be connected, nor connect meanwhile."""
    number = driver.socket(RAW, 6, RADIO)
    assert driver.socket(RAW, 6, RADIO) == Error.TRANSCEIVER_ON
    assert driver.connect_ap(b"fwemu-ap", b"fwemu-pass") == Error.WLAN_TRANSCEIVER_ENABLED
    assert driver.close(number & 0x0F) == 0
    assert driver.socket(RAW, 15, RADIO) == Error.INVALID
    assert driver.socket(1, 6, RADIO) == Error.SOCKET_TYPE_NOT_SUPPORTED
    assert driver.connect_ap(b"nobody", b"fwemu-pass") == 0
    assert driver.socket(RAW, 6, RADIO) == Error.AUTO_CONNECT_OR_CONNECTING
    driver.joined()
    assert driver.socket(RAW, 6, RADIO) == Error.CONNECTION_PENDING


def test_a_frame_that_cannot_be_sent_is_reported(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket(RAW, 0, RADIO)
    for data, word in ((b"short", 6), (PROBE + b"FCS.", 0), (PROBE, parameters(6, 5, 0, 0))):
        send(driver, number, data, word)
        failed = driver.event(Opcode.TX_FAILED)
        assert failed is not None
        assert failed.unpack("hB")[0] == Error.INVALID
    assert driver.bind(number & 0x0F, 7) == Error.OPERATION_NOT_SUPPORTED
    assert driver.connect(number & 0x0F, 7) == Error.OPERATION_NOT_SUPPORTED
    assert driver.set_option(number, 25, b"\1") == Error.OPERATION_NOT_SUPPORTED


def test_frames_without_end_are_sent_one_by_one_until_the_socket_closes(
    rig: Rig, driver: HostDriver
) -> None:
    peer = Peer(rig, 6)
    number = driver.socket(RAW, 6, RADIO)
    assert driver.set_option(number, FRAMES, b"\xff\xff\xff\xff", PHY) == 0
    send(driver, number, PROBE + b"FCS.", parameters(6, 1, 0, 0))
    driver.run(2 * MILLISECOND)
    send(driver, number, PROBE + b"FCS.", parameters(6, 1, 0, 0))
    failed = driver.event(Opcode.TX_FAILED)
    assert failed is not None
    assert failed.unpack("hB")[0] == Error.NO_BUFFERS
    driver.run(5 * MILLISECOND)
    driver.stop()
    driver.run(MILLISECOND)  # the frame that was on the air
    count = len(peer.got)
    assert count > 10
    driver.run(SECOND)
    assert len(peer.got) == count


def test_a_saved_transceiver_goes_on(rig: Rig, driver: HostDriver) -> None:
    number = driver.socket(RAW, 6, RADIO)
    driver.receive(number & 0x0F, 1536)
    other = rig.saved().driver
    assert other.receive(number & 0x0F, 1536) == driver.receive(number & 0x0F, 1536)
