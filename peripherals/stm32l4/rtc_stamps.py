"""Time stamps and tamper detection of the real-time clock (RM0351 sections 38.3.13 and 38.3.14).

Inputs 0 to 2 are TAMP1, which is the time-stamp pin as well, TAMP2 and TAMP3. Levels are looked at
as many times as TAMPFLT says; an input that nobody drives is high while it is precharged.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.stm32l4.rtc_registers import (
    BKPR,
    CR,
    ISR,
    TAMPCR,
    TSDR,
    TSSSR,
    TSTR,
)

INPUTS = 3
STAMP_INPUT = 0
SLOWEST = 1 << 15
"""Periods of the RTC's clock between looks at TAMPFREQ 0; each step halves them."""


class Tamper(NamedTuple):
    """Bits of one input in TAMPCR, and its flag in ISR."""

    enable: int
    active: int
    interrupt: int
    keeps: int
    masked: int
    flag: int


TAMPERS = tuple(
    Tamper(
        TAMPCR[f"TAMP{number}E"].mask,
        TAMPCR[f"TAMP{number}TRG"].mask,
        TAMPCR[f"TAMP{number}IE"].mask,
        TAMPCR[f"TAMP{number}NOERASE"].mask,
        TAMPCR[f"TAMP{number}MF"].mask,
        ISR[f"TAMP{number}F"].mask,
    )
    for number in range(1, INPUTS + 1)
)
STAMP_FLAGS = ISR.TSF | ISR.TSOVF | ISR.ITSF


class Stamps:
    """moment: TR, DR and SSR as they are now. hertz: of the RTC's clock."""

    def __init__(
        self, rtc: Block, moment: Callable[[], tuple[int, int, int]], hertz: Callable[[], int]
    ) -> None:
        self._clock = rtc.machine.clock
        self._values = rtc.registers.values
        self._line = rtc.lines["TamperStampIRQ"]
        self._moment = moment
        self._hertz = hertz
        self._levels: dict[int, bool] = {}
        self._looking: dict[int, Event] = {}

    def clear(self) -> None:
        """The backup domain is reset; the levels of the pins stay."""
        for event in self._looking.values():
            event.cancel()
        self._looking.clear()
        self._line.set(False)

    def settle(self) -> None:
        """Registers have changed."""
        values = self._values
        if not values[ISR.word] & ISR.TSF:
            for register in (TSTR, TSDR, TSSSR):
                values[register.word] = 0
        for number in range(INPUTS):
            self._look_at(number)
        self._update()

    def on_gpio(self, number: int, level: bool) -> None:
        if number >= INPUTS:
            return
        before, self._levels[number] = self._levels.get(number, False), level
        if before == level:
            return
        control, tampers = self._values[CR.word], self._values[TAMPCR.word]
        if number == STAMP_INPUT and control & CR.TSE and level != bool(control & CR.TSEDGE):
            self._stamp()
        tamper = TAMPERS[number]
        by_edge = tampers & tamper.enable and not TAMPCR["TAMPFLT"].get(tampers)
        # Rising with TRG 0, falling with 1.
        if by_edge and level != bool(tampers & tamper.active):
            self._tampered(number)
        self._look_at(number)
        self._update()

    def _level(self, number: int) -> bool:
        precharged = not self._values[TAMPCR.word] & TAMPCR.TAMPPUDIS
        return self._levels.get(number, precharged)

    def _look_at(self, number: int) -> None:
        """With filters an active level is an event once it was seen so many times in a row."""
        tampers, tamper = self._values[TAMPCR.word], TAMPERS[number]
        looks = TAMPCR["TAMPFLT"].get(tampers)
        is_active = (
            looks
            and tampers & tamper.enable
            and not self._values[ISR.word] & tamper.flag
            and self._level(number) == bool(tampers & tamper.active)
        )
        event = self._looking.get(number)
        if not is_active:
            if event is not None:
                event.cancel()
                del self._looking[number]
        elif event is None:
            periods = SLOWEST >> TAMPCR["TAMPFREQ"].get(tampers) << looks
            delay = periods * SECOND // self._hertz()
            self._looking[number] = self._clock.schedule(delay, partial(self._seen, number))

    def _seen(self, number: int) -> None:
        del self._looking[number]
        self._tampered(number)
        self._update()

    def _tampered(self, number: int) -> None:
        values, tamper = self._values, TAMPERS[number]
        tampers = values[TAMPCR.word]
        if tampers & tamper.masked:
            return
        values[ISR.word] |= tamper.flag
        if not tampers & tamper.keeps:
            for index in range(BKPR.count):
                values[BKPR.word + index] = 0
        if tampers & TAMPCR.TAMPTS:
            self._stamp()

    def _stamp(self) -> None:
        values = self._values
        if values[ISR.word] & ISR.TSF:
            values[ISR.word] |= ISR.TSOVF
            return
        time, date, subseconds = self._moment()
        values[TSTR.word], values[TSSSR.word] = time, subseconds
        # Without the year.
        values[TSDR.word] = date & 0xFFFF
        values[ISR.word] |= ISR.TSF

    def _update(self) -> None:
        status, tampers = self._values[ISR.word], self._values[TAMPCR.word]
        pending = bool(self._values[CR.word] & CR.TSIE and status & STAMP_FLAGS)
        for tamper in TAMPERS:
            if status & tamper.flag and tampers & (TAMPCR.TAMPIE | tamper.interrupt):
                pending = True
        self._line.set(pending)
