"""The network applications silo: names, ping, and the settings of the built-in servers.

SimpleLink SDK, source/netapp.c.
"""

from __future__ import annotations

from functools import partial
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.base.handlers import Handler, HasHandlers
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.http import HttpService
from renode_wifi.peripherals.simplelink.http_server import settings
from renode_wifi.peripherals.simplelink.http_server.settings import HttpSettings
from renode_wifi.peripherals.simplelink.mdns import Mdns
from renode_wifi.peripherals.simplelink.messages.basic import (
    OK,
    BasicResponse,
    Empty,
    GetSetting,
    SetSetting,
    Setting,
)
from renode_wifi.peripherals.simplelink.messages.device import Word
from renode_wifi.peripherals.simplelink.messages.layout import WireError, string
from renode_wifi.peripherals.simplelink.messages.netapp import (
    DhcpServerOptions,
    DnsClientTime,
    GetHostByName,
    HostByName,
    HostByNameV6,
    StartStop,
)
from renode_wifi.peripherals.simplelink.messages.netapp_mdns import AdvertiseTimes
from renode_wifi.peripherals.simplelink.messages.netcfg import ANY
from renode_wifi.peripherals.simplelink.netcfg import NetCfg
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.ping import Ping
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction

IPV4, IPV6 = 2, 3
HTTP_SERVER, DHCP_SERVER, MDNS, DNS_SERVER = 0x01, 0x02, 0x04, 0x08
DEVICE, DNS_CLIENT, STATUS = 0x10, 0x20, 0x40
APPLICATIONS = HTTP_SERVER | DHCP_SERVER | MDNS | DNS_SERVER
STARTED = HTTP_SERVER | DHCP_SERVER | MDNS
"""Until the host starts and stops some."""
CONTINUOUS_QUERY, SERVICE_MASK, ADVERTISE_TIMES = 1, 2, 3
"""Options of mDNS."""
CLIENT_TIME, CLEAR_CACHE, CACHE = range(3)
"""Options of the DNS client. There is no cache to clear, nor to enable."""
MAX_RESPONSE_TIME, FIRST_RESPONSE_TIME, MAX_RETRIES = 2_000, 100, 100
"""ms, ms, and questions (netapp.h, sl_NetAppSet)."""
MAX_URN, MAX_DOMAIN = 32, 24
"""SL_NETAPP_MAX_DEVICE_URN_LEN and SL_NETAPP_MAX_DOMAIN_NAME_LEN, less their zero bytes."""
MAX_NAME = 255
MAX_VALUE = 255
MAX_LENGTHS = {
    **{(HTTP_SERVER, option): size for option, size in settings.MAX_LENGTHS.items()},
    (DNS_SERVER, 0): MAX_DOMAIN + 1,
    (DEVICE, 0): MAX_URN + 1,
    (DEVICE, 1): MAX_DOMAIN + 1,
    (DEVICE, 2): MAX_URN + 1,
}

DEFAULTS = {
    **{(HTTP_SERVER, option): value for option, value in settings.DEFAULTS.items()},
    (DHCP_SERVER, 0): DhcpServerOptions(
        86_400, IPv4Address("10.123.45.2"), IPv4Address("10.123.45.254")
    ).emit(),
    (DNS_SERVER, 0): b"mysimplelink.net",
    (DEVICE, 0): b"mysimplelink",
    (DEVICE, 1): b"mysimplelink.net",
    (DNS_CLIENT, CLIENT_TIME): DnsClientTime(MAX_RESPONSE_TIME, 30).emit(),
    (DNS_CLIENT, CACHE): b"\0",
}
"""What the options have after programming (netapp.h)."""
ALWAYS_KEPT = ((DEVICE, 1), (DHCP_SERVER, 0))
"""SL_NETAPP_DEVICE_DOMAIN and SL_NETAPP_DHCP_SRV_BASIC_OPT."""
OPTIONS = {
    HTTP_SERVER: range(15),
    DHCP_SERVER: range(1),
    MDNS: range(CONTINUOUS_QUERY, ADVERTISE_TIMES + 1),
    DNS_SERVER: range(1),
    DEVICE: range(3),
    DNS_CLIENT: (CLIENT_TIME, CLEAR_CACHE, CACHE),
}


