"""The socket silo: what is done to sockets, and their events (sl_socket.h).

Ports and addresses stand as on the network.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Address
from typing import Self

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, fields, start, take

Address = tuple[IPv4Address, int]

ANY = IPv4Address(0)
NOWHERE: Address = (ANY, 0)
FAMILY_IPV4, FAMILY_RADIO = 2, 6
NUMBER_MASK = 0x1F
"""SL_BSD_SOCKET_ID_MASK: the rest of a socket's byte is its payload type."""
PAYLOAD_TYPE_MASK, TRANSCEIVER = 0xF0, 0x80

_PORT_AND_ADDRESS = struct.Struct(">HxxI")


@late_dataclass(frozen=True)
class SocketCommand(Fixed):
    """SlSocketCommand_t."""

    LAYOUT = struct.Struct("<BBB")

    domain: int
    type: int
    protocol: int


@late_dataclass(frozen=True)
class SocketResponse(Fixed):
    """SlSocketResponse_t."""

    LAYOUT = struct.Struct("<hBx")

    status: int
    sd: int


@late_dataclass(frozen=True)
class SocketNumber(Fixed):
    """SlCloseCommand_t, SlAcceptCommand_t: the host fills the rest with anything."""

    LAYOUT = struct.Struct("<B")

    sd: int


@late_dataclass(frozen=True)
class ListenCommand(Fixed):
    """SlListenCommand_t."""

    LAYOUT = struct.Struct("<BB2x")

    sd: int
    backlog: int


@late_dataclass(frozen=True)
class AddressCommand:
    """SlSocketAddrIPv4Command_t of bind and connect."""

    LAYOUT = struct.Struct("<2xBx")

    sd: int
    address: Address

    @classmethod
    def parse(cls, body: bytes) -> Self:
        (sd,) = fields(cls.LAYOUT, body)
        return cls(sd, _address(body))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.sd) + _emitted(self.address)


@late_dataclass(frozen=True)
class SendTo:
    """SlSocketAddrIPv4Command_t and the data."""

    LAYOUT = struct.Struct("<HBB")

    sd: int
    flags: int
    remote: Address
    data: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, sd, flags = fields(cls.LAYOUT, body)
        remote = _address(body)
        data = take(body, cls.LAYOUT.size + _PORT_AND_ADDRESS.size, length)
        return cls(sd, flags, remote, data)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(len(self.data), self.sd, self.flags)
        return head + _emitted(self.remote) + self.data


@late_dataclass(frozen=True)
class FrameParameters:
    """SL_WLAN_RAW_RF_TX_PARAMS of wlan.h, for 2.4 GHz; 0: not given."""

    channel: int = 0
    rate: int = 0
    power: int = 0
    short_preamble: bool = False

    @classmethod
    def of(cls, word: int) -> Self:
        return cls(word & 0x1F, word >> 6 & 0x1F, word >> 11 & 0xF, bool(word >> 15 & 1))


@late_dataclass(frozen=True)
class Send:
    """SlSendRecvCommand_t and the data. parameters: of a frame, before the data of a transceiver's
    socket."""

    LAYOUT = struct.Struct("<HBB")
    PARAMETERS = struct.Struct("<I")

    sd: int
    flags: int
    data: bytes
    parameters: int = 0

    @classmethod
    def parse(cls, body: bytes) -> Self:
        length, sd, flags = fields(cls.LAYOUT, body)
        if sd & PAYLOAD_TYPE_MASK != TRANSCEIVER:
            return cls(sd, flags, take(body, cls.LAYOUT.size, length))
        (parameters,) = fields(cls.PARAMETERS, body[cls.LAYOUT.size :])
        data = take(body, cls.LAYOUT.size + cls.PARAMETERS.size, length)
        return cls(sd, flags, data, parameters)

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(len(self.data), self.sd, self.flags)
        if self.sd & PAYLOAD_TYPE_MASK == TRANSCEIVER:
            head += self.PARAMETERS.pack(self.parameters)
        return head + self.data


@late_dataclass(frozen=True)
class ReceivedFrame(Fixed):
    """SlTransceiverRxOverHead_t, in front of what a transceiver receives. time: us."""

    LAYOUT = struct.Struct("<BBbxI")

    rate: int
    channel: int
    rssi: int
    time: int


@late_dataclass(frozen=True)
class Receive(Fixed):
    """SlSendRecvCommand_t of recv and recvfrom."""

    LAYOUT = struct.Struct("<HBB")

    length: int
    sd: int
    flags: int = 0


