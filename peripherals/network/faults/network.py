"""How each fault of the network is applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address
from typing import Any

from renode_wifi.peripherals.network.servers import Server, TcpServer
from renode_wifi.peripherals.network.servers.spoiling import Spoiling, TlsAbort
from renode_wifi.peripherals.network.stack.air import AccessPoint, Air
from renode_wifi.peripherals.network.stack.internet import Internet

Undo = Callable[[], None]


class NetworkFaults:
    """How each fault of the network is applied; the names are those of `fault_kinds`."""

    def __init__(self, air: Air, internet: Internet, servers: Mapping[str, Server]) -> None:
        self._air = air
        self._internet = internet
        self._servers = servers

    def _point(self, ssid: str) -> AccessPoint:
        return self._air.named(ssid)[0]

    def _server(self, name: str) -> TcpServer:
        server = self._servers[name]
        assert isinstance(server, TcpServer)
        return server

    def access_point_vanishes(self, access_point: str) -> Undo:
        point = self._point(access_point)
        point.up = False
        self._air.deauthenticate(point, "the access point vanished")
        return partial(self._come_back, access_point)

    def _come_back(self, access_point: str) -> None:
        self._point(access_point).up = True

    def deauthenticate(self, access_point: str) -> None:
        self._air.deauthenticate(self._point(access_point), "deauthenticated")

    def passphrase_changes(self, access_point: str, passphrase: str) -> Undo:
        undo = self._change_point(access_point, passphrase=passphrase.encode())
        self._air.deauthenticate(self._point(access_point), "the passphrase changed")
        return undo

    def signal_weakens(self, access_point: str, rssi: int, loss: float) -> Undo:
        point = self._change_point(access_point, rssi=rssi)
        link = self.link_changes(loss=loss)
        return partial(self._undo_both, point, link)

    def _undo_both(self, first: Undo, second: Undo) -> None:
        first()
        second()

    def access_point_roams(self, access_point: str) -> None:
        settings = self._point(access_point).settings
        bssid = settings.bssid[:-1] + bytes((settings.bssid[-1] ^ 0x80,))
        self._change_point(access_point, bssid=bssid, channel=settings.channel % 11 + 1)
        self._air.deauthenticate(self._point(access_point), "the access point roamed")

    def _change_point(self, ssid: str, **changes: object) -> Undo:
        point = self._point(ssid)
        before = {name: getattr(point.settings, name) for name in changes}
        point.settings = replace(point.settings, **changes)  # type: ignore[arg-type]
        return partial(self._restore_point, ssid, before)

    def _restore_point(self, ssid: str, before: dict[str, Any]) -> None:
        point = self._point(ssid)
        point.settings = replace(point.settings, **before)

    def dhcp_fails(self) -> Undo:
        self._answer_dhcp(False)
        return partial(self._answer_dhcp, True)

    def _answer_dhcp(self, answering: bool) -> None:
        for point in self._air.access_points:
            point.dhcp.answering = answering

    def leases_end(self) -> Undo:
        undo = self.dhcp_fails()
        for point in self._air.access_points:
            self._air.deauthenticate(point, "the lease ended")
        return undo

    def dns_fails(self) -> Undo:
        self._answer_dns(False)
        return partial(self._answer_dns, True)

    def _answer_dns(self, answering: bool) -> None:
        self._internet.names.answering = answering

    def dns_slows(self, by: int) -> Undo:
        self._delay_dns(by)
        return partial(self._delay_dns, 0)

    def _delay_dns(self, delay: int) -> None:
        self._internet.names.delay = delay

    def dns_forgets(self) -> Undo:
        self._forget_names(True)
        return partial(self._forget_names, False)

    def _forget_names(self, forgetting: bool) -> None:
        self._internet.names.forgetting = forgetting

    def dns_lies(self, address: IPv4Address) -> Undo:
        self._lie(address)
        return partial(self._lie, None)

    def _lie(self, address: IPv4Address | None) -> None:
        self._internet.names.lie = address

    def server_stops(self, server: str) -> Undo:
        found = self._server(server)
        found.stop()
        return found.start

    def server_resets(self, server: str) -> None:
        self._server(server).reset_connections()

    def server_cuts(self, server: str) -> None:
        self._server(server).cut_connections()

    def server_hangs(self, server: str) -> Undo:
        self._server(server).hang(True)
        return partial(self._server(server).hang, False)

    def server_closes(self, server: str) -> None:
        self._server(server).close_connections()

    def server_drips(self, server: str, bytes: int, every: int) -> Undo:
        self._server(server).drip((bytes, every))
        return partial(self._server(server).drip, None)

    def certificate_expired(self, server: str) -> Undo:
        return self._spoil(server, certificate="expired")

    def certificate_not_yet_valid(self, server: str) -> Undo:
        return self._spoil(server, certificate="not-yet-valid")

    def certificate_unknown_root(self, server: str) -> Undo:
        return self._spoil(server, certificate="unknown-root")

    def certificate_wrong_name(self, server: str) -> Undo:
        return self._spoil(server, certificate="wrong-name")

    def certificate_revoked(self, server: str) -> Undo:
        return self._spoil(server, certificate="revoked")

    def client_refused(self, server: str) -> Undo:
        return self._spoil(server, refuses_clients=True)

    def cipher_weakens(self, server: str, ciphers: str) -> Undo:
        return self._spoil(server, ciphers=ciphers)

    def tls_aborts(self, server: str, message: str, how: str) -> Undo:
        return self._spoil(server, abort=TlsAbort(message, how))

    def tls_corrupts(self, server: str) -> None:
        self._server(server).corrupt_connections()

    def _spoil(self, server: str, **changes: Any) -> Undo:
        spoiling = self._server(server).spoiling
        before = {name: getattr(spoiling, name) for name in changes}
        self._set_all(spoiling, changes)
        return partial(self._set_all, spoiling, before)

    def _set_all(self, spoiling: Spoiling, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(spoiling, name, value)

    def link_changes(self, **changes: int | float) -> Undo:
        link = self._internet.link
        before = {name: getattr(link.settings, name) for name in changes}
        link.change(**changes)
        return partial(link.change, **before)
