"""Names to addresses: the `D0` command."""

from __future__ import annotations

from functools import partial
from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.base.clock import MILLISECOND
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.ism43362.access import NetworkAccess
from renode_wifi.peripherals.ism43362.faults import FaultKind, FaultPlan
from renode_wifi.peripherals.ism43362.messages.dns import HOST_NOT_FOUND, HostName
from renode_wifi.peripherals.ism43362.messages.reply import Error, Ok, Reply
from renode_wifi.peripherals.ism43362.profile import ModuleProfile
from renode_wifi.peripherals.ism43362.transaction import Transaction
from renode_wifi.peripherals.network.contract.stream import Failure


class Dns:
    """The resolver; always answers with one address, which is what drivers have room for."""

    def __init__(self, access: NetworkAccess, profile: ModuleProfile, faults: FaultPlan) -> None:
        self.access = access
        self.profile = profile
        self.faults = faults
        self.reset()

    def reset(self) -> None:
        self.last_name = ""
        self.last_address: IPv4Address | None = None

    def look_up(self, transaction: Transaction, message: HostName) -> Reply | None:
        name = message.value
        try:
            return self._found(name, IPv4Address(name))
        except AddressValueError:
            pass
        station = self.access.joined
        if station is None:
            return self._not_found()
        station.resolve(name, partial(self._resolved, transaction, name))
        return None

    def _resolved(
        self, transaction: Transaction, name: str, outcome: IPv4Address | Failure
    ) -> None:
        if transaction.current:
            transaction.extra_time += self.profile.dns_time_ms * MILLISECOND
            if isinstance(outcome, IPv4Address):
                transaction.finish(self._found(name, outcome))
            else:
                transaction.finish(self._not_found())

    def _found(self, name: str, address: IPv4Address) -> Reply:
        self.last_name, self.last_address = name, address
        return Ok(str(address).encode())

    def _not_found(self) -> Reply:
        if self.last_address is not None and self.faults.spoils(FaultKind.STALE_DNS, "D0"):
            return Ok(str(self.last_address).encode())
        return Error(data=HOST_NOT_FOUND)

    HANDLERS = (Handler("D0", HostName, look_up),)
