"""Real-time clock (RM0351 section 38): calendar, two alarms, wake-up timer, backup registers.

The calendar is worked out from virtual time when it is read. It belongs to the backup domain: only
loss of power, or BDRST of the RCC, resets it. Alarms compare whole seconds. Time stamps and
tampers are in `rtc_stamps`.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.counter import DAY, Calendar
from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import Machine
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.base.registers import ZERO_CLEARS
from renode_wifi.peripherals.stm32l4 import rtc_registers
from renode_wifi.peripherals.stm32l4.clocks import find_rcc
from renode_wifi.peripherals.stm32l4.rcc import STM32L4_RCC
from renode_wifi.peripherals.stm32l4.rcc_tree import LSE_HERTZ
from renode_wifi.peripherals.stm32l4.rtc_calendar import (
    date_of,
    date_register,
    days_of,
    from_bcd,
    second_of,
    time_register,
)
from renode_wifi.peripherals.stm32l4.rtc_registers import (
    ALRMAR,
    BKPR,
    CR,
    DR,
    ISR,
    OR,
    SHIFTR,
    SSR,
    TAMPCR,
    TR,
    WPR,
)
from renode_wifi.peripherals.stm32l4.rtc_stamps import Stamps

# Flags of ISR that a 0 clears.
FLAGS = ISR.mask(ZERO_CLEARS) & ~ISR.RSF
KEYS = (0xCA, 0x53)

UNPROTECTED = (WPR.offset, TAMPCR.offset, OR.offset)

STOPPED = 1
"""Hz: as good as still, of a crystal that has failed."""
# Two months hold every day of the month, and every weekday.
ALARM_HORIZON_DAYS = 62
NEVER = None


class STM32F4_RTC(Block, Receiver):
    """wakeupTimerFrequency: of the RTC clock in Hz, on a chip whose RCC does not choose one."""

    SERVED = SERVE_READS
    OUTPUTS = ("AlarmIRQ", "WakeupIRQ", "TamperStampIRQ")
    REGISTERS = rtc_registers.REGISTERS

    def __init__(self, machine: Machine, name: str, wakeupTimerFrequency: int = 0) -> None:
        super().__init__(machine, name)
        self._rcc: STM32L4_RCC | None = None
        self._looked_for_rcc = False
        self._hertz = wakeupTimerFrequency or LSE_HERTZ
        self._alarm_events: list[Event | None] = [None, None]
        self._wakeup_event: Event | None = None
        self._stamps = Stamps(self, self._moment, self._clock_hz)
        self.calendar = Calendar(SSR.word, TR.word, DR.word)
        self._clear()

    def reset(self) -> None:
        """A system reset leaves the backup domain alone."""
        if self.machine.reset_cause == "power-on":
            self.backup_reset()

    def backup_reset(self) -> None:
        for event in (*self._alarm_events, self._wakeup_event):
            if event is not None:
                event.cancel()
        self._stamps.clear()
        super().reset()
        self._clear()

    def forget_backup(self) -> None:
        """Backup registers to 0, as when read-out protection goes."""
        for index in range(BKPR.count):
            self.registers.values[BKPR.word + index] = 0

    def _clear(self) -> None:
        self._alarm_events = [None, None]
        self._wakeup_event = None
        self._keys_seen = 0
        self.calendar.withdraw()
        self.calendar.release()
        # The calendar is `_seconds` after 2000-01-01 when time in ns * Hz is `_origin`.
        self._seconds = 0
        self._weekday_offset = 0
        self._origin = self.machine.clock.now * self._hertz

    # The calendar.

    def _follow_clock(self) -> None:
        self._looked_for_rcc = True
        self._rcc = find_rcc(self.machine)
        if self._rcc is not None:
            self._rcc.on_backup_reset(self.backup_reset)
            self._rcc.on_change(self._clock_changed)
            self._clock_changed()

    def _clock_changed(self) -> None:
        if self._rcc is None:
            return
        hertz = self._rcc.rtc_hz() or (STOPPED if self._rcc.failed else LSE_HERTZ)
        if hertz == self._hertz:
            return
        now = self.machine.clock.now
        fraction = now * self._hertz - self._origin
        self.calendar.withdraw()
        self._hertz = hertz
        self._origin = now * hertz - fraction
        self._alarms_changed(0, 0)

    def _dividers(self) -> tuple[int, int]:
        """Asynchronous and synchronous prescaler."""
        prescalers = self.registers["PRER"]
        return (prescalers >> 16 & 0x7F) + 1, (prescalers & 0x7FFF) + 1

    def _now(self) -> tuple[int, int]:
        """Whole seconds since 2000-01-01, and periods of the synchronous prescaler beyond."""
        if self.registers["ISR"] & ISR.INITF:
            return self._seconds, 0
        asynchronous, synchronous = self._dividers()
        ticks = (self.machine.clock.now * self._hertz - self._origin) // (SECOND * asynchronous)
        return self._seconds + ticks // synchronous, ticks % synchronous

    def _moment(self) -> tuple[int, int, int]:
        """TR, DR and SSR as they are now."""
        seconds, periods = self._now()
        time = time_register(seconds % DAY, bool(self.registers["CR"] & CR.FMT))
        return time, self._date(seconds // DAY), self._dividers()[1] - 1 - periods

    def _clock_hz(self) -> int:
        return self._hertz

    def _view(self) -> tuple[int, int]:
        """The moment the shadow registers show."""
        latched = self.calendar.latched
        return self._now() if latched is None else latched

    def _latch(self) -> None:
        """Reading SSR or TR freezes the rest until DR is read."""
        if not self.registers["CR"] & CR.BYPSHAD and self.calendar.latched is None:
            self.calendar.latch(*self._now())

    def _read_subseconds(self) -> int:
        self._latch()
        return self._dividers()[1] - 1 - self._view()[1]

    def _read_time(self) -> int:
        if self.registers["ISR"] & ISR.INITF:
            return self.registers["TR"]
        self._latch()
        second = self._view()[0] % DAY
        return time_register(second, bool(self.registers["CR"] & CR.FMT))

    def _read_date(self) -> int:
        if self.registers["ISR"] & ISR.INITF:
            return self.registers["DR"]
        days = self._view()[0] // DAY
        self.calendar.release()
        shown = self._date(days)
        self._follow(days, shown)
        return shown

    def _follow(self, days: int, date: int) -> None:
        """An engine may go on by itself through the day that has this date."""
        control = self.registers["CR"]
        if control & CR.FMT:
            return
        asynchronous, synchronous = self._dividers()
        self.calendar.follow(
            self._hertz,
            self._origin,
            SECOND * asynchronous,
            synchronous,
            self._seconds,
            days * DAY,
            date,
            not control & CR.BYPSHAD,
        )

    def _date(self, days: int) -> int:
        return date_register(days, self._weekday(days))

    def _weekday(self, days: int) -> int:
        """1 is Monday by convention; the chip only counts on from what software wrote."""
        return (days + self._weekday_offset) % 7 + 1

    def _load(self) -> None:
        """Leaving initialisation mode: count on from TR and DR."""
        time, date = self.registers["TR"], self.registers["DR"]
        days = days_of(date)
        second = second_of(time, bool(self.registers["CR"] & CR.FMT))
        self._seconds = days * DAY + second
        self._weekday_offset = (max(date >> 13 & 7, 1) - 1 - days) % 7
        self._origin = self.machine.clock.now * self._hertz
        self.calendar.release()
        self.registers["ISR"] = self.registers["ISR"] & ~ISR.INITS | (
            ISR.INITS if date >> 16 & 0xFF else 0
        )

    def _shift(self, value: int, old: int) -> None:
        """Advance by a second, delay by a fraction of one."""
        asynchronous, synchronous = self._dividers()
        tick = SECOND * asynchronous
        if value & SHIFTR.ADD1S:
            self._origin -= tick * synchronous
        self._origin += tick * (value & 0x7FFF)
        self._alarms_changed(0, 0)

    # Registers.

    def write(self, offset: int, value: int, width: int) -> None:
        if not self._looked_for_rcc:
            self._follow_clock()
        word = offset & ~3
        if word < BKPR.offset and word not in UNPROTECTED and self._keys_seen < len(KEYS):
            if word != ISR.offset:
                return
            # Without the keys only the flags can be cleared.
            value = value & FLAGS | self.registers["ISR"] & ~FLAGS
            width = 4
        if word in (TR.offset, DR.offset) and not self.registers["ISR"] & ISR.INITF:
            return
        super().write(offset, value, width)
        self.calendar.withdraw()
        self._stamps.settle()

    def on_gpio(self, number: int, level: bool) -> None:
        """The pins of `rtc_stamps`."""
        self._stamps.on_gpio(number, level)

    def _key(self, value: int, old: int) -> None:
        key = value & 0xFF
        if self._keys_seen == len(KEYS):
            # Only a wrong key locks again.
            if key not in KEYS:
                self._keys_seen = 0
        elif key == KEYS[self._keys_seen]:
            self._keys_seen += 1
        else:
            self._keys_seen = 0

    def _status(self, value: int, old: int) -> None:
        status = self.registers["ISR"]
        if status & ISR.INIT and not old & ISR.INITF:
            self.registers["TR"], self.registers["DR"] = self._read_time(), self._read_date()
            self._seconds = self._now()[0]
            status |= ISR.INITF
        # The shadow registers are in step again at once.
        self.registers["ISR"] = status | ISR.RSF
        if not status & ISR.INIT and old & ISR.INITF:
            self.registers["ISR"] &= ~ISR.INITF
            self._load()
            self._alarms_changed(0, 0)
        self._update()

    def _control(self, value: int, old: int) -> None:
        control = self.registers["CR"]
        if value & CR.ADD1H:
            self._seconds += 3600
        if value & CR.SUB1H:
            self._seconds = max(0, self._seconds - 3600)
        status = self.registers["ISR"] & ~(ISR.ALRAWF | ISR.ALRBWF | ISR.WUTWF)
        # A disabled alarm or timer can be written at once.
        for enable, ready in (
            (CR.ALRAE, ISR.ALRAWF),
            (CR.ALRBE, ISR.ALRBWF),
            (CR.WUTE, ISR.WUTWF),
        ):
            if not control & enable:
                status |= ready
        self.registers["ISR"] = status
        if (control ^ old) & CR.WUTE:
            self._restart_wakeup()
        self._alarms_changed(0, 0)
        self._update()

    def _update(self) -> None:
        control, status = self.registers["CR"], self.registers["ISR"]
        self.lines["AlarmIRQ"].set(
            bool(control & CR.ALRAIE and status & ISR.ALRAF)
            or bool(control & CR.ALRBIE and status & ISR.ALRBF)
        )
        self.lines["WakeupIRQ"].set(bool(control & CR.WUTIE and status & ISR.WUTF))

    # Alarms.

    def _alarms_changed(self, value: int, old: int) -> None:
        for index in range(2):
            self._schedule_alarm(index)

    def _schedule_alarm(self, index: int) -> None:
        event = self._alarm_events[index]
        if event is not None:
            event.cancel()
            self._alarm_events[index] = None
        if not self.registers["CR"] & (CR.ALRAE << index) or self.registers["ISR"] & ISR.INITF:
            return
        moment = self._next_alarm(self.registers["ALRMBR" if index else "ALRMAR"])
        if moment is not NEVER:
            asynchronous, synchronous = self._dividers()
            due = self._origin + (moment - self._seconds) * SECOND * asynchronous * synchronous
            delay = -(-due // self._hertz) - self.machine.clock.now
            callback = self._alarm_b if index else self._alarm_a
            self._alarm_events[index] = self.machine.clock.schedule(delay, callback)

    def _next_alarm(self, alarm: int) -> int | None:
        """The first second after now whose fields agree with an alarm register's unmasked ones."""
        start = self._now()[0] + 1
        second = from_bcd(alarm & 0x7F)
        minute = from_bcd(alarm >> 8 & 0x7F)
        hour = from_bcd(alarm >> 16 & 0x3F)
        if self.registers["CR"] & CR.FMT:
            hour = hour % 12 + (12 if alarm & TR.PM else 0)
        seconds = range(60) if alarm & ALRMAR.MSK1 else range(second, second + 1)
        minutes = range(60) if alarm & ALRMAR.MSK2 else range(minute, minute + 1)
        hours = range(24) if alarm & ALRMAR.MSK3 else range(hour, hour + 1)
        for day in range(start // DAY, start // DAY + ALARM_HORIZON_DAYS + 1):
            if not alarm & ALRMAR.MSK4 and not self._is_alarm_day(alarm, day):
                continue
            for hour in hours:
                for minute in minutes:
                    base = day * DAY + 3600 * hour + 60 * minute
                    if base + seconds[-1] >= start:
                        return base + max(seconds[0], start - base)
        return NEVER

    def _is_alarm_day(self, alarm: int, day: int) -> bool:
        wanted = from_bcd(alarm >> 24 & 0x3F)
        if alarm & ALRMAR.WDSEL:
            return self._weekday(day) == wanted
        return date_of(day).day == wanted

    def _alarm_a(self) -> None:
        self._ring(0)

    def _alarm_b(self) -> None:
        self._ring(1)

    def _ring(self, index: int) -> None:
        self._alarm_events[index] = None
        self.registers["ISR"] |= ISR.ALRAF << index
        self._schedule_alarm(index)
        self._update()

    # Wake-up timer.

    def _restart_wakeup(self) -> None:
        if self._wakeup_event is not None:
            self._wakeup_event.cancel()
            self._wakeup_event = None
        if self.registers["CR"] & CR.WUTE:
            self._wakeup_event = self.machine.clock.schedule(self._wakeup_period(), self._wake)

    def _wakeup_period(self) -> int:
        """ns between two wake-ups."""
        choice = self.registers["CR"] & CR.WUCKSEL
        reload = self.registers["WUTR"] + 1
        if choice < 4:
            periods = reload * (16 >> choice)
        else:
            asynchronous, synchronous = self._dividers()
            periods = (reload + (0x10000 if choice >= 6 else 0)) * asynchronous * synchronous
        return periods * SECOND // self._hertz

    def _wake(self) -> None:
        self._wakeup_event = self.machine.clock.schedule(self._wakeup_period(), self._wake)
        self.registers["ISR"] |= ISR.WUTF
        self._update()
