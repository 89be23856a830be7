"""What comes from outside. A target gets an input, and may refuse it with an error of ours.

Any other exception is a finding, as is an input that takes longer than `MAX_SECONDS`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.emulation.guest import RAM
from tests.emulation.image import writers
from tests.peripherals.ism43362.fuzz import Fuzzer as AtFuzzer
from tests.peripherals.simplelink.fuzz import Fuzzer as NwpFuzzer

from fuzz import shared_layouts
from fuzz.guests import accesses, core_guest, guest, rig
from renode_wifi import Board
from renode_wifi.emulation.engines.embedded.engine import new_machine
from renode_wifi.emulation.errors import RenodeWifiError
from renode_wifi.emulation.image.content import Damaged
from renode_wifi.emulation.image.formats.elf import read as read_elf
from renode_wifi.emulation.image.formats.intel_hex import read as read_intel_hex
from renode_wifi.emulation.image.formats.srec import read as read_srec
from renode_wifi.emulation.image.formats.ti_txt import read as read_ti_txt
from renode_wifi.emulation.image.formats.uf2 import read as read_uf2
from renode_wifi.emulation.image.load import load_image
from renode_wifi.emulation.image.segments import Segment
from renode_wifi.emulation.image.whereabouts import describe
from renode_wifi.emulation.platform import parser, snapshot
from renode_wifi.emulation.platform.machine import Machine
from renode_wifi.emulation.script.tokens import join_lines, tokenize
from renode_wifi.emulation.suites.unity import UnityReader
from renode_wifi.peripherals.network.bridge.guard import EgressGuard
from renode_wifi.peripherals.network.contract.dns_messages import (
    AdvertisedService,
    DnsError,
    DnsMessage,
    Question,
)
from renode_wifi.peripherals.network.servers.coap_messages import CoapError, CoapMessage
from renode_wifi.peripherals.network.servers.http_requests import RequestParser
from renode_wifi.peripherals.network.servers.mqtt_fields import MqttError
from renode_wifi.peripherals.network.servers.mqtt_packets import PacketReader
from renode_wifi.peripherals.network.tls.endpoint import EndpointSettings, TlsEndpoint
from renode_wifi.peripherals.network.tls.pki import WorldPki
from renode_wifi.peripherals.network.worldfile.bridge import EgressRule
from renode_wifi.peripherals.network.worldfile.read import read_world_file

ROOT = Path(__file__).resolve().parent.parent
MAX_SECONDS = 5.0
MESSAGES = 200
"""Of one input."""


@dataclass(frozen=True)
class Target:
    """seeds: good inputs. run: reads one. refuses: errors that say that it isn't good.

    counts: what an input consists of; `run` returns how many.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = (RenodeWifiError,)
    counts: str = ""


def _files(*patterns: str) -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for pattern in patterns for path in ROOT.glob(pattern)]


# Most good inputs are small, with little of everything: whole ones take up to a hundred times as
# long, and most changes of them hit what is alike.


def _programs() -> list[bytes]:
    shared_layouts.share()
    small = writers.elf([SEGMENT], ATTRIBUTES, 0x0800_0009, [("main", 0x0800_0008, 4)])
    return [small] * 39 + _files("firmware/unity/b_l475e_iot01a-finishes.elf")()


def _threaded() -> list[bytes]:
    shared_layouts.share()
    few, *whole = sorted(_files("firmware/threads/*.elf")(), key=len)
    return [few] * 39 * len(whole) + whole


def _platforms() -> list[bytes]:
    whole = _files("platforms/**/*.repl")()
    return SMALL_PLATFORMS * len(whole) * 2 + whole


def _worlds() -> list[bytes]:
    return SMALL_WORLDS * 5 + [(ROOT / "platforms" / "worlds" / "home.yaml").read_bytes()]


