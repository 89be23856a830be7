"""The pins and the framing, with a processor that records."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.ism43362 import link as link_module
from renode_wifi.peripherals.ism43362.link import DATA_READY, NSS, RESET, WAKEUP, Link


class Recorder:
    """Stands for the command processor."""

    def __init__(self) -> None:
        self.resets: list[bool] = []
        self.requests: list[bytes] = []
        self.fault = ""
        self.link: Link | None = None

    def reset(self, asserted: bool) -> None:
        self.resets.append(asserted)

    def execute(self, request: bytes) -> None:
        self.requests.append(request)
        if self.fault and self.link is not None:
            self.link.fail(self.fault)


class Host:
    """The other end of the wires."""

    def __init__(self) -> None:
        self.processor = Recorder()
        self.link = Link(BenchMachine(), "wifi", self.processor)
        self.processor.link = self.link
        self.edges: list[bool] = []
        self.link.lines[DATA_READY].connect(self, 0)

    def on_gpio(self, number: int, level: bool) -> None:
        self.edges.append(level)

    @property
    def ready(self) -> bool:
        return bool(self.link.lines[DATA_READY].level)

    def boot(self) -> Host:
        self.link.on_gpio(NSS, True)
        self.link.on_gpio(RESET, True)
        self.link.booted()
        assert self.read() == link_module.CURSOR
        self.edges.clear()
        return self

    def write(self, data: bytes) -> list[int]:
        self.link.on_gpio(NSS, False)
        answers = [
            self.link.exchange(data[i] | data[i + 1] << 8, 16) for i in range(0, len(data), 2)
        ]
        self.link.on_gpio(NSS, True)
        return answers

    def read(self, most: int = 10_000) -> bytes:
        self.link.on_gpio(NSS, False)
        data = b""
        while self.ready and len(data) < most:
            data += self.link.exchange(0x0A0A, 16).to_bytes(2, "little")
        self.link.on_gpio(NSS, True)
        return data


@pytest.fixture
def host() -> Host:
    return Host().boot()


def test_nothing_happens_before_reset_is_released() -> None:
    host = Host()
    host.link.on_gpio(NSS, True)
    host.link.on_gpio(NSS, False)
    assert host.link.exchange(0x1234, 16) == 0x1515
    host.link.on_gpio(NSS, True)
    assert not host.ready
    assert host.processor.requests == []


def test_reset_pin_is_reported_once_per_edge() -> None:
    host = Host()
    for level in (True, True, False, False, True):
        host.link.on_gpio(RESET, level)
    assert host.processor.resets == [False, True, False]


def test_cursor_is_three_words_and_ready_falls_with_the_third() -> None:
    host = Host()
    host.link.on_gpio(NSS, True)
    host.link.on_gpio(RESET, True)
    assert not host.ready
    host.link.booted()
    host.link.on_gpio(NSS, False)
    levels = []
    words = []
    for _ in range(3):
        levels.append(host.ready)
        words.append(host.link.exchange(0, 16))
    assert words == [0x1515, 0x0A0D, 0x203E]
    assert levels == [True, True, True]
    assert not host.ready
    host.link.on_gpio(NSS, True)
    assert host.ready


def test_cursor_is_offered_in_a_window_that_was_opened_too_early() -> None:
    host = Host()
    host.link.on_gpio(NSS, True)
    host.link.on_gpio(RESET, True)
    host.link.on_gpio(NSS, False)
    assert host.link.exchange(0, 16) == 0x1515
    host.link.booted()
    assert [host.link.exchange(0, 16) for _ in range(3)] == [0x1515, 0x0A0D, 0x203E]
    assert not host.ready


def test_ready_falls_with_the_end_of_a_command_and_rises_with_its_reply(host: Host) -> None:
    host.write(b"I?\r\n")
    assert host.edges == [False]
    host.link.reply(b"\r\nOK\r\n> ")
    assert host.edges == [False, True]
    assert host.read() == b"\r\nOK\r\n> "
    assert host.edges == [False, True, False, True]


def test_module_answers_0x15_during_a_command(host: Host) -> None:
    assert host.write(b"I?\r\n") == [0x1515, 0x1515]


def test_ready_stays_high_through_the_command_window(host: Host) -> None:
    host.link.on_gpio(NSS, False)
    for _ in range(700):
        host.link.exchange(0x4141, 16)
    assert host.ready
    assert host.edges == []


def test_command_and_data_are_one_window(host: Host) -> None:
    host.write(b"S3=0004\rABCD")
    assert host.processor.requests == [b"S3=0004\rABCD"]


def test_window_without_a_frame_is_no_command(host: Host) -> None:
    host.link.on_gpio(NSS, False)
    host.link.on_gpio(NSS, True)
    assert host.ready
    assert host.processor.requests == []


def test_reading_past_the_end_gives_padding_and_starts_nothing(host: Host) -> None:
    host.write(b"I?\r\n")
    host.link.reply(b"abcd")
    host.link.on_gpio(NSS, False)
    assert [host.link.exchange(0x0A0A, 16) for _ in range(8)] == [0x6261, 0x6463] + [0x1515] * 6
    assert not host.ready
    host.link.on_gpio(NSS, True)
    assert host.ready
    assert len(host.processor.requests) == 1


def test_odd_reply_is_padded_to_a_word(host: Host) -> None:
    host.write(b"I?\r\n")
    host.link.reply(b"abc")
    assert host.read() == b"abc\x15"


def test_reply_is_read_in_as_many_windows_as_the_host_likes(host: Host) -> None:
    host.write(b"R0\r\n")
    host.link.reply(b"\r\nabcdefg\r\nOK\r\n> ")
    host.edges.clear()
    assert [host.read(most) for most in (2, 6, 0)] == [b"\r\n", b"abcdef", b""]
    assert host.ready
    assert host.edges == []
    assert host.read() == b"g\r\nOK\r\n> \x15"
    assert host.edges == [False, True]
    host.write(b"Z5\r\n")
    assert host.processor.requests == [b"R0\r\n", b"Z5\r\n"]


def test_window_with_some_reply_left_starts_no_command(host: Host) -> None:
    host.write(b"I?\r\n")
    host.link.reply(b"abcdefgh")
    assert host.read(2) == b"ab"
    assert host.write(b"Z5\r\n") == [0x6463, 0x6665]
    assert host.read() == b"gh"
    assert host.processor.requests == [b"I?\r\n"]


def test_reply_without_a_command_is_ignored(host: Host) -> None:
    host.link.reply(b"late")
    assert host.read(8) == b"\x15" * 8


def test_reset_while_busy_drops_the_command(host: Host) -> None:
    host.write(b"I?\r\n")
    host.link.on_gpio(RESET, False)
    host.link.reply(b"late")
    assert not host.ready
    host.link.on_gpio(RESET, True)
    assert not host.ready


def test_reset_in_the_middle_of_a_window(host: Host) -> None:
    host.write(b"I?\r\n")
    host.link.reply(b"abcdefgh")
    host.link.on_gpio(NSS, False)
    host.link.exchange(0, 16)
    host.link.on_gpio(RESET, False)
    assert not host.ready
    assert host.link.exchange(0, 16) == 0x1515


def test_wakeup_is_ignored(host: Host) -> None:
    host.link.on_gpio(WAKEUP, True)
    host.link.on_gpio(WAKEUP, False)
    assert host.edges == []


def test_overlong_command_is_cut(host: Host) -> None:
    host.link.on_gpio(NSS, False)
    for _ in range(3 * link_module.MAX_COMMAND):
        host.link.exchange(0x4141, 16)
    host.link.on_gpio(NSS, True)
    assert len(host.processor.requests[0]) == 2 * link_module.MAX_COMMAND


@given(st.binary(min_size=2, max_size=64).filter(lambda data: len(data) % 2 == 0), st.binary())
def test_bytes_go_both_ways_in_words(request: bytes, reply: bytes) -> None:
    host = Host().boot()
    host.write(request)
    assert host.processor.requests == [request]
    host.link.reply(reply + b"!")
    assert host.read().rstrip(b"\x15") == (reply + b"!").rstrip(b"\x15")


@given(st.binary(min_size=2, max_size=32).filter(lambda data: len(data) % 2 == 0))
def test_bytes_of_8_bit_frames_are_swapped_on_the_wire(data: bytes) -> None:
    host = Host().boot()
    link = host.link
    wire = b"".join(data[i : i + 2][::-1] for i in range(0, len(data), 2))
    link.on_gpio(NSS, False)
    assert [link.exchange(byte, 8) for byte in wire] == [0x15] * len(wire)
    link.on_gpio(NSS, True)
    assert host.processor.requests == [data]
    link.reply(data)
    link.on_gpio(NSS, False)
    ready_before_last = []
    answer = []
    for _ in wire:
        ready_before_last.append(host.ready)
        answer.append(link.exchange(0xAA, 8))
    link.on_gpio(NSS, True)
    assert bytes(answer) == wire
    assert all(ready_before_last)


def test_lost_edge_leaves_ready_high(host: Host) -> None:
    host.processor.fault = link_module.EDGE_LOST
    host.write(b"I?\r\n")
    host.link.reply(b"ab")
    assert host.ready
    assert host.edges == []


@pytest.mark.parametrize(
    ("fault", "level"), [(link_module.STUCK_LOW, False), (link_module.STUCK_HIGH, True)]
)
def test_stuck_ready_lasts_until_reset(host: Host, fault: str, level: bool) -> None:
    host.link.fail(fault)
    host.write(b"I?\r\n")
    host.link.reply(b"ab")
    host.read(4)
    assert host.ready is level
    host.link.on_gpio(RESET, False)
    assert not host.ready
    host.link.on_gpio(RESET, True)
    host.link.booted()
    assert host.read() == link_module.CURSOR


def test_ready_high_after_a_reply_lasts_until_nss_rises(host: Host) -> None:
    host.processor.fault = link_module.HIGH_AFTER_REPLY
    host.write(b"I?\r\n")
    host.link.reply(b"ab")
    assert host.read(8) == b"ab" + b"\x15" * 6
    assert host.ready
    host.processor.fault = ""
    host.write(b"I?\r\n")
    host.link.reply(b"cd")
    assert host.read() == b"cd"


def test_module_out_of_step_is_one_word_late(host: Host) -> None:
    host.link.fail(link_module.OUT_OF_STEP)
    host.write(b"I?\r\n")
    host.link.reply(b"abcd")
    assert host.read() == b"\x15\x15ab"
    host.write(b"I?\r\n")
    host.link.reply(b"efgh")
    assert host.read() == b"cdef"


def test_link_is_saved_in_the_middle_of_a_reply(host: Host) -> None:
    host.edges.clear()
    host.write(b"I?\r\n")
    host.link.reply(b"abcdef")
    host.link.on_gpio(NSS, False)
    host.link.exchange(0, 16)
    twin: Host = pickle.loads(pickle.dumps(host))
    for each in (host, twin):
        assert [each.link.exchange(0, 16) for _ in range(3)] == [0x6463, 0x6665, 0x1515]
        assert not each.ready
