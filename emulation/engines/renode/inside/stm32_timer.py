# ironpython: executed by Renode
"""Makes the timers of Renode's STM32_Timer run as long as the chip's (RM0351, 31.3.2).

A period takes them TIMx_ARR counts in Renode 1.16, one less than on the chip: the millisecond tick
of ST's HAL is a thousandth too fast.
"""

import System
from Antmicro.Renode.Core import Range

from renode_wifi.emulation.engines.renode.inside.log import message_of

TIMERS = (1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17)
TIMX_ARR = 0x2C


def longer_period(hertz, counts):
    # type: (int, int) -> int
    """The clock, in Hz, at which `counts` take as long as one more do at `hertz`."""
    return (hertz * counts + (counts + 1) // 2) // (counts + 1) if counts else hertz


class Timer(object):
    """What is stored in the reload register of one timer."""

    def __init__(self, renode, log, timer):
        # type: (typing.Any, typing.Any, typing.Any) -> None
        self._log = log
        self._timer = timer
        self._hertz = int(timer.Frequency)
        renode.SystemBus.SetHookBeforePeripheralWrite[System.UInt32](
            timer, self._on_write, Range(System.UInt64(TIMX_ARR), System.UInt64(4))
        )
        renode.MachineReset += self._after_reset

    def _on_write(self, value, offset):
        # type: (int, int) -> int
        try:
            self._timer.Frequency = System.UInt64(longer_period(self._hertz, int(value)))
        except System.Exception as error:
            self._log.error("timer: %s", message_of(error))
        return value

    def _after_reset(self, _):
        # type: (typing.Any) -> None
        self._timer.Frequency = System.UInt64(self._hertz)


def follow_timers(renode, log):
    # type: (typing.Any, typing.Any) -> None
    """Those that the machine has."""
    for number in TIMERS:
        try:
            timer = renode["sysbus.tim%d" % number]
        except System.Exception:
            continue
        Timer(renode, log, timer)


MYPY = False
if MYPY:
    import typing  # noqa: F401
