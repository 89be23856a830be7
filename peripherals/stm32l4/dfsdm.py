# ironpython: executed by Renode
"""Digital filter for sigma-delta modulators DFSDM1 (RM0351 section 24): 8 channels, 4 filters.

Conversions that software starts end at once and find silence.
"""

from renode_wifi.peripherals.base.block import RegistersOnly
from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed

CHANNELS, CHANNEL_STRIDE = 8, 0x20
FILTERS, FILTER_STRIDE = 4, 0x80


def _of_channels(name, offset, fields, access="rw"):
    # type: (str, int, str, str) -> Register
    return Register(
        "CH{}" + name,
        offset,
        count=CHANNELS,
        stride=CHANNEL_STRIDE,
        access=access,
        fields=packed(fields),
    )


def _of_filters(name, offset, fields, reset=0, access="rw", on_read=None, on_write=None):
    # type: (str, int, str, int, str, str | None, str | None) -> Register
    return Register(
        "FLT{}" + name,
        offset,
        reset=reset,
        count=FILTERS,
        stride=FILTER_STRIDE,
        access=access,
        on_read=on_read,
        on_write=on_write,
        fields=packed(fields),
    )


CR1 = _of_filters(
    "CR1",
    0x100,
    "DFEN JSWSTART/sc - JSYNC JSCAN JDMAEN -:2 JEXTSEL:3 -:2 JEXTEN:2 -:2 RSWSTART/sc RCONT RSYNC "
    "- RDMAEN -:2 RCH:3 -:2 FAST AWFSEL",
    on_write="_control",
)
CR2 = _of_filters(
    "CR2",
    0x104,
    "JEOCIE REOCIE JOVRIE ROVRIE AWDIE SCDIE CKABIE - EXCH:8 AWDCH:8",
    on_write="_update",
)
ISR = _of_filters(
    "ISR",
    0x108,
    "JEOCF REOCF JOVRF ROVRF AWDF -:8 JCIP RCIP - CKABF:8 SCDF:8",
    access=READ_ONLY,
)
JDATAR = _of_filters(
    "JDATAR", 0x118, "JDATACH:3 -:5 JDATA:24", access=READ_ONLY, on_read="_read_injected"
)
RDATAR = _of_filters(
    "RDATAR", 0x11C, "RDATACH:3 - RPEND -:3 RDATA:24", access=READ_ONLY, on_read="_read_regular"
)
CAUSES = ISR.JEOCF | ISR.REOCF | ISR.JOVRF | ISR.ROVRF | ISR.AWDF


class STM32L4_DFSDM(RegistersOnly):
    """Output n is the interrupt of filter n."""

    MISSING = "the filters: samples are 0, triggers and DMA do nothing"
    OUTPUTS = tuple(range(FILTERS))
    SIZE = 0x400
    REGISTERS = (
        # Bits 16 to 31 of the first channel are of the whole block.
        _of_channels(
            "CFGR1",
            0x00,
            "SITP:2 SPICKSEL:2 - SCDEN CKABEN CHEN CHINSEL -:3 DATMPX:2 DATPACK:2 CKOUTDIV:8 -:6 "
            "CKOUTSRC DFSDMEN",
        ),
        _of_channels("CFGR2", 0x04, "-:3 DTRBS:5 OFFSET:24"),
        _of_channels("AWSCDR", 0x08, "SCDT:8 -:4 BKSCD:4 AWFOSR:5 - AWFORD:2"),
        _of_channels("WDATR", 0x0C, "WDATA:16", READ_ONLY),
        _of_channels("DATINR", 0x10, "INDAT0:16 INDAT1:16"),
        CR1,
        CR2,
        ISR,
        _of_filters(
            "ICR",
            0x10C,
            "-:2 CLRJOVRF CLRROVRF -:12 CLRCKABF:8 CLRSCDF:8",
            access=WRITE_ONLY,
            on_write="_clear_flags",
        ),
        _of_filters("JCHGR", 0x110, "JCHG:8", reset=0x00000001),
        _of_filters("FCR", 0x114, "IOSR:8 -:8 FOSR:10 -:3 FORD:3"),
        JDATAR,
        RDATAR,
        _of_filters("AWHTR", 0x120, "BKAWH:4 -:4 AWHT:24"),
        _of_filters("AWLTR", 0x124, "BKAWL:4 -:4 AWLT:24"),
        _of_filters("AWSR", 0x128, "AWLTF:8 AWHTF:8", access=READ_ONLY),
        _of_filters("AWCFR", 0x12C, "CLRAWLTF:8 CLRAWHTF:8", access=WRITE_ONLY),
        _of_filters("EXMAX", 0x130, "EXMAXCH:3 -:5 EXMAX:24", reset=0x80000000, access=READ_ONLY),
        _of_filters("EXMIN", 0x134, "EXMINCH:3 -:5 EXMIN:24", reset=0x7FFFFF00, access=READ_ONLY),
        _of_filters("CNVTIMR", 0x138, "-:4 CNVCNT:28", access=READ_ONLY),
    )

    def _word(self, register, number):
        # type: (Register, int) -> int
        return register.word + number * FILTER_STRIDE // 4

    def _set_flags(self, number, flags):
        # type: (int, int) -> None
        self.registers.values[self._word(ISR, number)] |= flags
        self._update(number, 0, 0)

    def _clear(self, number, flags):
        # type: (int, int) -> None
        self.registers.values[self._word(ISR, number)] &= ~flags & 0xFFFFFFFF
        self._update(number, 0, 0)

    def _control(self, number, value, old):
        # type: (int, int, int) -> None
        values = self.registers.values
        if not value & CR1.DFEN:
            self._clear(number, ISR.mask(READ_ONLY))
            return
        if value & CR1.RSWSTART:
            values[self._word(RDATAR, number)] = CR1["RCH"].get(value)
            self._set_flags(number, ISR.REOCF)
        if value & CR1.JSWSTART:
            self._set_flags(number, ISR.JEOCF)

    def _read_regular(self, number):
        # type: (int) -> int
        self._clear(number, ISR.REOCF)
        return self.registers.values[self._word(RDATAR, number)]

    def _read_injected(self, number):
        # type: (int) -> int
        self._clear(number, ISR.JEOCF)
        return self.registers.values[self._word(JDATAR, number)]

    def _clear_flags(self, number, value, old):
        # type: (int, int, int) -> None
        self._clear(number, value & (ISR.JOVRF | ISR.ROVRF | ISR.CKABF | ISR.SCDF))

    def _update(self, number, value, old):
        # type: (int, int, int) -> None
        flags = self.registers.values[self._word(ISR, number)] & CAUSES
        self.lines[number].set(flags & self.registers.values[self._word(CR2, number)] != 0)


MYPY = False
if MYPY:
    import typing  # noqa: F401
