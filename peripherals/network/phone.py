"""A phone in the world that gives devices the profile of a network, as TI's provisioning app does.

It looks for an access point of a device, joins it, posts the profile and asks for confirmation;
then it joins the network itself and asks the device there for the outcome (SWRA513).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from ipaddress import IPv4Address
from random import Random
from urllib.parse import urlencode

from renode_wifi.peripherals.base.clock import SECOND, Clock
from renode_wifi.peripherals.network.contract.station import JoinFailure, Lease, Security
from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.stack.wireless import WirelessStation
from renode_wifi.peripherals.network.tls.client import TlsStream
from renode_wifi.peripherals.network.tls.settings import TlsSettings, TlsVerdict
from renode_wifi.peripherals.network.worldfile.devices.phone import PhoneSettings

PORT, SECURE_PORT = 80, 443
LOCATION = re.compile(rb"\r\nLocation: *([^\r]*)", re.IGNORECASE)
REDIRECTIONS = (301, 302, 307, 308)
LOOK_AGAIN = SECOND
"""Between looks for an access point, and between questions for the outcome."""
MAX_QUESTIONS = 20
SUCCESS = "5"
SECURITY_TYPES = {Security.OPEN: 0, Security.WEP: 1}
"""Of wlan.h; all others are WPA/WPA2."""
WPA = 2


@dataclass(frozen=True)
class DeviceAnswer:
    """place: where the device wants to be asked instead."""

    status: int
    content: bytes
    place: str = ""


def mac_of_phone(index: int) -> bytes:
    """02 marks a locally administered address (IEEE 802-2014 section 8.2)."""
    return b"\x02\x50\x48\0" + index.to_bytes(2)


class Phone:
    """outcome: what the device said last; None until it has said anything. done: it is over."""

    def __init__(
        self,
        clock: Clock,
        trace: Callable[..., None],
        station: WirelessStation,
        neighbours: Callable[[], list[Lease]],
        settings: PhoneSettings,
    ) -> None:
        self.clock = clock
        self.trace = trace
        self.station = station
        self.neighbours = neighbours
        self.settings = settings
        self.outcome: str | None = None
        self.done = False
        self._secure = False
        """The device is asked over TLS, as it wants to be; its certificate may be anybody's."""
        self._questions = 0
        clock.schedule(settings.after, self._look)

    def _say(self, do: str, **fields: object) -> None:
        self.trace("phone", do=do, **fields)

    # The device's own network

    def _look(self) -> None:
        found = next(
            (
                beacon
                for beacon in self.station.scan()
                if fnmatchcase(beacon.ssid.decode("latin-1"), self.settings.finds)
            ),
            None,
        )
        if found is None:
            self.clock.schedule(LOOK_AGAIN, self._look)
            return
        self._say("found", ssid=found.ssid.decode("latin-1"))
        key = self.settings.device_passphrase.encode()
        self.station.join(found.ssid, key, None, self._at_device)

    def _at_device(self, outcome: Lease | JoinFailure) -> None:
        if isinstance(outcome, JoinFailure):
            self._say("failed", reason=outcome.value)
            self.clock.schedule(LOOK_AGAIN, self._look)
            return
        security = SECURITY_TYPES.get(self._security(), WPA)
        profile = {
            "__SL_P_P.A": self.settings.ssid,
            "__SL_P_P.B": str(security),
            "__SL_P_P.C": self.settings.passphrase,
            "__SL_P_P.D": "0",
        }
        device = outcome.gateway
        confirm = partial(
            self._post, device, "/api/1/wlan/confirm_req", {"__SL_P_CON": "1"}, self._leave
        )
        self._post(device, "/api/1/wlan/profile_add", profile, confirm)

    def _refused(self) -> None:
        """The device is not ready for it."""
        self.station.leave()
        self.clock.schedule(LOOK_AGAIN, self._look)

    def _security(self) -> Security:
        name = self.settings.ssid.encode()
        kinds = (beacon.security for beacon in self.station.scan() if beacon.ssid == name)
        default = Security.WPA2 if self.settings.passphrase else Security.OPEN
        return next(kinds, default)

    def _leave(self) -> None:
        self.station.leave()
        self.clock.schedule(LOOK_AGAIN, self._go_home)

    # The network that the device is to join

    def _go_home(self) -> None:
        self.station.join(
            self.settings.ssid.encode(), self.settings.passphrase.encode(), None, self._at_home
        )

    def _at_home(self, outcome: Lease | JoinFailure) -> None:
        if isinstance(outcome, JoinFailure):
            self._say("failed", reason=outcome.value)
            self._finish()
            return
        self._questions = 0
        self._ask()

    def _ask(self) -> None:
        """Ask every station of this network for the outcome, as devices announce themselves."""
        self._questions += 1
        own = self.station.lease
        if self.done or own is None:
            return
        if self._questions > MAX_QUESTIONS:
            self._finish()
            return
        for lease in self.neighbours():
            if lease.address != own.address and lease.gateway == own.gateway:
                request = _request("GET", lease.address, "/param_cfg_result.txt", b"")
                self._exchange(lease.address, request, self._learn)
        self.clock.schedule(LOOK_AGAIN, self._ask)

    def _learn(self, answer: DeviceAnswer | None) -> None:
        if self.done or answer is None or not answer.content:
            return
        self.outcome = answer.content.decode("latin-1")
        self._say("outcome", result=self.outcome)
        if self.outcome == SUCCESS:
            self._finish()

    def _finish(self) -> None:
        self.done = True
        self._say("done", result=self.outcome)

    # HTTP

    def _post(
        self, device: IPv4Address, path: str, fields: dict[str, str], then: Callable[[], None]
    ) -> None:
        body = urlencode(fields, encoding="latin-1").encode("latin-1")
        done = partial(self._posted, path, then)
        self._exchange(device, _request("POST", device, path, body), done)

    def _posted(self, path: str, then: Callable[[], None], answer: DeviceAnswer | None) -> None:
        status = None if answer is None else answer.status
        if self._is_to_be_secure(answer):
            # TI's application goes on by HTTPS.
            self._at_device(self.station.lease or JoinFailure.NO_ADDRESS)
            return
        self._say("post", path=path, status=status)
        if status is not None and 200 <= status < 300:
            then()
        else:
            self._refused()

    def _exchange(
        self, device: IPv4Address, request: bytes, done: Callable[[DeviceAnswer | None], None]
    ) -> None:
        secure = partial(self._over_tls) if self._secure else None
        port = SECURE_PORT if self._secure else PORT
        self.station.connect((device, port), _Exchange(request, done, secure))

    def _is_to_be_secure(self, answer: DeviceAnswer | None) -> bool:
        """Whether the device has just said so."""
        if answer is None or answer.status not in REDIRECTIONS or self._secure:
            return False
        self._secure = answer.place.startswith("https:")
        return self._secure

    def _over_tls(self, stream: Stream, exchange: _Exchange) -> None:
        settings = TlsSettings(verify=False, maximum_version="TLSv1.2")
        TlsStream(stream, settings, exchange, self.clock, Random(self.station.mac.hex()))


