# ironpython: executed by Renode
"""Registers of DFSDM1 (RM0351 sections 24.7 and 24.8): 8 channels, 4 filters."""

from renode_wifi.peripherals.base.registers import READ_ONLY, WRITE_ONLY, Register, packed

CHANNELS, CHANNEL_STRIDE = 8, 0x20
FILTERS, FILTER_STRIDE = 4, 0x80


def _of_channels(name, offset, fields, access="rw", on_write=None):
    # type: (str, int, str, str, str | None) -> Register
    return Register(
        "CH{}" + name,
        offset,
        count=CHANNELS,
        stride=CHANNEL_STRIDE,
        access=access,
        on_write=on_write,
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


# Bits 16 to 31 of the first channel are of the whole block.
CFGR1 = _of_channels(
    "CFGR1",
    0x00,
    "SITP:2 SPICKSEL:2 - SCDEN CKABEN CHEN CHINSEL -:3 DATMPX:2 DATPACK:2 CKOUTDIV:8 -:6 "
    "CKOUTSRC DFSDMEN",
)
CFGR2 = _of_channels("CFGR2", 0x04, "-:3 DTRBS:5 OFFSET:24")
WDATR = _of_channels("WDATR", 0x0C, "WDATA:16", READ_ONLY)
DATINR = _of_channels("DATINR", 0x10, "INDAT0:16 INDAT1:16", on_write="_feed")
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
ICR = _of_filters(
    "ICR",
    0x10C,
    "-:2 CLRJOVRF CLRROVRF -:12 CLRCKABF:8 CLRSCDF:8",
    access=WRITE_ONLY,
    on_write="_clear_flags",
)
JCHGR = _of_filters("JCHGR", 0x110, "JCHG:8", reset=0x00000001, on_write="_group_changed")
FCR = _of_filters("FCR", 0x114, "IOSR:8 -:8 FOSR:10 -:3 FORD:3")
JDATAR = _of_filters(
    "JDATAR", 0x118, "JDATACH:3 -:5 JDATA:24", access=READ_ONLY, on_read="_read_injected"
)
RDATAR = _of_filters(
    "RDATAR", 0x11C, "RDATACH:3 - RPEND -:3 RDATA:24", access=READ_ONLY, on_read="_read_regular"
)
AWHTR = _of_filters("AWHTR", 0x120, "BKAWH:4 -:4 AWHT:24")
AWLTR = _of_filters("AWLTR", 0x124, "BKAWL:4 -:4 AWLT:24")
AWSR = _of_filters("AWSR", 0x128, "AWLTF:8 AWHTF:8", access=READ_ONLY)
AWCFR = _of_filters(
    "AWCFR", 0x12C, "CLRAWLTF:8 CLRAWHTF:8", access=WRITE_ONLY, on_write="_clear_watchdog"
)
EXMAX = _of_filters(
    "EXMAX",
    0x130,
    "EXMAXCH:3 -:5 EXMAX:24",
    reset=0x80000000,
    access=READ_ONLY,
    on_read="_read_maximum",
)
EXMIN = _of_filters(
    "EXMIN",
    0x134,
    "EXMINCH:3 -:5 EXMIN:24",
    reset=0x7FFFFF00,
    access=READ_ONLY,
    on_read="_read_minimum",
)
CNVTIMR = _of_filters("CNVTIMR", 0x138, "-:4 CNVCNT:28", access=READ_ONLY)

REGISTERS = (
    CFGR1,
    CFGR2,
    _of_channels("AWSCDR", 0x08, "SCDT:8 -:4 BKSCD:4 AWFOSR:5 - AWFORD:2"),
    WDATR,
    DATINR,
    CR1,
    CR2,
    ISR,
    ICR,
    JCHGR,
    FCR,
    JDATAR,
    RDATAR,
    AWHTR,
    AWLTR,
    AWSR,
    AWCFR,
    EXMAX,
    EXMIN,
    CNVTIMR,
)


def _word(register, number):
    # type: (Register, int) -> int
    stride = CHANNEL_STRIDE if register.count == CHANNELS else FILTER_STRIDE
    return register.word + number * stride // 4


def get(registers, register, number):
    # type: (RegisterFile, Register, int) -> int
    """The value of a register of channel or filter `number`."""
    return registers.values[_word(register, number)]


def put(registers, register, number, value):
    # type: (RegisterFile, Register, int, int) -> None
    registers.values[_word(register, number)] = value & 0xFFFFFFFF


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.register_file import RegisterFile  # noqa: F401
