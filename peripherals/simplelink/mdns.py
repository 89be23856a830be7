"""The mDNS application: services of the host, discovery, and the cache of peers (SWRU455, mDNS)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address

from renode_wifi.peripherals.base.clock import MILLISECOND, SECOND, Event
from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.network.contract.datagrams import DatagramPort
from renode_wifi.peripherals.network.contract.dns_messages import (
    ANY,
    GROUP,
    PORT,
    AdvertisedService,
    DnsError,
    DnsMessage,
    Question,
    answer,
    is_service,
    services_in,
    type_of,
)
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.messages.basic import OK, BasicResponse
from renode_wifi.peripherals.simplelink.messages.netapp_mdns import (
    ADD,
    ENTRIES,
    MAX_TEXT,
    ONLY_IPV6,
    UNIQUE,
    UPDATE_TEXT,
    VOLATILE,
    AdvertiseTimes,
    GetHostByService,
    GetServiceList,
    HostByService,
    RegisterService,
    ServiceList,
    entry,
)
from renode_wifi.peripherals.simplelink.messages.netcfg import ANY as NO_ADDRESS
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Transaction

LOOKUP_ANSWERED_AS = 0x9C72
"""The driver waits for 0x1C72, not for what the command's number suggests (source/protocol.h)."""
MAX_SERVICES = 5
"""One more while the HTTP server, which has a service of its own, is stopped (section 10.2)."""
MAX_PEERS = 8
"""In the cache; the oldest makes room (section 10.5)."""
MAX_LIST = 1480
"""Bytes of a list of services (netapp.h, sl_NetAppGetServiceList)."""
QUERY_TIMES = (0, 1 * SECOND, 3 * SECOND)
"""Of a one-shot query (RFC 6762 section 5.2); it fails 1 s after the last."""
GIVE_UP = 4 * SECOND
MAX_QUERY_INTERVAL = 3600 * SECOND
PROBES, PROBE_INTERVAL = 3, 250 * MILLISECOND
"""Before a unique name is announced (RFC 6762 section 8.1)."""
DEFAULT_TIMES = AdvertiseTimes(100, 1, 2, 0, 0xFFFF_FFFF, 5)
"""Twice, a second apart (RFC 6762 section 8.3)."""
MAX_ANNOUNCEMENTS = 8
OWN_TEXT = "path=/;srcvers=1D90645"
"""Of the HTTP server's service; TI's smartphone applications look for it."""
TYPES = (
    *("ipp", "device-info", "http", "https", "workstation", "guid", "h323", "ntp", "objective"),
    *("rdp", "remote", "rtsp", "sip", "smb", "soap", "ssh", "telnet", "tftp", "xmpp-client"),
    "raop",
)
"""By the bits of the mask of services that are not cached (section 10.4.3)."""


