"""What goes wrong in a world: from its file, from a test, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.errors import RenodeWifiError
from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.faults.network import NetworkFaults
from renode_wifi.peripherals.network.faults.world import NETWORK
from renode_wifi.peripherals.network.worldfile.fault_kinds import KINDS, Kind, Target
from renode_wifi.peripherals.network.worldfile.faults import FaultSettings
from tests.peripherals.network.rig import Rig, joined, saved


def test_a_server_that_resets_at_a_time(tmp_path: Path) -> None:
    rig = joined(
        tmp_path,
        "servers: {echo: {type: echo, port: 7}}\n"
        "faults: [{at: 30 s, do: server-resets}, {at: 40 s, do: server-stops, for: 5 s}]",
    )
    _, events = rig.connect(7)
    rig.clock.advance(31 * SECOND - rig.clock.now)
    assert events.log == ["connected", ("closed", Failure.RESET)]
    rig.clock.advance(41 * SECOND - rig.clock.now)
    assert rig.connect(7)[1].log == [Failure.REFUSED]
    rig.run(5)
    assert rig.connect(7)[1].log == ["connected"]


def test_a_server_that_cuts_its_answer_in_two(tmp_path: Path) -> None:
    rig = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}, other: {type: echo, port: 8}}
        faults: [{after: data, nth: 4, do: server-cuts, server: echo}]
        """,
    )
    other, _ = rig.connect(8)
    stream, events = rig.connect(7)
    for _ in range(3):
        other.send(b"does not count")
        stream.send(b"12345678")
        rig.run()
    assert bytes(events.data) == b"12345678" * 2 + b"1234"
    assert events.log[-1] == ("closed", Failure.RESET)
    (connection,) = rig.world.server("echo").connections
    assert connection.failure is Failure.RESET
    assert other.open


def test_a_tls_record_is_cut_in_the_middle(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7, tls: true}}")
    stream, events = rig.secure(7)
    rig.world.inject("server-cuts", server="echo")
    stream.send(b"a record")
    rig.run()
    assert bytes(events.data) == b""
    assert events.log[-1] == ("closed", Failure.RESET)


def test_one_byte_cut_in_two_is_none(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = rig.connect(7)
    rig.world.inject("server-cuts", server="echo")
    stream.send(b"x")
    rig.run()
    assert bytes(events.data) == b""
    assert events.log[-1] == ("closed", Failure.RESET)


def test_a_server_that_hangs_for_a_while(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    stream, events = rig.connect(7)
    rig.world.inject("server-hangs", 10 * SECOND, server="echo")
    stream.send(b"hello?")
    rig.run(9)
    assert bytes(events.data) == b""
    rig.run(2)
    assert bytes(events.data) == b"hello?"


def test_dhcp_and_links_fail_and_come_back(tmp_path: Path) -> None:
    rig = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}}
        faults:
          - {after: joined, delay: 1 s, do: dhcp-fails, for: 60 s}
          - {after: joined, delay: 1 s, do: link, latency: 100 ms, loss: 0.0, for: 60 s}
          - {after: joined, delay: 2 s, do: deauthenticate}
        """,
    )
    assert rig.station.lease is None
    assert rig.join() is not None
    assert rig.station.lease is None
    assert rig.world.internet.link.settings.latency == 100_000_000
    rig.run(60)
    rig.join()
    assert rig.station.lease is not None
    assert rig.world.internet.link.settings.latency == 1_000_000
    assert [fields["do"] for fields in rig.events("fault")] == [
        "dhcp-fails",
        "link",
        "deauthenticate",
    ]


def test_a_fault_waits_for_its_event_number(tmp_path: Path) -> None:
    rig = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}}
        faults: [{after: connected, nth: 2, do: server-resets}]
        """,
    )
    _, first = rig.connect(7)
    assert first.log == ["connected"]
    rig.connect(7)
    assert first.log[-1] == ("closed", Failure.RESET)


def test_the_only_server_and_access_point_need_not_be_named(tmp_path: Path) -> None:
    rig = joined(
        tmp_path, "servers: {echo: {type: echo, port: 7}, more: {type: udp-echo, port: 7}}"
    )
    rig.world.inject("server-stops")
    assert not rig.world.server("echo").running
    rig.world.inject("ap-vanishes")
    assert rig.station.lease is None