class NetApp(Silo):
    """Settings and started servers survive power cycles."""

    def __init__(self, services: Services, http: HttpService, netcfg: NetCfg) -> None:
        self.services = services
        self.http = http
        self.netcfg = netcfg
        self.mdns = Mdns(services)
        self.values: dict[tuple[int, int], bytes] = dict(DEFAULTS)
        self.active = STARTED
        self._asked = 0
        """Counts questions of names."""
        self._open: dict[int, Event] = {}
        """Ends of the time for their answers."""
        self.ping = Ping(services)

    @property
    def parts(self) -> tuple[HasHandlers, ...]:
        return (self, self.ping, self.http, self.http.requests, self.mdns)

    def started(self) -> None:
        self._configure()

    def stopped(self) -> None:
        self.ping.stop()
        self._open.clear()
        self.http.stopped()
        self.mdns.stopped()

    def volatile(self) -> tuple[tuple[object, str], ...]:
        return (self, "values_by_system"), (self, "active")

    @property
    def values_by_system(self) -> dict[tuple[int, int], bytes]:
        """What SL_DEVICE_GENERAL_PERSISTENT is for (netapp.h, sl_NetAppSet)."""
        return {key: value for key, value in self.values.items() if key not in ALWAYS_KEPT}

    @values_by_system.setter
    def values_by_system(self, values: dict[tuple[int, int], bytes]) -> None:
        kept = {key: value for key, value in self.values.items() if key in ALWAYS_KEPT}
        self.values = {**values, **kept}

    def restore(self) -> None:
        self.values = dict(DEFAULTS)
        self.active = STARTED
        self.mdns.restore()
        self._configure()

    @property
    def host_name(self) -> str:
        """The device's name; with the end of its address, where nobody has given it one."""
        name = string(self.values[DEVICE, 0])
        if name == DEFAULTS[DEVICE, 0]:
            name += b"-" + self.netcfg.mac[3:].hex().upper().encode()
        return name.decode("latin-1")

    def _configure(self) -> None:
        """The HTTP server and mDNS as their settings say."""
        self.http.enabled = bool(self.active & HTTP_SERVER)
        options = {
            option: value for (app, option), value in self.values.items() if app == HTTP_SERVER
        }
        self.http.settings = HttpSettings.of(options)
        self.http.refresh()
        port = self.http.settings.port if self.http.enabled else None
        self.mdns.configure(bool(self.active & MDNS), self.host_name, port)

    def accept(self, transaction: Transaction, message: Empty) -> BasicResponse:
        """Nothing to do: addresses of neighbours are not looked up."""
        return OK

    # Names

    def look_up(self, transaction: Transaction, message: GetHostByName) -> BasicResponse | None:
        if not 0 < len(message.name) <= MAX_NAME:
            return BasicResponse(Error.DNS_PARAMETERS)
        transaction.status(0)
        host, network = self.services.host, self.services.network
        name = message.name.decode("latin-1")
        if message.family == IPV6:
            host.event(Opcode.DNS_ASYNC_V6, HostByNameV6(Error.DNS_NO_IPV6))
            return None
        try:
            self._resolved(name, IPv4Address(name))
            return None
        except AddressValueError:
            pass
        station = network.joined
        if station is None:
            self._answer(name, Error.DNS_NO_SERVER)
        else:
            self._asked += 1
            answered = partial(self._answered, self._asked, name)
            self._open[self._asked] = host.after(
                self.name_server_timeout, partial(answered, Failure.TIMED_OUT)
            )
            station.resolve(name, host.while_powered(answered))
        return None

    def _answered(self, number: int, name: str, outcome: IPv4Address | Failure) -> None:
        """Of an answer and the end of the time for it, the first counts."""
        deadline = self._open.pop(number, None)
        if deadline is not None:
            deadline.cancel()
            self._resolved(name, outcome)

    def _resolved(self, name: str, outcome: IPv4Address | Failure) -> None:
        if isinstance(outcome, IPv4Address):
            self._answer(name, 0, outcome)
        elif outcome is Failure.TIMED_OUT:
            self._answer(name, Error.DNS_NO_RESPONSE)
        else:
            self._answer(name, Error.DNS_FAILED)

    def _answer(self, name: str, status: int, address: IPv4Address | None = None) -> None:
        self.services.surroundings.trace(
            "name", name=name, status=status, address=str(address or "")
        )
        self.services.host.event(Opcode.DNS_ASYNC, HostByName(status, address or ANY))

    def look_up_address(self, transaction: Transaction, message: Empty) -> BasicResponse:
        return BasicResponse(Error.DNS_FAILED)

    # Servers

    def start(self, transaction: Transaction, message: StartStop) -> BasicResponse:
        self.active |= message.applications & APPLICATIONS
        self._configure()
        return OK

    def stop(self, transaction: Transaction, message: StartStop) -> BasicResponse:
        self.active &= ~message.applications
        self._configure()
        return OK

    def set(self, transaction: Transaction, message: SetSetting) -> BasicResponse:
        application, option = message.identity, message.option
        if option not in OPTIONS.get(application, ()) or len(message.value) > MAX_VALUE:
            return BasicResponse(Error.INVALID)
        if application == DNS_CLIENT:
            return BasicResponse(self._set_dns_client(option, message.value))
        if application == MDNS:
            status = self._set_mdns(option, message.value)
            if status:
                return BasicResponse(status)
        if len(message.value) > MAX_LENGTHS.get((application, option), MAX_VALUE):
            return BasicResponse(Error.INVALID)
        if application == DHCP_SERVER and option == 0 and not self._is_pool(message.value):
            return BasicResponse(Error.INVALID)
        self.store(application, option, message.value)
        return OK

    def _set_dns_client(self, option: int, value: bytes) -> int:
        if option == CLIENT_TIME:
            try:
                time = DnsClientTime.parse(value)
            except WireError:
                return Error.INVALID
            if not 0 < time.timeout <= MAX_RESPONSE_TIME or not 0 < time.retries <= MAX_RETRIES:
                return Error.INVALID
            self.store(DNS_CLIENT, CLIENT_TIME, value)
        elif option == CACHE and any(value):
            return Error.INVALID
        return 0

    @property
    def name_server_timeout(self) -> int:
        """How long an answer of the name server is waited for (ns).

        The first question waits 100 ms, each other one twice as long, up to what the host allows.
        """
        time = DnsClientTime.parse(self.values[DNS_CLIENT, CLIENT_TIME])
        waits = (
            min(FIRST_RESPONSE_TIME << number, time.timeout) if number < 8 else time.timeout
            for number in range(time.retries)
        )
        return sum(waits) * MILLISECOND

    def _is_pool(self, value: bytes) -> bool:
        if len(value) < DhcpServerOptions.LAYOUT.size:
            return False
        pool = DhcpServerOptions.parse(value)
        return pool.first <= pool.last

    def addresses(self) -> tuple[IPv4Address, IPv4Address] | None:
        """First and last address that the access point gives away; None: its server is stopped.

        Where the host has moved the access point, and not the pool, it is all of the subnet.
        """
        if not self.active & DHCP_SERVER:
            return None
        own = self.netcfg.access_point
        subnet = IPv4Network(f"{own.address}/{own.netmask}", strict=False)
        pool = self.pool
        if pool.first in subnet and pool.last in subnet:
            return pool.first, pool.last
        return subnet[1], subnet[-2]

    @property
    def pool(self) -> DhcpServerOptions:
        """Of the access point's DHCP server, as set."""
        return DhcpServerOptions.parse(self.values[DHCP_SERVER, 0])

    def lease_time(self) -> int:
        """Seconds that the access point's addresses are for."""
        return self.pool.lease_time

    def store(self, application: int, option: int, value: bytes) -> None:
        self.values[application, option] = value
        if application in (HTTP_SERVER, DEVICE):
            self._configure()

    def _set_mdns(self, option: int, value: bytes) -> int:
        if option == CONTINUOUS_QUERY:
            return self.mdns.query_always(string(value).decode("utf-8", "replace"))
        try:
            if option == SERVICE_MASK:
                self.mdns.mask = Word.parse(value).value
            elif option == ADVERTISE_TIMES:
                self.mdns.times = AdvertiseTimes.parse(value)
            else:
                return Error.INVALID
        except WireError:
            return Error.INVALID
        return 0

    def get(self, transaction: Transaction, message: GetSetting) -> Setting:
        application, option = message.identity, message.option
        value = self.values.get((application, option))
        if application == STATUS and option == 0:
            value = Word(self.active).emit()
        if value is None:
            return Setting(Error.INVALID, application, option)
        return Setting(0, application, option, value).cut(message.length)

    HANDLERS = (
        Handler(Opcode.DNS_BY_NAME, GetHostByName, look_up),
        Handler(Opcode.DNS_BY_ADDRESS, Empty, look_up_address),
        Handler(Opcode.ARP_FLUSH, Empty, accept),
        Handler(Opcode.NETAPP_START, StartStop, start),
        Handler(Opcode.NETAPP_STOP, StartStop, stop),
        Handler(Opcode.NETAPP_SET, SetSetting, set),
        Handler(Opcode.NETAPP_GET, GetSetting, get),
    )
