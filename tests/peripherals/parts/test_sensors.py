"""The board's sensors as ST's drivers use them: identity, samples, data ready, FIFO, events."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.inputs.waveforms import Ramp, Sine
from renode_wifi.peripherals.parts.hts221 import HTS221
from renode_wifi.peripherals.parts.lis3mdl import LIS3MDL
from renode_wifi.peripherals.parts.lps22hb import LPS22HB
from renode_wifi.peripherals.parts.lsm6dsl.lsm6dsl import LSM6DSL
from renode_wifi.peripherals.parts.registers import I2CPart
from tests.peripherals.parts.rig import MILLISECOND, Rig

SENSORS = [
    (HTS221, 0x5F, 0xBC),
    (LPS22HB, 0x5D, 0xB1),
    (LSM6DSL, 0x6A, 0x6A),
    (LIS3MDL, 0x1E, 0x3D),
]


def hygrometer() -> Rig:
    return Rig(HTS221, 0x5F)


def barometer() -> Rig:
    return Rig(LPS22HB, 0x5D, 0)


def inertial() -> Rig:
    return Rig(LSM6DSL, 0x6A, 0)


def compass() -> Rig:
    return Rig(LIS3MDL, 0x1E)


@pytest.mark.parametrize(("kind", "address", "identity"), SENSORS)
def test_each_sensor_has_its_identity(kind: type[I2CPart], address: int, identity: int) -> None:
    rig = Rig(kind, address, 0)
    rig.write(0x0F, 0)
    assert rig.read(0x0F) == bytes([identity])


@pytest.mark.parametrize(
    ("rig", "register", "written", "kept"),
    [
        (hygrometer, 0x21, 0x82, 0x02),
        (barometer, 0x11, 0x90, 0x10),
        (inertial, 0x12, 0x85, 0x04),
        (compass, 0x21, 0x68, 0x60),
    ],
)
def test_commands_are_done_at_once(rig: object, register: int, written: int, kept: int) -> None:
    assert callable(rig)
    made = rig()
    made.write(register, written)
    assert made.read(register) == bytes([kept])


@given(humidity=st.floats(0, 100), temperature=st.floats(-40, 120))
@settings(max_examples=30)
def test_humidity_and_temperature_follow_the_calibration(
    humidity: float, temperature: float
) -> None:
    """`HTS221_H_ReadHumidity` and `HTS221_T_ReadTemp`: lines through two calibrated points."""
    rig = hygrometer()
    rig.part.set("humidity", humidity)
    rig.part.set("temperature", temperature)
    rig.write(0x20, 0x81)
    rig.wait(20)
    h0, h1 = (value / 2 for value in rig.read(0x30, 2))
    t0_low, t1_low = rig.read(0x32, 2)
    upper = rig.read(0x35)[0]
    t0, t1 = (t0_low | (upper & 3) << 8) / 8, (t1_low | (upper & 12) << 6) / 8
    (h0_out,), (h1_out,) = rig.words(0x36, 1), rig.words(0x3A, 1)
    t0_out, t1_out = rig.words(0x3C, 2)
    humidity_out, temperature_out = rig.words(0x28, 2)
    measured_humidity = h0 + (h1 - h0) * (humidity_out - h0_out) / (h1_out - h0_out)
    measured_temperature = t0 + (t1 - t0) * (temperature_out - t0_out) / (t1_out - t0_out)
    assert measured_humidity == pytest.approx(humidity, abs=0.01)
    assert measured_temperature == pytest.approx(temperature, abs=0.01)


def test_a_sensor_that_is_powered_down_takes_no_samples() -> None:
    rig = hygrometer()
    rig.write(0x20, 0x01)
    rig.wait(2000)
    assert rig.read(0x27) == b"\0"
    assert rig.words(0x28, 2) == [0, 0]


def test_one_shot_ends_by_itself() -> None:
    rig = hygrometer()
    rig.write(0x20, 0x80)
    rig.write(0x21, 0x01)
    assert rig.read(0x21) == b"\x01"
    rig.wait(20)
    assert rig.read(0x21) == b"\0"
    assert rig.read(0x27) == b"\x03"
    assert rig.words(0x28, 2) == [9000, 2500]


def test_data_ready_of_the_hygrometer_goes_with_both_outputs() -> None:
    rig = hygrometer()
    rig.write(0x22, 0x04)
    rig.write(0x20, 0x81)
    rig.wait(20)
    assert rig.level(0)
    rig.read(0x28, 2)
    assert rig.level(0)
    rig.read(0x2A, 2)
    assert not rig.level(0)
    rig.wait(1000)
    assert rig.level(0)


def test_data_ready_can_be_active_low() -> None:
    rig = hygrometer()
    rig.write(0x22, 0x84)
    assert rig.level(0)
    rig.write(0x20, 0x81)
    rig.wait(20)
    assert not rig.level(0)


def test_pressure_is_in_4096ths_of_a_hectopascal() -> None:
    rig = barometer()
    rig.write(0x10, 0x50)
    rig.wait(20)
    data = rig.read(0x28, 5)
    assert int.from_bytes(data[:3], "little") / 4096 == pytest.approx(1013.25, abs=0.001)
    assert int.from_bytes(data[3:], "little") == 2500


def test_the_barometer_counts_samples_in_its_fifo() -> None:
    rig = barometer()
    rig.part.set("pressure", Ramp(900, 1000, 100_000 * MILLISECOND))
    rig.write(0x14, 0x40 | 4)
    rig.write(0x11, 0x50)
    rig.write(0x12, 0x10)
    rig.write(0x10, 0x50)
    rig.wait(13 + 2 * 1000 / 75)
    assert rig.read(0x26)[0] == 3
    assert not rig.level(0)
    rig.wait(1000 / 75)
    assert rig.read(0x26)[0] == 0x80 | 4
    assert rig.level(0)
    burst = rig.read(0x28, 20)
    pressures = [int.from_bytes(burst[at : at + 3], "little") for at in range(0, 20, 5)]
    assert pressures == sorted(set(pressures))
    assert rig.read(0x26)[0] == 0
    assert not rig.level(0)


def test_a_full_fifo_that_streams_loses_its_oldest_samples() -> None:
    rig = barometer()
    rig.write(0x14, 0x40)
    rig.write(0x11, 0x50)
    rig.write(0x10, 0x50)
    rig.wait(600)
    assert rig.read(0x26)[0] == 0xC0 | 32


def test_the_barometer_reports_a_threshold() -> None:
    rig = barometer()
    rig.write(0x15, 0, 0x50, 0x3F)
    rig.write(0x0C, 16 * 5 & 0xFF, 0)
    rig.write(0x0B, 0x09)
    rig.write(0x12, 0x01)
    rig.write(0x10, 0x50)
    rig.wait(50)
    assert not rig.level(0)
    rig.part.set("pressure", 1100)
    rig.wait(50)
    assert rig.level(0)
    assert rig.read(0x25)[0] == 0x05


@pytest.mark.parametrize(("scale", "one_g"), [(0, 16393), (2, 8197), (3, 4098), (1, 2049)])
def test_acceleration_follows_the_full_scale(scale: int, one_g: int) -> None:
    rig = inertial()
    rig.write(0x10, 0x40 | scale << 2)
    rig.wait(20)
    assert rig.words(0x28, 3) == [0, 0, one_g]


def test_rotation_is_limited_to_the_full_scale() -> None:
    rig = inertial()
    rig.part.set("rotation", (8.75, -1e5, 1e5))
    rig.write(0x11, 0x40)
    rig.wait(20)
    assert rig.words(0x22, 3) == [1000, -0x8000, 0x7FFF]


def test_the_fifo_of_the_inertial_sensor_holds_sets_of_both() -> None:
    rig = inertial()
    rig.write(0x06, 12, 0, 0x09, 0, 4 << 3 | 6)
    rig.write(0x0D, 0x08)
    rig.write(0x10, 0x40, 0x40)
    rig.wait(1000 / 104 + 1)
    low, high = rig.read(0x3A, 2)
    assert (low, high & 0xF0) == (6, 0)
    assert not rig.level(0)
    rig.wait(1000 / 104)
    low, high = rig.read(0x3A, 2)
    assert (low, high & 0xF0) == (12, 0x80)
    assert rig.level(0)
    assert rig.words(0x3E, 6) == [0, 0, 0, 0, 0, 16393]
    assert rig.read(0x3C)[0] == 0
    assert not rig.level(0)
    rig.write(0x0A, 0)
    assert rig.read(0x3B)[0] & 0x10


def test_a_fifo_in_fifo_mode_stops_when_it_is_full() -> None:
    rig = inertial()
    rig.write(0x06, 0, 0, 0x01, 0, 10 << 3 | 1)
    rig.write(0x10, 0xA0)
    rig.wait(120)
    low, high = rig.read(0x3A, 2)
    assert high & 0x60 == 0x60
    assert low | (high & 7) << 8 == 2047


def test_data_ready_of_the_inertial_sensor() -> None:
    rig = inertial()
    rig.write(0x0D, 0x01)
    rig.write(0x10, 0x40)
    rig.wait(11)
    assert rig.level(0)
    rig.read(0x28, 6)
    assert not rig.level(0)
    assert rig.read(0x1E)[0] & 1 == 0


def test_a_fall_and_a_wake_up_raise_the_pin() -> None:
    rig = inertial()
    rig.write(0x58, 0x81)
    rig.write(0x5D, 3 << 3 | 3)
    rig.write(0x5E, 0x10)
    rig.write(0x10, 0x60)
    rig.wait(50)
    assert not rig.level(0)
    rig.part.set("acceleration", (0, 0, 0))
    rig.wait(50)
    assert rig.level(0)
    assert rig.read(0x1B)[0] & 0x20
    rig.part.set("acceleration", (0, 0, 1))
    rig.wait(50)
    rig.read(0x1B)
    assert not rig.level(0)
    rig.write(0x5B, 2)
    rig.write(0x5E, 0x20)
    rig.part.set("acceleration", (0.5, 0, 1))
    rig.wait(50)
    assert rig.level(0)
    assert rig.read(0x1B)[0] & 0x0F == 0x0C


def test_turning_the_board_over_is_an_event() -> None:
    rig = inertial()
    rig.write(0x58, 0x81)
    rig.write(0x59, 0x40)
    rig.write(0x5E, 0x04)
    rig.write(0x10, 0x60)
    rig.wait(20)
    assert rig.read(0x1D)[0] == 0x20
    rig.part.set("acceleration", (0, 0, -1))
    rig.wait(20)
    assert rig.level(0)
    assert rig.read(0x1D)[0] == 0x50
    assert not rig.level(0)


def test_a_tap_is_a_short_shock() -> None:
    rig = inertial()
    rig.write(0x58, 0x8F)
    rig.write(0x59, 0x09)
    rig.write(0x5E, 0x40)
    rig.write(0x10, 0x60)
    rig.wait(20)
    rig.part.set("acceleration_z", 3)
    rig.wait(2.5)
    rig.part.set("acceleration_z", 1)
    rig.wait(10)
    assert rig.level(0)
    assert rig.read(0x1C)[0] & 0x67 == 0x61


def test_banks_of_the_inertial_sensor_are_apart() -> None:
    rig = inertial()
    rig.write(0x01, 0x80)
    assert rig.read(0x0F)[0] == 0x10
    rig.write(0x01, 0)
    assert rig.read(0x0F)[0] == 0x6A


def test_the_time_stamp_counts() -> None:
    rig = inertial()
    rig.write(0x5C, 0x10)
    rig.write(0x19, 0x20)
    rig.wait(100)
    assert int.from_bytes(rig.read(0x40, 3), "little") == 4000


def test_magnetic_field_follows_the_full_scale() -> None:
    rig = compass()
    rig.write(0x20, 0x1C)
    rig.write(0x22, 0)
    rig.wait(20)
    assert rig.words(0x28, 3) == [1368, 0, -2737]
    rig.write(0x21, 0x60)
    rig.wait(20)
    assert rig.words(0x28, 3) == [342, 0, -684]


def test_data_ready_of_the_compass() -> None:
    rig = compass()
    rig.write(0x20, 0x1C)
    rig.write(0x22, 0)
    rig.wait(20)
    assert rig.level(0)
    assert rig.read(0x27)[0] & 0x0F == 0x0F
    rig.read(0x28, 6)
    assert not rig.level(0)
    rig.wait(20)
    assert rig.level(0)


def test_a_single_conversion_of_the_compass_powers_it_down() -> None:
    rig = compass()
    rig.write(0x22, 1)
    rig.wait(1000)
    assert rig.read(0x22)[0] & 3 == 3


def test_the_compass_reports_a_threshold() -> None:
    rig = compass()
    rig.write(0x20, 0x1C)
    rig.write(0x32, 0, 0x20)
    rig.write(0x30, 0x87)
    rig.write(0x22, 0)
    rig.wait(20)
    assert not rig.level(1)
    rig.part.set("magnetic", (2, 0, 0))
    rig.wait(20)
    assert rig.level(1)
    assert rig.read(0x31)[0] & 0x81 == 0x81


def test_a_look_between_samples_shows_the_same_as_the_pin() -> None:
    """Samples are those of their due times, whether they were taken then or by a later look."""
    rigs = [hygrometer(), hygrometer()]
    for rig, wired in zip(rigs, (True, False), strict=True):
        rig.part.set("temperature", Sine(20, 10, 700 * MILLISECOND))
        rig.write(0x22, 0x04 if wired else 0)
        rig.write(0x20, 0x83)
        rig.wait(1234)
    assert rigs[0].words(0x28, 2) == rigs[1].words(0x28, 2)


def test_what_a_part_does_not_measure_is_refused_with_a_cure() -> None:
    part = hygrometer().part
    with pytest.raises(RenodeWifiError, match="does not measure temprature") as caught:
        part.set("temprature", 20)
    assert caught.value.cure == "did you mean temperature?"
    with pytest.raises(RenodeWifiError, match="cannot be 120"):
        part.set("humidity", 120)
    with pytest.raises(RenodeWifiError, match="does not take 2 values"):
        part.set("humidity", (1, 2))


def test_a_sensor_keeps_its_registers_over_a_reset_of_the_chip_and_loses_them_with_its_power() -> (
    None
):
    rig = barometer()
    rig.write(0x10, 0x50)
    assert not hasattr(rig.part, "reset")
    rig.part.power_on()
    assert rig.read(0x10) == b"\0"


@given(
    kind=st.sampled_from([kind for kind, _, _ in SENSORS]),
    steps=st.lists(
        st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 40)), max_size=20
    ),
)
@settings(max_examples=60, deadline=None)
def test_anything_may_be_written_and_a_copy_goes_on_alike(
    kind: type[I2CPart], steps: list[tuple[int, int, int]]
) -> None:
    """Whatever registers hold, a part neither fails nor depends on when it was saved."""
    rig = Rig(kind, 0x10, 0)
    for register, value, milliseconds in steps:
        rig.write(register, value)
        rig.wait(milliseconds)
    copy: Rig = pickle.loads(pickle.dumps(rig))
    for each in (rig, copy):
        each.wait(100)
    assert [rig.read(number) for number in range(128)] == [
        copy.read(number) for number in range(128)
    ]
