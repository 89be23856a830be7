"""Servers of the user's own, named in a world file."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from renode_wifi.peripherals.base.errors import RenodeWifiError
from tests.peripherals.network.rig import GATEWAY, Recorder, joined, saved

MODULE = """
    from renode_wifi import TcpServer, UdpServer


    class Shout(TcpServer):
        def opened(self, connection):
            connection.state = 0

        def received(self, connection, data):
            connection.state += 1
            mark = self.settings.options["mark"]
            connection.send(data.upper() + mark.encode() * connection.state)


    class Count(UdpServer):
        def received(self, sender, data):
            self.send(sender, str(len(data)).encode())


    class Broken(TcpServer):
        def __init__(self, context, settings):
            raise LookupError("no unit")


    class Nothing:
        pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "meter.py").write_text(textwrap.dedent(MODULE), encoding="utf-8")
    return tmp_path


SHOUT = "{type: python, class: 'meter.py:Shout', port: 502, options: {mark: '!'}, tls: %s}"


@pytest.mark.parametrize("tls", [False, True])
def test_a_class_of_a_file_serves_connections(folder: Path, tls: bool) -> None:
    rig = joined(folder, "servers: {meter: " + SHOUT % str(tls).lower() + "}")
    stream, events = rig.secure(502) if tls else rig.connect(502)
    stream.send(b"one")
    rig.run()
    stream.send(b"two")
    rig.run()
    assert bytes(events.data) == b"ONE!TWO!!"
    server = rig.world.server("meter")
    assert type(server).__name__ == "Shout"
    assert bytes(server.connections[0].received) == b"onetwo"


def test_it_is_saved_with_its_world(folder: Path) -> None:
    rig = joined(folder, "servers: {meter: " + SHOUT % "false" + "}")
    rig.connect(502)
    rig = saved(rig)
    assert rig.world.server("meter").connections[0].state == 0


def test_a_class_of_a_file_serves_datagrams(folder: Path) -> None:
    rig = joined(folder, "servers: {count: {type: python, class: 'meter.py:Count', port: 9}}")
    events = Recorder()
    rig.station.datagrams(40_000, events).send_to((GATEWAY, 9), b"12345")
    rig.run()
    assert events.log == [((GATEWAY, 9), b"5")]


def test_a_class_of_a_module_is_taken_too(tmp_path: Path) -> None:
    place = "renode_wifi.peripherals.network.servers.echo:EchoServer"
    rig = joined(tmp_path, f"servers: {{echo: {{type: python, class: '{place}', port: 7}}}}")
    stream, events = rig.connect(7)
    stream.send(b"hello")
    rig.run()
    assert bytes(events.data) == b"hello"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("port: 1", "lacks the key `class`.*FILE.py:CLASS"),
        ("port: 1, class: meter.py", "not right.*FILE.py:CLASS"),
        ("port: 1, class: 'absent.py:X'", "no file .*absent.py"),
        ("port: 1, class: 'no_such_module_here:X'", "no module is called no_such_module_here"),
        ("port: 1, class: 'bad.py:X'", "bad.py cannot be imported: ZeroDivisionError"),
        ("port: 1, class: 'meter.py:Absent'", "meter.py has no class Absent"),
        ("port: 1, class: 'meter.py:Nothing'", "no server.*TcpServer or UdpServer"),
        ("port: 1, class: 'meter.py:Broken'", "the server s cannot be made: LookupError: no unit"),
        ("port: 1, class: 'meter.py:Shout', options: 7", "a mapping"),
        ("port: 1, class: 'meter.py:Count', tls: true", "TLS needs a TCP server"),
    ],
)
def test_mistakes_are_named(folder: Path, keys: str, message: str) -> None:
    (folder / "bad.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(RenodeWifiError, match=f"(?s){message}") as error:
        joined(folder, f"servers: {{s: {{type: python, {keys}}}}}")
    assert "world.yaml:" in str(error.value)
    assert not [name for name in sys.modules if name.startswith("renode_wifi_plugin_bad")]


def test_the_keys_of_a_class_belong_to_it_alone(folder: Path) -> None:
    with pytest.raises(RenodeWifiError, match="a server of type echo has none"):
        joined(folder, "servers: {s: {type: echo, port: 1, class: 'meter.py:Shout'}}")
