# ironpython: executed by Renode
"""Comparators COMP1 and COMP2 (RM0351 section 22) on the voltages that "adcCommon" knows.

An input that a world file moves is looked at every 50 us while its comparator is on. Start-up time,
propagation delay and blanking take no time.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import ONE_SETS, READ_ONLY, Field, Register

FIELDS = (
    Field("EN", 0),
    Field("PWRMODE", 2, 2),
    Field("INMSEL", 4, 3),
    Field("INPSEL", 7),
    Field("POLARITY", 15),
    Field("HYST", 16, 2),
    Field("BLANKING", 18, 3),
    Field("BRGEN", 22),
    Field("SCALEN", 23),
    Field("VALUE", 30, access=READ_ONLY),
    Field("LOCK", 31, access=ONE_SETS),
)
CSR1 = Register(
    "COMP1_CSR", 0x00, fields=FIELDS, on_write="_first_written", computed="_first_value"
)
CSR2 = Register(
    "COMP2_CSR",
    0x04,
    fields=FIELDS + (Field("WINMODE", 9),),
    on_write="_second_written",
    computed="_second_value",
)
NAMES = ("COMP1_CSR", "COMP2_CSR")

# Inputs of each comparator by INPSEL, and by INMSEL from PINS_FROM on (tables 129 to 132).
PLUS = (("PC5", "PB2"), ("PB4", "PB6"))
MINUS = (("PB1", "PC4"), ("PB3", "PB7"))
QUARTERS = (1, 2, 3, 4)
"""Of VREFINT, by INMSEL."""
DAC_FROM, PINS_FROM = 4, 6
HYSTERESIS = (0, 8000, 15000, 27000)
"""Microvolts, typically (DS10969 section 6.3.21)."""
PERIOD = 50000
"""ns between looks at inputs that move by themselves."""


class STM32L4_COMP(Block):
    """Outputs 0 and 1: those of the comparators. A locked register keeps its value until reset."""

    STATUS = PARTLY
    MISSING = "blanking, delays, captures of timers by the outputs"
    SIZE = 0x200
    OUTPUTS = (0, 1)
    REGISTERS = (CSR1, CSR2)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self._event = None  # type: typing.Any
        self._is_above = [False, False]

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self._is_above = [False, False]
        self._watch()

    # Registers.

    def _first_written(self, value, old):
        # type: (int, int) -> None
        self._written("COMP1_CSR", old)

    def _second_written(self, value, old):
        # type: (int, int) -> None
        self._written("COMP2_CSR", old)

    def _written(self, name, old):
        # type: (str, int) -> None
        if old & CSR1.LOCK:
            self.registers[name] = old
        self.inputs_changed()
        self._watch()

    def _first_value(self):
        # type: () -> int
        return self._value(0)

    def _second_value(self):
        # type: () -> int
        return self._value(1)

    def _value(self, index):
        # type: (int) -> int
        setting = self.registers[NAMES[index]] & ~CSR1.VALUE
        return setting | (CSR1.VALUE if self._output(index) else 0)

    # Voltages, in microvolts.

    def _plus_pin(self, index):
        # type: (int) -> str
        """In window mode COMP2 has COMP1's."""
        if index and self.registers["COMP2_CSR"] & CSR2.WINMODE:
            index = 0
        return PLUS[index][CSR1["INPSEL"].get(self.registers[NAMES[index]])]

    def _minus(self, index):
        # type: (int) -> int
        choice = CSR1["INMSEL"].get(self.registers[NAMES[index]])
        inputs = self.machine.peripheral("adcCommon")
        if choice >= PINS_FROM:
            return int(inputs.pin_voltage(MINUS[index][choice - PINS_FROM]))
        if choice >= DAC_FROM:
            return int(inputs.dac_voltage(choice - DAC_FROM))
        enables = self.registers["COMP1_CSR"] | self.registers["COMP2_CSR"]
        if not enables & CSR1.SCALEN:
            return 0
        quarters = QUARTERS[choice] if enables & CSR1.BRGEN else 4
        return int(inputs.reference_voltage()) * quarters // 4

    def _output(self, index):
        # type: (int) -> bool
        setting = self.registers[NAMES[index]]
        if not setting & CSR1.EN:
            self._is_above[index] = False
            return False
        minus = self._minus(index)
        if self._is_above[index]:
            minus -= HYSTERESIS[CSR1["HYST"].get(setting)]
        plus = self.machine.peripheral("adcCommon").pin_voltage(self._plus_pin(index))
        above = bool(plus > minus)
        self._is_above[index] = above
        return above != bool(setting & CSR1.POLARITY)

    def inputs_changed(self):
        # type: () -> None
        """Some voltage is another."""
        for index in range(len(NAMES)):
            self.lines[index].set(self._output(index))

    def _watch(self):
        # type: () -> None
        """Look at inputs regularly as long as one moves by itself."""
        if self._event is not None:
            self._event.cancel()
            self._event = None
        inputs = self.machine.peripheral("adcCommon")
        for index, name in enumerate(NAMES):
            setting = self.registers[name]
            choice = CSR1["INMSEL"].get(setting)
            pins = [self._plus_pin(index)]
            if choice >= PINS_FROM:
                pins.append(MINUS[index][choice - PINS_FROM])
            moves = DAC_FROM <= choice < PINS_FROM or any(inputs.is_moving(pin) for pin in pins)
            if setting & CSR1.EN and moves:
                self._event = self.machine.clock.schedule(PERIOD, self._look)
                return

    def _look(self):
        # type: () -> None
        self._event = None
        self.inputs_changed()
        self._watch()


MYPY = False
if MYPY:
    import typing  # noqa: F401
