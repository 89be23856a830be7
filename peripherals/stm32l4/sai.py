# ironpython: executed by Renode
"""Serial audio interfaces SAI1 and SAI2 (RM0351 section 43): two blocks each, without a codec."""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed

BLOCK_STRIDE = 0x20


def _of_blocks(name, offset, fields=None, reset=0, access="rw", on_write=None):
    # type: (str, int, str | None, int, str, str | None) -> Register
    """The register of blocks A and B."""
    return Register(
        "{}" + name,
        offset,
        reset=reset,
        count=2,
        stride=BLOCK_STRIDE,
        first="AB",
        access=access,
        on_write=on_write,
        fields=None if fields is None else packed(fields),
    )


CR1 = _of_blocks(
    "CR1",
    0x04,
    "MODE:2 PRTCFG:2 - DS:3 LSBFIRST CKSTR SYNCEN:2 MONO OUTDRIV -:2 SAIEN DMAEN - NODIV MCKDIV:4",
    reset=0x00000040,
    on_write="_control",
)
IM = _of_blocks(
    "IM",
    0x14,
    "OVRUDRIE MUTEDETIE WCKCFGIE FREQIE CNRDYIE AFSDETIE LFSDETIE",
    on_write="_update",
)
SR = _of_blocks(
    "SR",
    0x18,
    "OVRUDR MUTEDET WCKCFG FREQ CNRDY AFSDET LFSDET -:9 FLVL:3",
    access=READ_ONLY,
)
CLRFR = _of_blocks(
    "CLRFR",
    0x1C,
    "COVRUDR CMUTEDET CWCKCFG - CCNRDY CAFSDET CLFSDET",
    access=WRITE_ONLY,
    on_write="_clear_flags",
)
RECEIVES = 1 << 0
"""Bit of CR1.MODE."""


class STM32L4_SAI(RegistersOnly):
    """An enabled transmitter always asks for more: what is sent is dropped at once."""

    MISSING = "the wires: nothing is received, DMA is not asked"
    REGISTERS = (
        Register("GCR", 0x00, fields=packed("SYNCIN:2 -:2 SYNCOUT:2")),
        CR1,
        _of_blocks("CR2", 0x08, "FTH:3 FFLUSH/sc TRIS MUTE MUTEVAL MUTECNT:6 CPL COMP:2"),
        _of_blocks("FRCR", 0x0C, "FRL:8 FSALL:7 - FSDEF FSPOL FSOFF", reset=0x00000007),
        _of_blocks("SLOTR", 0x10, "FBOFF:5 - SLOTSZ:2 NBSLOT:4 -:4 SLOTEN:16"),
        IM,
        SR,
        CLRFR,
        _of_blocks("DR", 0x20, access=WRITE_ONLY),
    )

    def _word(self, register, block):
        # type: (Register, int) -> int
        return register.word + block * BLOCK_STRIDE // 4

    def _control(self, block, value, old):
        # type: (int, int, int) -> None
        asks = value & CR1.SAIEN and not value & RECEIVES
        word = self._word(SR, block)
        status = self.registers.values[word] & ~SR.FREQ
        self.registers.values[word] = status | (SR.FREQ if asks else 0)
        self._update(block, 0, 0)

    def _clear_flags(self, block, value, old):
        # type: (int, int, int) -> None
        self.registers.values[self._word(SR, block)] &= ~(value & CLRFR.written()) & 0xFFFFFFFF
        self._update(block, 0, 0)

    def _update(self, block, value, old):
        # type: (int, int, int) -> None
        values = self.registers.values
        pending = any(
            values[self._word(SR, each)] & values[self._word(IM, each)] for each in (0, 1)
        )
        self.lines["IRQ"].set(pending)


MYPY = False
if MYPY:
    import typing  # noqa: F401
