# ironpython: executed by Renode
"""How long samples and conversions take (RM0351 section 18.4.12), in half cycles of the clock."""

from renode_wifi.peripherals.stm32l4.adc_registers import CFGR, CFGR2, CHANNELS, SMPR1, SMPR2

SECOND = 1000000000
SAMPLING = (5, 13, 25, 49, 95, 185, 495, 1281)
CONVERSION = (25, 21, 17, 13)
"""By resolution."""


def sampling(registers, channel):
    # type: (typing.Any, int) -> int
    """What SMPR1 and SMPR2 choose for a channel."""
    register, number = (SMPR1, channel) if channel < 10 else (SMPR2, channel)
    if channel >= CHANNELS:
        return SAMPLING[0]
    return SAMPLING[register["SMP%d" % number].get(registers[register.name])]


def half_cycles(registers, channel, oversampling):
    # type: (typing.Any, int, int) -> int
    """Of a result; oversampling: the bit of CFGR2 that asks for it, of regular or injected ones."""
    conversion = CONVERSION[CFGR["RES"].get(registers["CFGR"])]
    setting = registers["CFGR2"]
    ratio = 2 << CFGR2["OVSR"].get(setting) if setting & oversampling else 1
    return (sampling(registers, channel) + conversion) * ratio


def duration(cycles, hertz):
    # type: (int, int) -> int
    """Of so many half cycles, in ns."""
    return max(cycles * SECOND // (2 * hertz), 1)


MYPY = False
if MYPY:
    import typing  # noqa: F401