@cache
def _threads(name: str) -> tuple[dict[str, int], bytes]:
    """Registers and memory of a board whose firmware has tasks."""
    if name == "few":
        image = load_image(ROOT / "firmware" / "threads" / "few.elf")
        registers = dict.fromkeys([f"r{number}" for number in range(13)], 0)
        places = {each.name: each.address for each in image.symbols}
        registers |= {"pc": places["waits_here"], "lr": places["_start"] + 7}
        return registers | {"sp": RAM + 0x100, "xpsr": 0}, b""
    with Board(ST, ROOT / "firmware" / "threads" / f"{name}.elf", engine="embedded") as board:
        board.run(0.1)
        return board.engine.registers(), board.engine.read_memory(RAM, 96 << 10)


def _debug_information(data: bytes) -> None:
    """An image whose firmware has stopped somewhere: functions, lines, callers, tasks."""
    kernels = (name for name in ("zephyr", "threadx") if b"%s.c" % name.encode() in data)
    registers, memory = _threads(next(kernels, "few"))
    path = Path(_folder().name) / "threads.elf"
    path.write_bytes(data)
    image = load_image(path)

    def read_memory(address: int, size: int) -> bytes:
        if address >= RAM and address + size <= RAM + len(memory):
            return memory[address - RAM :][:size]
        for segment in image.segments:
            if segment.address <= address and address + size <= segment.end:
                return segment.data[address - segment.address :][:size]
        raise RenodeWifiError("no memory is there")

    describe(image, registers, read_memory)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


@cache
def _folder() -> TemporaryDirectory[str]:
    # A Renode that starts removes folders `renode-*` that it takes for its own.
    memory = Path("/dev/shm")
    return TemporaryDirectory(prefix="wifi-fuzz-", dir=memory if memory.is_dir() else None)


