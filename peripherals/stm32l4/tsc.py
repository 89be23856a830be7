# ironpython: executed by Renode
"""Touch sensing controller (RM0351 section 25): acquisitions end at once, nothing is touched."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import (
    READ_ONLY,
    WRITE_ONLY,
    Cause,
    Field,
    Interrupt,
    Register,
    packed,
)

GROUPS = 8
PINS = tuple(Field("G%d_IO" % (group + 1), 4 * group, count=4, first=1) for group in range(GROUPS))

CR = Register(
    "CR",
    0x00,
    on_write="_control",
    fields=packed("TSCE START/sc AM SYNCPOL IODEF MCV:3 -:4 PGPSC:3 SSPSC SSE SSD:7 CTPL:4 CTPH:4"),
)
IER = Register("IER", 0x04, fields=packed("EOAIE MCEIE"))
ICR = Register("ICR", 0x08, access=WRITE_ONLY, clears="ISR", fields=packed("EOAIC MCEIC"))
ISR = Register("ISR", 0x0C, access=READ_ONLY, fields=packed("EOAF MCEF"))
IOGCSR = Register(
    "IOGCSR",
    0x30,
    fields=(
        Field("G{}E", 0, count=GROUPS, first=1),
        Field("G{}S", 16, count=GROUPS, first=1, access=READ_ONLY),
    ),
)


class STM32L4_TSC(RegistersOnly):
    """START ends with EOAF and the groups' status bits; the counters read 0."""

    MISSING = "acquisitions: all counts are 0"
    REGISTERS = (
        CR,
        IER,
        ICR,
        ISR,
        Register("IOHCR", 0x10, reset=0xFFFFFFFF, fields=PINS),
        Register("IOASCR", 0x18, fields=PINS),
        Register("IOSCR", 0x20, fields=PINS),
        Register("IOCCR", 0x28, fields=PINS),
        IOGCSR,
        Register("IOG{}CR", 0x34, access=READ_ONLY, count=GROUPS, first=1, fields=packed("CNT:14")),
    )
    INTERRUPTS = (Interrupt("IRQ", Cause(ISR, ISR.EOAF | ISR.MCEF, IER, IER.written(), True)),)

    def _control(self, value, old):
        # type: (int, int) -> None
        if value & CR.START and value & CR.TSCE:
            enabled = self.registers["IOGCSR"] & IOGCSR.written()
            self.registers["IOGCSR"] = enabled | enabled << 16
            self.registers["ISR"] |= ISR.EOAF
            self.registers.update_interrupts()
