"""World files: what they may say, and that every mistake has its line and a cure."""

from __future__ import annotations

import re
import string
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.contract.station import Security
from renode_wifi.peripherals.network.tls.pki import Authority
from renode_wifi.peripherals.network.tls.settings import ClientCertificate
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.radio import Credential
from renode_wifi.peripherals.network.worldfile.read import (
    SHIPPED,
    WorldFileError,
    read_world_file,
)
from renode_wifi.peripherals.network.worldfile.tree import dotted_path
from renode_wifi.peripherals.network.worldfile.units import duration
from renode_wifi.peripherals.network.worldfile.world import WorldSettings
from tests.peripherals.network.rig import Rig

DOCUMENTATION = Path(__file__).parents[4] / "docs" / "world.md"
LEAST = "access_points:\n  - {ssid: lab, passphrase: lab-secret}\n"


def read(folder: Path, text: str, **variables: str) -> WorldSettings:
    file = folder / "world.yaml"
    file.write_text(text, encoding="utf-8")
    return read_world_file(file, variables)


def mistake(folder: Path, text: str) -> RenodeWifiError:
    with pytest.raises(RenodeWifiError) as caught:
        read(folder, text)
    return caught.value


def test_the_least_world(tmp_path: Path) -> None:
    world = read(tmp_path, LEAST)
    assert (world.name, world.seed, world.bridged) == ("world", 1, False)
    (point,) = world.access_points
    assert (point.ssid, point.security, point.passphrase) == (
        b"lab",
        Security.WPA2,
        b"lab-secret",
    )
    assert point.network.subnet == IPv4Network("10.10.0.0/24")
    assert point.network.dhcp is not None
    assert point.network.dhcp.first == IPv4Address("10.10.0.50")


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_worlds_are_right(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority("test")
    certificate, key = authority.server(("10.10.0.1",), "ec")
    for stem in ("echo_rsa_by_ecroot", "broker_rsa_by_rsaroot"):
        (tmp_path / f"{stem}.crt").write_bytes(certificate)
        (tmp_path / f"{stem}.key").write_bytes(key)
    for root in ("rsa_root", "ec_root"):
        (tmp_path / f"{root}.crt").write_bytes(authority.certificate)
    monkeypatch.setenv("RENODE_WIFI_PKI", str(tmp_path))
    world = read_world_file(SHIPPED / f"{name}.yaml")
    assert world.name == name
    assert "access point" in world.summary()


FULL = """
name: full
seed: 7
mode: bridged
date: 2017-06-01
access_points:
  - ssid: 12345678
    bssid: "10:20:30:40:50:59"
    channel: 3
    security: wpa/wpa2
    passphrase: 87654321
    rssi: -61
    hidden: true
    network: {subnet: 192.168.1.0/24, gateway: 192.168.1.254, dns: 192.168.1.253}
  - {ssid: off, security: open}
  - {ssid: old, security: wep, passphrase: abcde}
network: {dhcp: {first: 10.10.0.5, last: 10.10.0.6, lease: 2 min, latency: 1.5 s}}
air: {neighbours: 3, association: 20 ms, search: 1 s}
link: {latency: 250 us, jitter: 10 us, loss: 0.25, window: 4096}
dns: {latency: 1 ms, pass_through: true}
names: {a.test: 10.0.0.1, "*.b.test": [10.0.0.2, 10.0.0.3]}
servers:
  echo: {type: echo, address: 10.0.0.1, port: 7}
  udp: {type: udp-echo, port: 7}
  tls:
    type: mqtt
    port: 0x22B3
    users: {u: p}
    tls: {key_type: rsa, minimum: TLSv1, maximum: TLSv1.2, client_certificate: any, alpn: [a]}
forwards:
  - {from: "10.10.0.9:99", to: "localhost:8883"}
  - {from: "10.10.0.9:99", to: "127.0.0.1:1", udp: true}
expose: [{listen: "127.0.0.1:8080", port: 80}]
egress: ["1.2.3.4:443", "5.0.0.0/8:*", "*.example.com:443", "example.org:80"]
bridge: {grace: 50 ms}
faults:
  - {at: 1 s, do: link, loss: 0.5, jitter: 1 ms, for: 2 s}
  - {after: tls, nth: 2, delay: 5 ms, do: server-cuts, server: tls}
  - {at: 1 min, do: ap-vanishes, access_point: 12345678}
radio:
  tls: relaxed
  credentials: [{slot: 3, ca: world, certificate: world, key: world}]
  files: {/certs/RootCA.crt: world-ca}
  options: {firmware: C6.2.1.8, anything: 5}
"""


def test_everything_there_is(tmp_path: Path) -> None:
    world = read(tmp_path, FULL)
    assert (world.name, world.seed, world.bridged, world.when) == ("full", 7, True, 1_496_275_200)
    first, second, third = world.access_points
    assert (first.ssid, first.passphrase) == (b"12345678", b"87654321")
    assert first.bssid == bytes.fromhex("102030405059")
    assert (first.security, first.hidden, first.rssi) == (Security.WPA_WPA2, True, -61)
    assert first.network.dns == IPv4Address("192.168.1.253")
    assert (second.ssid, second.security) == (b"off", Security.OPEN)
    assert third.security is Security.WEP
    assert second.network.dhcp is not None
    assert (second.network.dhcp.lease, second.network.dhcp.latency) == (120, 1_500_000_000)
    assert world.link.latency == 250_000
    assert world.dns.names["*.b.test"] == (IPv4Address("10.0.0.2"), IPv4Address("10.0.0.3"))
    tls = world.servers[2].tls
    assert tls is not None
    assert world.servers[2].port == 0x22B3
    assert (tls.key_type, tls.minimum_version, tls.client_certificate, tls.alpn) == (
        "rsa",
        "TLSv1",
        ClientCertificate.ANY,
        ("a",),
    )
    assert [forward.udp for forward in world.bridge.forwards] == [False, True]
    assert [rule.port for rule in world.bridge.egress] == [443, None, 443, 80]
    assert [fault.do for fault in world.faults] == ["link", "server-cuts", "ap-vanishes"]
    assert world.faults[0].arguments == {"loss": 0.5, "jitter": 1_000_000}
    assert world.radio.options == {"firmware": "C6.2.1.8", "anything": 5}
    summary = world.summary()
    for line in ("bridged, seed 7", "forward 10.10.0.9:99 to localhost:8883", "fault link: at 1 s"):
        assert line in summary


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"),
    [
        ("", "", "empty", "access_points"),
        ("- a\n", "1:1", "mapping of sections", "access_points"),
        ("name: x\n", "1:1", "the file lacks the key `access_points`", "a list of access points"),
        ("a: b: c\n", "1:5", "not YAML", "colons"),
        ("a: [1\n", "2:1", "not YAML", "indentation"),
        (LEAST + "servrs: {}\n", "3:1", "unknown key `servrs`", "did you mean `servers`?"),
        (LEAST + "zzz: 1\n", "3:1", "unknown key `zzz`", "known keys: access_points"),
        (LEAST + "zzz: 1\n", "3:1", "unknown key `zzz`", ", include, "),
        (LEAST + "zzz: 1\n", "3:1", "unknown key `zzz`", ", variables"),
        (LEAST + "includes: a\n", "3:1", "unknown key `includes`", "did you mean `include`?"),
        (LEAST + "names: {a: [10.0.0.1, x]}\n", "3:23", "names.a[1]: `x`", "an IPv4 address"),
        (LEAST + "servers: {}\npki: none\n", "4:6", "there is no folder", "relative"),
        (
            LEAST + "  - {ssid: x, bssid: '02:0a:00:00:00:01'}\n",
            "3:22",
            "02:0A:00:00:00:01 is that of access point lab",
            "each its own",
        ),
        (
            LEAST + "  - {ssid: x, network: {subnet: 10.10.0.0/16}}\n",
            "3:33",
            "10.10.0.0/16 overlaps 10.10.0.0/24 of access point lab",
            "the same subnet",
        ),
        (LEAST + "radio: {options: {faults: 3}}\n", "3:27", "faults: `3`", "a list of faults"),
        (LEAST + "radio: {options: {faults: [3]}}\n", "3:28", "faults[0]: `3`", "a fault such"),
        ("access_points: []\n", "1:16", "access_points: a list of this kind", "a list"),
        (
            "access_points:\n  - {sid: lab}\n",
            "2:6",
            "unknown key `sid` in access_points[0]",
            "did you mean `ssid`?",
        ),
        (LEAST + "seed: one\n", "3:7", "seed: the text `one` is not", "whole number"),
        (LEAST + "seed:\n", "3:6", "seed: an empty value", "whole number"),
        (LEAST + "seed: 1\nseed: 2\n", "4:1", "twice", "line 3"),
        (LEAST + "? [a, b]\n: 1\n", "3:3", "plain word", ""),
        (LEAST + "mode: bridge\n", "3:7", "mode: `bridge`", "did you mean `bridged`?"),
        (
            LEAST + "servers:\n  echo:\n    type: ecko\n    port: 7\n",
            "5:11",
            "servers.echo.type: `ecko`",
            "did you mean `echo`?",
        ),
        (
            LEAST + "servers:\n  echo: {type: echo}\n",
            "4:9",
            "servers.echo lacks the key `port`",
            "add `port:` with a port number",
        ),
        (
            LEAST + "servers:\n  echo: {type: echo, port: 70000}\n",
            "4:28",
            "servers.echo.port: `70000`",
            "1 to 65535",
        ),
        (
            LEAST + "servers:\n  echo: {type: echo, port: 7, adress: 10.0.0.1}\n",
            "4:31",
            "unknown key `adress` in servers.echo",
            "did you mean `address`?",
        ),
        (
            LEAST + "servers:\n  echo: {type: echo, port: 7, address: 10.0.0.256}\n",
            "4:40",
            "servers.echo.address: `10.0.0.256`",
            "an IPv4 address",
        ),
        (
            LEAST + "names:\n  bad name.test: 10.0.0.1\n",
            "4:3",
            "names.bad name.test",
            "host name",
        ),
        (LEAST + "names: {a.test: 10.0.0}\n", "3:17", "names.a.test", "IPv4 address"),
        (LEAST + "link: {latency: 5}\n", "3:17", "link.latency: `5`", "5 ms"),
        (LEAST + "network: {subnet: 10.0.0.1/24}\n", "3:19", "network.subnet", "10.10.0.0/24"),
        (LEAST + "network: {subnet: 10.0.0.0/30}\n", "3:19", "too small", "/29"),
        (
            LEAST + "network:\n  gateway: 10.11.0.1\n",
            "4:12",
            "10.11.0.1 is not in 10.10.0.0/24",
            "10.10.0.1",
        ),
        (
            LEAST + "network:\n  dhcp: {first: 10.10.0.9, last: 10.10.0.3}\n",
            "4:34",
            "10.10.0.3 does not fit",
            "first before last",
        ),
        ("access_points:\n  - {ssid: a, passphrase: short}\n", "2:27", "8 to 63", "open"),
        (
            "access_points:\n  - {ssid: a, security: wpa2}\n",
            "2:5",
            "passphrase has 8 to 63",
            "open",
        ),
        (
            "access_points:\n  - {ssid: a, security: open, passphrase: secret-secret}\n",
            "2:43",
            "an open access point has none",
            "drop it",
        ),
        (
            "access_points:\n  - {ssid: a, security: wep, passphrase: abc}\n",
            "2:5",
            "5 or 13",
            "such",
        ),
        (
            "access_points:\n  - {ssid: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\n",
            "2:12",
            "access_points[0].ssid",
            "1 to 32 bytes",
        ),
        (
            LEAST + "forwards: [{from: '1.2.3.4:5', to: 'a:1'}]\n",
            "3:11",
            "hermetic",
            "mode: bridged",
        ),
        (LEAST + "dns: {pass_through: true}\n", "3:21", "hermetic", "mode: bridged"),
        (
            LEAST
            + "mode: bridged\nforwards:\n  - {from: '1.2.3.4:5', to: 'a:1'}\n"
            + "  - {from: '1.2.3.4:5', to: 'b:1'}\n",
            "6:12",
            "forwarded twice",
            "keep one",
        ),
        (LEAST + "mode: bridged\negress: ['a b:1']\n", "4:10", "egress[0]", "with a port or *"),
        (LEAST + "mode: bridged\negress: ['example.com']\n", "4:10", "egress[0]", "with a port"),
        (
            LEAST + "mode: bridged\nexpose: [{listen: ':80', port: 80}]\n",
            "4:19",
            "expose[0].listen",
            "127.0.0.1:8883",
        ),
        (
            LEAST + "servers:\n  a: {type: echo, port: 7}\n  b: {type: echo, port: 7}\n",
            "5:25",
            "10.10.0.1:7 is taken by server `a`",
            "another port",
        ),
        (
            LEAST + "servers: {a: {type: udp-echo, port: 7, tls: true}}\n",
            "3:45",
            "TLS needs a TCP server",
            "drop it",
        ),
        (
            LEAST + "servers: {a: {type: echo, port: 7, pages: {/: x}}}\n",
            "3:43",
            "a server of type echo has none",
            "type: http",
        ),
        (
            LEAST + "servers: {a: {type: http, port: 7, pages: {x: x}}}\n",
            "3:44",
            "servers.a.pages.x",
            "begins with /",
        ),
        (
            LEAST + "servers: {a: {type: http, port: 7, pages: {/x: {file: none.bin}}}}\n",
            "3:55",
            "cannot read",
            "relative to this file",
        ),
        (
            LEAST + "servers: {a: {type: echo, port: 7, tls: {certificate: a.crt}}}\n",
            "3:55",
            "a certificate and no key",
            "add `key:`",
        ),
        (
            LEAST + "servers: {a: {type: echo, port: 7, tls: {key: a.key}}}\n",
            "3:47",
            "a key and no certificate",
            "add `certificate:`",
        ),
        (
            LEAST
            + "servers: {a: {type: echo, port: 7, tls: {minimum: TLSv1.3, maximum: TLSv1.2}}}\n",
            "3:51",
            "above maximum",
            "swap",
        ),
        (
            LEAST + "servers: {a: {type: echo, port: 7, tls: {ciphers: nonsense}}}\n",
            "3:51",
            "no cipher",
            "ECDHE",
        ),
        (
            LEAST + "servers: {a: {type: echo, port: 7, tls: {client_ca: a.crt}}}\n",
            "3:53",
            "of no use with client_certificate: none",
            "optional or required",
        ),
        (LEAST + "faults: [{do: dns-fails}]\n", "3:10", "either `at` or `after`", "at: 30 s"),
        (
            LEAST + "faults: [{do: dns-fails, at: 1 s, nth: 2}]\n",
            "3:10",
            "belong to `after`",
            "drop",
        ),
        (LEAST + "faults: [{do: link, at: 1 s}]\n", "3:10", "changes nothing", "latency"),
        (
            LEAST + "servers: {a: {type: echo, port: 1}, b: {type: echo, port: 2}}\n"
            "faults: [{do: server-stops, at: 1 s}]\n",
            "4:10",
            "lacks the key `server`",
            "there are: a, b",
        ),
        (
            LEAST + "faults: [{do: server-stops, at: 1 s, server: x}]\n",
            "3:46",
            "no such server: x",
            "there are: none",
        ),
        (
            LEAST + "faults: [{do: deauthenticate, at: 1 s, access_point: labb}]\n",
            "3:54",
            "no such access point: labb",
            "did you mean `lab`?",
        ),
        (
            LEAST + "radio: {credentials: [{slot: 1}, {slot: 1}]}\n",
            "3:41",
            "filled twice",
            "keep one",
        ),
        (
            LEAST + "radio: {credentials: [{slot: 1, key: world}]}\n",
            "3:23",
            "both be `world`",
            "both",
        ),
        (LEAST + "pki: nowhere\nradio: {files: {/a: a.crt}}\n", "3:6", "no folder", "check"),
        (LEAST + 'name: "\\ud800"\n', "3:7", "surrogate", "character itself"),
        (LEAST + 'pki: "\\0"\n', "3:6", "NUL", "character itself"),
        (LEAST + f"seed: {'9' * 5000}\n", "3:7", "seed", "whole number"),
        (LEAST + "variables: 5\n", "3:12", "names with values", "PKI"),
        (LEAST + "name: ${NOTHING}\n", "3:7", "${NOTHING} has no value", "RENODE_WIFI_NOTHING"),
        (LEAST + "include: none.yaml\n", "3:10", "there is no file", "<home>"),
        (LEAST + "include: [[a]]\n", "3:11", "file names", ""),
        (LEAST + "include: world.yaml\n", "3:10", "includes itself", ""),
        (LEAST + "date: tomorrow\n", "3:7", "date", "2017-06-01"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, place: str, message: str, cure: str) -> None:
    error = mistake(tmp_path, text)
    assert error.where == str(tmp_path / "world.yaml") + (f":{place}" if place else "")
    assert message in error.message
    assert cure in (error.cure or "")


MANY = """
sed: 4
mode: bridged
access_points:
  - {ssid: one, passphrase: short, channel: 99}
  - {ssd: two}
  - {ssid: three, passphrase: long-enough, bssid: "02:0A:00:00:00:01", rssi: loud}
  - {ssid: four, bssid: "02:0A:00:00:00:04"}
  - {ssid: five, bssid: "02:0A:00:00:00:04"}
network: {gateway: 10.99.0.1}
link: {latency: 5, loss: 2}
names: {bad name: 10.0.0.1, good.test: [10.0.0.1, x]}
servers:
  a: {type: ecko, port: 7, tls: {minimum: TLSv1.3, maximum: TLSv1.2, alpn: x}}
  b: {type: echo, port: 0}
  c: {type: udp-echo, port: 7, tls: true}
  d: {type: echo, port: 8}
  e: {type: echo, port: 8, pages: {/: x}}
forwards:
  - {from: "1.2.3.4:5", to: "a:1"}
  - {from: "1.2.3.4:5", to: "b:1", upd: true}
egress: [nothing]
faults:
  - {do: meteor, at: 1 s}
  - {do: server-stops, at: soon, server: b}
  - {do: server-stops, at: 1 s, server: z}
  - {do: link, at: 1 s, after: joined}
radio:
  credentials: [{slot: 9}, {slot: 1, ca: none.pem}]
  options: {faults: [{kind: hang, nth: 0}]}
name: ${NOTHING}
"""

FOUND = """
31:7 variable ${NOTHING} has no value
2:1 unknown key `sed`
5:29 access_points[0].passphrase: a wpa2 passphrase has 8 to 63 characters
5:45 access_points[0].channel: `99` is not right
6:6 unknown key `ssd` in access_points[1]
7:51 access_points[2].bssid: 02:0A:00:00:00:01 is that of access point one
7:78 access_points[2].rssi: the text `loud` is not right
9:25 access_points[4].bssid: 02:0A:00:00:00:04 is that of access point four
10:20 network.gateway: 10.99.0.1 is not in 10.10.0.0/24
11:17 link.latency: `5` is not right
11:26 link.loss: `2` is not right
12:9 names.bad name: `bad name` is not right
12:51 names.good.test[1]: `x` is not right
14:13 servers.a.type: `ecko` is not right
14:43 servers.a.tls.minimum: minimum TLSv1.3 is above maximum TLSv1.2
14:76 servers.a.tls.alpn: `x` is not right
15:25 servers.b.port: `0` is not right
16:37 servers.c.tls: TLS needs a TCP server
18:25 servers.e.port: 10.10.0.1:8 is taken by server `d`
18:35 servers.e.pages: a server of type echo has none
21:12 forwards[1].from: forwarded twice
21:36 unknown key `upd` in forwards[1]
22:10 egress[0]: `nothing` is not right
24:10 faults[0].do: there is no fault 'meteor'
25:28 faults[1].at: `soon` is not right
26:41 faults[2].server: there is no such server: z
27:5 faults[3]: wants either `at` or `after`
27:5 faults[3]: changes nothing
29:24 radio.credentials[0].slot: `9` is not right
29:42 radio.credentials[1].ca: cannot read FOLDER/none.pem: No such file or directory
30:40 radio.options.faults[0].nth: `0` is not right
"""


def test_all_mistakes_of_a_file_are_found_at_once(tmp_path: Path) -> None:
    error = mistake(tmp_path, MANY)
    assert isinstance(error, WorldFileError)
    assert all(each.cure for each in error.mistakes)
    found = [
        f"{each.where} {each.message}".replace(f"{tmp_path / 'world.yaml'}:", "")
        for each in error.mistakes
    ]
    expected = [line.replace("FOLDER", str(tmp_path)) for line in FOUND.strip().splitlines()]
    assert found == expected
    assert str(error).count(str(tmp_path / "world.yaml")) == len(expected)


OLD = (
    LEAST
    + """
servers: {echo: {type: echo, port: 7}}
faults:
  - {after: data, count: 3, do: server-resets}
  - {at: 1 s, do: put-out}
radio:
  options:
    mac: 00:11:22:33:44:55
    faults:
      - {kind: slow, command: S3, amount: 250, times: 0}
      - {kind: pool-exhausted, amount: 40}
      - {kind: truncated}
"""
)


def test_old_spellings_are_taken_with_a_notice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = read(tmp_path, OLD)
    resets, deauthenticate, slow, pool, truncated = world.faults
    assert (resets.nth, resets.after, deauthenticate.do) == (3, "data", "deauthenticate")
    assert (slow.arguments, slow.times, slow.command) == ({"by": 250_000}, 0, "S3")
    assert (pool.duration, pool.times) == (40_000_000, 1)
    assert truncated.arguments == {"bytes": 5}
    assert world.radio.options == {"mac": "00:11:22:33:44:55"}
    notices = [notice.removeprefix(f"{tmp_path / 'world.yaml'}:") for notice in world.notices]
    assert notices == [
        "11:5: `faults` is an old spelling; write them below `faults:` of the file",
        "6:19: `count` is an old spelling; write `nth:`",
        "7:15: `do` is an old spelling; write `do: deauthenticate`",
        "12:10: `kind` is an old spelling; write `do:`",
        "12:35: `amount` is an old spelling; write `by: 250 us`",
        "13:10: `kind` is an old spelling; write `do:`",
        "13:32: `amount` is an old spelling; write `for: 40 ms`",
        "14:10: `kind` is an old spelling; write `do:`",
    ]
    World(world, BenchMachine())
    assert all(notice in caplog.text for notice in world.notices)


@pytest.mark.parametrize("text", ["0x10", "1.50", "007", "true", "12:30"])
def test_what_is_text_stays_as_it_is_written(tmp_path: Path, text: str) -> None:
    world = read(
        tmp_path,
        f"access_points: [{{ssid: {text}, passphrase: 0x1234567}}]\n"
        f"servers: {{m: {{type: mqtt, port: 1, users: {{u: {text}}}}}}}\n",
    )
    assert world.access_points[0].ssid == text.encode()
    assert world.access_points[0].passphrase == b"0x1234567"
    assert world.servers[0].users == {"u": text}


def test_aliases_that_multiply_without_measure_are_a_mistake(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(12)]
    assert "more than 100000 values" in mistake(tmp_path, "\n".join(lines)).message


@pytest.mark.parametrize("text", ["access_points: &all [*all]\n", "name: " + "[" * 5000])
def test_values_without_end(tmp_path: Path, text: str) -> None:
    error = mistake(tmp_path, text)
    assert error.where == str(tmp_path / "world.yaml")
    assert "without end" in error.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RenodeWifiError, match="cannot read the file"):
        read_world_file(tmp_path / "none.yaml")
    (tmp_path / "world.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(RenodeWifiError, match="not UTF-8"):
        read_world_file(tmp_path / "world.yaml")
    (tmp_path / "world.yaml").write_bytes(b"name: \x01")
    with pytest.raises(RenodeWifiError, match="not YAML"):
        read_world_file(tmp_path / "world.yaml")


# Certificates


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    authority = Authority("files")
    folder = tmp_path / "pki"
    folder.mkdir()
    for kind in ("ec", "rsa"):
        certificate, key = authority.server(("10.10.0.1",), kind)
        (folder / f"{kind}.crt").write_bytes(certificate)
        (folder / f"{kind}.key").write_bytes(key)
    (folder / "ca.crt").write_bytes(authority.certificate)
    (folder / "junk").write_bytes(b"junk")
    encrypted = serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    (folder / "locked.key").write_bytes(encrypted)
    return folder


def tls(text: str) -> str:
    return LEAST + f"pki: pki\nservers: {{a: {{type: echo, port: 7, tls: {{{text}}}}}}}\n"


def test_certificates_are_named_relative_to_the_pki_folder(tmp_path: Path, pki: Path) -> None:
    world = read(
        tmp_path,
        tls(
            "certificate: ec.crt, key: ec.key, "
            "client_certificate: optional, client_ca: [ca.crt, ec.crt]"
        )
        + "radio:\n  credentials: [{slot: 0, ca: ca.crt, certificate: rsa.crt, key: rsa.key}]\n"
        "  files: {/sys/ca: ca.crt}\n",
    )
    settings = world.servers[0].tls
    assert settings is not None
    assert settings.certificate == (pki / "ec.crt").read_bytes()
    assert settings.client_ca == ((pki / "ca.crt").read_bytes(), (pki / "ec.crt").read_bytes())
    assert world.radio.files == {"/sys/ca": (pki / "ca.crt").read_bytes()}
    assert world.radio.credentials[0].key == (pki / "rsa.key").read_bytes()


@pytest.mark.parametrize(
    ("text", "message", "cure"),
    [
        ("certificate: none.crt, key: ec.key", "cannot read", "relative to the folder `pki:`"),
        ("certificate: junk, key: ec.key", "no certificate in PEM form", "BEGIN CERTIFICATE"),
        ("certificate: ec.crt, key: junk", "no private key in PEM form", "PRIVATE KEY"),
        ("certificate: ec.crt, key: locked.key", "without a password", "openssl pkey"),
        ("certificate: ec.crt, key: rsa.key", "not the key of the certificate", "made for"),
        ("client_certificate: required, client_ca: junk", "no certificate", "BEGIN CERTIFICATE"),
    ],
)
@pytest.mark.usefixtures("pki")
def test_credentials_that_do_not_fit(tmp_path: Path, text: str, message: str, cure: str) -> None:
    error = mistake(tmp_path, tls(text))
    assert str(tmp_path / "world.yaml:4:") in str(error.where)
    assert message in error.message
    assert cure in (error.cure or "")


def test_the_worlds_own_credentials_reach_the_radio(tmp_path: Path) -> None:
    rig = Rig(
        tmp_path,
        """
        radio:
          credentials: [{slot: 2, ca: world, certificate: world, key: world}, {slot: 1}]
          files: {ca: world-ca, crt: world-certificate, key: world-key}
        """,
    )
    certificate, key = rig.world.client_credentials()
    assert rig.world.radio_credentials() == {
        2: Credential(rig.world.ca_pem, certificate, key),
        1: Credential(),
    }
    assert rig.world.radio_files() == {
        "ca": rig.world.ca_pem,
        "crt": certificate,
        "key": key,
    }


# The documentation

EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_documentation_are_right(tmp_path: Path, example: str) -> None:
    authority = Authority("documentation")
    certificate, key = authority.server(("10.10.0.1",))
    (tmp_path / "pki").mkdir()
    (tmp_path / "here" / "roots").mkdir(parents=True)
    for name, content in (
        ("pki/broker.crt", certificate),
        ("pki/broker.key", key),
        ("pki/root-1.crt", authority.certificate),
        ("pki/root-2.crt", authority.certificate),
        ("here/roots/my-root.pem", authority.certificate),
    ):
        (tmp_path / name).write_bytes(content)
    if "include:" not in example and "access_points:" not in example:
        example += "access_points: [{ssid: my-wifi, passphrase: secret-secret}]\n"
        if "server: broker" in example:
            example += "servers: {broker: {type: mqtt, port: 8883, tls: true}}\n"
    assert read(tmp_path / "here", example).access_points


def test_the_documentation_has_examples() -> None:
    assert len(EXAMPLES) >= 5


# Including


def test_a_file_goes_over_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        LEAST + "seed: 4\nservers: {echo: {type: echo, port: 7}, web: {type: http, port: 80}}\n"
    )
    world = read(tmp_path, "include: base.yaml\nservers: {echo: {port: 77, tls: true}}\n")
    assert world.seed == 4
    assert [(server.name, server.port) for server in world.servers] == [("echo", 77), ("web", 80)]
    assert world.servers[0].tls is not None
    error = mistake(tmp_path, "include: base.yaml\nservers: {web: {port: 77, tls: {x: 1}}}\n")
    assert error.where == str(tmp_path / "world.yaml:2:33")
    (tmp_path / "base.yaml").write_text(LEAST + "seed: x\n")
    assert mistake(tmp_path, "include: base.yaml\n").where == str(tmp_path / "base.yaml:3:7")


def test_shipped_worlds_can_be_included(tmp_path: Path) -> None:
    world = read(tmp_path, "include: [<home>]\nlink: {latency: 9 ms}\n")
    assert world.access_points[0].ssid == b"renode-wifi"
    assert world.link.latency == 9_000_000


def test_shipped_worlds_are_read_by_name(tmp_path: Path) -> None:
    assert read_world_file("<home>").access_points[0].ssid == b"renode-wifi"
    assert read_world_file(tmp_path / "<home>").access_points[0].ssid == b"renode-wifi"


def test_files_may_include_each_other_only_one_way(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("include: world.yaml\n")
    assert "includes itself" in mistake(tmp_path, LEAST + "include: a.yaml\n").message


# Variables


def test_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "variables: {PORT: 7, NAME: plain}\n"
        + LEAST
        + "servers: {echo: {type: echo, port: '${PORT}'}}\nname: a-${NAME}-${NAME}\n"
    )
    assert read(tmp_path, text).servers[0].port == 7
    assert read(tmp_path, text).name == "a-plain-plain"
    monkeypatch.setenv("RENODE_WIFI_PORT", "8")
    assert read(tmp_path, text).servers[0].port == 8
    assert read(tmp_path, text, PORT="9").servers[0].port == 9


def test_a_folder_from_outside_is_relative_to_where_one_is(
    tmp_path: Path, pki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pki)
    (tmp_path / "deep").mkdir()
    text = LEAST + "pki: ${PKI}\nradio: {files: {/ca: ca.crt}}\n"
    assert read(tmp_path / "deep", text, PKI=".").radio.files["/ca"].startswith(b"-----BEGIN")


# Any text


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70_000),
    st.floats(allow_nan=False),
    st.text(string.printable, max_size=12),
)
KEYS = st.sampled_from(
    [
        "access_points", "ssid", "network", "dhcp", "servers", "echo", "type", "port", "tls",
        "names", "faults", "do", "at", "radio", "credentials", "slot", "link", "latency", "mode",
        "forwards", "from", "to", "include", "variables", "pki", "certificate", "key", "pages",
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS
    | st.sampled_from(["echo", "5 ms", "10.10.0.1", "bridged", "link", "wpa2", "1.2.3.4:5"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=5),
    max_leaves=25,
)


def outcome(folder: Path, text: str) -> WorldSettings | RenodeWifiError:
    try:
        return read(folder, text)
    except RenodeWifiError as error:
        return error


@given(st.dictionaries(KEYS, ANYTHING, max_size=6))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_structure_is_a_world_or_one_clear_error(tmp_path: Path, data: dict[str, Any]) -> None:
    if data.get("access_points") is None:
        data["access_points"] = [{"ssid": "lab", "passphrase": "lab-secret"}]
    result = outcome(tmp_path, yaml.safe_dump(data, allow_unicode=True))
    if isinstance(result, RenodeWifiError):
        assert result.message
        assert str(tmp_path) in (result.where or "")


@given(st.text(max_size=200))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_one_clear_error(tmp_path: Path, text: str) -> None:
    result = outcome(tmp_path, text)
    assert isinstance(result, RenodeWifiError)
    assert str(tmp_path) in (result.where or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 ms", 5_000_000),
        ("1.5 s", 1_500_000_000),
        ("20us", 20_000),
        ("20 µs", 20_000),
        ("3 ns", 3),
        ("2 min", 120_000_000_000),
        ("0.25ms", 250_000),
    ],
)
def test_durations(text: str, expected: int) -> None:
    assert duration(text) == expected


def test_paths_read_as_people_write_them() -> None:
    assert dotted_path(("servers", "echo", "port")) == "servers.echo.port"
    assert dotted_path(("faults", 0, "at")) == "faults[0].at"
    assert dotted_path(()) == "the file"
