"""Messages of the host protocol: what is emitted is parsed as the same, for every message."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.handlers import Message
from renode_wifi.peripherals.simplelink import messages
from renode_wifi.peripherals.simplelink.messages import (
    basic,
    device,
    files,
    filters,
    header,
    netapp,
    netapp_http,
    netapp_mdns,
    netcfg,
    netutil,
    profiles,
    sockets,
    wlan,
)
from renode_wifi.peripherals.simplelink.messages.layout import Fixed, WireError, pad, string, take
from renode_wifi.peripherals.simplelink.opcodes import Opcode
from tests.peripherals.message_types import message_types
from tests.peripherals.simplelink.rig import Rig

INTEGERS = {
    "b": st.integers(-0x80, 0x7F),
    "B": st.integers(0, 0xFF),
    "h": st.integers(-0x8000, 0x7FFF),
    "H": st.integers(0, 0xFFFF),
    "i": st.integers(-0x8000_0000, 0x7FFF_FFFF),
    "I": st.integers(0, 0xFFFF_FFFF),
}
U8, I16, U16, I32, U32 = (INTEGERS[code] for code in "BhHiI")
ADDRESS = st.ip_addresses(v=4)
ENDPOINT = st.tuples(ADDRESS, U16)
DATA = st.binary(max_size=60)
NAME = st.text(st.characters(codec="latin-1", exclude_characters="\0"), max_size=40)
FILE_NAME = NAME.map(lambda name: name.encode("latin-1"))
SSID = st.binary(max_size=wlan.MAX_SSID)
BSSID = st.binary(min_size=6, max_size=6)
WORDS4 = st.tuples(U32, U32, U32, U32)
BYTES4 = st.tuples(U8, U8, U8, U8)


def fixed(kind: type[Fixed]) -> st.SearchStrategy[Fixed]:
    """Values for each field, by its code in the layout."""
    fields: list[st.SearchStrategy[Any]] = []
    for count, code in re.findall(r"(\d*)([a-zA-Z])", str(kind.LAYOUT.format)):
        if code == "s":
            fields.append(st.binary(min_size=int(count), max_size=int(count)))
        elif code != "x":
            fields += [INTEGERS[code]] * int(count or 1)
    return st.tuples(*fields).map(lambda values: kind(*values))


def received(kind: Callable[..., Any], *fields: st.SearchStrategy[Any]) -> Any:
    """Messages with a status that is the length of their data, or an error."""
    good = DATA.flatmap(lambda data: st.builds(kind, st.just(len(data)), *fields, st.just(data)))
    return good | st.builds(kind, st.integers(-0x8000, -1), *fields)


PROFILE = st.builds(profiles.ProfileAdd, I16, SSID, DATA, BSSID, U8, U8)
EAP_PROFILE = st.builds(profiles.EapProfile, PROFILE, DATA, DATA, U32)
CONNECTION = st.builds(wlan.ConnectionEvent, SSID, BSSID, U8)
ENTRY = st.builds(wlan.NetworkEntry, SSID, BSSID, INTEGERS["b"], U16, U8)
EXTENDED_ENTRY = st.builds(
    wlan.ExtendedNetworkEntry, ENTRY, st.binary(min_size=2, max_size=2), U16, U32
)
RULE = st.builds(
    filters.Header,
    st.binary(min_size=filters.ARGUMENTS, max_size=filters.ARGUMENTS),
    st.binary(min_size=filters.MASK, max_size=filters.MASK),
    U8,
    U8,
) | st.builds(filters.Combination, U8, INTEGERS["b"], INTEGERS["b"])
VALUES: dict[type[Any], st.SearchStrategy[Any]] = {
    filters.RxFilter: st.builds(
        filters.RxFilter,
        U8,
        RULE,
        st.builds(filters.Trigger, INTEGERS["b"], U8, U8, U8, U32, U8),
        st.builds(filters.Action, U8, U8, U8),
    ),
    filters.RxStatistics: st.builds(
        filters.RxStatistics,
        U32,
        I16,
        st.tuples(*[U16] * filters.RxStatistics.RATES),
        st.tuples(*[U16] * filters.RxStatistics.STRENGTHS),
        U32,
        U32,
    ),
    header.Command: st.builds(header.Command, st.integers(0x8000, 0xFFFF), DATA.map(pad)),
    header.Status: st.builds(header.Status, U8, U8, U16, U16, U16),
    basic.Empty: st.builds(basic.Empty),
    files.FileInfo: st.builds(
        files.FileInfo,
        I16,
        st.sets(st.sampled_from([flag for flag in files.INFO_BITS if flag])).map(sum),
        U32,
        U32,
        WORDS4,
        U32,
        U32,
    ),
    basic.SetSetting: st.builds(basic.SetSetting, U16, U16, DATA),
    basic.Setting: st.builds(basic.Setting, I16, U16, U16, DATA),
    device.DeviceVersion: st.builds(device.DeviceVersion, U32, BYTES4, BYTES4, BYTES4, U16),
    device.DateTime: st.builds(device.DateTime, U32, U32, U32, U32, U32, U32, U32, U32),
    netcfg.StationInfo: st.builds(
        netcfg.StationInfo,
        ADDRESS,
        BSSID,
        U16,
        SSID.map(lambda name: name.rstrip(b"\0")),
    ),
    netcfg.Ipv6Config: st.builds(netcfg.Ipv6Config, WORDS4, WORDS4, U32),
    netcfg.Ipv6Acquired: st.builds(netcfg.Ipv6Acquired, WORDS4, WORDS4),
    netcfg.Ipv6Lost: st.builds(netcfg.Ipv6Lost, WORDS4),
    netcfg.Ipv4Config: st.builds(netcfg.Ipv4Config, ADDRESS, ADDRESS, ADDRESS, ADDRESS),
    netcfg.DhcpClient: st.builds(
        netcfg.DhcpClient, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, U32, U32, U8
    ),
    netapp.GetHostByName: st.builds(
        netapp.GetHostByName, DATA.map(lambda name: name.replace(b"\0", b"")), U8
    ),
    netapp.HostByName: st.builds(netapp.HostByName, I16, ADDRESS),
    netapp.PingStart: st.builds(netapp.PingStart, U32, U16, U16, U32, U32, ADDRESS),
    netapp.IpAcquired: st.builds(netapp.IpAcquired, ADDRESS, ADDRESS, ADDRESS),
    netapp.IpLeased: st.builds(netapp.IpLeased, ADDRESS, U32, BSSID),
    netapp.IpReleased: st.builds(netapp.IpReleased, ADDRESS, BSSID, U16),
    netapp.DhcpServerOptions: st.builds(netapp.DhcpServerOptions, U32, ADDRESS, ADDRESS),
    netapp_http.GetToken: st.builds(netapp_http.GetToken, DATA),
    netapp_http.SendToken: st.builds(netapp_http.SendToken, DATA, DATA),
    netapp_http.PostToken: st.builds(netapp_http.PostToken, DATA, DATA, DATA),
    netapp_http.NetAppRequest: st.builds(netapp_http.NetAppRequest, U8, U8, U16, DATA, DATA, U32),
    netapp_http.NetAppResponse: st.builds(netapp_http.NetAppResponse, U16, U16, DATA, DATA, U32),
    netapp_http.NetAppData: st.builds(netapp_http.NetAppData, U16, DATA, U32),
    netapp_mdns.RegisterService: st.builds(netapp_mdns.RegisterService, NAME, NAME, U16, U32, U32),
    netapp_mdns.GetHostByService: st.builds(netapp_mdns.GetHostByService, NAME, U8),
    netapp_mdns.HostByService: st.builds(netapp_mdns.HostByService, I16, ADDRESS, U32, DATA),
    netapp_mdns.ServiceList: st.builds(netapp_mdns.ServiceList, I16, DATA.map(pad)),
    netutil.UtilValue: st.builds(netutil.UtilValue, U32, I16, U16, DATA),
    netutil.UtilCommand: st.builds(netutil.UtilCommand, U16, DATA, DATA, U16),
    netutil.UtilResult: st.builds(netutil.UtilResult, U32, I16, U16, DATA),
    netutil.KeyFiles: st.builds(netutil.KeyFiles, U8, U8, U8, FILE_NAME, FILE_NAME),
    profiles.ProfileAdd: PROFILE,
    profiles.ProfileUpdate: st.builds(profiles.ProfileUpdate, U32, PROFILE),
    profiles.EapProfile: EAP_PROFILE,
    profiles.EapProfileUpdate: st.builds(profiles.EapProfileUpdate, U32, EAP_PROFILE),
    profiles.ProfileGot: st.builds(profiles.ProfileGot, I16, SSID, BSSID, U8, U8, DATA, U32),
    profiles.Policy: st.builds(profiles.Policy, U8, U8, DATA),
    wlan.WlanConnect: st.builds(wlan.WlanConnect, U8, SSID, DATA, BSSID),
    wlan.EapConnect: st.builds(wlan.EapConnect, U8, SSID, DATA, BSSID, DATA, DATA, U32),
    wlan.ConnectionEvent: CONNECTION,
    wlan.ConnectionInfo: st.builds(wlan.ConnectionInfo, U8, U8, U8, CONNECTION),
    wlan.NetworkEntry: ENTRY,
    wlan.ExtendedNetworkEntry: EXTENDED_ENTRY,
    wlan.ScanResults: st.lists(ENTRY, max_size=3).map(tuple).map(wlan.ScanResults),
    wlan.ExtendedScanResults: st.lists(EXTENDED_ENTRY, max_size=3)
    .map(tuple)
    .map(wlan.ExtendedScanResults),
    wlan.ProfileAdded: st.builds(wlan.ProfileAdded, U32, SSID),
    wlan.ProvisioningStatus: st.builds(wlan.ProvisioningStatus, U8, U8, U8, SSID, U32),
    sockets.AddressCommand: st.builds(sockets.AddressCommand, U8, ENDPOINT),
    sockets.SendTo: st.builds(sockets.SendTo, U8, U8, ENDPOINT, DATA),
    sockets.Send: st.builds(sockets.Send, st.integers(0, 0x7F), U8, DATA)
    | st.builds(sockets.Send, st.integers(0x80, 0x8F), U8, DATA, U32),
    sockets.ReceivedData: received(sockets.ReceivedData, U8),
    sockets.AddressResponse: st.builds(sockets.AddressResponse, I16, U8, ENDPOINT, DATA),
    sockets.SetSockOpt: st.builds(sockets.SetSockOpt, U8, U8, U8, DATA),
    sockets.SockOpt: st.builds(sockets.SockOpt, I16, U8, DATA),
    sockets.SocketEvent: st.builds(
        sockets.SocketEvent, U8, U8, I16, DATA.map(lambda extra: extra.rstrip(b"\0"))
    ),
    sockets.Membership: st.builds(sockets.Membership, ADDRESS, ADDRESS),
    files.FileOpen: st.builds(
        files.FileOpen,
        NAME,
        st.integers(0, 15),
        U32,
        st.integers(0, 0x7FF),
        U8,
        st.integers(0, 15),
    ),
    files.CloseFile: st.builds(files.CloseFile, U32, NAME, DATA),
    files.FileData: received(files.FileData),
    files.WriteFile: st.builds(files.WriteFile, U32, U32, DATA),
    files.FileName: st.builds(files.FileName, U32, NAME),
    files.FileList: st.builds(files.FileList, I32, I32, DATA),
    files.ControlFiles: st.builds(files.ControlFiles, U32, U8, U32, U32, DATA),
    files.Controlled: st.builds(files.Controlled, I32, U32, DATA),
}
MESSAGES = [kind for kind in message_types(messages) if kind is not Fixed]
COMMANDS = Rig().nwp.processor.handlers


@pytest.mark.parametrize("kind", MESSAGES, ids=[kind.__name__ for kind in MESSAGES])
@settings(max_examples=12)
@given(drawn=st.data())
def test_a_message_is_parsed_as_it_was_emitted(kind: type[Message], drawn: st.DataObject) -> None:
    values = VALUES[kind] if kind in VALUES else fixed(kind)  # type: ignore[arg-type]
    message = drawn.draw(values)
    assert kind.parse(message.emit()) == message
    assert kind.parse(pad(message.emit())) == message or kind in WHOLE


WHOLE = {header.Command, sockets.AddressResponse, files.ControlFiles}
"""Keep everything that follows the header: the host never sees their padding."""


@given(st.sampled_from(sorted(COMMANDS)), st.binary(max_size=60))
def test_any_body_is_a_message_or_refused(opcode: int, body: bytes) -> None:
    kind, _ = COMMANDS[opcode]
    try:
        message = kind.parse(body)
    except WireError:
        return
    assert dataclasses.is_dataclass(message)


def test_every_command_has_a_handler() -> None:
    """But for the extended ones that only newer processors have."""
    assert {Opcode(opcode) for opcode in COMMANDS} == {
        opcode for opcode in Opcode if opcode & header.COMMAND_BIT
    }


# Layouts as TI's driver has them: offsets by its structs


def test_layout_of_connect() -> None:
    message = sockets.AddressCommand(5, (IPv4Address("10.0.0.1"), 0x1234))
    assert message.emit() == bytes.fromhex("0000 05 00 1234 0000 0a000001")


def test_layout_of_a_send_to() -> None:
    message = sockets.SendTo(5, 0x20, (IPv4Address("10.0.0.1"), 0x1234), b"abc")
    assert message.emit() == bytes.fromhex("0300 05 20 1234 0000 0a000001 616263")


def test_layout_of_wlan_connect() -> None:
    message = wlan.WlanConnect(2, b"ap", b"key\0", bytes(range(6)))
    assert message.emit() == bytes.fromhex("02 02 000102030405 04 6170 6b657900")


def test_layout_of_a_file_to_open() -> None:
    """The mode word that Amazon's port sends: 0x00043008."""
    message = files.FileOpen("/a", 3, 7, flags=4, units=8)
    assert message.emit() == bytes.fromhex("08300400 07000000 2f610000")
    assert message.size == 8 * 256


