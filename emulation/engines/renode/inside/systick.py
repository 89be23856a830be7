# ironpython: executed by Renode
"""Makes Renode's SysTick keep the time that the chip's keeps (ARM DDI 0403E, B3.3).

Renode 1.16 loads the counter when SYST_CVR is written, and not at all where SYST_RVR is still 0 by
then, as after FreeRTOS's set-up of it: the first tick would come 2^24 cycles after the start. The
start counts from the last moment at which Renode's clock was brought up to date, as long as a
quantum before. And a period takes it SYST_RVR cycles, one less than the chip.
"""

import System
from Antmicro.Renode.Core import Range

from renode_wifi.emulation.engines.renode.inside.log import message_of
from renode_wifi.emulation.engines.renode.inside.stm32_timer import longer_period

SYST_CSR = 0x10
SYST_RVR = 0x14
SYST_CVR = 0x18
SYST_SIZE = 0x0C
CSR_ENABLE = 1 << 0
RVR_RELOAD = 0xFFFFFF


class SysTick(object):
    """What passes between the core and the SysTick of Renode's NVIC."""

    def __init__(self, renode, log):
        # type: (typing.Any, typing.Any) -> None
        self._log = log
        self._bus = renode.SystemBus
        self._nvic = renode["sysbus.nvic"]
        self._hertz = int(self._nvic.Frequency)
        self._reset()
        self._bus.SetHookBeforePeripheralWrite[System.UInt32](
            self._nvic, self._on_write, Range(System.UInt64(SYST_CSR), System.UInt64(SYST_SIZE))
        )
        renode.MachineReset += self._after_reset

    def set_frequency(self, hertz):
        # type: (int) -> None
        """Of the core's clock, in Hz."""
        self._hertz = hertz
        self._set_period()

    def _reset(self):
        # type: () -> None
        self._enabled = False
        # The counter is 0, and takes the reload value when it starts.
        self._cleared = True
        self._reload = 0

    def _after_reset(self, _):
        # type: (typing.Any) -> None
        self._reset()

    def _on_write(self, value, offset):
        # type: (int, int) -> int
        try:
            running, cpu = self._bus.TryGetCurrentCPU()
            if running:
                cpu.SyncTime()
            self._follow(int(offset), int(value))
        except System.Exception as error:
            self._log.error("systick: %s", message_of(error))
        return value

    def _follow(self, offset, value):
        # type: (int, int) -> None
        if offset == SYST_CVR:
            self._cleared = not self._enabled
        elif offset == SYST_RVR:
            self._reload = value & RVR_RELOAD
            self._set_period()
        elif offset == SYST_CSR:
            starts = value & CSR_ENABLE != 0 and not self._enabled
            self._enabled = value & CSR_ENABLE != 0
            if starts and self._cleared:
                self._cleared = False
                self._nvic.WriteDoubleWord(SYST_CVR, System.UInt32(0))

    def _set_period(self):
        # type: () -> None
        self._nvic.Frequency = System.UInt64(longer_period(self._hertz, self._reload))


MYPY = False
if MYPY:
    import typing  # noqa: F401
