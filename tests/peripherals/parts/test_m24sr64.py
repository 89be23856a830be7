"""The NFC tag: frames as ST's M24SR driver sends them over I2C."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.parts.m24sr64 import (
    APPLICATION,
    CAPABILITY_CONTAINER,
    GET_I2C_SESSION,
    M24SR64,
    NDEF_SIZE,
    SW,
    File,
    crc,
)

BLOCKS = Path(__file__).resolve().parents[3] / "firmware" / "blocks"


class Port:
    def __init__(self) -> None:
        self.levels: list[bool] = []

    def on_gpio(self, number: int, level: bool) -> None:
        assert number == 4
        self.levels.append(level)


class Rig:
    def __init__(self) -> None:
        self.port = Port()
        self.tag = M24SR64(BenchMachine(), "m24sr64", self.port, 4)

    def send(self, data: bytes) -> None:
        self.tag.start(False)
        for byte in data:
            self.tag.write(byte)
        self.tag.stop()

    def receive(self, length: int) -> bytes:
        self.tag.start(True)
        data = bytes(self.tag.read() for _ in range(length))
        self.tag.stop()
        return data

    def frame(self, body: bytes, length: int = 0) -> bytes:
        """Send a block, take its answer with `length` bytes of data; without CRC."""
        self.send(body + crc(body).to_bytes(2, "little"))
        answer = self.receive(length + 5)
        assert crc(answer[:-2]) == int.from_bytes(answer[-2:], "little")
        return answer[:-2]

    def command(self, data: bytes, length: int = 0) -> tuple[bytes, int]:
        answer = self.frame(b"\x02" + data, length)
        assert answer[0] == 0x02
        return answer[1:-2], int.from_bytes(answer[-2:])

    def open(self, file: File) -> None:
        self.send(bytes([GET_I2C_SESSION]))
        name = bytes.fromhex("00A4040007") + APPLICATION + b"\0"
        assert self.command(name) == (b"", SW.OK)
        assert self.command(bytes.fromhex("00A4000C02") + file.to_bytes(2)) == (b"", SW.OK)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_crc_is_that_of_iso_14443_3() -> None:
    """ISO 14443-3 annex B: CRC_A of 00 00 is A0 1E, of 12 34 is 26 CF."""
    assert crc(b"\x00\x00").to_bytes(2, "little") == b"\xa0\x1e"
    assert crc(b"\x12\x34").to_bytes(2, "little") == b"\x26\xcf"


def test_a_tag_without_session_is_silent(rig: Rig) -> None:
    body = bytes.fromhex("0200A4040007") + APPLICATION + b"\0"
    rig.send(body + crc(body).to_bytes(2, "little"))
    assert rig.receive(5) == b"\xff" * 5


def test_a_wrong_crc_is_not_answered(rig: Rig) -> None:
    rig.send(bytes([GET_I2C_SESSION]))
    rig.send(bytes.fromhex("02 00A4000C02E103 0000"))
    assert rig.receive(5) == b"\xff" * 5


def test_answers_carry_the_number_of_their_block(rig: Rig) -> None:
    rig.send(bytes([GET_I2C_SESSION]))
    assert rig.frame(b"\x03\x00\xa4\x04\x00\x07" + APPLICATION + b"\0")[0] == 0x03


def test_the_capability_container_names_the_ndef_file(rig: Rig) -> None:
    rig.open(File.CC)
    assert rig.command(bytes.fromhex("00B000000F"), 15) == (CAPABILITY_CONTAINER, SW.OK)
    assert rig.command(bytes.fromhex("00D600000100"))[1] == SW.SECURITY


@given(st.binary(min_size=1, max_size=0xF0), st.integers(0, 64))
def test_what_is_written_is_read(data: bytes, offset: int) -> None:
    rig = Rig()
    rig.open(File.NDEF)
    place = offset.to_bytes(2)
    assert rig.command(b"\x00\xd6" + place + bytes([len(data)]) + data) == (b"", SW.OK)
    read = b"\x00\xb0" + place + bytes([len(data)])
    assert rig.command(read, len(data)) == (data, SW.OK)


def test_a_message_of_the_world_is_in_the_ndef_file(rig: Rig) -> None:
    rig.tag.ndef = b"\xd1\x01\x07U\x01st.com"
    rig.open(File.NDEF)
    assert rig.command(bytes.fromhex("00B0000004"), 4) == (b"\x00\x0b\xd1\x01", SW.OK)
    with pytest.raises(ValueError, match="at most"):
        rig.tag.ndef = bytes(NDEF_SIZE)


def test_nothing_lies_behind_a_file(rig: Rig) -> None:
    rig.open(File.NDEF)
    assert rig.command(b"\x00\xd6\x1f\xff\x02ab")[1] == SW.FILE_OVERFLOW
    assert rig.command(b"\x00\xb0\x20\x00\x01")[1] == SW.FILE_OVERFLOW


def test_unknown_files_classes_and_instructions_have_their_status(rig: Rig) -> None:
    rig.send(bytes([GET_I2C_SESSION]))
    assert rig.command(bytes.fromhex("00A4000C02E103"))[1] == SW.FILE_NOT_FOUND
    assert rig.command(bytes.fromhex("00B0000001"))[1] == SW.COMMAND_INCOMPATIBLE
    assert rig.command(bytes.fromhex("00FF0000"))[1] == SW.UNKNOWN_INSTRUCTION
    assert rig.command(bytes.fromhex("77A40000"))[1] == SW.UNKNOWN_CLASS


def test_gpo_falls_when_an_answer_is_ready(rig: Rig) -> None:
    rig.open(File.SYSTEM)
    assert rig.command(b"\x00\xd6\x00\x04\x01\x13") == (b"", SW.OK)
    rig.port.levels.clear()
    rig.command(bytes.fromhex("00B0000001"), 1)
    assert rig.port.levels == [False, True]


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_any_bytes_leave_a_tag_that_answers(frames: list[bytes]) -> None:
    rig = Rig()
    rig.send(bytes([GET_I2C_SESSION]))
    for frame in frames:
        rig.send(frame)
        rig.send(frame + crc(frame).to_bytes(2, "little"))
    rig.open(File.NDEF)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{uri: 'https://a.test'}", b"\xd1\x01\x0fU\0https://a.test"),
        ("{text: Servus, language: de}", b"\xd1\x01\x09T\x02deServus"),
        (f"{{text: {'x' * 300}}}", b"\xc1\x01\0\0\x01\x2fT\x02en" + b"x" * 300),
    ],
)
def test_a_world_writes_the_tag(tmp_path: Path, tag: str, message: bytes) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(f"access_points:\n  - ssid: home\ntag: {tag}\n")
    with Board("b_l475e_iot01a", BLOCKS / "sensors.elf", world=file) as board:
        machine = next(iter(board.engine.script.machines.values()))
        assert machine.peripherals["m24sr64"].ndef == message