@late_dataclass(frozen=True)
class ReceivedData:
    """SlSocketResponse_t of an answer to recv, and the data. status: its length, or an error."""

    LAYOUT = struct.Struct("<hBx")

    status: int
    sd: int
    data: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, sd = fields(cls.LAYOUT, body)
        return cls(status, sd, take(body, cls.LAYOUT.size, max(0, status)))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status, self.sd) + self.data


@late_dataclass(frozen=True)
class AddressResponse:
    """SlSocketAddrAsyncIPv4Response_t of accept and recvfrom, and received data."""

    LAYOUT = struct.Struct("<hBB")

    status: int
    sd: int
    remote: Address = NOWHERE
    data: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, sd, _ = fields(cls.LAYOUT, body)
        return cls(status, sd, _address(body), body[cls.LAYOUT.size + _PORT_AND_ADDRESS.size :])

    def emit(self) -> bytes:
        head = self.LAYOUT.pack(self.status, self.sd, FAMILY_IPV4)
        return head + _emitted(self.remote) + self.data


@late_dataclass(frozen=True)
class SelectCommand(Fixed):
    """SlSelectCommand_t. micros: in units of 1,024 µs; 0xFFFF seconds: for ever."""

    LAYOUT = struct.Struct("<BBBxHHHH")

    nfds: int
    read_count: int
    write_count: int
    reads: int
    writes: int
    micros: int
    seconds: int


@late_dataclass(frozen=True)
class SelectResponse(Fixed):
    """SlSelectAsyncResponse_t."""

    LAYOUT = struct.Struct("<hBBHH")

    status: int
    read_count: int
    write_count: int
    reads: int
    writes: int


@late_dataclass(frozen=True)
class SetSockOpt:
    """SlSetSockOptCommand_t and the value."""

    LAYOUT = struct.Struct("<BBBB")

    sd: int
    level: int
    option: int
    value: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        sd, level, option, length = fields(cls.LAYOUT, body)
        return cls(sd, level, option, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.sd, self.level, self.option, len(self.value)) + self.value


@late_dataclass(frozen=True)
class GetSockOpt(Fixed):
    """SlGetSockOptCommand_t."""

    LAYOUT = struct.Struct("<BBBB")

    sd: int
    level: int
    option: int
    length: int


@late_dataclass(frozen=True)
class SockOpt:
    """SlGetSockOptResponse_t and the value."""

    LAYOUT = struct.Struct("<hBB")

    status: int
    sd: int
    value: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        status, sd, length = fields(cls.LAYOUT, body)
        return cls(status, sd, take(body, cls.LAYOUT.size, length))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.status, self.sd, len(self.value)) + self.value


@late_dataclass(frozen=True)
class SocketEvent:
    """SlSocketAsyncEvent_t."""

    LAYOUT = struct.Struct("<BBh128s")
    MAX_EXTRA = 127

    sd: int
    type: int
    value: int
    extra: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        sd, kind, value, extra = cls.LAYOUT.unpack(start(cls.LAYOUT, body))
        return cls(sd, kind, value, extra.rstrip(b"\0"))

    def emit(self) -> bytes:
        return self.LAYOUT.pack(self.sd, self.type, self.value, self.extra[: self.MAX_EXTRA])


# Values of options


@late_dataclass(frozen=True)
class Timeval(Fixed):
    """SlTimeval_t."""

    LAYOUT = struct.Struct("<II")

    seconds: int
    micros: int


@late_dataclass(frozen=True)
class Linger(Fixed):
    """SlSocklinger_t. time: seconds."""

    LAYOUT = struct.Struct("<II")

    enabled: int
    time: int


@late_dataclass(frozen=True)
class Membership:
    """SlSockIpMreq_t: a multicast group, and the interface's address."""

    group: IPv4Address
    interface: IPv4Address = ANY

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(IPv4Address(take(body, 0, 4)), IPv4Address(take(body, 4, 4)))

    def emit(self) -> bytes:
        return self.group.packed + self.interface.packed


@late_dataclass(frozen=True)
class ConnectionParameters(Fixed):
    """SlSockSSLConnectionParams_t: version, cipher bit, validated, ALPN, certificate."""

    LAYOUT = struct.Struct("<4I56x")

    version: int
    cipher: int
    validated: int
    alpn: int


def number(value: bytes) -> int:
    """An option of 32 bits, or of what the host has given of it."""
    return int.from_bytes(value[:4], "little")


def word(value: int) -> bytes:
    """The same the other way round."""
    return (value & 0xFFFF_FFFF).to_bytes(4, "little")


def _address(body: bytes) -> Address:
    port, address = _PORT_AND_ADDRESS.unpack(start(_PORT_AND_ADDRESS, body[4:]))
    return IPv4Address(address), port


def _emitted(address: Address) -> bytes:
    return _PORT_AND_ADDRESS.pack(address[1], int(address[0]))
