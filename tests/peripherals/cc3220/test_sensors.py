"""The LaunchPad's sensors, read through the I2C block and from a board."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.emulation.board.board import Board
from renode_wifi.emulation.platform import boards
from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.cc3220 import i2c as block
from renode_wifi.peripherals.cc3220.i2c import CC3220_I2C
from renode_wifi.peripherals.cc3220.sensors import BMA222E, TMP006
from tests.peripherals.stm32l4.rig import peek, poke

PROBE = boards.PLATFORMS.parent / "firmware" / "probe" / "cc3220sf_launchxl.elf"
RUN, START, STOP = block.COMMAND.RUN, block.COMMAND.START, block.COMMAND.STOP


class Rig:
    def __init__(self, sensor: TMP006 | BMA222E, address: int) -> None:
        self.i2c = CC3220_I2C(BenchMachine(), "i2ca0")
        self.i2c.attach(sensor, address)
        self.address = address

    def command(self, value: int) -> None:
        poke(self.i2c, "MCS", value)
        self.i2c.machine.clock.advance(MILLISECOND)

    def write(self, *data: int) -> None:
        poke(self.i2c, "MSA", self.address << 1)
        for index, byte in enumerate(data):
            poke(self.i2c, "MDR", byte)
            first, last = index == 0, index == len(data) - 1
            self.command(RUN | (START if first else 0) | (STOP if last else 0))
        assert not peek(self.i2c, "MCS") & block.MCS.ERROR

    def read(self, register: int, length: int) -> bytes:
        self.write(register)
        poke(self.i2c, "MSA", self.address << 1 | 1)
        data = bytearray()
        for index in range(length):
            last = index == length - 1
            self.command(RUN | (0 if index else START) | (STOP if last else 0))
            data.append(peek(self.i2c, "MDR"))
        return bytes(data)


def tmp006() -> tuple[TMP006, Rig]:
    sensor = TMP006(BenchMachine(), "tmp006")
    return sensor, Rig(sensor, 0x41)


def bma222e() -> tuple[BMA222E, Rig]:
    sensor = BMA222E(BenchMachine(), "bma222e")
    return sensor, Rig(sensor, 0x18)


def test_the_thermopile_says_who_it_is() -> None:
    _, rig = tmp006()
    assert rig.read(TMP006.MANUFACTURER_ID, 2) == b"TI"
    assert rig.read(TMP006.DEVICE_ID, 2) == b"\0\x67"
    assert rig.read(TMP006.CONFIG, 2) == b"\x74\x80"
    assert rig.read(0x55, 2) == b"\0\0"


@pytest.mark.parametrize(
    ("temperature", "value"),
    [(25.0, 0x0C80), (0.03125, 0x0004), (-0.03125, 0xFFFC), (150.0, 0x4B00), (999.0, 0x7FFC)],
)
def test_die_temperature_has_14_bits(temperature: float, value: int) -> None:
    sensor, rig = tmp006()
    sensor.temperature = temperature
    assert int.from_bytes(rig.read(TMP006.TAMBIENT, 2)) == value


def test_the_thermopile_keeps_its_result_while_it_is_off() -> None:
    sensor, rig = tmp006()
    sensor.object_voltage = -156.25e-9
    assert rig.read(TMP006.VOBJECT, 2) == b"\xff\xff"
    rig.write(TMP006.CONFIG, 0, 0)
    sensor.object_voltage = 0.0
    assert rig.read(TMP006.VOBJECT, 2) == b"\xff\xff"
    assert rig.read(TMP006.CONFIG, 2) == b"\0\0"
    rig.write(TMP006.CONFIG, 0x80, 0)
    assert rig.read(TMP006.CONFIG, 2) == b"\x74\x80"
    assert rig.read(TMP006.VOBJECT, 2) == b"\0\0"


def test_results_are_read_only() -> None:
    _, rig = tmp006()
    rig.write(TMP006.TAMBIENT, 0xFF, 0xFF)
    rig.write(TMP006.DEVICE_ID, 0xFF, 0xFF)
    assert rig.read(TMP006.TAMBIENT, 2) == b"\x0c\x80"
    assert rig.read(TMP006.DEVICE_ID, 2) == b"\0\x67"


def test_the_accelerometer_measures_in_its_range() -> None:
    sensor, rig = bma222e()
    assert rig.read(BMA222E.CHIP_ID, 1) == b"\xf8"
    assert rig.read(BMA222E.X_LSB, 6) == b"\1\0\1\0\1\x40"
    sensor.acceleration = (-2.0, 0.5, 9.0)
    assert rig.read(BMA222E.X_LSB, 6) == b"\1\x80\1\x20\1\x7f"
    rig.write(BMA222E.PMU_RANGE, 0x0C)
    assert rig.read(BMA222E.X_LSB, 6) == b"\1\xf0\1\x04\1\x48"
    rig.write(BMA222E.SOFT_RESET, 0xB6)
    assert rig.read(BMA222E.PMU_RANGE, 2) == b"\x03\x0f"
    sensor.temperature = 10.0
    assert rig.read(BMA222E.TEMPERATURE, 1) == b"\xe6"


def test_a_wrong_reset_command_does_nothing() -> None:
    _, rig = bma222e()
    rig.write(BMA222E.PMU_RANGE, 0x05)
    rig.write(BMA222E.SOFT_RESET, 0x12)
    rig.write(BMA222E.CHIP_ID, 0x00)
    assert rig.read(BMA222E.PMU_RANGE, 1) == b"\x05"
    assert rig.read(BMA222E.CHIP_ID, 1) == b"\xf8"


@given(st.lists(st.one_of(st.booleans(), st.integers(0, 255)), max_size=40))
def test_any_traffic_gives_bytes_and_survives_a_snapshot(traffic: list[bool | int]) -> None:
    for kind in (TMP006, BMA222E):
        sensor = kind(BenchMachine(), "sensor")
        for item in traffic:
            if isinstance(item, bool):
                sensor.start(item)
            else:
                sensor.write(item)
        sensor.start(True)
        copy = pickle.loads(pickle.dumps(sensor))
        data = [sensor.read() for _ in range(70)]
        assert all(0 <= byte <= 255 for byte in data)
        assert data == [copy.read() for _ in range(70)]


def test_the_board_has_both_on_its_bus() -> None:
    with Board("cc3220sf_launchxl", PROBE, engine="embedded") as board:
        for address, register, value in ((0x41, 0xFF, 0x00), (0x18, 0x00, 0xF8)):
            for offset, word in (
                (0x0, address << 1),
                (0x8, register),
                (0x4, RUN | START | STOP),
                (0x0, address << 1 | 1),
                (0x4, RUN | START | STOP),
            ):
                board.execute(f"sysbus WriteDoubleWord {0x4002_0000 + offset} {word}")
                board.run(0.001)
            assert int(board.execute("sysbus ReadDoubleWord 0x40020008"), 16) == value
