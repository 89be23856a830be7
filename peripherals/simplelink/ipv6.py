"""IPv6 addresses of the station (netcfg.h, SL_NETCFG_IPV6_ADDR_...).

The networks of the world have no router that speaks IPv6: a link-local address is made and given up
with the link, a global one is there only if the host gives it, and there are no sockets of IPv6.
"""

from __future__ import annotations

from functools import partial

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.netcfg import (
    NO_WORDS,
    Ipv6Acquired,
    Ipv6Config,
    Ipv6Lost,
    Words4,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services

LOCAL, GLOBAL = 9, 10
"""Settings of an address each."""
ENABLE_LOCAL, ENABLE_GLOBAL = 0x4, 0x8
"""Bits of SL_NETCFG_IF_STATE."""
STATIC, STATELESS, STATEFUL = 4, 5, 6
MODE_BITS = {
    LOCAL: {STATIC: 0x80, STATELESS: 0x100, STATEFUL: 0x200},
    GLOBAL: {STATIC: 0x400, STATEFUL: 0x800, STATELESS: 0x4000},
}
"""What SL_NETCFG_IF_STATE reports of the modes."""
DUPLICATE_DETECTION = 1 * SECOND
"""RFC 4862 section 5.1: one solicitation, and the time for an answer to it."""
LINK_LOCAL = 0xFE80_0000


class Ipv6:
    """Settings outlive power; they count from the next start on."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.addresses: dict[int, Words4] = {}
        """Those in use, by their settings."""
        self._running = 0
        self._link = 0
        """Counts links: what was begun on an earlier one is void."""
        self.restore()

    def restore(self) -> None:
        self.enabled = 0
        self.modes = {LOCAL: STATELESS, GLOBAL: STATELESS}
        self.given: dict[int, Ipv6Config] = {}

    def started(self) -> None:
        self._running = self.enabled
        self.addresses.clear()

    # The link

    def on_linked(self, mac: bytes) -> None:
        """The station is associated."""
        self._link += 1
        for setting, bit in ((LOCAL, ENABLE_LOCAL), (GLOBAL, ENABLE_GLOBAL)):
            address = self._wanted(setting, mac)
            if self._running & bit and address is not None:
                acquired = partial(self._acquired, self._link, setting, address)
                self.services.host.after(DUPLICATE_DETECTION, acquired)

    def _wanted(self, setting: int, mac: bytes) -> Words4 | None:
        mode = self.modes[setting]
        if mode == STATIC and setting in self.given:
            return self.given[setting].address
        if mode == STATELESS and setting == LOCAL:
            # Modified EUI-64 (RFC 4291, appendix A).
            identifier = bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]
            high, low = (int.from_bytes(identifier[at : at + 4], "big") for at in (0, 4))
            return LINK_LOCAL, 0, high, low
        return None

    def _acquired(self, begun: int, setting: int, address: Words4) -> None:
        if begun != self._link:
            return
        self.addresses[setting] = address
        given = self.given.get(setting)
        dns = NO_WORDS if given is None else given.dns
        self.services.host.event(Opcode.IPV6_ACQUIRED, Ipv6Acquired(address, dns))

    def on_unlinked(self) -> None:
        self._link += 1
        for address in self.addresses.values():
            self.services.host.event(Opcode.IPV6_LOST, Ipv6Lost(address))
        self.addresses.clear()

    # Settings

    @property
    def state(self) -> int:
        """Bits of SL_NETCFG_IF_STATE."""
        return self.enabled | sum(MODE_BITS[each][mode] for each, mode in self.modes.items())

    def enable(self, bits: int) -> int:
        """The status of setting SL_NETCFG_IF_STATE: there is no global address without a local."""
        if bits & ~(ENABLE_LOCAL | ENABLE_GLOBAL) or bits == ENABLE_GLOBAL:
            return Error.INVALID
        self.enabled = bits
        return 0

    def set(self, setting: int, mode: int, value: bytes) -> int:
        """The status of setting one of the addresses."""
        if mode not in MODE_BITS[setting]:
            return Error.INVALID
        if mode == STATIC:
            try:
                self.given[setting] = Ipv6Config.parse(value)
            except WireError:
                return Error.INVALID
        self.modes[setting] = mode
        return 0

    def get(self, setting: int) -> tuple[int, Ipv6Config]:
        """Mode, and the address as it is."""
        address = self.addresses.get(setting)
        given = self.given.get(setting)
        dns = NO_WORDS if given is None else given.dns
        if address is None:
            return self.modes[setting], Ipv6Config(NO_WORDS, dns, 0)
        return self.modes[setting], Ipv6Config(address, dns, 1)
