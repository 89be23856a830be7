"""The time-of-flight sensor, driven in the order of ST's VL53L0X API."""

from __future__ import annotations

import pytest

from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.parts.vl53l0x import OUT_OF_RANGE, VL53L0X

MILLISECOND = 1_000_000


class Rig:
    def __init__(self) -> None:
        self.machine = BenchMachine()
        self.sensor = VL53L0X(self.machine, "vl53l0x")

    def write(self, register: int, *data: int) -> None:
        self.sensor.start(False)
        for byte in (register, *data):
            self.sensor.write(byte)
        self.sensor.stop()

    def read(self, register: int, length: int = 1) -> bytes:
        self.write(register)
        self.sensor.start(True)
        data = bytes(self.sensor.read() for _ in range(length))
        self.sensor.stop()
        return data

    def is_ready(self) -> bool:
        return self.read(0x13)[0] & 7 == 4

    def measure(self) -> bytes:
        """Single ranging: the twelve bytes of the result."""
        self.write(0x00, 0x01)
        assert not self.read(0x00)[0] & 1
        assert not self.is_ready()
        self.machine.clock.advance(100 * MILLISECOND)
        assert self.is_ready()
        return self.read(0x14, 12)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_its_model_and_revision(rig: Rig) -> None:
    assert rig.read(0xC0, 3) == b"\xee\xaa\x10"


def test_a_measurement_takes_its_time_and_has_the_distance(rig: Rig) -> None:
    rig.sensor.distance = 321.0
    result = rig.measure()
    assert result[0] >> 3 & 0xF == 11
    assert int.from_bytes(result[10:]) == 321
    rig.write(0x0B, 0x01)
    assert not rig.is_ready()


def test_what_is_near_reflects_more(rig: Rig) -> None:
    rig.sensor.distance = 100.0
    near = rig.measure()
    rig.sensor.distance = 1000.0
    rig.write(0x0B, 0x01)
    far = rig.measure()
    assert int.from_bytes(near[6:8]) > int.from_bytes(far[6:8]) > 0


def test_nothing_in_sight_is_out_of_range(rig: Rig) -> None:
    rig.sensor.distance = 5000.0
    result = rig.measure()
    assert result[0] >> 3 & 0xF != 11
    assert int.from_bytes(result[10:]) == OUT_OF_RANGE


def test_continuous_ranging_goes_on_until_it_is_stopped(rig: Rig) -> None:
    rig.write(0x00, 0x02)
    for _ in range(3):
        rig.machine.clock.advance(100 * MILLISECOND)
        assert rig.is_ready()
        rig.write(0x0B, 0x01)
    rig.write(0x00, 0x00)
    rig.machine.clock.advance(100 * MILLISECOND)
    assert not rig.is_ready()


def test_calibration_memory_is_read_through_its_window(rig: Rig) -> None:
    rig.write(0xFF, 7)
    rig.write(0x94, 0x6B)
    rig.write(0x83, 0)
    assert rig.read(0x83) != b"\0"
    assert rig.read(0x90, 4)[2] & 0x7F == 5


def test_pages_keep_their_registers_apart(rig: Rig) -> None:
    rig.write(0xFF, 1)
    rig.write(0x00, 0x01)
    rig.write(0xFF, 0)
    assert rig.read(0x00) == b"\0"


def test_more_reference_spads_count_more_light(rig: Rig) -> None:
    def rate(*enables: int) -> int:
        rig.write(0xB0, *enables)
        rig.write(0xFF, 1)
        value = int.from_bytes(rig.read(0xB6, 2))
        rig.write(0xFF, 0)
        return value

    assert 0 == rate(0, 0, 0, 0, 0, 0) < rate(7, 0, 0, 0, 0, 0) < rate(0xFF, 0, 0, 0, 0, 0)


class Wire:
    """A pin that drives its wire low, or leaves it to the pull-up."""

    def __init__(self) -> None:
        self.is_low = False

    def drives_low(self, pin: int) -> bool:
        assert pin == 6
        return self.is_low


def test_a_pull_up_holds_xshut_while_its_pin_drives_nothing() -> None:
    wire = Wire()
    sensor = VL53L0X(BenchMachine(), "vl53l0x", wire, 6)
    sensor.on_gpio(0, False)
    assert sensor.start(False), "an analog pin reads low, but its wire is high"
    wire.is_low = True
    assert not sensor.start(False)
    wire.is_low = False
    assert sensor.start(False)


def test_xshut_forgets_what_was_set() -> None:
    wire = Wire()
    sensor = VL53L0X(BenchMachine(), "vl53l0x", wire, 6)
    for byte in (0x89, 0x55):
        sensor.write(byte)
    wire.is_low = True
    sensor.on_gpio(0, False)
    wire.is_low = False
    sensor.on_gpio(0, True)
    sensor.start(False)
    sensor.write(0x89)
    sensor.start(True)
    assert sensor.read() == 0
