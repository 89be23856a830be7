"""The network applications silo: names, ping, and the settings of the built-in servers."""

from __future__ import annotations

import struct
from functools import partial
from ipaddress import AddressValueError, IPv4Address

from renode_wifi.peripherals.base.clock import MILLISECOND, Event
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.processor import Processor
from renode_wifi.peripherals.simplelink.wire import Command, take

IPV4, IPV6 = 2, 3
HTTP_SERVER, DHCP_SERVER, MDNS, DNS_SERVER = 0x01, 0x02, 0x04, 0x08
DEVICE, DNS_CLIENT, STATUS = 0x10, 0x20, 0x40
APPLICATIONS = HTTP_SERVER | DHCP_SERVER | MDNS | DNS_SERVER
LONGEST_NAME = 255
LONGEST_VALUE = 255

DEFAULTS = {
    (HTTP_SERVER, 0): struct.pack("<H", 80),
    (HTTP_SERVER, 1): b"\0",
    (HTTP_SERVER, 5): b"\1",
    (HTTP_SERVER, 6): struct.pack("<H", 443),
    (HTTP_SERVER, 7): b"\0",
    (DHCP_SERVER, 0): struct.pack(
        "<III", 86_400, int(IPv4Address("10.123.45.2")), int(IPv4Address("10.123.45.254"))
    ),
    (DNS_SERVER, 0): b"mysimplelink.net",
    (DEVICE, 0): b"mysimplelink",
    (DEVICE, 1): b"mysimplelink.net",
    (DNS_CLIENT, 0): struct.pack("<HH", 2, 3),
}
"""What the options have after programming (netapp.h)."""
OPTIONS = range(16)

PING_REPORT_EACH = 1
PING_STOP_AFTER_SUCCESS = 2
SHORTEST_PING_TIMEOUT = 1 * MILLISECOND


class Pings:
    """One ping command under way."""

    def __init__(
        self, address: IPv4Address, interval: int, timeout: int, attempts: int, flags: int
    ) -> None:
        self.address = address
        self.interval = interval
        self.timeout = timeout
        self.attempts = attempts
        """0: until it is stopped."""
        self.flags = flags
        self.sent = 0
        self.answered = 0
        self.shortest = 0
        self.longest = 0
        self.total = 0
        self.started = 0
        self.next: Event | None = None