def test_layout_of_a_network_entry() -> None:
    entry = wlan.NetworkEntry(b"ap", bytes(range(6)), -50, 0x0102, 11)
    data = entry.emit()
    assert len(data) == 44
    assert data[:2] == b"ap"
    assert data[32:] == bytes.fromhex("000102030405 02 ce 0201 0b 00")


def test_sizes_of_what_the_file_system_reports() -> None:
    """SlFsControlGetStorageInfoResponse_t and SlFsGetInfoResponse_t."""
    assert files.StorageInfo.LAYOUT.size == 16 + 20
    assert files.FileInfo.LAYOUT.size == 36


# Helpers


@given(st.binary(max_size=20), st.integers(0, 20), st.integers(-2, 20))
def test_a_part_is_as_long_as_announced(data: bytes, offset: int, length: int) -> None:
    try:
        part = take(data, offset, length)
    except WireError:
        assert length < 0 or offset + length > len(data)
    else:
        assert part == data[offset : offset + length]
        assert len(part) == length


@pytest.mark.parametrize(("data", "text"), [(b"ab\0c", b"ab"), (b"ab", b"ab"), (b"", b"")])
def test_a_string_ends_at_its_zero_byte_or_with_the_message(data: bytes, text: bytes) -> None:
    assert string(data) == text
