# ironpython: executed by Renode
"""Analogue-to-digital converters ADC1 to ADC3 (RM0351 section 18).

Conversions take their sampling and conversion cycles of the clock that the common block chooses.
Voltages come from the common block, which knows pins and internal channels. A continuous conversion
that can change nothing any more, because nobody takes its data, waits until somebody does.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Cause, Interrupt
from renode_wifi.peripherals.stm32l4 import adc_registers, adc_triggers
from renode_wifi.peripherals.stm32l4.adc_registers import (
    CALFACT,
    CFGR,
    CFGR2,
    CR,
    IER,
    INJECTED_RANKS,
    ISR,
    JSQR,
    RANKS,
    SEQUENCE_LENGTH,
)
from renode_wifi.peripherals.stm32l4.adc_results import result, watch
from renode_wifi.peripherals.stm32l4.adc_timing import duration, half_cycles

READY_CYCLES, CALIBRATION_CYCLES = 16, 116
CALIBRATION = 0x3F
"""An offset as found in production, in the middle of the range."""
RISING, FALLING = 1, 2
TAKERS = CFGR.DMAEN | CFGR.JAUTO

INJECTED = 16
"""Inputs from here on are injected triggers."""


class STM32L4_ADC(Block):
    """Output 0 is the interrupt, 1 the DMA request. The common block is "adcCommon"."""

    STATUS = PARTLY
    MISSING = "the queue of injected contexts, dual injected modes, EXTI triggers"
    SIZE = 0x100
    OUTPUTS = ("IRQ", "DMARequest")
    REGISTERS = adc_registers.REGISTERS
    INTERRUPTS = (Interrupt("IRQ", Cause(ISR, ISR.written(), IER, IER.written(), True)),)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self.unit = int(name[-1])
        self._listens = set()  # type: set[int]
        self._levels = {}  # type: dict[int, bool]
        self._logged = set()  # type: set[str]
        self._events = {}  # type: dict[str, typing.Any]
        self._clear()

    def reset(self):
        # type: () -> None
        for event in self._events.values():
            event.cancel()
        Block.reset(self)
        self._clear()

    def _clear(self):
        # type: () -> None
        self._events = {}
        self._rank = 0
        self._injected_rank = 0
        self._waits_for_reader = False
        # When conversions were suspended that change nothing (ns); None: they go on.
        self._held_since = None  # type: int | None
        # Conversions left in a group of a discontinuous sequence.
        self._group_left = 0

    # Time.

    def _after(self, name, half_cycles, action):
        # type: (str, int, typing.Callable[[], None]) -> None
        """Call `action` when the converter's clock has run so far."""
        hertz = self.machine.peripheral("adcCommon").clock_hz()
        if not hertz:
            self._log("%s has no clock: choose one in RCC_CCIPR.ADCSEL or ADC_CCR.CKMODE")
            return
        self._cancel(name)
        self._events[name] = self.machine.clock.schedule(duration(half_cycles, hertz), action)

    def _cancel(self, name):
        # type: (str) -> None
        event = self._events.pop(name, None)
        if event is not None:
            event.cancel()

    def _log(self, text):
        # type: (str) -> None
        if text not in self._logged:
            self._logged.add(text)
            self.machine.log.warning(text + " (logged once)", self.name)

    # Control.

    def _control(self, value, old):
        # type: (int, int) -> None
        control = self.registers["CR"]
        powered = control & CR.ADVREGEN and not control & CR.DEEPPWD
        if not powered:
            control &= ~(CR.ADEN | CR.ADCAL)
        if control & CR.ADCAL and control & CR.ADEN:
            control &= ~CR.ADCAL
        if not control & CR.ADEN:
            control &= ~(CR.ADDIS | CR.ADSTART | CR.JADSTART)
        if not old & CR.ADSTART:
            control &= ~CR.ADSTP
        if not old & CR.JADSTART:
            control &= ~CR.JADSTP
        self.registers["CR"] = control
        begun = control & ~old
        if begun & CR.ADCAL:
            self._after("calibration", 2 * CALIBRATION_CYCLES, self._calibrated)
        if begun & CR.ADEN:
            self._after("ready", 2 * READY_CYCLES, self._ready)
        if control & CR.ADSTP:
            self._stop(CR.ADSTART | CR.ADSTP, "regular")
        if control & CR.JADSTP:
            self._stop(CR.JADSTART | CR.JADSTP, "injected")
        if begun & CR.ADDIS:
            self._disable()
        elif begun & CR.ADSTART:
            self._start_regular()
        if begun & CR.JADSTART:
            self._start_injected()

    def _calibrated(self):
        # type: () -> None
        self._events.pop("calibration", None)
        differential = self.registers["CR"] & CR.ADCALDIF
        field = CALFACT["CALFACT_D" if differential else "CALFACT_S"]
        self.registers["CALFACT"] = field.put(self.registers["CALFACT"], CALIBRATION)
        self.registers["CR"] &= ~CR.ADCAL

    def _ready(self):
        # type: () -> None
        self._events.pop("ready", None)
        self._raise(ISR.ADRDY)

    def _disable(self):
        # type: () -> None
        self._cancel("ready")
        self._cancel("follow")
        self._stop(CR.ADSTART | CR.JADSTART | CR.ADEN | CR.ADDIS, "regular")
        self._cancel("injected")
        self.registers["ISR"] &= ~ISR.ADRDY
        self.registers.update_interrupts()

    def _stop(self, bits, name):
        # type: (int, str) -> None
        self._cancel(name)
        if name == "regular":
            self._rank = 0
            self._held_since = None
            self._waits_for_reader = False
        self.registers["CR"] &= ~bits

    def _configure(self, value, old):
        # type: (int, int) -> None
        if not value & CFGR.DMAEN:
            self.lines["DMARequest"].set(False)

    def _raise(self, flags):
        # type: (int) -> None
        self.registers["ISR"] |= flags
        self.registers.update_interrupts()

    # Triggers.

    def _start_regular(self):
        # type: () -> None
        setting = self.registers["CFGR"]
        self._rank = 0
        if CFGR["EXTEN"].get(setting):
            self._listen(adc_triggers.REGULAR, CFGR["EXTSEL"].get(setting), 0)
        else:
            self.begin_regular()

    def _start_injected(self):
        # type: () -> None
        self._injected_rank = 0
        setting = self.registers["JSQR"]
        if self.registers["CFGR"] & CFGR.JAUTO:
            return
        if JSQR["JEXTEN"].get(setting):
            self._listen(adc_triggers.INJECTED, JSQR["JEXTSEL"].get(setting), INJECTED)
        else:
            self._convert_injected()

    def _listen(self, sources, choice, first):
        # type: (typing.Sequence[tuple[str, str] | None], int, int) -> None
        """Connect to a trigger, once."""
        number = first + choice
        if number in self._listens:
            return
        self._listens.add(number)
        line = adc_triggers.line(self.machine, sources[choice])
        if line is None:
            self._log("%s: this external trigger isn't modelled")
        else:
            line.connect(self, number)

    def on_gpio(self, number, level):
        # type: (int, bool) -> None
        """A trigger: EXTSEL's code, or 16 and JEXTSEL's."""
        before, self._levels[number] = self._levels.get(number, False), level
        if before == level:
            return
        control = self.registers["CR"]
        edge = RISING if level else FALLING
        if number < INJECTED:
            setting = self.registers["CFGR"]
            chosen = CFGR["EXTSEL"].get(setting) == number and CFGR["EXTEN"].get(setting) & edge
            if chosen and control & CR.ADSTART and "regular" not in self._events:
                self.begin_regular()
        else:
            setting = self.registers["JSQR"]
            chosen = JSQR["JEXTSEL"].get(setting) == number - INJECTED
            chosen = chosen and JSQR["JEXTEN"].get(setting) & edge
            if chosen and control & CR.JADSTART and "injected" not in self._events:
                self._convert_injected()

    # Regular conversions.

    def begin_regular(self):
        # type: () -> None
        """A sequence, or the next group of a discontinuous one, begins."""
        self._group_left = CFGR["DISCNUM"].get(self.registers["CFGR"]) + 1
        self._convert(True)

    def follow(self, half_cycles):
        # type: (int) -> None
        """In a dual mode the first converter begins: so does this one, so much later."""
        if half_cycles:
            self._after("follow", half_cycles, self._follow)
        else:
            self._follow()

    def _follow(self):
        # type: () -> None
        self._events.pop("follow", None)
        if self.registers["CR"] & CR.ADEN and "regular" not in self._events:
            self.begin_regular()

    def channel(self):
        # type: () -> int
        """The one that is converted, or comes next."""
        register, field = RANKS[self._rank]
        return field.get(self.registers[register.name])

    def _convert(self, begins=False):
        # type: (bool) -> None
        if begins or not self._rank:
            self.machine.peripheral("adcCommon").started(self.unit)
        self._after(
            "regular", half_cycles(self.registers, self.channel(), CFGR2.ROVSE), self._end_regular
        )

    def _end_regular(self):
        # type: () -> None
        self._events.pop("regular", None)
        setting = self.registers["CFGR"]
        channel = self.channel()
        data = self._result(channel, CFGR2.ROVSE)
        flags = ISR.EOSMP | ISR.EOC | watch(self.registers, channel, data, CFGR.AWD1EN)
        overrun = self.registers["ISR"] & ISR.EOC
        if overrun:
            flags |= ISR.OVR
        if not overrun or setting & CFGR.OVRMOD:
            self.registers["DR"] = data
        last = self._rank == SEQUENCE_LENGTH.get(self.registers["SQR1"])
        self._rank = 0 if last else self._rank + 1
        if last:
            flags |= ISR.EOS
        continues = self._continues(setting, last)
        software = not CFGR["EXTEN"].get(setting)
        if not continues and software and (last or setting & CFGR.DISCEN):
            self.registers["CR"] &= ~CR.ADSTART
        self._raise(flags)
        if setting & CFGR.DMAEN and not overrun:
            # A level: the DMA's read of DR takes it back.
            self.lines["DMARequest"].set(True)
        common = self.machine.peripheral("adcCommon")
        if common.is_paired:
            common.converted()
        if last and setting & CFGR.JAUTO:
            self._injected_rank = 0
            self._convert_injected()
        # The second converter of a dual mode begins sequences with the first one only.
        follows = not last and common.follows(self.unit)
        is_on = follows or self.registers["CR"] & CR.ADSTART
        if continues and is_on and "regular" not in self._events:
            self._go_on(setting)

    def _continues(self, setting, last):
        # type: (int, bool) -> bool
        if setting & CFGR.DISCEN:
            self._group_left -= 1
            return not last and self._group_left > 0
        return not last or bool(setting & CFGR.CONT)

    def _go_on(self, setting):
        # type: (int) -> None
        flags = self.registers["ISR"]
        if setting & CFGR.AUTDLY and flags & ISR.EOC:
            self._waits_for_reader = True
            return
        taken = ISR.EOC | ISR.EOS | ISR.OVR | ISR.EOSMP
        single = not SEQUENCE_LENGTH.get(self.registers["SQR1"])
        is_dual = self.machine.peripheral("adcCommon").is_dual(self.unit)
        if single and flags & taken == taken and not (is_dual or setting & TAKERS):
            self._held_since = self.machine.clock.now
        else:
            self._convert()

    def _read_data(self):
        # type: () -> int
        """Reading the data acknowledges it."""
        self.catch_up()
        data = self.registers["DR"]  # type: int
        self.registers["ISR"] &= ~ISR.EOC
        self.lines["DMARequest"].set(False)
        self.registers.update_interrupts()
        self._taken()
        return data

    def _acknowledge(self, value, old):
        # type: (int, int) -> None
        self.catch_up()
        self._taken()

    def _taken(self):
        # type: () -> None
        if self._waits_for_reader and not self.registers["ISR"] & ISR.EOC:
            self._waits_for_reader = False
            self._convert()

    def catch_up(self):
        # type: () -> None
        """Some voltage is another: suspended conversions go on, in step with those left out."""
        if self._held_since is None:
            return
        since, self._held_since = self._held_since, None
        channel = self.channel()
        if self.registers["CFGR"] & CFGR.OVRMOD:
            self.registers["DR"] = self._result(channel, CFGR2.ROVSE)
        hertz = self.machine.peripheral("adcCommon").clock_hz()
        if hertz:
            period = duration(half_cycles(self.registers, channel, CFGR2.ROVSE), hertz)
            left = period - (self.machine.clock.now - since) % period
            self._events["regular"] = self.machine.clock.schedule(left, self._end_regular)

    # Injected conversions.

    def _convert_injected(self):
        # type: () -> None
        channel = INJECTED_RANKS[self._injected_rank].get(self.registers["JSQR"])
        self._after(
            "injected", half_cycles(self.registers, channel, CFGR2.JOVSE), self._end_injected
        )

    def _end_injected(self):
        # type: () -> None
        self._events.pop("injected", None)
        setting = self.registers["CFGR"]
        channel = INJECTED_RANKS[self._injected_rank].get(self.registers["JSQR"])
        data = self._result(channel, CFGR2.JOVSE)
        self.registers.values[adc_registers.JDR.word + self._injected_rank] = data
        flags = ISR.JEOC | watch(self.registers, channel, data, CFGR.JAWD1EN)
        last = self._injected_rank == JSQR["JL"].get(self.registers["JSQR"])
        self._injected_rank = 0 if last else self._injected_rank + 1
        software = not JSQR["JEXTEN"].get(self.registers["JSQR"]) and not setting & CFGR.JAUTO
        if last:
            flags |= ISR.JEOS
            if software:
                self.registers["CR"] &= ~CR.JADSTART
        self._raise(flags)
        if not last and not setting & CFGR.JDISCEN:
            self._convert_injected()
        elif not last and software:
            self.registers["CR"] &= ~CR.JADSTART

    # Results.

    def _result(self, channel, oversampling):
        # type: (int, int) -> int
        is_differential = bool(self.registers["DIFSEL"] >> channel & 1)
        code = self.machine.peripheral("adcCommon").convert(self.unit, channel, is_differential)
        return result(self.registers, channel, int(code), oversampling)


MYPY = False
if MYPY:
    import typing  # noqa: F401
