"""A radio in the world: scanning, joining, leaving, and the network while it has an address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.network.contract.datagrams import DatagramEvents
from renode_wifi.peripherals.network.contract.frames import FrameEvents
from renode_wifi.peripherals.network.contract.names import dotted
from renode_wifi.peripherals.network.contract.packets import ICMP, PacketFilter
from renode_wifi.peripherals.network.contract.station import (
    DHCP_GIVE_UP,
    AccessRules,
    Beacon,
    JoinFailure,
    Lease,
    Login,
    Renewal,
    Security,
    StationEvents,
)
from renode_wifi.peripherals.network.contract.stream import Failure, Stream, StreamEvents
from renode_wifi.peripherals.network.stack.air import AccessPoint, Air, Reach
from renode_wifi.peripherals.network.stack.host import Host, PortListener
from renode_wifi.peripherals.network.stack.internet import Internet
from renode_wifi.peripherals.network.stack.transceiver import AirTransceiver
from renode_wifi.peripherals.network.stack.udp import PortSocket
from renode_wifi.peripherals.network.worldfile.network import (
    AccessPointSettings,
    DhcpSettings,
    NetworkSettings,
)

DNS_GIVE_UP = 5 * SECOND
"""The usual time-out of resolvers (resolv.conf(5))."""
HANDSHAKE_GIVE_UP = 2 * SECOND
"""A four-way handshake with the wrong passphrase ends by time-out and retries."""

Joined = Callable[[Lease | JoinFailure], None]
Resolved = Callable[[IPv4Address | Failure], None]


class WirelessStation:
    """Implements `station.Station`."""

    def __init__(self, air: Air, internet: Internet, mac: bytes) -> None:
        self.air = air
        self.internet = internet
        self.mac = mac
        self.events: StationEvents | None = None
        self._access_point: AccessPoint | None = None
        self._lease: Lease | None = None
        self._host: Host | None = None
        self._joining: Event | None = None
        self._own: AccessPoint | None = None
        self._own_host: Host | None = None
        self._sleep = 0
        self._reach = Reach()
        self._filter: PacketFilter | None = None

    @property
    def beacon(self) -> Beacon | None:
        return None if self._lease is None or not self._access_point else self._access_point.beacon

    @property
    def lease(self) -> Lease | None:
        return self._lease

    @property
    def idle(self) -> bool:
        """Neither joined nor joining nor an access point, and nobody is notified of its events."""
        busy = (self.events, self._access_point, self._joining, self._own)
        return all(each is None for each in busy)

    # The air

    def scan(self) -> list[Beacon]:
        own = None if self._own is None else self._own.settings.bssid
        found = [
            beacon
            for beacon in self.air.scan()
            if beacon.bssid != own and beacon.channel <= self._reach.last_channel
        ]
        self.internet.trace("scan", mac=self.mac.hex(":"), count=len(found))
        return found

    def join(
        self,
        ssid: bytes,
        passphrase: bytes,
        security: Security | None,
        done: Joined,
        static: Lease | None = None,
        bssid: bytes | None = None,
        dhcp: bool = True,
        login: Login | None = None,
        renewal: Renewal = Renewal.NONE,
    ) -> None:
        self.leave()
        found = [each for each in self.air.find(ssid, bssid) if self._reach.has(each.settings)]
        self.internet.trace("join", mac=self.mac.hex(":"), ssid=ssid.decode("latin-1"))
        if not found:
            self._later(self.air.settings.search, self._fail, JoinFailure.NO_ACCESS_POINT, done)
            return
        failure = found[0].judge(passphrase, security, login)
        if found[0].refuses(self.mac, self.air.clients_of(found[0])):
            failure = JoinFailure.REFUSED
        if failure is not None:
            wait = HANDSHAKE_GIVE_UP if failure is JoinFailure.WRONG_PASSPHRASE else 0
            self._later(self.air.settings.association + wait, self._fail, failure, done)
            return
        self._joining = self.internet.clock.schedule(
            self.air.settings.association,
            partial(self._associated, found[0], done, static, dhcp, renewal),
        )

    def _later(
        self,
        delay: int,
        handler: Callable[[JoinFailure, Joined], None],
        failure: JoinFailure,
        done: Joined,
    ) -> None:
        self._joining = self.internet.clock.schedule(delay, partial(handler, failure, done))

    def _fail(self, failure: JoinFailure, done: Joined) -> None:
        self._joining = None
        self._access_point = None
        self.internet.trace("join-failed", mac=self.mac.hex(":"), failure=failure.name)
        done(failure)

    def _associated(
        self,
        access_point: AccessPoint,
        done: Joined,
        static: Lease | None,
        dhcp: bool,
        renewal: Renewal = Renewal.NONE,
    ) -> None:
        self._joining = None
        if not access_point.up:
            self._fail(JoinFailure.NO_ACCESS_POINT, done)
            return
        self._access_point = access_point
        self.internet.trace("associated", mac=self.mac.hex(":"))
        if static is not None:
            self._addressed(static, done)
        elif dhcp and access_point.dhcp.answering:
            latency = access_point.dhcp.latency
            if renewal is not Renewal.NONE and access_point.dhcp.knows(self.mac):
                latency = latency // 2 if renewal is Renewal.WAIT else 0
            self._joining = self.internet.clock.schedule(
                latency, partial(self._ask_dhcp, access_point, done)
            )
        else:
            self._later(DHCP_GIVE_UP if dhcp else 0, self._fail, JoinFailure.NO_ADDRESS, done)

    def _ask_dhcp(self, access_point: AccessPoint, done: Joined) -> None:
        self._joining = None
        lease = None
        if access_point.up:
            lease = access_point.dhcp.lease(self.mac, self.internet.hosts)
        if lease is None:
            self._later(DHCP_GIVE_UP, self._fail, JoinFailure.NO_ADDRESS, done)
            return
        self.internet.trace("dhcp", mac=self.mac.hex(":"), address=str(lease.address))
        self._addressed(lease, done)

    def _addressed(self, lease: Lease, done: Joined) -> None:
        self._lease = lease
        internet = self.internet
        self._host = Host(internet, lease.address)
        self._host.sleep = self._sleep
        self._host.filter = self._filter
        internet.hosts.setdefault(lease.address, self._host)
        assert self._access_point is not None
        internet.trace(
            "joined",
            mac=self.mac.hex(":"),
            ssid=self._access_point.settings.ssid.decode("latin-1"),
            address=str(lease.address),
        )
        owner = self._owner_events()
        if owner is not None:
            owner.on_station_joined(self.mac, lease)
        done(lease)

    def _owner_events(self) -> StationEvents | None:
        """Of the station that runs this one's access point, if one does."""
        owner = self._access_point.owner if self._access_point is not None else None
        return owner.events if owner is not None else None

    def leave(self) -> None:
        if self._joining is not None:
            self._joining.cancel()
            self._joining = None
        if self._lease is not None:
            self.internet.trace("left", mac=self.mac.hex(":"))
        self._detach()

    def _detach(self) -> None:
        owner, lease = self._owner_events(), self._lease
        self._access_point = None
        self._lease = None
        if owner is not None and lease is not None:
            owner.on_station_left(self.mac, lease)
        host, self._host = self._host, None
        if host is not None:
            host.vanish()
            if self.internet.hosts.get(host.address) is host:
                del self.internet.hosts[host.address]

    def deauthenticate(self, reason: str) -> None:
        """The access point has gone, or doesn't want this station any more."""
        if self._access_point is None:
            return
        joined = self._lease is not None
        if joined:
            self.internet.trace("link-lost", mac=self.mac.hex(":"), reason=reason)
        if joined:
            self._detach()
            if self.events is not None:
                self.events.on_link_lost(reason)

    def is_at(self, access_point: AccessPoint) -> bool:
        return self._access_point is access_point

    def release(self) -> None:
        if self._access_point is not None:
            self._access_point.dhcp.release(self.mac)

    def filter_packets(self, packets: PacketFilter | None) -> None:
        self._filter = packets
        for host in (self._host, self._own_host):
            if host is not None:
                host.filter = packets

    def tune(self, last_channel: int, attenuation: int) -> None:
        self._reach = Reach(last_channel, attenuation)

    def sleep(self, interval: int) -> None:
        self._sleep = interval
        if self._host is not None:
            self._host.sleep = interval

    def _received(self, delay: int) -> int:
        """In how many ns the station has what reaches its access point in `delay` ns."""
        now = self.internet.clock.now
        return delay if self._host is None else self._host.awake(now + delay) - now

    # Names and ping

    def resolve(self, name: str, done: Resolved) -> None:
        internet = self.internet
        if self._lease is None:
            self._answer_later(0, name, Failure.NOT_JOINED, done)
            return
        address = dotted(name)
        if address is not None:
            self._answer_later(0, name, address, done)
            return
        names = internet.names
        delay = names.settings.latency + names.delay + 2 * internet.link.reliable_delay()
        if not names.answering or names.delay > DNS_GIVE_UP:
            self._answer_later(DNS_GIVE_UP, name, Failure.TIMED_OUT, done)
            return
        found = names.find(name)
        if internet.bridge is not None and internet.asks_host(name):
            internet.bridge.resolve(name, partial(self._answer, name, done))
            return
        answer = found[0] if found else Failure.UNREACHABLE
        self._answer_later(self._received(delay), name, answer, done)

    def _answer_later(
        self, delay: int, name: str, answer: IPv4Address | Failure, done: Resolved
    ) -> None:
        self.internet.clock.schedule(delay, partial(self._answer, name, done, answer))

    def _answer(self, name: str, done: Resolved, answer: IPv4Address | Failure) -> None:
        """Give the outcome of a lookup, unless the station left meanwhile."""
        if self._lease is None:
            answer = Failure.NOT_JOINED
        self.internet.trace(
            "dns",
            name=name,
            answer=answer.name if isinstance(answer, Failure) else str(answer),
        )
        done(answer)

    def ping(self, address: IPv4Address, timeout: int, done: Callable[[int | None], None]) -> None:
        internet = self.internet
        answers = self._lease is not None and address in internet.hosts
        round_trip = self._received(2 * internet.link.delay())
        if not answers or internet.link.lost() or internet.link.lost() or round_trip > timeout:
            self.internet.clock.schedule(timeout, partial(self._ping_done, address, None, done))
        else:
            self.internet.clock.schedule(
                round_trip, partial(self._ping_answered, address, round_trip, timeout, done)
            )

    def _ping_answered(
        self, address: IPv4Address, time: int, timeout: int, done: Callable[[int | None], None]
    ) -> None:
        host = self._host
        if host is None or host.takes(ICMP, (address, 0), (host.address, 0)):
            self._ping_done(address, time, done)
        else:
            missing = partial(self._ping_done, address, None, done)
            self.internet.clock.schedule(timeout - time, missing)

    def _ping_done(
        self, address: IPv4Address, time: int | None, done: Callable[[int | None], None]
    ) -> None:
        self.internet.trace("ping", destination=str(address), round_trip=time)
        done(time)

    # Transport

    def connect(
        self, remote: tuple[IPv4Address, int], events: StreamEvents, local_port: int = 0
    ) -> Stream:
        host = self._host or self._own_host
        if host is None:
            internet = self.internet
            return internet.refuse(
                Host(internet, IPv4Address(0)), remote, events, Failure.NOT_JOINED
            )
        return host.connect(remote, events, local_port)

    def listen(
        self, port: int, accepted: Callable[[Stream], None], backlog: int = 1
    ) -> PortListener | Failure:
        host = self._host or self._own_host
        return Failure.NOT_JOINED if host is None else host.listen(port, accepted)

    def datagrams(self, port: int, events: DatagramEvents) -> PortSocket | Failure:
        host = self._host or self._own_host
        return Failure.NOT_JOINED if host is None else host.datagrams(port, events)

    def transceiver(self, channel: int, events: FrameEvents) -> AirTransceiver:
        return AirTransceiver(self.air, self.internet, self.mac, channel, events)

    # As an access point

    def start_access_point(
        self,
        beacon: Beacon,
        passphrase: bytes,
        address: Lease,
        rules: AccessRules | None = None,
    ) -> None:
        self.stop_access_point()
        subnet = IPv4Network(f"{address.address}/{address.netmask}", strict=False)
        pool = (subnet[1], subnet[-2]) if rules is None else rules.pool
        lease = address.duration if rules is None else rules.lease
        settings = AccessPointSettings(
            beacon.ssid,
            beacon.bssid,
            beacon.channel,
            beacon.security,
            passphrase,
            beacon.rssi,
            beacon.hidden,
            NetworkSettings(
                subnet,
                address.address,
                address.address,
                dhcp=None if pool is None else DhcpSettings(*pool, lease),
            ),
        )
        self._own = AccessPoint(settings, self.air.authority, self, rules)
        self.air.add(self._own)
        internet = self.internet
        self._own_host = internet.hosts[address.address] = Host(internet, address.address)
        self._own_host.filter = self._filter
        internet.trace("access-point", ssid=beacon.ssid.decode("latin-1"), up=True)

    def expel(self, mac: bytes) -> bool:
        for client in self.air.clients:
            if client.mac == mac and self._own is not None and client.is_at(self._own):
                client.deauthenticate("the access point has expelled the station")
                return True
        return False

    def stop_access_point(self) -> None:
        own, self._own = self._own, None
        host, self._own_host = self._own_host, None
        if own is None or host is None:
            return
        own.up = False
        self.air.remove(own)
        self.air.deauthenticate(own, "the access point was switched off")
        host.vanish()
        if self.internet.hosts.get(host.address) is host:
            del self.internet.hosts[host.address]
        self.internet.trace("access-point", ssid=own.settings.ssid.decode("latin-1"), up=False)
