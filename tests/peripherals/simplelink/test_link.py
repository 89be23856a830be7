"""Words of the link: framing, reading, what happens out of step."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.link import (
    CLEAR_TO_READ,
    FILLER,
    HOST_SYNC,
    MAX_WAITING,
    Link,
)
from renode_wifi.peripherals.simplelink.messages.basic import Empty
from renode_wifi.peripherals.simplelink.messages.header import Command, Status, to_host
from renode_wifi.peripherals.simplelink.messages.layout import WireError, take
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from tests.peripherals.simplelink.rig import Rig


class Listener:
    """A processor that writes down what the link gives it."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.garbage: list[int] = []
        self.power: list[bool] = []

    def receive(self, message: bytes) -> None:
        self.messages.append(message)

    def on_garbage(self, word: int) -> None:
        self.garbage.append(word)

    def on_power(self, level: bool) -> None:
        self.power.append(level)


@pytest.fixture
def link() -> Link:
    link = Link(Listener())
    link.on_gpio(0, True)
    return link


def words(data: bytes) -> list[int]:
    return [word for (word,) in struct.iter_unpack("<I", data)]


def write(link: Link, opcode: int, body: bytes) -> None:
    for word in words(struct.pack("<IHH", HOST_SYNC, opcode, len(body)) + body):
        link.exchange(word)


def test_message_is_collected_from_separate_transfers(link: Link) -> None:
    """SWRU455M, Host Interface, SPI: a message is words behind a synchronisation pattern."""
    write(link, 0x9401, b"\2\1\0\0")
    write(link, 0x8C81, b"")
    assert link.processor.messages == [b"\x01\x94\x04\0\2\1\0\0", b"\x81\x8c\0\0"]


@given(
    messages=st.lists(st.binary(max_size=64).filter(lambda data: len(data) % 4 == 0), max_size=3),
    parts=st.lists(
        st.lists(
            st.sampled_from([0, 1, FILLER, HOST_SYNC, CLEAR_TO_READ, 3 << 16, 20 << 16, 9999 << 16])
            | st.binary(min_size=4, max_size=64).filter(lambda data: len(data) % 4 == 0),
        ),
        max_size=4,
    ),
)
def test_words_mean_the_same_all_at_once_and_one_by_one(
    messages: list[bytes], parts: list[list[int | bytes]]
) -> None:
    once, single = Link(Listener()), Link(Listener())
    for link in (once, single):
        link.on_gpio(0, True)
        for message in messages:
            link.send(b"\x63\0\0\0" + message)
    for part in parts:
        sent = [
            word for piece in part for word in ([piece] if isinstance(piece, int) else words(piece))
        ]
        assert once.exchange_all(sent) == [single.exchange(word) for word in sent]
        assert once.lines[0].level == single.lines[0].level
        assert once.waiting == single.waiting
    assert once.processor.messages == single.processor.messages
    assert once.processor.garbage == single.processor.garbage


def test_message_is_read_after_the_clear_to_read_word(link: Link) -> None:
    message = to_host(0x0063, Status(tx_pool=20))
    link.send(message)
    assert link.lines[0].level
    assert link.exchange(CLEAR_TO_READ) == FILLER
    assert [link.exchange(0) for _ in range(4)] == words(message)
    assert not link.lines[0].level
    assert link.exchange(0) == FILLER


def test_each_message_has_an_edge_of_its_own(link: Link) -> None:
    """SWRU455M, Host Interface, Host IRQ: the device asks to be read."""
    levels: list[bool] = []

    class Watcher:
        def on_gpio(self, number: int, level: bool) -> None:
            levels.append(level)

    link.lines[0].connect(Watcher(), 0)
    for _ in range(2):
        link.send(to_host(0x0063, Status()))
    for _ in range(2):
        link.exchange(CLEAR_TO_READ)
        for _ in range(4):
            link.exchange(0)
    assert levels == [True, False, True, False]


def test_clear_to_read_without_a_message_is_filler(link: Link) -> None:
    assert link.exchange(CLEAR_TO_READ) == FILLER
    assert link.exchange(0) == FILLER