class NetApp:
    """SimpleLink SDK, source/netapp.c. Settings and started servers survive power cycles."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        self.values: dict[tuple[int, int], bytes] = dict(DEFAULTS)
        self.active = HTTP_SERVER | DHCP_SERVER | MDNS
        self.pings: Pings | None = None
        processor.on_stop(self._stop_ping)
        for opcode, handler in (
            (Opcode.DNS_BY_NAME, self._look_up),
            (Opcode.DNS_BY_ADDRESS, self._look_up_address),
            (Opcode.PING_START, self._ping),
            (Opcode.ARP_FLUSH, self._accept),
            (Opcode.NETAPP_START, self._start),
            (Opcode.NETAPP_STOP, self._stop),
            (Opcode.NETAPP_SET, self._set),
            (Opcode.NETAPP_GET, self._get),
            (Opcode.HTTP_SEND_TOKEN, self._accept),
            (Opcode.MDNS_REGISTER, self._accept),
            (Opcode.MDNS_BY_SERVICE, self._no_service),
            (Opcode.MDNS_LOOKUP, self._accept),
            (Opcode.NETAPP_RESPONSE, self._accept),
            (Opcode.NETAPP_SEND, self._accept),
            (Opcode.NETAPP_RECEIVE, self._accept),
        ):
            processor.handle(opcode, handler)

    def _accept(self, command: Command) -> None:
        """Nothing to do: no browser and no mDNS peer ever asks the built-in servers here."""
        self.processor.respond_status(command)

    def _no_service(self, command: Command) -> None:
        self.processor.respond_status(command, Error.MDNS_NO_ANSWER)

    # Names

    def _look_up(self, command: Command) -> None:
        length, family = struct.unpack_from("<HB", command.body)
        name = take(command.body, 4, length).partition(b"\0")[0]
        if not 0 < len(name) <= LONGEST_NAME:
            self.processor.respond_status(command, Error.DNS_PARAMETERS)
            return
        self.processor.respond_status(command)
        text = name.decode("latin-1")
        if family == IPV6:
            body = struct.pack("<hH4I", Error.DNS_NO_IPV6, 0, 0, 0, 0, 0)
            self.processor.event(Opcode.DNS_ASYNC_V6, body)
            return
        try:
            self._resolved(text, IPv4Address(text))
            return
        except AddressValueError:
            pass
        station = self.processor.station
        if station is None or self.processor.lease is None:
            self._answer(text, Error.DNS_NO_SERVER)
        else:
            generation = self.processor.generation
            station.resolve(text, partial(self._resolved_in, generation, text))

    def _resolved_in(self, generation: int, name: str, outcome: IPv4Address | Failure) -> None:
        if generation == self.processor.generation:
            self._resolved(name, outcome)

    def _resolved(self, name: str, outcome: IPv4Address | Failure) -> None:
        if isinstance(outcome, IPv4Address):
            self._answer(name, 0, outcome)
        elif outcome is Failure.TIMED_OUT:
            self._answer(name, Error.DNS_NO_RESPONSE)
        else:
            self._answer(name, Error.DNS_FAILED)

    def _answer(self, name: str, status: int, address: IPv4Address | None = None) -> None:
        self.processor.machine.trace(
            self.processor.name, "name", name=name, status=status, address=str(address or "")
        )
        number = 0 if address is None else int(address)
        self.processor.event(Opcode.DNS_ASYNC, struct.pack("<hHI", status, 0, number))

    def _look_up_address(self, command: Command) -> None:
        self.processor.respond_status(command, Error.DNS_FAILED)

    # Ping

    def _ping(self, command: Command) -> None:
        interval, _, timeout, attempts, flags, address = struct.unpack_from("<IHHIII", command.body)
        if address == 0:
            self._stop_ping()
            self.processor.respond_status(command)
            return
        station = self.processor.station
        if station is None or self.processor.lease is None:
            self.processor.respond_status(command, Error.PING_NOT_CONNECTED)
            return
        self._stop_ping()
        self.processor.respond_status(command)
        self.pings = Pings(
            IPv4Address(address),
            max(1, interval) * MILLISECOND,
            max(SHORTEST_PING_TIMEOUT, timeout * MILLISECOND),
            attempts,
            flags,
        )
        self.pings.started = self.processor.machine.clock.now
        self._send_ping(self.pings)

    def _stop_ping(self) -> None:
        if self.pings is not None and self.pings.next is not None:
            self.pings.next.cancel()
        self.pings = None

    def _send_ping(self, pings: Pings) -> None:
        station = self.processor.station
        if pings is not self.pings or station is None:
            return
        pings.next = None
        pings.sent += 1
        station.ping(pings.address, pings.timeout, partial(self._pinged, pings))

    def _pinged(self, pings: Pings, round_trip: int | None) -> None:
        if pings is not self.pings:
            return
        if round_trip is not None:
            duration = round_trip // MILLISECOND
            first = pings.answered == 0
            pings.answered += 1
            pings.total += duration
            pings.shortest = duration if first else min(pings.shortest, duration)
            pings.longest = max(pings.longest, duration)
        done = pings.sent == pings.attempts or (
            pings.flags == PING_STOP_AFTER_SUCCESS and round_trip is not None
        )
        if done or pings.flags == PING_REPORT_EACH:
            self._report(pings)
        if done:
            self.pings = None
        else:
            pings.next = self.processor.after(pings.interval, partial(self._send_ping, pings))

    def _report(self, pings: Pings) -> None:
        elapsed = (self.processor.machine.clock.now - pings.started) // MILLISECOND
        average = pings.total // pings.answered if pings.answered else 0
        body = struct.pack(
            "<HHHHIII",
            0,
            min(pings.shortest, 0xFFFF),
            min(pings.longest, 0xFFFF),
            min(average, 0xFFFF),
            pings.answered,
            pings.sent,
            elapsed & 0xFFFF_FFFF,
        )
        self.processor.event(Opcode.PING_REPORT, body)

    # Servers

    def _start(self, command: Command) -> None:
        (mask,) = struct.unpack_from("<I", command.body)
        self.active |= mask & APPLICATIONS
        self.processor.respond_status(command)

    def _stop(self, command: Command) -> None:
        (mask,) = struct.unpack_from("<I", command.body)
        self.active &= ~mask
        self.processor.respond_status(command)

    def _set(self, command: Command) -> None:
        _, application, option, length = struct.unpack_from("<HHHH", command.body)
        value = take(command.body, 8, length)
        known = application in (HTTP_SERVER, DHCP_SERVER, MDNS, DNS_SERVER, DEVICE, DNS_CLIENT)
        if not known or option not in OPTIONS or length > LONGEST_VALUE:
            self.processor.respond_status(command, Error.INVALID)
            return
        self.values[application, option] = value
        self.processor.respond_status(command)

    def _get(self, command: Command) -> None:
        _, application, option, length = struct.unpack_from("<HHHH", command.body)
        status: int = 0
        if application == STATUS and option == 0:
            value = struct.pack("<I", self.active)
        elif (application, option) in self.values:
            value = self.values[application, option]
        else:
            status, value = Error.INVALID, b""
        value = value[:length] if length else value
        head = struct.pack("<hHHH", status, application, option, len(value))
        self.processor.respond(command, head + value)