@pytest.mark.parametrize(
    ("do", "arguments", "message"),
    [
        ("meteor", {}, "there is no fault 'meteor'\n  there are: ap-vanishes, "),
        ("server-stop", {}, "did you mean `server-stops`?"),
        ("server-stops", {}, "server-stops: lacks the key `server`\n  add it; there are: one, two"),
        ("server-stops", {"server": "on"}, "no such server: on\n  did you mean `one`?"),
        ("server-stops", {"name": "one"}, "server-stops does not take name\n  it takes at, after"),
        ("server-resets", {"server": "one", "duration": 5}, "no end that `for` could say"),
        ("link", {}, "link: changes nothing\n  add one of latency, jitter, loss"),
        ("link", {"loss": 2}, "link: loss: `2` is not right\n  write a chance from 0 to 0.9"),
        ("link", {"latency": "2"}, "link: latency: `2` is not right\n  write a number with"),
        ("hang", {}, "hang is a fault of the radio, and no radio is in the world"),
    ],
)
def test_faults_that_cannot_happen(
    tmp_path: Path, do: str, arguments: dict[str, Any], message: str
) -> None:
    servers = "servers: {one: {type: echo, port: 1}, two: {type: echo, port: 2}}"
    with pytest.raises(RenodeWifiError) as caught:
        Rig(tmp_path, servers).world.inject(do, **arguments)
    assert message in str(caught.value)


def test_a_test_may_name_the_moment(tmp_path: Path) -> None:
    rig = joined(tmp_path, "servers: {echo: {type: echo, port: 7}}")
    rig.world.inject("server-resets", after="connected", nth=2, delay="1 s")
    rig.world.inject("dns-fails", at=60 * SECOND, duration="5 s")
    _, first = rig.connect(7)
    rig.connect(7)
    assert first.log == ["connected"]
    rig.run(1)
    assert first.log[-1] == ("closed", Failure.RESET)
    rig.clock.advance(61 * SECOND - rig.clock.now)
    assert not rig.world.internet.names.answering
    rig.run(5)
    assert rig.world.internet.names.answering


class Victim:
    def __init__(self) -> None:
        self.faults: list[FaultSettings] = []

    def inject_fault(self, fault: FaultSettings) -> None:
        self.faults.append(fault)


def test_faults_of_the_radio_reach_it_in_their_time(tmp_path: Path) -> None:
    rig = Rig(
        tmp_path,
        """
        faults:
          - {do: hang, at: 90 s}
          - {do: slow, after: joined, delay: 1 s, for: 5 s, by: 20 ms, command: S3}
        """,
    )
    victim = Victim()
    rig.world.faults.attach(victim)
    assert [fault.do for fault in victim.faults] == ["hang"]
    assert victim.faults[0].at == 90 * SECOND
    rig.join()
    slow = victim.faults[1]
    assert (slow.do, slow.times, slow.command, slow.at) == ("slow", 0, "S3", None)
    assert (slow.duration, slow.arguments) == (5 * SECOND, {"by": 20_000_000})
    rig.world.inject("error", code=3, nth=2)
    assert victim.faults[2].arguments == {"code": 3}


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_can_be_applied(kind: Kind) -> None:
    if kind.target not in NETWORK:
        assert bool(kind.radios) == (kind.target is Target.RADIO)
        assert not kind.apply
    else:
        assert kind.target in NETWORK
        assert callable(getattr(NetworkFaults, kind.apply))


def test_a_saved_world_keeps_the_faults_to_come(tmp_path: Path) -> None:
    rig = joined(
        tmp_path,
        """
        servers: {echo: {type: echo, port: 7}}
        faults:
          - {at: 60 s, do: link, latency: 100 ms, for: 10 s}
          - {after: connected, nth: 2, do: server-resets}
          - {do: hang, at: 90 s}
        """,
    )
    rig.connect(7)
    again = saved(rig)
    _, events = again.connect(7)
    again.run(1)
    assert events.log == ["connected", ("closed", Failure.RESET)]
    again.clock.advance(61 * SECOND - again.clock.now)
    assert again.world.internet.link.settings.latency == 100_000_000
    victim = Victim()
    again.world.faults.attach(victim)
    assert [fault.do for fault in victim.faults] == ["hang"]
