"""Names to addresses: the `D0` command."""

from __future__ import annotations

from functools import partial
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from renode_wifi.peripherals.ism43362.at import BadRequest
from renode_wifi.peripherals.ism43362.faults import FaultKind
from renode_wifi.peripherals.network.contract.stream import Failure

if TYPE_CHECKING:
    from renode_wifi.peripherals.ism43362.processor import Processor, Transaction

LONGEST_NAME = 255


class Dns:
    """The resolver; always answers with one address, which is what drivers have room for."""

    COMMANDS = {"D0": "look_up"}

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.last_name = ""
        self.last_address: IPv4Address | None = None

    def reset(self) -> None:
        self.last_name = ""
        self.last_address = None

    def look_up(self, transaction: Transaction) -> bytes | None:
        name = transaction.request.required()
        if not 0 < len(name) <= LONGEST_NAME or not name.isascii():
            raise BadRequest("D0=<name>")
        text = name.decode("ascii").strip()
        try:
            return self._found(text, IPv4Address(text))
        except AddressValueError:
            pass
        station = self.processor.station
        if station is None or station.lease is None:
            return self._not_found(text)
        station.resolve(text, partial(self._resolved, transaction, text))
        return None

    def _resolved(
        self, transaction: Transaction, name: str, outcome: IPv4Address | Failure
    ) -> None:
        if transaction.current:
            if isinstance(outcome, IPv4Address):
                transaction.finish(self._found(name, outcome))
            else:
                transaction.finish(self._not_found(name))

    def _found(self, name: str, address: IPv4Address) -> bytes:
        self.last_name, self.last_address = name, address
        return self.processor.ok(str(address).encode())

    def _not_found(self, name: str) -> bytes:
        processor = self.processor
        if self.last_address is not None and processor.faults.take(
            FaultKind.STALE_DNS, processor.machine.clock.now, "D0"
        ):
            return processor.ok(str(self.last_address).encode())
        return processor.error(data=b"Host not found ")
