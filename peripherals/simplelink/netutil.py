"""The utility silo: random numbers, and a plain no to what needs the crypto engine's keys.

SimpleLink SDK, source/netutil.c.
"""

from __future__ import annotations

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.simplelink.messages.basic import BasicResponse, Empty
from renode_wifi.peripherals.simplelink.messages.netutil import UtilGet, UtilValue
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction

TRUE_RANDOM = 3
MAX_RANDOM = 172
"""Bytes that one command gives (netutil.h)."""


class NetUtil(Silo):
    """Of the options, only the random numbers."""

    def __init__(self, services: Services) -> None:
        self._random = services.surroundings.random("random")

    def get(self, transaction: Transaction, message: UtilGet) -> UtilValue:
        if message.option != TRUE_RANDOM or message.length > MAX_RANDOM:
            return UtilValue(message.object_id, Error.INVALID, message.option)
        value = self._random.randbytes(message.length)
        return UtilValue(message.object_id, 0, message.option, value)

    def set(self, transaction: Transaction, message: UtilGet) -> UtilValue:
        return UtilValue(message.object_id, Error.INVALID, message.option)

    def command(self, transaction: Transaction, message: Empty) -> BasicResponse:
        return BasicResponse(Error.INVALID)

    HANDLERS = (
        Handler(Opcode.NETUTIL_GET, UtilGet, get),
        Handler(Opcode.NETUTIL_SET, UtilGet, set),
        Handler(Opcode.NETUTIL_COMMAND, Empty, command),
    )