class Mdns:
    """enabled: the application is started. host_name, http_port: of the device; port None: its HTTP
    server is stopped. Registered services survive power cycles, unless they are volatile."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.enabled = False
        self.host_name = ""
        self.http_port: int | None = None
        self.registered: dict[str, AdvertisedService] = {}
        self.volatile: set[str] = set()
        self.peers: list[AdvertisedService] = []
        self.continuous = ""
        self.mask = 0
        self.times = DEFAULT_TIMES
        self._socket: DatagramPort | None = None
        self._probing: dict[str, Event] = {}
        self._asked: tuple[Transaction, str] | None = None
        self._timers: list[Event] = []
        self._interval = 0
        services.network.watch(self.refresh)

    @property
    def address(self) -> IPv4Address:
        lease = self.services.network.lease
        return NO_ADDRESS if lease is None else lease.address

    @property
    def advertised(self) -> tuple[AdvertisedService, ...]:
        """What is announced: the HTTP server, and what the host has registered."""
        host, address = f"{self.host_name}.local", self.address
        own = []
        if self.http_port is not None:
            name = f"{self.host_name}._http._tcp.local"
            own = [AdvertisedService(name, host, address, self.http_port, OWN_TEXT)]
        return (
            *own,
            *(
                replace(service, host=host, address=address)
                for key, service in self.registered.items()
                if key not in self._probing
            ),
        )

    # With the network

    def configure(self, enabled: bool, host_name: str, http_port: int | None) -> None:
        self.enabled, self.host_name, self.http_port = enabled, host_name, http_port
        self.refresh()

    def refresh(self) -> None:
        """Be in the group while there is an address and the application is started."""
        station = self.services.network.joined if self.enabled else None
        if station is None:
            self._leave()
        elif self._socket is None:
            socket = station.datagrams(PORT, self)
            if isinstance(socket, Failure):
                return
            socket.groups = {GROUP}
            self._socket = socket
            self._announce()
            self._query_on()

    def stopped(self) -> None:
        for key in self.volatile:
            self.registered.pop(key, None)
        self.volatile.clear()
        self._asked = None
        self._leave()

    def restore(self) -> None:
        self.registered.clear()
        self.continuous, self.mask, self.times = "", 0, DEFAULT_TIMES

    def _leave(self) -> None:
        for event in (*self._timers, *self._probing.values()):
            event.cancel()
        self._timers.clear()
        self._probing.clear()
        self.peers.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._asked is not None:
            self._report(Error.MDNS_NO_ANSWER)

    def _send(self, message: DnsMessage, remote: tuple[IPv4Address, int] = (GROUP, PORT)) -> None:
        if self._socket is not None:
            self._socket.send_to(remote, message.emit())

    def _later(self, delay: int, callback: Callable[[], None]) -> None:
        now = self.services.surroundings.clock.now
        self._timers = [event for event in self._timers if event.time >= now]
        self._timers.append(self.services.host.after(delay, callback))

    # Announcing

    def _announce(self) -> None:
        """All services, at once and again by the timing parameters."""
        delay, step = 0, self.times.interval * 10 * MILLISECOND
        for number in range(min(1 + self.times.repetitions, MAX_ANNOUNCEMENTS)):
            if number == 0:
                self._say_all()
            else:
                delay += step
                step *= max(1, self.times.factor)
                self._later(delay, self._say_all)

    def _say_all(self) -> None:
        records = [record for service in self.advertised for record in service.records()]
        if records:
            self._send(DnsMessage(answers=tuple(dict.fromkeys(records)), response=True))

    def register(self, transaction: Transaction, message: RegisterService) -> BasicResponse:
        if not self.enabled:
            return BasicResponse(Error.MDNS_NOT_STARTED)
        if message.options & ONLY_IPV6:
            return BasicResponse(Error.MDNS_PARAMETERS)
        key = message.name.lower()
        if not message.options & ADD:
            return BasicResponse(self._unregister(key))
        if not is_service(message.name):
            return BasicResponse(Error.MDNS_SERVICE_NAME)
        if message.options & UPDATE_TEXT:
            known = self.registered.get(key)
            if known is None:
                return BasicResponse(Error.MDNS_SERVICE_NAME)
            self.registered[key] = replace(known, text=message.text)
            self._announce()
            return OK
        if key in self.registered:
            return BasicResponse(Error.MDNS_SERVICE_EXISTS)
        limit = MAX_SERVICES + (self.http_port is None)
        if len(self.registered) >= limit:
            return BasicResponse(Error.MDNS_MAX_SERVICES)
        self.registered[key] = AdvertisedService(
            message.name, "", NO_ADDRESS, message.port, message.text, message.ttl
        )
        if message.options & VOLATILE:
            self.volatile.add(key)
        if message.options & UNIQUE and self._socket is not None:
            self._probe(key, PROBES)
        else:
            self._announce()
        return OK

    def _unregister(self, key: str) -> int:
        """An empty name: all of them."""
        if key and key not in self.registered:
            return Error.MDNS_SERVICE_NAME
        for gone in [key] if key else list(self.registered):
            for service in self.advertised:
                if service.name.lower() == gone:
                    # The host's address stays valid.
                    records = service.records(ttl=0)[:-1]
                    self._send(DnsMessage(answers=records, response=True))
            self.registered.pop(gone)
            self.volatile.discard(gone)
            probe = self._probing.pop(gone, None)
            if probe is not None:
                probe.cancel()
        return 0

    def _probe(self, key: str, left: int) -> None:
        if left == 0:
            del self._probing[key]
            self._announce()
            return
        self._send(DnsMessage((Question(self.registered[key].name, ANY),)))
        self._probing[key] = self.services.host.after(
            PROBE_INTERVAL, partial(self._probe, key, left - 1)
        )

    def _conflict(self, key: str) -> None:
        self._probing.pop(key).cancel()
        name = self.registered.pop(key).name
        self.volatile.discard(key)
        surroundings = self.services.surroundings
        surroundings.log.warning(
            "%s: mDNS service %s is not announced: another host has it", surroundings.name, name
        )

    # Messages of others

    def on_datagram(self, sender: tuple[IPv4Address, int], data: bytes) -> None:
        try:
            message = DnsMessage.parse(data)
        except DnsError:
            return
        if message.response:
            self._learn(message)
            return
        records = answer(message, self.advertised)
        if not records:
            return
        # Askers from another port know nothing of multicast (RFC 6762 section 6.7).
        simple = sender[1] != PORT
        alone = simple or all(question.alone for question in message.questions)
        reply = DnsMessage(
            message.questions if simple else (),
            records,
            response=True,
            identity=message.identity if simple else 0,
        )
        self._send(reply, sender if alone else (GROUP, PORT))

    def _learn(self, message: DnsMessage) -> None:
        for service in services_in(message):
            key = service.name.lower()
            if key in self._probing:
                self._conflict(key)
            if self._is_masked(service):
                continue
            self.peers = [peer for peer in self.peers if peer.name.lower() != key]
            if service.ttl:
                self.peers = [*self.peers, service][-MAX_PEERS:]
                if self._asked is not None and _fits(service, self._asked[1]):
                    self._report(0, service)

    def _is_masked(self, service: AdvertisedService) -> bool:
        kind = service.type.partition(".")[0].lstrip("_")
        return kind in TYPES and bool(self.mask >> TYPES.index(kind) & 1)

    # Discovery

    def find(self, transaction: Transaction, message: GetHostByService) -> BasicResponse | None:
        """A one-shot query."""
        if not self.enabled:
            return BasicResponse(Error.MDNS_NOT_STARTED)
        if message.family != 2 or not type_of(message.name):
            return BasicResponse(Error.MDNS_PARAMETERS)
        if self._asked is not None:
            return BasicResponse(Error.MDNS_SAME_QUERY)
        transaction.status(0)
        self._asked = (transaction, message.name)
        for delay in QUERY_TIMES:
            self._later(delay, partial(self._ask, transaction, message.name))
        self._later(GIVE_UP, partial(self._ask, transaction, ""))
        return None

    def _ask(self, transaction: Transaction, name: str) -> None:
        """name: empty: give up."""
        if self._asked is None or self._asked[0] is not transaction:
            return
        if name:
            self._send(DnsMessage((Question(type_of(name)),)))
        else:
            self._report(Error.MDNS_NO_ANSWER)

    def _report(self, status: int, service: AdvertisedService | None = None) -> None:
        self._asked = None
        outcome = HostByService(status, NO_ADDRESS, 0, b"")
        if service is not None:
            text = service.text.encode()[:MAX_TEXT]
            outcome = HostByService(0, service.address, service.port, text)
        self.services.host.event(Opcode.MDNS_FOUND, outcome)

    def query_always(self, name: str) -> int:
        """A continuous query for services of `name`; empty: no longer."""
        if name and not type_of(name):
            return Error.MDNS_PARAMETERS
        self.continuous = name
        self._query_on()
        return 0

    def _query_on(self) -> None:
        self._interval = 1 * SECOND
        if self._socket is not None and self.continuous:
            self._ask_again(self.continuous, self._interval)

    def _ask_again(self, name: str, interval: int) -> None:
        if name != self.continuous or interval != self._interval:
            return
        known = tuple(peer.records()[0] for peer in self.peers if _fits(peer, name))
        self._send(DnsMessage((Question(type_of(name)),), known))
        self._interval = min(2 * interval, MAX_QUERY_INTERVAL)
        self._later(interval, partial(self._ask_again, name, self._interval))

    def list_peers(self, transaction: Transaction, message: GetServiceList) -> ServiceList | None:
        response = Transaction(transaction.host, LOOKUP_ANSWERED_AS)
        if not self.enabled:
            response.respond(ServiceList(Error.MDNS_NOT_STARTED))
        elif message.flags not in ENTRIES:
            response.respond(ServiceList(Error.MDNS_LIST_FLAG))
        elif message.count * ENTRIES[message.flags].size > MAX_LIST:
            response.respond(ServiceList(Error.MDNS_BUFFER_SIZE))
        else:
            peers = self.peers[message.index : message.index + message.count]
            entries = b"".join(entry(peer, message.flags) for peer in peers)
            response.respond(ServiceList(len(peers), entries))
        return None

    HANDLERS = (
        Handler(Opcode.MDNS_REGISTER, RegisterService, register),
        Handler(Opcode.MDNS_BY_SERVICE, GetHostByService, find),
        Handler(Opcode.MDNS_LOOKUP, GetServiceList, list_peers),
    )


def _fits(service: AdvertisedService, asked: str) -> bool:
    """Whether a service is of the name that was asked for, which may be its end alone."""
    name, wanted = service.name.lower(), asked.lower().rstrip(".")
    return name == wanted or name.endswith(f".{wanted}")
