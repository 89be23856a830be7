# ironpython: executed by Renode
"""What the three converters share (RM0351 section 18.7): their clock, and the voltages they see.

Voltages are whole microvolts. A pin has the voltage it was given; else what an operational
amplifier or the DAC puts there, or the level of a digital output.
"""

from renode_wifi.peripherals.base.block import Block
from renode_wifi.peripherals.base.registers import READ_ONLY, Register, packed
from renode_wifi.peripherals.stm32l4.adc_registers import DR, FLAGS, ISR
from renode_wifi.peripherals.stm32l4.adc_timing import sampling

MILLIVOLT, VOLT = 1000, 1000000
SUPPLY = 3300 * MILLIVOLT
REFERENCE = 1212 * MILLIVOLT
"""Of VREFINT, typically (DS10969 section 6.3.4)."""
CODES = 4096
# The temperature sensor, typically (DS10969 section 6.3.23).
SENSOR_AT_30 = 760 * MILLIVOLT
SENSOR_SLOPE = 2500
"""Microvolts for each degree."""
ROOM = 25
"""Degrees Celsius."""

CSR = Register(
    "CSR",
    0x00,
    access=READ_ONLY,
    computed="_read_status",
    fields=packed(
        " ".join(flag + "_MST" for flag in FLAGS.split())
        + " -:5 "
        + " ".join(flag + "_SLV" for flag in FLAGS.split())
    ),
)
CCR = Register(
    "CCR",
    0x08,
    on_write="_choose",
    fields=packed("DUAL:5 -:3 DELAY:4 - DMACFG MDMA:2 CKMODE:2 PRESC:4 VREFEN TSEN VBATEN"),
)
CDR = Register(
    "CDR", 0x0C, access=READ_ONLY, on_read="_read_both", fields=packed("RDATA_MST:16 RDATA_SLV:16")
)
REGULAR_TOGETHER, INTERLEAVED = (1, 2, 3, 6, 7), (3, 7)
"""Codes of DUAL."""
HALF_WORDS, BYTES = 2, 3
"""Codes of MDMA."""
PRESCALERS = (1, 2, 4, 6, 8, 10, 12, 16, 32, 64, 128, 256)

# Pins of channels 1 to 16 (DS10969 table 16).
PINS = dict((channel, "PC%d" % (channel - 1)) for channel in range(1, 5))
PINS.update((channel, "PA%d" % (channel - 5)) for channel in range(5, 13))
PINS.update({13: "PC4", 14: "PC5", 15: "PB0", 16: "PB1"})
# ADC3 has port F instead of most of them.
PINS_OF_THIRD = dict((channel, "PC%d" % (channel - 1)) for channel in range(1, 5))
PINS_OF_THIRD.update((channel, "PF%d" % (channel - 3)) for channel in range(6, 14))
OTHER_PINS = frozenset(("PB2", "PB3", "PB4", "PB6", "PB7"))
"""Inputs of the comparators that no converter sees."""
ANALOG_PINS = OTHER_PINS.union(PINS.values()).union(PINS_OF_THIRD.values())
DAC_PINS = {"PA4": 0, "PA5": 1}
OUTPUT_MODE = 1


