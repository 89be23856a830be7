"""The egress guard: the one place that decides what of the host's network the guest may reach.

It is asked for every connection, every datagram and every answer of the host's resolver, and always
about an address, never about a name: a name that leads elsewhere since it was looked up opens
nothing. ICMP never leaves the world.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network

from renode_wifi.peripherals.network.contract.names import normalise
from renode_wifi.peripherals.network.stack.outside import Target
from renode_wifi.peripherals.network.stack.tcp import Address
from renode_wifi.peripherals.network.worldfile.bridge import EgressRule, ForwardSettings

NEVER = tuple(
    IPv4Network(network) for network in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")
)
"""This host, loopback, multicast, reserved and broadcast (RFC 6890): only a forward leads there."""
NAMED_ONLY = tuple(
    IPv4Network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
    )
)
"""Private, shared, link-local, benchmarking and documentation networks (RFC 6890). A rule opens
them that names a part of one; a wider rule or a name doesn't."""
MAX_ADDRESSES = 4_096
"""Addresses whose names are remembered; the one looked up longest ago is forgotten."""


class LearnedNames:
    """The names of addresses, as the host's resolver said in this process.

    A snapshot refers to them and does not bring any: it could open an address by a name.
    """

    NOT_SAVED = True

    def __init__(self) -> None:
        self._of: OrderedDict[IPv4Address, set[str]] = OrderedDict()

    def add(self, address: IPv4Address, name: str) -> None:
        self._of.setdefault(address, set()).add(name)
        self._of.move_to_end(address)
        while len(self._of) > MAX_ADDRESSES:
            self._of.popitem(last=False)

    def of(self, address: IPv4Address) -> Iterable[str]:
        return self._of.get(address, ())


class EgressGuard:
    """forwards and egress of a world file. is_own: whether an address is one of the host's own."""

    NOT_SAVED = True

    def __init__(
        self,
        forwards: Iterable[ForwardSettings],
        egress: Iterable[EgressRule],
        is_own: Callable[[IPv4Address], bool],
        names: LearnedNames | None = None,
    ) -> None:
        self._forwards = {
            (forward.address, forward.port, forward.udp): forward for forward in forwards
        }
        self._rules = tuple(egress)
        self._is_own = is_own
        self.names = LearnedNames() if names is None else names

    def forward(self, remote: Address, protocol: str) -> ForwardSettings | None:
        """The line of the world file that leads `remote` to a socket of the host."""
        return self._forwards.get((*remote, protocol == "udp"))

    def target(self, remote: Address, protocol: str) -> Target | None:
        """The host and port behind `remote`; None where it must not be reached."""
        forward = self.forward(remote, protocol)
        if forward is not None:
            return forward.host, forward.host_port
        address, port = remote
        if any(self._opens(rule, address, port) for rule in self._rules) and not (
            self._is_own(address) and not self._names_exactly(address)
        ):
            return str(address), port
        return None

    def note_answer(self, name: str, addresses: Iterable[IPv4Address]) -> list[IPv4Address]:
        """What the host's resolver says of a name: the addresses that the guest may know.

        An answer that no rule could ever open (a private address, the host itself) is left out:
        it would show the network that the host is in.
        """
        known = []
        for address in addresses:
            if _is_within(address, NEVER) or not self._may_be_known(address):
                continue
            self.names.add(address, normalise(name) or name)
            known.append(address)
        return known

    def may_connect_forward(self, forward: ForwardSettings, address: IPv4Address) -> bool:
        """Whether a forward to a name may lead to the address that the name has now.

        An address of its own or the name localhost is what the user wrote; another name must not
        lead to the host itself, nor to link-local or multicast addresses.
        """
        if forward.host == str(address) or normalise(forward.host) == "localhost":
            return True
        return not (_is_within(address, NEVER) or address.is_link_local or self._is_own(address))

    def refusal(self, remote: Address, protocol: str) -> tuple[str, str]:
        """Why `remote` leads nowhere, and what the user can add to the world file."""
        address, port = remote
        forward = f'forwards: [{{from: "{address}:{port}", to: "127.0.0.1:{port}"}}]'
        if _is_within(address, NEVER):
            return "such an address never leaves the world", f"to reach the host: {forward}"
        reason = "the world file does not allow it"
        if _is_within(address, NAMED_ONLY):
            reason = "the world file does not name this private address"
        elif self._is_own(address):
            reason = "it is an address of the host itself, which the world file does not name"
        return reason, f'to let it out, add to the world file: egress: ["{address}:{port}"]'

    def _opens(self, rule: EgressRule, address: IPv4Address, port: int) -> bool:
        if (rule.port is not None and rule.port != port) or _is_within(address, NEVER):
            return False
        closed = next((network for network in NAMED_ONLY if address in network), None)
        if rule.network is not None:
            return address in rule.network and (closed is None or rule.network.subnet_of(closed))
        names = self.names.of(address)
        return closed is None and any(_name_fits(rule.name or "", name) for name in names)

    def _names_exactly(self, address: IPv4Address) -> bool:
        return any(rule.network == IPv4Network(address) for rule in self._rules)

    def _may_be_known(self, address: IPv4Address) -> bool:
        if self._is_own(address):
            return self._names_exactly(address)
        closed = next((network for network in NAMED_ONLY if address in network), None)
        return closed is None or any(
            rule.network is not None and address in rule.network and rule.network.subnet_of(closed)
            for rule in self._rules
        )


def _is_within(address: IPv4Address, networks: Iterable[IPv4Network]) -> bool:
    return any(address in network for network in networks)


def _name_fits(pattern: str, name: str) -> bool:
    """Both normalised; `*.` stands for one or more labels."""
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern == name
