# ironpython: executed by Renode
"""From a code of 12 bits to what a converter's data register shows (RM0351 18.4.26 to 18.4.31)."""

from renode_wifi.peripherals.stm32l4.adc_registers import (
    AWD2CR,
    AWD3CR,
    CFGR,
    CFGR2,
    ISR,
    OFR,
    TR1,
    TR2,
    TR3,
)


def resolution(registers):
    # type: (RegisterFile) -> int
    """In bits."""
    return 12 - 2 * CFGR["RES"].get(registers["CFGR"])


def result(registers, channel, code, oversampling):
    # type: (RegisterFile, int, int, int) -> int
    """oversampling: ROVSE or JOVSE of CFGR2. Offsets may make it negative: 16 bits with sign."""
    bits = resolution(registers)
    code >>= 12 - bits
    setting = registers["CFGR2"]
    oversamples = setting & oversampling
    if oversamples:
        code = (code << CFGR2["OVSR"].get(setting) + 1) >> CFGR2["OVSS"].get(setting)
    for index in range(OFR.count):
        offset = registers.values[OFR.word + index]
        if offset & OFR.OFFSET_EN and OFR["OFFSET_CH"].get(offset) == channel:
            code -= OFR["OFFSET"].get(offset) >> (12 - bits)
    if registers["CFGR"] & CFGR.ALIGN and not oversamples:
        code <<= _alignment(bits)
    return code & 0xFFFF


def _alignment(bits):
    # type: (int) -> int
    """Places of a result that is aligned to the left; of 6 bits it stays in the low byte."""
    return 16 - bits if bits > 6 else 2


def watch(registers, channel, data, enable):
    # type: (RegisterFile, int, int, int) -> int
    """Flags of the watchdogs. enable: AWD1EN or JAWD1EN; the others have a channel mask each."""
    setting = registers["CFGR"]
    bits = resolution(registers)
    if setting & CFGR.ALIGN:
        data >>= _alignment(bits)
    code = data << (12 - bits)
    watched = not setting & CFGR.AWD1SGL or CFGR["AWD1CH"].get(setting) == channel
    flags = 0
    if setting & enable and watched and _is_outside(code, registers["TR1"], TR1, "1"):
        flags |= ISR.AWD1
    # The other two see the upper eight bits.
    chosen = 1 << channel
    if registers["AWD2CR"] & AWD2CR.AWD2CH & chosen:
        flags |= ISR.AWD2 if _is_outside(code >> 4, registers["TR2"], TR2, "2") else 0
    if registers["AWD3CR"] & AWD3CR.AWD3CH & chosen:
        flags |= ISR.AWD3 if _is_outside(code >> 4, registers["TR3"], TR3, "3") else 0
    return flags


def _is_outside(code, thresholds, register, number):
    # type: (int, int, Register, str) -> bool
    low, high = register["LT" + number].get(thresholds), register["HT" + number].get(thresholds)
    return not low <= code <= high


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.register_file import RegisterFile  # noqa: F401
    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