class STM32L4_ADC_Common(Block):
    """The converters are "adc1" to "adc3", the DAC is "dac1"."""

    OUTPUTS = ()
    SIZE = 0x100
    REGISTERS = (CSR, CCR, CDR)

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self.supply = SUPPLY
        self.temperature = ROOM
        # ADC1 and ADC2 are in a dual mode.
        self.is_paired = False
        self._voltages = {}  # type: dict[str, int]
        self._waveforms = {}  # type: dict[str, tuple[typing.Any, str]]

    # What is around the chip.

    def set_voltage(self, pin, millivolts):
        # type: (str, int) -> None
        """Put a voltage on a pin, such as "PA0", from now on."""
        if pin not in ANALOG_PINS:
            raise ValueError("%s is no analogue pin" % pin)
        self._waveforms.pop(pin, None)
        self._voltages[pin] = millivolts * MILLIVOLT
        self._changed()

    def connect_world(self, world):
        # type: (typing.Any) -> None
        """Let pins have the voltages of a world file, each as a waveform in V."""
        for setting in world.settings.analog:
            if setting.pin in ANALOG_PINS:
                seed = "%s/%s" % (world.seed, setting.pin)
                self._waveforms[setting.pin] = (setting.waveform, seed)
            else:
                self.machine.log.warning(
                    "world: %s: %s is no analogue pin", setting.where, setting.pin
                )

    def set_temperature(self, celsius):
        # type: (int) -> None
        """Of the chip."""
        self.temperature = celsius
        self._changed()

    def set_supply(self, millivolts):
        # type: (int) -> None
        """VDD, VDDA and VREF+, which are one on the board."""
        self.supply = millivolts * MILLIVOLT
        self._changed()
        try:
            power = self.machine.peripheral("pwr")
        except KeyError:
            return
        power.supply_changed(self.supply)

    def _changed(self):
        # type: () -> None
        for unit in (1, 2, 3):
            self.machine.peripheral("adc%d" % unit).catch_up()
        self._compare()

    def _compare(self):
        # type: () -> None
        try:
            comparators = self.machine.peripheral("comp")
        except KeyError:
            return
        comparators.inputs_changed()

    def outputs_changed(self):
        # type: () -> None
        """An amplifier was set otherwise."""
        self._changed()

    # Voltages.

    def pin_voltage(self, pin):
        # type: (str) -> int
        return self._pin(pin)

    def is_moving(self, pin):
        # type: (str) -> bool
        """Its voltage changes as time passes."""
        return pin in self._waveforms

    def dac_voltage(self, index):
        # type: (int) -> int
        """Of channel 0 or 1 of the DAC."""
        return self._converted(index)

    def reference_voltage(self):
        # type: () -> int
        """VREFINT."""
        return REFERENCE

    def convert(self, unit, channel, is_differential):
        # type: (int, int, bool) -> int
        """The code of 12 bits for what a channel of ADC1, 2 or 3 sees."""
        volts = self._volts(unit, channel)
        if is_differential:
            volts = (volts - self._volts(unit, channel + 1) + self.supply) // 2
        return min(max(volts * CODES // self.supply, 0), CODES - 1)

    def _volts(self, unit, channel):
        # type: (int, int) -> int
        if 1 <= channel <= 16:
            pin = (PINS_OF_THIRD if unit == 3 else PINS).get(channel)
            return 0 if pin is None else self._pin(pin)
        if unit == 2:
            return self._converted(channel - 17) if channel >= 17 else 0
        setting = self.registers["CCR"]
        if channel == 0 and unit == 1:
            return REFERENCE if setting & CCR.VREFEN else 0
        if channel == 17:
            sensed = SENSOR_AT_30 + SENSOR_SLOPE * (self.temperature - 30)
            return sensed if setting & CCR.TSEN else 0
        if channel == 18:
            return self.supply // 3 if setting & CCR.VBATEN else 0
        return 0

    def _pin(self, pin):
        # type: (str) -> int
        if pin in self._waveforms:
            waveform, seed = self._waveforms[pin]
            return int(waveform.at(self.machine.clock.now, seed) * VOLT)
        if pin in self._voltages:
            return self._voltages[pin]
        amplified = self._amplified(pin)
        if amplified is not None:
            return amplified
        if pin in DAC_PINS:
            volts = self._converted(DAC_PINS[pin])
            if volts:
                return volts
        registers = getattr(self.machine.peripheral("gpioPort" + pin[1]), "registers", None)
        number = int(pin[2:])
        if registers is None or registers["MODER"] >> (2 * number) & 3 != OUTPUT_MODE:
            return 0
        return self.supply if registers["ODR"] >> number & 1 else 0

    def _amplified(self, pin):
        # type: (str) -> int | None
        try:
            amplifiers = self.machine.peripheral("opamp")
        except KeyError:
            return None
        volts = amplifiers.output(pin, self.supply)  # type: int | None
        return volts

    def _converted(self, index):
        # type: (int) -> int
        """Rounded up, so that the code converts back."""
        code = int(self.machine.peripheral("dac1").output(index))
        return (code * self.supply + CODES - 1) // CODES

    # Registers.

    def clock_hz(self):
        # type: () -> int
        """Of the converters; 0: none is chosen."""
        setting = self.registers["CCR"]
        rcc = self.machine.peripheral("rcc")
        mode = CCR["CKMODE"].get(setting)
        if mode:
            return int(rcc.hclk_hz()) // (1, 2, 4)[mode - 1]
        prescaler = min(CCR["PRESC"].get(setting), len(PRESCALERS) - 1)
        return int(rcc.adc_hz()) // PRESCALERS[prescaler]

    def is_dual(self, unit):
        # type: (int) -> bool
        """The regular conversions of ADC1 and ADC2 belong together."""
        return self.is_paired and unit != 3

    def follows(self, unit):
        # type: (int) -> bool
        """ADC2, where it has no start of its own."""
        return unit == 2 and self.is_dual(unit)

    def started(self, unit):
        # type: (int) -> None
        """ADC1 begins a sequence: in a dual mode ADC2 does, too, or its samples lie in between."""
        if unit != 1 or not self.is_dual(unit):
            return
        setting, later = self.registers["CCR"], 0
        if CCR["DUAL"].get(setting) in INTERLEAVED:
            first = self.machine.peripheral("adc1")
            later = sampling(first.registers, first.channel())
            later += 2 * (CCR["DELAY"].get(setting) + 1)
        self.machine.peripheral("adc2").follow(later)

    def converted(self):
        # type: () -> None
        """By MDMA the first converter asks for one transfer where both have a result."""
        setting = self.registers["CCR"]
        if not self.is_paired or CCR["MDMA"].get(setting) < HALF_WORDS:
            return
        if self._flags(1) & self._flags(2) & ISR.EOC:
            self.machine.peripheral("adc1").lines["DMARequest"].set(True)

    def reset(self):
        # type: () -> None
        Block.reset(self)
        self.is_paired = False

    def _choose(self, value, old):
        # type: (int, int) -> None
        self.is_paired = CCR["DUAL"].get(self.registers["CCR"]) in REGULAR_TOGETHER
        self._changed()

    def _flags(self, unit):
        # type: (int) -> int
        return int(self.machine.peripheral("adc%d" % unit).registers["ISR"])

    def _read_status(self):
        # type: () -> int
        return self._flags(1) | self._flags(2) << 16

    def _read_both(self):
        # type: () -> int
        master = int(self.machine.peripheral("adc1").read(DR.offset, 4))
        slave = int(self.machine.peripheral("adc2").read(DR.offset, 4))
        if CCR["MDMA"].get(self.registers["CCR"]) == BYTES:
            return master & 0xFF | (slave & 0xFF) << 8
        return master | slave << 16


MYPY = False
if MYPY:
    import typing  # noqa: F401
