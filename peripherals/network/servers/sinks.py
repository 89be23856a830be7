"""Servers that never answer."""

from __future__ import annotations

from renode_wifi.peripherals.network.servers.base import TcpServer, UdpServer


class DiscardServer(TcpServer):
    """Discard (RFC 863): reads everything, says nothing."""


class Tarpit(TcpServer):
    """Accepts and never reads: the client's window fills up. With TLS no handshake ever ends."""

    reads = False


class UdpDiscardServer(UdpServer):
    """Discard (RFC 863)."""
