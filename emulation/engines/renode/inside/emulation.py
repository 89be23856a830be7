# ironpython: executed by Renode
"""How Renode runs our machines, and their names."""

import System
from Antmicro.Renode.Core import EmulationManager
from Antmicro.Renode.Time import TimeInterval
from Antmicro.Renode.UserInterface import MonitorTimeExtensions
from System.Threading import ManualResetEvent

from renode_wifi.emulation.engines.renode.inside.log import message_of


def settle():
    # type: () -> None
    """One machine after the other executes its quantum.

    Side by side they would run one machine's events while that machine executes, and no run would
    be like another.
    """
    MonitorTimeExtensions.SetGlobalSerialExecution(_current(), True)


def refuse_to_be_saved(refusal):
    # type: (typing.Any) -> None
    """Have `Save` come upon `refusal`, see `Types`, before it comes upon anything of ours.

    It goes through the emulation level by level. A method of IronPython's among the machine's
    events and hooks, of which it finds no type, would end Renode.
    """
    _current().AddOrUpdateInBag[System.Object]("renode-wifi", refusal)


class Stretch(object):
    """Virtual time that passes in slices, until the end of one after which `wanted` returns True.

    ticks, slice_: in ticks of Renode's. wanted: called on the thread of the time source.

    Renode's `RunFor` starts and pauses all machines for each stretch of time. That takes a new
    thread for each core, which spins until the time source is active. So the time source runs on
    by itself, and its hook stops it.
    """

    def __init__(self, ticks, slice_, wanted):
        # type: (int, int, typing.Callable[[], bool]) -> None
        self._emulation = _current()
        self._source = self._emulation.MasterTimeSource
        self._ticks = ticks
        self._slice = slice_
        self._wanted = wanted
        self._left = 0
        self._slice_end = 0
        self._ended = ManualResetEvent(False)

    def run(self):
        # type: () -> None
        MonitorTimeExtensions.SetGlobalAdvanceImmediately(self._emulation, True)
        self._left = self._ticks // self._slice
        if self._left < 2 or self._slice % int(self._source.Quantum.Ticks):
            # The time source stops at the ends of quanta only.
            rest = max(1, min(self._ticks, self._slice))
            self._emulation.RunFor(TimeInterval.FromTicks(System.UInt64(rest)))
            return
        self._slice_end = int(self._source.ElapsedVirtualTime.Ticks) + self._slice
        # The same object for both: else IronPython makes a delegate for each.
        hook = System.Action[TimeInterval](self._at_sync_point)
        self._source.SyncHook += hook
        try:
            self._emulation.ExternalsManager.Start()
            for machine in machines():
                machine.Start()
            self._source.Start()
            self._ended.WaitOne()
        finally:
            self._source.SyncHook -= hook
            self._emulation.PauseAll()

    def _at_sync_point(self, elapsed):
        # type: (typing.Any) -> None
        if int(elapsed.Ticks) < self._slice_end or self._left == 0:
            return
        self._left -= 1
        self._slice_end += self._slice
        if self._left == 0 or self._wanted():
            self._left = 0
            self._source.Stop()
            self._ended.Set()


class StopNotifier(object):
    """Notifies of a machine that is to stop, and of one that goes on.

    on_change: called with whether it is to stop, on any thread: in time, before Renode waits for
    what the machine's cores are at.
    """

    def __init__(self, renode, log, on_change):
        # type: (typing.Any, Log, typing.Callable[[bool], None]) -> None
        self._log = log
        self._on_change = on_change
        for cpu in renode.SystemBus.GetCPUs():
            cpu.TimeHandle.PauseRequested += self._on_pause
            cpu.TimeHandle.StartRequested += self._on_start

    def _on_pause(self):
        # type: () -> None
        self._change(True)

    def _on_start(self):
        # type: () -> None
        self._change(False)

    def _change(self, stopping):
        # type: (bool) -> None
        # An exception would end Renode.
        try:
            self._on_change(stopping)
        except System.Exception as error:
            self._log.error("a stop failed: %s", message_of(error))


def runs():
    # type: () -> bool
    """Whether a script has started it."""
    return bool(_current().IsStarted)


def name_of(renode):
    # type: (typing.Any) -> str
    """A machine's name in the emulation."""
    return str(_current()[renode])


def prefix_of(renode):
    # type: (typing.Any) -> str
    """What the sources of a machine's traces start with: nothing for the emulation's first."""
    for first in machines():
        return "" if first == renode else name_of(renode) + "/"
    return ""


def machines():
    # type: () -> list[typing.Any]
    """Renode's, in the order in which they were made."""
    return list(_current().Machines)


def remove(renode):
    # type: (typing.Any) -> None
    """A machine goes, with all that is in it."""
    _current().RemoveMachine(renode)


def _current():
    # type: () -> typing.Any
    return EmulationManager.Instance.CurrentEmulation


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.emulation.engines.renode.inside.log import Log  # noqa: F401
