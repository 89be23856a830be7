"""Faults of the network processor, as a vocabulary for tests."""

from __future__ import annotations

from enum import Enum

from renode_wifi.peripherals.network.faults.radio import RadioFault, RadioFaultPlan, amounts
from renode_wifi.peripherals.network.worldfile.fault_kinds import NWP


class FaultKind(Enum):
    """What goes wrong. Those marked P last until the next power-on."""

    HANG = "hang"
    """P. Nothing is answered any more."""
    ABORT = "abort"
    """P. The fatal-error event with code `amount`, and silence."""
    SLOW = "slow"
    """The command is executed `amount` µs later."""
    ERROR = "error"
    """The command is answered with the status -`amount` and not executed."""
    UNANSWERED = "unanswered"
    """The command is not executed and not answered."""
    LOST_INTERRUPT = "lost-interrupt"
    """A message to the host waits without an interrupt."""
    LOST_MESSAGE = "lost-message"
    """A message to the host is not sent."""
    MALFORMED_REPLY = "malformed-reply"
    """A message to the host comes without its synchronisation word."""
    POOL_EXHAUSTED = "pool-exhausted"
    """From this send on, no transmit buffer becomes free; lasts `amount` ms."""
    TX_FAILURE = "tx-failure"
    """The data of a send is lost, and the host is notified."""
    CONNECT_FAILS = "connect-fails"
    """A TCP connection is refused although the peer is there."""
    BOOT_FAILS = "boot-fails"
    """InitComplete reports the status `amount` (8: the file system is corrupted)."""
    WRITE_FAILS = "write-fails"
    """The serial flash doesn't take what is written to a file."""


class Fault(RadioFault[FaultKind]):
    """`command` is a name of `Opcode`, of an event too."""

    KINDS = FaultKind
    AMOUNTS = amounts(FaultKind)
    RADIO = NWP


class FaultPlan(RadioFaultPlan[Fault]):
    """The faults waiting to strike."""
