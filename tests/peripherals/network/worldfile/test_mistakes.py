"""Every mistake of a world file has its line and a cure, and all are found at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.base.machine import BenchMachine
from renode_wifi.peripherals.network.world import World
from renode_wifi.peripherals.network.worldfile.read import (
    WorldFileError,
    read_world_file,
)
from tests.peripherals.network.worldfile.rig import MINIMAL, mistake, read


@pytest.mark.parametrize(
    ("text", "place", "message", "cure"),
    [
        ("", "", "empty", "access_points"),
        ("- a\n", "1:1", "mapping of sections", "access_points"),
        ("name: x\n", "1:1", "the file lacks the key `access_points`", "a list of access points"),
        ("a: b: c\n", "1:5", "not YAML", "colons"),
        ("a: [1\n", "2:1", "not YAML", "indentation"),
        (MINIMAL + "servrs: {}\n", "3:1", "unknown key `servrs`", "did you mean `servers`?"),
        (MINIMAL + "zzz: 1\n", "3:1", "unknown key `zzz`", "known keys: access_points"),
        (MINIMAL + "zzz: 1\n", "3:1", "unknown key `zzz`", ", include, "),
        (MINIMAL + "zzz: 1\n", "3:1", "unknown key `zzz`", ", variables"),
        (MINIMAL + "includes: a\n", "3:1", "unknown key `includes`", "did you mean `include`?"),
        (MINIMAL + "names: {a: [10.0.0.1, x]}\n", "3:23", "names.a[1]: `x`", "an IPv4 address"),
        (MINIMAL + "servers: {}\npki: none\n", "4:6", "there is no folder", "relative"),
        (
            MINIMAL + "  - {ssid: x, bssid: '02:0a:00:00:00:01'}\n",
            "3:22",
            "02:0A:00:00:00:01 is that of access point lab",
            "each its own",
        ),
        (
            MINIMAL + "  - {ssid: x, network: {subnet: 10.10.0.0/16}}\n",
            "3:33",
            "10.10.0.0/16 overlaps 10.10.0.0/24 of access point lab",
            "the same subnet",
        ),
        (MINIMAL + "radio: {options: {faults: 3}}\n", "3:27", "faults: `3`", "a list of faults"),
        (MINIMAL + "radio: {options: {faults: [3]}}\n", "3:28", "faults[0]: `3`", "a fault such"),
        ("access_points: []\n", "1:16", "access_points: a list of this kind", "a list"),
        (
            "access_points:\n  - {sid: lab}\n",
            "2:6",
            "unknown key `sid` in access_points[0]",
            "did you mean `ssid`?",
        ),
        (MINIMAL + "seed: one\n", "3:7", "seed: the text `one` is not", "whole number"),
        (MINIMAL + "seed:\n", "3:6", "seed: an empty value", "whole number"),
        (MINIMAL + "seed: 1\nseed: 2\n", "4:1", "twice", "line 3"),
        (MINIMAL + "? [a, b]\n: 1\n", "3:3", "plain word", ""),
        (MINIMAL + "mode: bridge\n", "3:7", "mode: `bridge`", "did you mean `bridged`?"),
        (
            MINIMAL + "servers:\n  echo:\n    type: ecko\n    port: 7\n",
            "5:11",
            "servers.echo.type: `ecko`",
            "did you mean `echo`?",
        ),
        (
            MINIMAL + "servers:\n  echo: {type: echo}\n",
            "4:9",
            "servers.echo lacks the key `port`",
            "add `port:` with a port number",
        ),
        (
            MINIMAL + "servers:\n  echo: {type: echo, port: 70000}\n",
            "4:28",
            "servers.echo.port: `70000`",
            "1 to 65535",
        ),
        (
            MINIMAL + "servers:\n  echo: {type: echo, port: 7, adress: 10.0.0.1}\n",
            "4:31",
            "unknown key `adress` in servers.echo",
            "did you mean `address`?",
        ),
        (
            MINIMAL + "servers:\n  echo: {type: echo, port: 7, address: 10.0.0.256}\n",
            "4:40",
            "servers.echo.address: `10.0.0.256`",
            "an IPv4 address",
        ),
        (
            MINIMAL + "names:\n  bad name.test: 10.0.0.1\n",
            "4:3",
            "names.bad name.test",
            "host name",
        ),
        (MINIMAL + "names: {a.test: 10.0.0}\n", "3:17", "names.a.test", "IPv4 address"),
        (MINIMAL + "link: {latency: 5}\n", "3:17", "link.latency: `5`", "5 ms"),
        (MINIMAL + "network: {subnet: 10.0.0.1/24}\n", "3:19", "network.subnet", "10.10.0.0/24"),
        (MINIMAL + "network: {subnet: 10.0.0.0/30}\n", "3:19", "too small", "/29"),
        (
            MINIMAL + "network:\n  gateway: 10.11.0.1\n",
            "4:12",
            "10.11.0.1 is not in 10.10.0.0/24",
            "10.10.0.1",
        ),
        (
            MINIMAL + "network:\n  dhcp: {first: 10.10.0.9, last: 10.10.0.3}\n",
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
            MINIMAL + "forwards: [{from: '1.2.3.4:5', to: 'a:1'}]\n",
            "3:11",
            "hermetic",
            "mode: bridged",
        ),
        (MINIMAL + "dns: {pass_through: true}\n", "3:21", "hermetic", "mode: bridged"),
        (
            MINIMAL
            + "mode: bridged\nforwards:\n  - {from: '1.2.3.4:5', to: 'a:1'}\n"
            + "  - {from: '1.2.3.4:5', to: 'b:1'}\n",
            "6:12",
            "forwarded twice",
            "keep one",
        ),
        (MINIMAL + "mode: bridged\negress: ['a b:1']\n", "4:10", "egress[0]", "with a port or *"),
        (MINIMAL + "mode: bridged\negress: ['example.com']\n", "4:10", "egress[0]", "with a port"),
        (
            MINIMAL + "mode: bridged\nexpose: [{listen: ':80', port: 80}]\n",
            "4:19",
            "expose[0].listen",
            "127.0.0.1:8883",
        ),
        (
            MINIMAL + "servers:\n  a: {type: echo, port: 7}\n  b: {type: echo, port: 7}\n",
            "5:25",
            "10.10.0.1:7 is taken by server `a`",
            "another port",
        ),
        (
            MINIMAL + "servers: {a: {type: udp-echo, port: 7, tls: true}}\n",
            "3:45",
            "TLS needs a TCP server",
            "drop it",
        ),
        (
            MINIMAL + "servers: {a: {type: echo, port: 7, pages: {/: x}}}\n",
            "3:43",
            "a server of type echo has none",
            "type: http",
        ),
        (
            MINIMAL + "servers: {a: {type: http, port: 7, pages: {x: x}}}\n",
            "3:44",
            "servers.a.pages.x",
            "begins with /",
        ),
        (
            MINIMAL + "servers: {a: {type: http, port: 7, pages: {/x: {file: none.bin}}}}\n",
            "3:55",
            "cannot read",
            "relative to this file",
        ),
        (
            MINIMAL + "servers: {a: {type: echo, port: 7, tls: {certificate: a.crt}}}\n",
            "3:55",
            "a certificate and no key",
            "add `key:`",
        ),
        (
            MINIMAL + "servers: {a: {type: echo, port: 7, tls: {key: a.key}}}\n",
            "3:47",
            "a key and no certificate",
            "add `certificate:`",
        ),
        (
            MINIMAL
            + "servers: {a: {type: echo, port: 7, tls: {minimum: TLSv1.3, maximum: TLSv1.2}}}\n",
            "3:51",
            "above maximum",
            "swap",
        ),
        (
            MINIMAL + "servers: {a: {type: echo, port: 7, tls: {ciphers: nonsense}}}\n",
            "3:51",
            "no cipher",
            "ECDHE",
        ),
        (
            MINIMAL + "servers: {a: {type: echo, port: 7, tls: {client_ca: a.crt}}}\n",
            "3:53",
            "of no use with client_certificate: none",
            "optional or required",
        ),
        (MINIMAL + "faults: [{do: dns-fails}]\n", "3:10", "either `at` or `after`", "at: 30 s"),
        (
            MINIMAL + "faults: [{do: dns-fails, at: 1 s, nth: 2}]\n",
            "3:10",
            "belong to `after`",
            "drop",
        ),
        (MINIMAL + "faults: [{do: link, at: 1 s}]\n", "3:10", "changes nothing", "latency"),
        (
            MINIMAL + "servers: {a: {type: echo, port: 1}, b: {type: echo, port: 2}}\n"
            "faults: [{do: server-stops, at: 1 s}]\n",
            "4:10",
            "lacks the key `server`",
            "there are: a, b",
        ),
        (
            MINIMAL + "faults: [{do: server-stops, at: 1 s, server: x}]\n",
            "3:46",
            "no such server: x",
            "there are: none",
        ),
        (
            MINIMAL + "faults: [{do: deauthenticate, at: 1 s, access_point: labb}]\n",
            "3:54",
            "no such access point: labb",
            "did you mean `lab`?",
        ),
        (
            MINIMAL + "radio: {credentials: [{slot: 1}, {slot: 1}]}\n",
            "3:41",
            "filled twice",
            "keep one",
        ),
        (
            MINIMAL + "radio: {credentials: [{slot: 1, key: world}]}\n",
            "3:23",
            "both be `world`",
            "both",
        ),
        (MINIMAL + "pki: nowhere\nradio: {files: {/a: a.crt}}\n", "3:6", "no folder", "check"),
        (MINIMAL + 'name: "\\ud800"\n', "3:7", "surrogate", "character itself"),
        (MINIMAL + 'pki: "\\0"\n', "3:6", "NUL", "character itself"),
        (MINIMAL + f"seed: {'9' * 5000}\n", "3:7", "seed", "whole number"),
        (MINIMAL + "variables: 5\n", "3:12", "names with values", "PKI"),
        (MINIMAL + "name: ${NOTHING}\n", "3:7", "${NOTHING} has no value", "RENODE_WIFI_NOTHING"),
        (MINIMAL + "include: none.yaml\n", "3:10", "there is no file", "<home>"),
        (MINIMAL + "include: [[a]]\n", "3:11", "file names", ""),
        (MINIMAL + "include: world.yaml\n", "3:10", "includes itself", ""),
        (MINIMAL + "date: tomorrow\n", "3:7", "date", "2017-06-01"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, place: str, message: str, cure: str) -> None:
    error = mistake(tmp_path, text)
    assert error.where == str(tmp_path / "world.yaml") + (f":{place}" if place else "")
    assert message in error.message
    assert cure in (error.cure or "")


def test_a_mistyped_mode_makes_no_other_mistakes(tmp_path: Path) -> None:
    text = MINIMAL + "mode: bridgd\negress: ['1.2.3.4:5']\n"
    assert [each.message for each in mistake(tmp_path, text).mistakes] == [  # type: ignore[attr-defined]
        "mode: `bridgd` is not right"
    ]


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
    MINIMAL
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
    with pytest.raises(RenodeWifiError, match=r"not UTF-8[^\n]*\n.*save it as UTF-8"):
        read_world_file(tmp_path / "world.yaml")
    (tmp_path / "world.yaml").write_bytes(b"name: \x01")
    with pytest.raises(RenodeWifiError, match="not YAML"):
        read_world_file(tmp_path / "world.yaml")
