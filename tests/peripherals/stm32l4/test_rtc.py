"""Calendar, alarms and wake-up timer on virtual time."""

from __future__ import annotations

import datetime
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.stm32l4 import rtc as block
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.rtc import STM32F4_RTC
from renode_wifi.peripherals.stm32l4.rtc_calendar import from_bcd, to_bcd
from tests.peripherals.stm32l4.rig import peek, poke

ALL_MASKED = block.ALRMAR.MSK1 | block.ALRMAR.MSK2 | block.ALRMAR.MSK3 | block.ALRMAR.MSK4


def make() -> tuple[STM32F4_RTC, BenchMachine]:
    machine = BenchMachine()
    return STM32F4_RTC(machine, "rtc"), machine


def unlock(rtc: STM32F4_RTC) -> None:
    for key in block.KEYS:
        poke(rtc, "WPR", key)


def set_calendar(rtc: STM32F4_RTC, moment: datetime.datetime) -> None:
    """As `HAL_RTC_SetTime` and `HAL_RTC_SetDate` do, in one go."""
    unlock(rtc)
    poke(rtc, "ISR", 0xFFFFFFFF)
    assert peek(rtc, "ISR") & block.ISR.INITF
    poke(
        rtc,
        "TR",
        to_bcd(moment.hour) << 16 | to_bcd(moment.minute) << 8 | to_bcd(moment.second),
    )
    poke(
        rtc,
        "DR",
        to_bcd(moment.year - 2000) << 16
        | moment.isoweekday() << 13
        | to_bcd(moment.month) << 8
        | to_bcd(moment.day),
    )
    poke(rtc, "ISR", ~block.ISR.INIT & 0xFFFFFFFF)
    poke(rtc, "WPR", 0xFF)


def calendar(rtc: STM32F4_RTC) -> tuple[datetime.datetime, int]:
    time, date = peek(rtc, "TR"), peek(rtc, "DR")
    moment = datetime.datetime(
        2000 + from_bcd(date >> 16 & 0xFF),
        from_bcd(date >> 8 & 0x1F),
        from_bcd(date & 0x3F),
        from_bcd(time >> 16 & 0x3F),
        from_bcd(time >> 8 & 0x7F),
        from_bcd(time & 0x7F),
    )
    return moment, date >> 13 & 7


def test_the_boards_applications_set_noon_of_24_january_2017() -> None:
    rtc, machine = make()
    set_calendar(rtc, datetime.datetime(2017, 1, 24, 12))
    machine.clock.advance(90 * SECOND)
    assert calendar(rtc) == (datetime.datetime(2017, 1, 24, 12, 1, 30), 2)
    assert peek(rtc, "ISR") & block.ISR.INITS


MOMENTS = st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2098, 1, 1))


@given(start=MOMENTS, seconds=st.integers(0, 40_000_000))
def test_the_calendar_counts_as_the_real_one(start: datetime.datetime, seconds: int) -> None:
    rtc, machine = make()
    start = start.replace(microsecond=0)
    set_calendar(rtc, start)
    machine.clock.advance(seconds * SECOND)
    end = start + datetime.timedelta(seconds=seconds)
    assert calendar(rtc) == (end, end.isoweekday())