def _as_file(read: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
    def run(data: bytes) -> object:
        path = Path(_folder().name) / name
        path.write_bytes(data)
        return read(path)

    return run


def _script(data: bytes) -> None:
    for _, line in join_lines(_text(data)):
        tokenize(line)


def _http(data: bytes) -> None:
    requests = RequestParser()
    for start in range(0, len(data), 100):
        requests.feed(data[start : start + 100])
        while requests.problem is None and requests.next() is not None:
            pass


def _mqtt(data: bytes) -> None:
    packets = PacketReader()
    for start in range(0, len(data), 7):
        packets.feed(data[start : start + 7])
        while packets.next() is not None:
            pass


def _unity(data: bytes) -> None:
    reader = UnityReader()
    for time, line in enumerate(data.decode("utf-8", "backslashreplace").split("\n")):
        reader.begin(time, time, line)
        reader.feed(time, time, line)
    reader.close(0)


@cache
def _machine() -> Machine:
    return new_machine("machine-0")


def _snapshot(data: bytes) -> None:
    """What somebody altered who knows how it is signed."""
    body = data[snapshot.HEAD :]
    head = data[: snapshot.HEAD - snapshot.DIGEST]
    _machine().restore(head + hashlib.sha256(body).digest() + body)


def _tls(data: bytes) -> None:
    client = TlsEndpoint(EndpointSettings(server=False, verify=False), b"seed")
    for start in range(0, len(data), 500):
        client.feed(data[start : start + 500])
        client.take_outgoing()
        client.take_plaintext()
    client.feed_end()
    client.discard()


def _multicast() -> list[bytes]:
    service = AdvertisedService("P._ipp._tcp.local", "p.local", IPv4Address("10.0.0.1"), 1, "a=1")
    query = DnsMessage((Question("_ipp._tcp.local"),), service.records()[:1])
    return [query.emit(), DnsMessage(answers=service.records(), response=True).emit()]


def _handshake() -> list[bytes]:
    """What a server sends in a handshake, by version."""
    authority = WorldPki(1).trusted
    certificate, key = authority.server(("fuzz.test",))
    flights = []
    for version in ("TLSv1.2", "TLSv1.3"):
        server = EndpointSettings(
            server=True, certificate=certificate, key=key, maximum_version=version
        )
        client = EndpointSettings(server=False, verify=False, maximum_version=version)
        ends = TlsEndpoint(client, b"seed"), TlsEndpoint(server, b"other")
        sent = b""
        for _ in range(4):
            ends[1].feed(ends[0].take_outgoing())
            flight = ends[1].take_outgoing()
            ends[0].feed(flight)
            sent += flight
        flights.append(sent)
    return flights


def _answers(data: bytes) -> None:
    """Names and addresses as a resolver of the host may give them."""
    guard = EgressGuard((), (EgressRule(None, "*.example.com", None),), lambda address: False)
    name = data[:255].decode("latin-1")
    addresses = [IPv4Address(data[i : i + 4]) for i in range(0, len(data) - 3, 4)]
    for address in guard.note_answer(name, addresses):
        guard.target((address, 443), "tcp")


def _commands(data: bytes) -> int:
    """AT commands: the input is the seed of a fuzzer that knows the link."""
    AtFuzzer(int.from_bytes(data[:8], "little")).run(MESSAGES)
    return MESSAGES


def _messages(data: bytes) -> int:
    NwpFuzzer(int.from_bytes(data[:8], "little")).run(MESSAGES)
    return MESSAGES


def _seeds_for(board: str) -> list[bytes]:
    """One; the board is made here, whose time isn't the first input's."""
    rig(board)
    return [bytes(8)]


def _hex_record(address: int, kind: int, data: bytes) -> bytes:
    record = struct.pack(">BHB", len(data), address, kind) + data
    return b":%s%02X\n" % (record.hex().upper().encode(), -sum(record) & 0xFF)


def _srec_record(kind: int, address: int, data: bytes) -> bytes:
    record = struct.pack(">BI", len(data) + 5, address) + data
    return b"S%d%s%02X\n" % (kind, record.hex().upper().encode(), ~sum(record) & 0xFF)


VECTORS = bytes.fromhex("0080002009000008fee700bf00bf00bf")
HEX = _hex_record(0, 4, b"\x08\x00") + _hex_record(0, 0, VECTORS) + _hex_record(0, 1, b"")
SREC = _srec_record(3, 0x0800_0000, VECTORS) + _srec_record(7, 0x0800_0009, b"")
HTTP = [
    b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n\r\n",
    b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"PUT /x HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
]
MQTT = [
    bytes.fromhex("100c00044d51545404 02003c0000".replace(" ", "")),
    bytes.fromhex("101100044d5154540502003c0000046e616d65"),
    bytes.fromhex("3206000161 00016d".replace(" ", "")) + b"payload",
    bytes.fromhex("8206000100016101 c000 e000".replace(" ", "")),
    bytes.fromhex("4002000150020001620200017002000 1".replace(" ", "")),
]
COAP = [bytes.fromhex("44011234aabbccddb56c69676874ff68656c6c6f"), bytes.fromhex("40000001")]
SMALL_WORLDS = [
    b"seed: 7\naccess_points:\n  - {ssid: a, passphrase: no-board-farm, rssi: -4}\n",
    b"access_points: [{ssid: a}]\nnames: {a.test: [10.10.0.1, 10.10.0.2]}\n"
    b"network: {subnet: 10.10.0.0/24, dhcp: {first: 10.10.0.50, last: 10.10.0.99}}\n",
    b"access_points: [{ssid: a}]\nservers:\n  e: {type: echo, port: 7, tls: {trusted: false}}\n"
    b'  w: {type: http, address: 10.10.0.3, port: 80, pages: {/: "x"}}\n',
    b"access_points: [{ssid: a}]\nmode: bridged\negress: ['*.a.test:443', '192.0.2.0/24:*']\n",
    b"access_points: [{ssid: a}]\nfaults:\n  - {at: 2 s, do: dhcp-fails, for: 3 s}\n",
    b"access_points: [{ssid: a}]\nradio: {tls: faithful, credentials: [{slot: 0, ca: world}]}\n",
]
SMALL_PLATFORMS = [
    b'cpu: CPU.CortexM @ sysbus\n    cpuType: "cortex-m4f"\n    nvic: nvic\n',
    b"uart: UART.STM32F7_USART @ sysbus <0x40013800, +0x400>\n    frequency: 80000000\n"
    b"    -> nvic@37 | dma@3 // both\n",
    b'using "a.repl"\nport:\n    [0-3, 7] -> nvic@[6-9, 23]\n    10 -> led#0@5\n',
    b'a: Memory.MappedMemory @ none { size: 0x10; init: { WriteByte 1 "x" } }\n\n/* b */\n'
    b'b: Miscellaneous.Button @ { a 1; a 2 } as "two"\n    reset:\n        macro true\n',
]
SEGMENT = Segment(0x0800_0000, VECTORS)
TI_TXT = b"@08000000\n00 40 00 20 41 08\n12 34\n@8000900\nab CD\nq\n"
UF2 = writers.uf2([SEGMENT], payload=8)
ATTRIBUTES = writers.build_attributes((b"aeabi", b"\x06\x0d\x07\x4d\x09\x02"))
UNITY = [
    b"-----STARTING TESTS-----\nTEST(G, a) PASS\nTEST(G, b)f.c:3::FAIL: x\nIGNORE_TEST(G, c)\n"
    b"3 Tests 1 Failures 1 Ignored\nFAIL\n----ALL TESTS FINISHED----\n",
    b"TEST(G, fir12 3456 [task] hello\nst) PASS\n",
]
SCRIPT = [
    b'using sysbus\nmach create "x"\nmachine LoadPlatformDescription @a.repl\n# comment\n'
    b'$name?="board"\nsysbus.usart1 WriteChar 0x41\nmacro reset\n"""\n  sysbus LoadELF $bin\n"""\n',
    b"sysbus Tag <0x40000000, +0x400> 'a b' 1.5 true\ninclude @b.py\n",
]
DAMAGED = (Damaged, RenodeWifiError)
ST, TI = "b_l475e_iot01a", "cc3220sf_launchxl"

TARGETS = [
    Target("elf", _programs, read_elf, DAMAGED),
    Target("hex", lambda: [HEX], read_intel_hex, DAMAGED),
    Target("srec", lambda: [SREC], read_srec, DAMAGED),
    Target("dwarf", _threaded, _debug_information),
    Target("ti-txt", lambda: [TI_TXT], read_ti_txt, DAMAGED),
    Target("uf2", lambda: [UF2], read_uf2, DAMAGED),
    Target("image", lambda: [HEX, SREC, UF2], _as_file(load_image, "image.bin")),
    Target("repl", _platforms, lambda data: parser.parse(_text(data))),
    Target("resc", lambda: SCRIPT, _script),
    Target("world", _worlds, _as_file(read_world_file, "world.yaml")),
    Target("snapshot", lambda: [_machine().save()], _snapshot),
    Target("http", lambda: HTTP, _http),
    Target("mqtt", lambda: MQTT, _mqtt, (MqttError,)),
    Target("coap", lambda: COAP, CoapMessage.parse, (CoapError,)),
    Target("mdns", _multicast, DnsMessage.parse, (DnsError,)),
    Target("tls", _handshake, _tls),
    Target("dns", lambda: [b"a.example.com" + bytes(range(24))], _answers),
    Target("at", lambda: [bytes(8)], _commands, (), "messages"),
    Target("nwp", lambda: [bytes(8)], _messages, (), "messages"),
    Target("unity", lambda: UNITY, _unity, ()),
    Target("core", lambda: [bytes(8)], core_guest, (), "guests"),
    Target("st-accesses", partial(_seeds_for, ST), partial(accesses, ST), (), "accesses"),
    Target("st-guest", partial(_seeds_for, ST), partial(guest, ST), (), "guests"),
    Target("ti-accesses", partial(_seeds_for, TI), partial(accesses, TI), (), "accesses"),
    Target("ti-guest", partial(_seeds_for, TI), partial(guest, TI), (), "guests"),
]