def test_words_read_past_a_short_answer_belong_to_no_message(link: Link) -> None:
    link.send(to_host(0x0063, Status()))
    link.send(to_host(0x0078, Status(), b"\1\2\3\4"))
    link.exchange(CLEAR_TO_READ)
    read = [link.exchange(FILLER) for _ in range(8)]
    assert read[4:] == [FILLER] * 4
    link.exchange(CLEAR_TO_READ)
    assert [link.exchange(FILLER) for _ in range(5)][-1] == 0x04030201


@pytest.mark.parametrize("next_word", [CLEAR_TO_READ, HOST_SYNC])
def test_message_given_up_by_the_host_is_gone(link: Link, next_word: int) -> None:
    link.send(to_host(0x0063, Status()))
    link.exchange(CLEAR_TO_READ)
    link.exchange(FILLER)
    link.exchange(next_word)
    assert link.waiting == 0


def test_header_out_of_step_is_reported(link: Link) -> None:
    link.exchange(HOST_SYNC)
    link.exchange(0xFFFF_8C81)
    assert link.processor.garbage == [0xFFFF_8C81]
    write(link, 0x8C81, b"")
    assert link.processor.messages == [b"\x81\x8c\0\0"]


def test_host_that_never_reads_makes_no_growth(link: Link) -> None:
    taken = [link.send(to_host(0x0063, Status())) for _ in range(MAX_WAITING + 5)]
    assert taken.count(True) == MAX_WAITING
    assert link.waiting == MAX_WAITING


def test_power_is_reported_once(link: Link) -> None:
    link.on_gpio(0, True)
    link.on_gpio(1, False)
    link.on_gpio(0, False)
    link.on_gpio(0, False)
    assert link.processor.power == [True, False]
    assert not link.send(to_host(0x0063, Status()))


def test_dropped_messages_show_in_the_device_status() -> None:
    """SWRU455M, Asynchronous Events: events that the host doesn't read in time are lost."""
    rig = Rig()
    rig.started()
    rig.driver.events.clear()
    for _ in range(MAX_WAITING + 3):
        rig.nwp.processor.event(Opcode.DUMMY, Empty())
    assert rig.nwp.processor.status.device & 2
    rig.driver.run(SECOND)
    rig.nwp.processor.event(Opcode.DUMMY, Empty())
    rig.driver.run(SECOND)
    assert rig.driver.last is not None
    assert rig.driver.last.device & 2
    assert not rig.nwp.processor.status.device & 2


def test_stray_words_are_reported_a_few_times(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.started()
    for _ in range(100):
        rig.nwp.exchange(0xDEAD)
    assert caplog.text.count("belongs to no message") == 8


@given(st.integers(0x8000, 0xFFFF), st.binary(max_size=64))
def test_messages_are_parsed_as_written(opcode: int, body: bytes) -> None:
    command = Command.parse(struct.pack("<HH", opcode, len(body)) + body)
    assert command == Command(opcode, body)
    assert command.response & 0x8400 == 0x0400


@given(st.binary(max_size=40))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        command = Command.parse(data)
    except WireError:
        return
    assert command.opcode & 0x8000
    assert command.body == data[4:]


@given(st.binary(max_size=20), st.integers(0, 30), st.integers(-1, 30))
def test_parts_are_whole_or_refused(data: bytes, offset: int, length: int) -> None:
    try:
        part = take(data, offset, length)
    except WireError:
        assert length < 0 or offset + length > len(data)
        return
    assert part == data[offset : offset + length]


@given(st.lists(st.integers(0, 0xFFFF_FFFF), max_size=200))
def test_any_words_leave_the_link_usable(stream: list[int]) -> None:
    link = Link(Listener())
    link.on_gpio(0, True)
    link.send(to_host(0x0063, Status()))
    for word in stream:
        link.exchange(word)
    link.on_gpio(0, False)
    link.on_gpio(0, True)
    link.processor.messages.clear()
    write(link, 0x8C81, b"")
    assert link.processor.messages == [b"\x81\x8c\0\0"]
