# ironpython: executed by Renode
"""Channels of DFSDM1 (RM0351 sections 24.4.3 to 24.4.5): their clock, and who sends to them."""

from renode_wifi.peripherals.stm32l4.dfsdm_registers import CFGR1, CHANNELS, get

TIMES_SLOWER = (0, 1, 2, 2)
"""CKOUT by the clock of a channel, by SPICKSEL; its own clock at the pin is not there."""


class Channels(object):
    """sources: who sends at a pin, DATINn, and an edge of CKOUT (True: the falling one).

    source.density(): from -1 to 1, now.
    """

    def __init__(self, machine, registers):
        # type: (typing.Any, RegisterFile) -> None
        self._machine = machine
        self._registers = registers
        self.sources = {}  # type: dict[tuple[int, bool], typing.Any]

    def kernel_hz(self):
        # type: () -> int
        return int(self._machine.peripheral("rcc").dfsdm_hz())

    def clock_hz(self, channel):
        # type: (int) -> int
        """Of its bits; 0 while it is off, or without CKOUT."""
        setting, common = self._setting(channel), self._setting(0)
        divider = CFGR1["CKOUTDIV"].get(common)
        slower = TIMES_SLOWER[CFGR1["SPICKSEL"].get(setting)]
        enabled = setting & CFGR1.CHEN and common & CFGR1.DFSDMEN
        if not enabled or not divider or not slower:
            return 0
        if common & CFGR1.CKOUTSRC:
            source = int(self._machine.peripheral("rcc").sai1_hz())
        else:
            source = self.kernel_hz()
        return source // ((divider + 1) * slower)

    def density(self, channel):
        # type: (int) -> float
        """Of the stream at its pin, or at that of the next channel; 0: nobody sends."""
        setting = self._setting(channel)
        pin = (channel + 1) % CHANNELS if setting & CFGR1.CHINSEL else channel
        source = self.sources.get((pin, bool(CFGR1["SITP"].get(setting) & 1)))
        return 0.0 if source is None else float(source.density())

    def _setting(self, channel):
        # type: (int) -> int
        return get(self._registers, CFGR1, channel)


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.register_file import RegisterFile  # noqa: F401
