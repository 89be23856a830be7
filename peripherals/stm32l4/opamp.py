# ironpython: executed by Renode
"""Operational amplifiers OPAMP1 and OPAMP2 (RM0351 section 23) on the voltages of "adcCommon".

They are ideal, up to the supply. Without feedback the output is at one of its ends.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.registers import Register, packed

CONTROL = "OPAEN OPALPM OPAMODE:2 PGA_GAIN:2 -:2 VM_SEL:2 VP_SEL - CALON CALSEL USERTRIM CALOUT/r"
CSR1 = Register(
    "OPAMP1_CSR",
    0x00,
    fields=packed(CONTROL + " -:15 OPA_RANGE"),
    on_write="_written",
    computed="_first",
)
CSR2 = Register("OPAMP2_CSR", 0x10, fields=packed(CONTROL), on_write="_written", computed="_second")
TRIM = packed("TRIMOFFSETN:5 -:3 TRIMOFFSETP:5")
LOW_POWER_TRIM = packed("TRIMLPOFFSETN:5 -:3 TRIMLPOFFSETP:5")
NAMES = ("OPAMP1", "OPAMP2")

# Pins (DS10969 table 16) and modes (section 23.5.1).
PLUS, MINUS, OUT = ("PA0", "PA6"), ("PA1", "PA7"), ("PA3", "PB0")
PGA, FOLLOWER = 2, 3
GAINS = (2, 4, 8, 16)
OPTIMUM = 16
"""The trim at which the offset is gone, which is the factory's.

There CALOUT becomes 1 for the N pair, and 0 for the P pair (stm32l4xx_hal_opamp.c).
"""
FACTORY = OPTIMUM << 8 | OPTIMUM


class STM32L4_OPAMP(Block):
    STATUS = PARTLY
    MISSING = "feedback through parts at the pins, currents, delays"
    OUTPUTS = ()
    REGISTERS = (
        CSR1,
        Register("OPAMP1_OTR", 0x04, reset=FACTORY, fields=TRIM),
        Register("OPAMP1_LPOTR", 0x08, reset=FACTORY, fields=LOW_POWER_TRIM),
        CSR2,
        Register("OPAMP2_OTR", 0x14, reset=FACTORY, fields=TRIM),
        Register("OPAMP2_LPOTR", 0x18, reset=FACTORY, fields=LOW_POWER_TRIM),
    )

    def output(self, pin, supply):
        # type: (str, int) -> int | None
        """Microvolts that an amplifier puts on a pin; None: none does. supply: in microvolts."""
        if pin not in OUT:
            return None
        index = OUT.index(pin)
        setting = self.registers[NAMES[index] + "_CSR"]
        if not setting & CSR1.OPAEN or setting & CSR1.CALON:
            return None
        inputs = self.machine.peripheral("adcCommon")
        if setting & CSR1.VP_SEL:
            plus = int(inputs.dac_voltage(index))
        else:
            plus = int(inputs.pin_voltage(PLUS[index]))
        mode = CSR1["OPAMODE"].get(setting)
        if mode == FOLLOWER:
            return min(plus, supply)
        if mode == PGA:
            return min(plus * GAINS[CSR1["PGA_GAIN"].get(setting)], supply)
        return supply if plus > int(inputs.pin_voltage(MINUS[index])) else 0

    def _written(self, value, old):
        # type: (int, int) -> None
        self.machine.peripheral("adcCommon").outputs_changed()

    def _first(self):
        # type: () -> int
        return self._control(0)

    def _second(self):
        # type: () -> int
        return self._control(1)

    def _control(self, index):
        # type: (int) -> int
        setting = self.registers[NAMES[index] + "_CSR"]
        if not (setting & CSR1.OPAEN and setting & CSR1.CALON):
            return setting
        register = "_LPOTR" if setting & CSR1.OPALPM else "_OTR"
        trims = self.registers[NAMES[index] + register]
        if setting & CSR1.CALSEL:
            is_high = trims >> 8 & 0x1F < OPTIMUM
        else:
            is_high = trims & 0x1F >= OPTIMUM
        return setting | (CSR1.CALOUT if is_high else 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