def test_subseconds_count_down_to_zero() -> None:
    rtc, machine = make()
    set_calendar(rtc, datetime.datetime(2020, 5, 5))
    seen = []
    for _ in range(3):
        seen.append(peek(rtc, "SSR"))
        peek(rtc, "DR")
        machine.clock.advance(SECOND // 2)
    assert seen == [255, 127, 255]


def test_reading_a_part_freezes_the_rest_until_the_date_is_read() -> None:
    rtc, machine = make()
    set_calendar(rtc, datetime.datetime(2020, 12, 31, 23, 59, 59))
    peek(rtc, "SSR")
    machine.clock.advance(2 * SECOND)
    assert calendar(rtc)[0] == datetime.datetime(2020, 12, 31, 23, 59, 59)
    assert calendar(rtc)[0] == datetime.datetime(2021, 1, 1, 0, 0, 1)


def test_shadow_registers_can_be_bypassed() -> None:
    rtc, machine = make()
    unlock(rtc)
    poke(rtc, "CR", block.CR.BYPSHAD)
    peek(rtc, "SSR")
    machine.clock.advance(SECOND)
    assert peek(rtc, "TR") == 1


@pytest.mark.parametrize(("hour", "shown"), [(0, 0x12), (11, 0x11), (12, 0x400012), (23, 0x400011)])
def test_twelve_hour_format(hour: int, shown: int) -> None:
    rtc, _ = make()
    set_calendar(rtc, datetime.datetime(2020, 1, 1, hour))
    unlock(rtc)
    poke(rtc, "CR", block.CR.FMT)
    assert peek(rtc, "TR") >> 16 == shown & 0xFF | shown >> 16
    poke(rtc, "ISR", 0xFFFFFFFF)
    poke(rtc, "ISR", 0)
    poke(rtc, "CR", 0)
    assert peek(rtc, "TR") >> 16 == to_bcd(hour)


def test_time_stands_still_while_it_is_set() -> None:
    rtc, machine = make()
    set_calendar(rtc, datetime.datetime(2020, 1, 1, 1, 2, 3))
    unlock(rtc)
    poke(rtc, "ISR", 0xFFFFFFFF)
    machine.clock.advance(5 * SECOND)
    assert peek(rtc, "TR") == 0x010203
    assert peek(rtc, "DR") == 0x206101
    poke(rtc, "ISR", 0)
    assert peek(rtc, "TR") == 0x010203


def test_an_impossible_date_becomes_a_possible_one() -> None:
    rtc, _ = make()
    unlock(rtc)
    poke(rtc, "ISR", 0xFFFFFFFF)
    poke(rtc, "DR", 0x21 << 16 | 1 << 13 | 0x02 << 8 | 0x30)
    poke(rtc, "ISR", 0)
    assert calendar(rtc)[0].date() == datetime.date(2021, 3, 2)


def test_protected_registers_need_the_keys() -> None:
    rtc, _ = make()
    poke(rtc, "PRER", 0)
    poke(rtc, "ISR", 0xFFFFFFFF)
    assert peek(rtc, "PRER") == 0x007F00FF
    assert not peek(rtc, "ISR") & block.ISR.INITF
    poke(rtc, "WPR", block.KEYS[0])
    poke(rtc, "WPR", 0)
    poke(rtc, "PRER", 0)
    assert peek(rtc, "PRER") == 0x007F00FF
    unlock(rtc)
    poke(rtc, "PRER", 0x7F00FE)
    assert peek(rtc, "PRER") == 0x7F00FE
    poke(rtc, "TR", 0x123456)
    assert peek(rtc, "TR") == 0, "only in initialisation mode"


def test_flags_can_be_cleared_without_the_keys() -> None:
    rtc, machine = make()
    unlock(rtc)
    poke(rtc, "ALRMAR", ALL_MASKED)
    poke(rtc, "CR", block.CR.ALRAE | block.CR.ALRAIE)
    poke(rtc, "WPR", 0)
    machine.clock.advance(SECOND)
    assert rtc.lines["AlarmIRQ"].level
    poke(rtc, "ISR", ~block.ISR.ALRAF & 0xFFFFFFFF)
    assert not rtc.lines["AlarmIRQ"].level
    machine.clock.advance(SECOND)
    assert rtc.lines["AlarmIRQ"].level


def test_backup_registers_need_no_keys_and_outlive_a_system_reset() -> None:
    rtc, machine = make()
    rtc.write(0x50 + 4 * 31, 0xCAFE, 4)
    machine.reset_cause = "software"
    rtc.reset()
    assert rtc.read(0x50 + 4 * 31, 4) == 0xCAFE
    machine.reset_cause = "power-on"
    rtc.reset()
    assert rtc.read(0x50 + 4 * 31, 4) == 0


@pytest.mark.parametrize(
    ("alarm", "due"),
    [
        (
            block.ALRMAR.MSK4 | 0x12 << 16 | 0x00 << 8 | 0x05,
            datetime.datetime(2020, 3, 1, 12, 0, 5),
        ),
        (
            block.ALRMAR.MSK4 | block.ALRMAR.MSK3 | 0x59 << 8 | 0x00,
            datetime.datetime(2020, 3, 1, 10, 59, 0),
        ),
        (0x31 << 24 | 0x00 << 16, datetime.datetime(2020, 3, 31, 0, 0, 0)),
        (block.ALRMAR.WDSEL | 3 << 24 | 0x08 << 16, datetime.datetime(2020, 3, 4, 8, 0, 0)),
        (ALL_MASKED & ~block.ALRMAR.MSK1 | 0x30, datetime.datetime(2020, 3, 1, 10, 30, 30)),
        (
            block.ALRMAR.MSK4 | 0x10 << 16 | 0x30 << 8 | 0x00,
            datetime.datetime(2020, 3, 2, 10, 30, 0),
        ),
    ],
)
@pytest.mark.parametrize("which", ["A", "B"])
def test_alarms_ring_when_their_fields_agree(
    which: str, alarm: int, due: datetime.datetime
) -> None:
    rtc, machine = make()
    start = datetime.datetime(2020, 3, 1, 10, 30, 0)
    set_calendar(rtc, start)
    unlock(rtc)
    poke(rtc, f"ALRM{which}R", alarm)
    shift = 0 if which == "A" else 1
    poke(rtc, "CR", (block.CR.ALRAE | block.CR.ALRAIE) << shift)
    assert not peek(rtc, "ISR") & (block.ISR.ALRAWF << shift)
    machine.clock.advance(int((due - start).total_seconds()) * SECOND - 1)
    assert not rtc.lines["AlarmIRQ"].level
    machine.clock.advance(1)
    assert rtc.lines["AlarmIRQ"].level
    assert peek(rtc, "ISR") & block.ISR.ALRAF << shift


def test_an_impossible_alarm_never_rings() -> None:
    rtc, machine = make()
    unlock(rtc)
    poke(rtc, "ALRMAR", 0x39 << 24)
    poke(rtc, "CR", block.CR.ALRAE)
    assert machine.clock.next_time is None


def test_a_twelve_hour_alarm() -> None:
    rtc, machine = make()
    set_calendar(rtc, datetime.datetime(2020, 3, 1, 12, 59, 59))
    unlock(rtc)
    poke(rtc, "ALRMAR", block.ALRMAR.MSK4 | block.TR.PM | 0x01 << 16)
    poke(rtc, "CR", block.CR.ALRAE | block.CR.FMT)
    machine.clock.advance(SECOND)
    assert peek(rtc, "ISR") & block.ISR.ALRAF


@pytest.mark.parametrize(
    ("choice", "reload", "period"),
    [
        (0, 2047, SECOND),
        (3, 16383, SECOND),
        (4, 4, 5 * SECOND),
        (6, 0, 65537 * SECOND),
    ],
)
def test_the_wake_up_timer_wakes_again_and_again(choice: int, reload: int, period: int) -> None:
    rtc, machine = make()
    unlock(rtc)
    assert peek(rtc, "ISR") & block.ISR.WUTWF
    poke(rtc, "WUTR", reload)
    poke(rtc, "CR", choice | block.CR.WUTE | block.CR.WUTIE)
    assert not peek(rtc, "ISR") & block.ISR.WUTWF
    for _ in range(2):
        machine.clock.advance(period - 1)
        assert not rtc.lines["WakeupIRQ"].level
        machine.clock.advance(1)
        assert rtc.lines["WakeupIRQ"].level
        poke(rtc, "ISR", ~block.ISR.WUTF & 0xFFFFFFFF)
    poke(rtc, "CR", 0)
    machine.clock.advance(10 * period)
    assert not peek(rtc, "ISR") & block.ISR.WUTF


def test_daylight_saving_moves_an_hour() -> None:
    rtc, _ = make()
    set_calendar(rtc, datetime.datetime(2020, 3, 29, 2))
    unlock(rtc)
    poke(rtc, "CR", block.CR.ADD1H)
    assert calendar(rtc)[0].hour == 3
    poke(rtc, "CR", block.CR.SUB1H)
    assert calendar(rtc)[0].hour == 2


def test_shifting_adjusts_by_fractions() -> None:
    rtc, machine = make()
    unlock(rtc)
    machine.clock.advance(SECOND)
    poke(rtc, "SHIFTR", block.SHIFTR.ADD1S | 64)
    assert peek(rtc, "SSR") == 255 - 192
    assert peek(rtc, "TR") == 1


def test_the_clock_of_the_rcc_counts() -> None:
    rtc, machine = make()
    rcc = STM32L4_RCC(machine, "rcc")
    machine.peripherals["rcc"] = rcc
    unlock(rtc)
    poke(rcc, "BDCR", 1 | 2 << 8)
    machine.clock.advance(1024 * SECOND)
    assert peek(rtc, "TR") == 0x1640, "1000 s by the 32 kHz oscillator with dividers for 32768 Hz"
    rtc.write(0x50, 1, 4)
    poke(rcc, "BDCR", 1 << 16)
    assert rtc.read(0x50, 4) == 0


def test_alarms_survive_pickling() -> None:
    rtc, machine = make()
    unlock(rtc)
    poke(rtc, "ALRMAR", ALL_MASKED)
    poke(rtc, "CR", block.CR.ALRAE | block.CR.WUTE)
    copy, other = pickle.loads(pickle.dumps((rtc, machine)))
    other.clock.advance(SECOND)
    assert peek(copy, "ISR") & block.ISR.ALRAF
    assert not peek(rtc, "ISR") & block.ISR.ALRAF
    rtc.backup_reset()
    machine.clock.advance(100 * SECOND)
    assert not peek(rtc, "ISR") & block.ISR.ALRAF


def test_without_an_rcc_that_chooses_the_description_names_the_clock() -> None:
    machine = BenchMachine()
    rtc = STM32F4_RTC(machine, "rtc", wakeupTimerFrequency=32000)
    unlock(rtc)
    poke(rtc, "ISR", 0xFFFFFFFF)
    poke(rtc, "PRER", 249)
    poke(rtc, "PRER", 127 << 16 | 249)
    set_calendar(rtc, datetime.datetime(2024, 2, 28, 23, 59, 58))
    machine.clock.advance(2 * SECOND - 1)
    assert calendar(rtc)[0] == datetime.datetime(2024, 2, 28, 23, 59, 59)
    machine.clock.advance(1)
    assert calendar(rtc)[0] == datetime.datetime(2024, 2, 29)
