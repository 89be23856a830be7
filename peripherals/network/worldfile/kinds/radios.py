"""Faults of the radios."""

from __future__ import annotations

from renode_wifi.peripherals.base.clock import MICROSECOND, SECOND
from renode_wifi.peripherals.network.worldfile.kinds.model import (
    ISM43362,
    NWP,
    Kind,
    Parameter,
    Target,
    count,
)
from renode_wifi.peripherals.network.worldfile.values import DURATION

_AGAIN = "commands are executed as before"
_BY = Parameter("by", DURATION, 1 * SECOND, unit=MICROSECOND)
_ISM = (ISM43362,)
_NWP = (NWP,)
_BOTH = (ISM43362, NWP)
_RADIO = Target.RADIO

RADIO_FAULTS = (
    # Both radios
    Kind(
        "hang",
        _RADIO,
        "nothing is answered any more (ISM43362: until RESET; CC3220SF: until the next power-on)",
        radios=_BOTH,
    ),
    Kind(
        "error",
        _RADIO,
        "the command is answered with an error (CC3220SF: the status -`code`) and not executed",
        parameters=(count("code", "a number, 1 by default", 1),),
        radios=_BOTH,
        lasting=_AGAIN,
    ),
    Kind(
        "slow",
        _RADIO,
        "the command takes longer, `by` a time",
        parameters=(_BY,),
        radios=_BOTH,
        lasting=_AGAIN,
    ),
    Kind(
        "connect-fails",
        _RADIO,
        "a TCP connection fails although the peer is there",
        radios=_BOTH,
        waits=True,
        lasting=_AGAIN,
    ),
    # The ISM43362
    Kind(
        "out-of-step",
        _RADIO,
        "until RESET, replies come one word late, so that each one starts with the end of the "
        "one before",
        radios=_ISM,
    ),
    Kind("stuck-low", _RADIO, "until RESET, the ready line stays low", radios=_ISM),
    Kind("stuck-high", _RADIO, "until RESET, the ready line stays high", radios=_ISM),
    Kind(
        "edge-lost",
        _RADIO,
        "the reply is announced without an edge of the ready line",
        radios=_ISM,
    ),
    Kind(
        "high-after-reply",
        _RADIO,
        "the ready line stays high after the reply",
        radios=_ISM,
    ),
    Kind(
        "leading-pads",
        _RADIO,
        "`bytes` bytes 0x15 ahead of the reply",
        parameters=(count("bytes", "a number of bytes", 2),),
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "pads-without-data",
        _RADIO,
        "the reply is padding and OK, its data is lost",
        parameters=(count("bytes", "a number of bytes", 2),),
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "truncated",
        _RADIO,
        "the reply ends after `bytes` bytes",
        parameters=(count("bytes", "a number of bytes", 5),),
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "oversized",
        _RADIO,
        "the reply is filled up to `bytes` bytes",
        parameters=(count("bytes", "a number of bytes", 1_500),),
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "garbled",
        _RADIO,
        "`bytes` bytes in the middle of the reply are wrong",
        parameters=(count("bytes", "a number of bytes", 1),),
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "word-lost",
        _RADIO,
        "a word of 16 bits in the middle of the reply is lost",
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "word-extra",
        _RADIO,
        "a word of 16 bits in the middle of the reply comes twice",
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "reset",
        _RADIO,
        "the module starts anew by itself: connections and settings that it does not save are "
        "lost, the command is not answered, the prompt comes",
        radios=_ISM,
    ),
    Kind(
        "short-closed-form",
        _RADIO,
        "the 8-byte form of a dead connection, which ST's driver takes for an I/O error",
        radios=_ISM,
        lasting=_AGAIN,
    ),
    Kind(
        "connection-dropped",
        _RADIO,
        "the connection of `socket` is gone before the command is executed",
        parameters=(count("socket", "a socket's number"),),
        radios=_ISM,
    ),
    Kind(
        "stale-dns",
        _RADIO,
        "an unknown name gets the address of the last known one",
        radios=_ISM,
        waits=True,
        lasting=_AGAIN,
    ),
    Kind(
        "accept-silent",
        _RADIO,
        "a connection to a server isn't announced",
        radios=_ISM,
        waits=True,
        lasting=_AGAIN,
    ),
    # The CC3220SF's network processor
    Kind(
        "abort",
        _RADIO,
        "the fatal-error event with `code`, and silence until the next power-on",
        parameters=(count("code", "the code of the event", 0x11),),
        radios=_NWP,
    ),
    Kind(
        "unanswered",
        _RADIO,
        "the command is not executed and not answered",
        radios=_NWP,
        lasting=_AGAIN,
    ),
    Kind(
        "lost-interrupt",
        _RADIO,
        "a message to the host waits without an interrupt",
        radios=_NWP,
        waits=True,
        lasting=_AGAIN,
    ),
    Kind(
        "lost-message",
        _RADIO,
        "a message to the host is not sent",
        radios=_NWP,
        waits=True,
        lasting=_AGAIN,
    ),
    Kind(
        "malformed-reply",
        _RADIO,
        "a message to the host comes without its synchronisation word",
        radios=_NWP,
        waits=True,
        lasting=_AGAIN,
    ),
    Kind(
        "pool-exhausted",
        _RADIO,
        "from this send on, no transmit buffer becomes free",
        radios=_NWP,
        waits=True,
        lasting="buffers become free (after 5 s by default)",
        duration=5 * SECOND,
    ),
    Kind(
        "tx-failure",
        _RADIO,
        "the data of a send is lost, and the host is notified",
        radios=_NWP,
        waits=True,
        lasting=_AGAIN,
    ),
    Kind(
        "boot-fails",
        _RADIO,
        "InitComplete has the status `code` (8: the file system is corrupted)",
        parameters=(count("code", "a status", 8),),
        radios=_NWP,
        waits=True,
    ),
    Kind(
        "write-fails",
        _RADIO,
        "the serial flash doesn't take what is written to a file",
        radios=_NWP,
        waits=True,
        lasting=_AGAIN,
    ),
)