def _request(method: str, device: IPv4Address, path: str, body: bytes) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {device}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body


class _Exchange:
    """One request and its answer; done gets None where there is no answer."""

    def __init__(
        self,
        request: bytes,
        done: Callable[[DeviceAnswer | None], None],
        secure: Callable[[Stream, _Exchange], None] | None = None,
    ) -> None:
        self.secure = secure
        self.request = request
        self.done = done
        self.answer = b""
        self.ended = False

    def on_connected(self, stream: Stream) -> None:
        if self.secure is None:
            self.on_writable(stream)
        else:
            self.secure(stream, self)

    def on_handshake(self, stream: TlsStream, verdict: TlsVerdict) -> None:
        if verdict.problem is None:
            self.on_writable(stream)
        else:
            self._end(None)

    def on_writable(self, stream: Stream) -> None:
        if self.request:
            self.request = self.request[stream.send(self.request) :]

    def on_data(self, stream: Stream) -> None:
        while data := stream.receive(4096):
            self.answer += data

    def on_connect_failed(self, stream: Stream, failure: Failure) -> None:
        self._end(None)

    def on_closed(self, stream: Stream, failure: Failure | None) -> None:
        self.on_data(stream)
        stream.close()
        head, _, content = self.answer.partition(b"\r\n\r\n")
        status = head[9:12]
        is_answer = head.startswith(b"HTTP/1.") and status.isdigit()
        place = LOCATION.search(head)
        where = "" if place is None else place[1].decode("latin-1")
        self._end(DeviceAnswer(int(status), content, where) if is_answer else None)

    def _end(self, answer: DeviceAnswer | None) -> None:
        if not self.ended:
            self.ended = True
            self.done(answer)
