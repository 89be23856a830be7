# ironpython: executed by Renode
"""How Renode runs our machines, and their names."""

import System
from Antmicro.Renode.Core import EmulationManager
from Antmicro.Renode.UserInterface import MonitorTimeExtensions


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
