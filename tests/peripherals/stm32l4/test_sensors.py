"""The board's sensors, read through the I2C block as ST's drivers do."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import i2c as block
from renode_wifi.peripherals.stm32l4.i2c import STM32F7_I2C
from renode_wifi.peripherals.stm32l4.sensors import HTS221, LIS3MDL, LPS22HB, LSM6DSL, Sensor
from tests.peripherals.stm32l4.rig import peek, poke


class Rig:
    """`SENSOR_IO_Read` and `SENSOR_IO_Write` of the board support code."""

    def __init__(self, kind: type[Sensor], address: int) -> None:
        machine = BenchMachine()
        self.sensor = kind(machine, "sensor")
        self.address = address
        self.i2c = STM32F7_I2C(machine, "i2c2")
        self.i2c.attach(self.sensor, address)
        poke(self.i2c, "CR1", block.CR1.PE)

    def read(self, register: int, length: int = 1) -> bytes:
        start = self.address << 1 | block.CR2.START
        poke(self.i2c, "CR2", start | 1 << block.NBYTES.position)
        poke(self.i2c, "TXDR", register)
        counted = length << block.NBYTES.position
        poke(self.i2c, "CR2", start | block.CR2.RD_WRN | block.CR2.AUTOEND | counted)
        return bytes(peek(self.i2c, "RXDR") for _ in range(length))

    def write(self, register: int, *data: int) -> None:
        counted = (1 + len(data)) << block.NBYTES.position
        poke(self.i2c, "CR2", self.address << 1 | block.CR2.START | block.CR2.AUTOEND | counted)
        for byte in (register, *data):
            poke(self.i2c, "TXDR", byte)

    def words(self, register: int, count: int) -> list[int]:
        data = self.read(register | 0x80, 2 * count)
        return [
            int.from_bytes(data[index : index + 2], "little", signed=True)
            for index in range(0, 2 * count, 2)
        ]


SENSORS = [
    (HTS221, 0x5F, 0xBC),
    (LPS22HB, 0x5D, 0xB1),
    (LSM6DSL, 0x6A, 0x6A),
    (LIS3MDL, 0x1E, 0x3D),
]


@pytest.mark.parametrize(("kind", "address", "identity"), SENSORS)
def test_each_sensor_has_its_identity(kind: type[Sensor], address: int, identity: int) -> None:
    rig = Rig(kind, address)
    rig.write(0x0F, 0)
    assert rig.read(0x0F) == bytes([identity])


@pytest.mark.parametrize(
    ("kind", "address", "register", "written", "kept"),
    [
        (HTS221, 0x5F, 0x21, 0x83, 0x02),
        (LPS22HB, 0x5D, 0x11, 0x95, 0x10),
        (LSM6DSL, 0x6A, 0x12, 0x85, 0x04),
        (LIS3MDL, 0x1E, 0x21, 0x6C, 0x60),
    ],
)
def test_settings_stay_and_commands_are_done_at_once(
    kind: type[Sensor], address: int, register: int, written: int, kept: int
) -> None:
    rig = Rig(kind, address)
    rig.write(register, written)
    assert rig.read(register) == bytes([kept])
    rig.sensor.reset()
    assert rig.read(0x0F)[0] == kind.IDENTITY


@given(humidity=st.floats(0, 100), temperature=st.floats(-40, 120))
def test_humidity_and_temperature_follow_the_calibration(
    humidity: float, temperature: float
) -> None:
    """`HTS221_H_ReadHumidity` and `HTS221_T_ReadTemp`: lines through two calibrated points."""
    rig = Rig(HTS221, 0x5F)
    assert isinstance(rig.sensor, HTS221)
    rig.sensor.humidity, rig.sensor.temperature = humidity, temperature
    h0, h1 = (value / 2 for value in rig.read(0x30 | 0x80, 2))
    t0_low, t1_low = rig.read(0x32 | 0x80, 2)
    upper = rig.read(0x35)[0]
    t0, t1 = (t0_low | (upper & 3) << 8) / 8, (t1_low | (upper & 12) << 6) / 8
    (h0_out,), (h1_out,) = rig.words(0x36, 1), rig.words(0x3A, 1)
    t0_out, t1_out = rig.words(0x3C, 2)
    humidity_out, temperature_out = rig.words(0x28, 2)
    measured_humidity = h0 + (h1 - h0) * (humidity_out - h0_out) / (h1_out - h0_out)
    measured_temperature = t0 + (t1 - t0) * (temperature_out - t0_out) / (t1_out - t0_out)
    assert measured_humidity == pytest.approx(humidity, abs=0.01)
    assert measured_temperature == pytest.approx(temperature, abs=0.01)


def test_pressure_is_in_4096ths_of_a_hectopascal() -> None:
    rig = Rig(LPS22HB, 0x5D)
    data = rig.read(0x28, 5)
    assert int.from_bytes(data[:3], "little") / 4096 == pytest.approx(1013.25, abs=0.001)
    assert int.from_bytes(data[3:], "little") == 2500


@pytest.mark.parametrize(("scale", "one_g"), [(0, 16393), (2, 8197), (3, 4098), (1, 2049)])
def test_acceleration_follows_the_full_scale(scale: int, one_g: int) -> None:
    rig = Rig(LSM6DSL, 0x6A)
    rig.write(0x10, 0x40 | scale << 2)
    assert rig.words(0x28, 3) == [0, 0, one_g]


def test_rotation_is_limited_to_the_full_scale() -> None:
    rig = Rig(LSM6DSL, 0x6A)
    assert isinstance(rig.sensor, LSM6DSL)
    rig.sensor.rotation = (8.75, -1e6, 1e6)
    assert rig.words(0x22, 3) == [1000, -0x8000, 0x7FFF]


def test_magnetic_field_follows_the_full_scale() -> None:
    rig = Rig(LIS3MDL, 0x1E)
    assert rig.words(0x28, 3) == [1368, 0, -2737]
    rig.write(0x21, 0x60)
    assert rig.words(0x28, 3) == [342, 0, -684]


def test_a_read_before_any_register_was_named_gives_ones() -> None:
    rig = Rig(LIS3MDL, 0x1E)
    rig.sensor.start(True)
    assert rig.sensor.read() == 0xFF


def test_a_sensor_survives_pickling() -> None:
    rig = Rig(LIS3MDL, 0x1E)
    rig.write(0x20, 0x70)
    assert pickle.loads(pickle.dumps(rig)).read(0x20) == b"\x70"
