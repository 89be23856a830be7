"""The MQTT broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.network.contract.stream import Failure, Stream
from renode_wifi.peripherals.network.servers import mqtt_delivery, mqtt_sessions
from renode_wifi.peripherals.network.servers.mqtt import MAX_SUBSCRIPTIONS
from renode_wifi.peripherals.network.servers.mqtt_delivery import MAX_UNREAD
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    Acknowledge,
    BarePacket,
    ConnAck,
    Connect,
    Packet,
    PacketType,
    Publication,
    Publish,
    SubAck,
    Subscribe,
    Unsubscribe,
    emit,
)
from renode_wifi.peripherals.network.servers.mqtt_sessions import MAX_MESSAGES
from tests.peripherals.network.rig import Recorder, Rig, joined, saved
from tests.peripherals.network.servers.test_mqtt_packets import read

BROKER = """
servers:
  broker: {type: mqtt, port: 1883, retained: {state/lamp: "on"}}
  private: {type: mqtt, port: 1884, users: {alice: wonder}}
  secure: {type: mqtt, port: 8883, tls: {client_certificate: required, alpn: [mqtt]}}
"""


class Device:
    """An MQTT client of the tests."""

    def __init__(self, rig: Rig, name: str = "device", port: int = 1883, **more: Any) -> None:
        self.rig = rig
        self.events: Recorder
        self.stream: Stream
        if port == 8883:
            self.stream, self.events = rig.secure(port, **more.pop("tls"))
        else:
            self.stream, self.events = rig.connect(port)
        settings: dict[str, Any] = {
            "clean": True,
            "keep_alive": 0,
            "will": None,
            "user": None,
            "password": None,
            **more,
        }
        level = settings.get("level", 4)
        self.level = level if level <= 5 else 4
        """A broker answers a version that it doesn't know as 3.1.1."""
        self.say(Connect(name, **settings))

    def say(self, *packets: Packet) -> list[Packet]:
        """Send, and give what came since."""
        self.events.data.clear()
        self.stream.send(b"".join(emit(packet, self.level) for packet in packets))
        self.rig.run()
        return self.received()

    def received(self) -> list[Packet]:
        return read(bytes(self.events.data), self.level)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return joined(tmp_path, BROKER)


def test_connecting(rig: Rig) -> None:
    device = Device(rig)
    assert device.received() == [ConnAck(0)]
    assert device.say(BarePacket(PacketType.PINGREQ)) == [BarePacket(PacketType.PINGRESP)]
    assert list(rig.world.server("broker").clients) == ["device"]
    device.say(BarePacket(PacketType.DISCONNECT))
    assert device.events.log[-1] == ("closed", None)
    assert not rig.world.server("broker").clients


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"level": 2}, 1),
        ({"level": 6}, 1),
        ({"level": 3, "name": ""}, 2),
        ({"name": "", "clean": False}, 2),
    ],
)
def test_refusals(rig: Rig, more: dict[str, Any], code: int) -> None:
    device = Device(rig, **more)
    assert device.received() == [ConnAck(code)]
    assert device.events.log[-1] == ("closed", None)


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [("alice", b"wonder", 0), ("alice", b"x", 4), ("bob", b"wonder", 4), (None, None, 4)],
)
def test_users(rig: Rig, user: str | None, password: bytes | None, code: int) -> None:
    assert Device(rig, port=1884, user=user, password=password).received() == [ConnAck(code)]


def test_clients_without_a_name_get_one(rig: Rig) -> None:
    assert Device(rig, "").received() == Device(rig, "").received() == [ConnAck(0)]
    assert len(rig.world.server("broker").clients) == 2


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_messages_reach_subscribers(rig: Rig, qos: int) -> None:
    reader, writer = Device(rig, "reader"), Device(rig, "writer")
    assert reader.say(Subscribe(1, (("a/+", 2),))) == [SubAck(1, (2,))]
    reader.events.data.clear()
    answers = writer.say(Publish(Publication("a/b", b"hello", qos), 7 if qos else 0))
    expected: dict[int, list[Packet]] = {
        0: [],
        1: [Acknowledge(PacketType.PUBACK, 7)],
        2: [Acknowledge(PacketType.PUBREC, 7)],
    }
    assert answers == expected[qos]
    assert reader.received() == [Publish(Publication("a/b", b"hello", qos), 1 if qos else 0)]
    if qos == 1:
        assert reader.say(Acknowledge(PacketType.PUBACK, 1)) == []
    if qos == 2:
        again = Publish(Publication("a/b", b"hello", 2), 7, True)
        assert writer.say(again) == [Acknowledge(PacketType.PUBREC, 7)]
        assert writer.say(Acknowledge(PacketType.PUBREL, 7)) == [Acknowledge(PacketType.PUBCOMP, 7)]
        assert reader.say(Acknowledge(PacketType.PUBREC, 1)) == [Acknowledge(PacketType.PUBREL, 1)]
        assert reader.say(Acknowledge(PacketType.PUBCOMP, 1)) == []
    broker = rig.world.server("broker")
    assert broker.messages == [Publication("a/b", b"hello", qos)]
    assert not broker.sessions["reader"].outgoing


def test_the_lower_quality_of_both_sides_counts(rig: Rig) -> None:
    reader = Device(rig, "reader")
    reader.say(Subscribe(1, (("t", 0), ("t/#", 1))))
    reader.events.data.clear()
    rig.world.server("broker").publish("t", b"x", qos=2)
    rig.run()
    assert reader.received() == [Publish(Publication("t", b"x", 1), 1)]


def test_invalid_filters_are_refused_one_by_one(rig: Rig) -> None:
    device = Device(rig)
    assert device.say(Subscribe(1, (("a#", 1), ("b", 1)))) == [SubAck(1, (0x80, 1))]
    assert rig.world.server("broker").subscriptions("device") == {"b": 1}
    assert device.say(Unsubscribe(2, ("b", "never"))) == [Acknowledge(PacketType.UNSUBACK, 2)]
    assert rig.world.server("broker").subscriptions("device") == {}
    assert rig.world.server("broker").subscriptions("nobody") == {}


def test_retained_messages(rig: Rig) -> None:
    device = Device(rig)
    lamp = Publish(Publication("state/lamp", b"on", 0, True))
    assert device.say(Subscribe(1, (("state/#", 1),))) == [SubAck(1, (1,)), lamp]
    device.say(Publish(Publication("state/lamp", b"", 0, True)))
    device.say(Publish(Publication("state/door", b"open", 1, True), 3))
    other = Device(rig, "other")
    door = Publish(Publication("state/door", b"open", 1, True), 1)
    assert other.say(Subscribe(1, (("state/#", 1), ("#bad", 1)))) == [SubAck(1, (1, 0x80)), door]


def test_a_will_is_published_when_a_client_vanishes(rig: Rig) -> None:
    watcher = Device(rig, "watcher")
    watcher.say(Subscribe(1, (("gone", 1),)))
    dying = Device(rig, "dying", will=Publication("gone", b"dying", 1, False))
    polite = Device(rig, "polite", will=Publication("gone", b"polite", 1, False))
    watcher.events.data.clear()
    polite.say(BarePacket(PacketType.DISCONNECT))
    dying.stream.abort()
    rig.run()
    assert watcher.received() == [Publish(Publication("gone", b"dying", 1), 1)]


def test_keep_alive_runs_on_virtual_time(rig: Rig) -> None:
    device = Device(rig, keep_alive=10, will=Publication("gone", b"", 0, False))
    for _ in range(4):
        rig.run(13)
        assert device.say(BarePacket(PacketType.PINGREQ)) == [BarePacket(PacketType.PINGRESP)]
    rig.run(14.9)
    assert device.events.log[-1] == ("closed", Failure.RESET)
    assert rig.world.server("broker").messages[-1].topic == "gone"


def test_an_aborted_client_is_not_watched_any_more(rig: Rig) -> None:
    device = Device(rig, keep_alive=10)
    device.stream.abort()
    rig.run(60)
    assert not rig.world.server("broker").clients


def test_sessions_outlive_connections_when_asked_to(rig: Rig) -> None:
    device = Device(rig, clean=False)
    device.say(Subscribe(1, (("t", 1),)))
    broker = rig.world.server("broker")
    broker.publish("t", b"unacknowledged", qos=1)
    rig.run()
    device.stream.abort()
    rig.run()
    broker.publish("t", b"missed", qos=1)
    broker.publish("t", b"not kept", qos=0)
    rig = saved(rig)
    device = Device(rig, clean=False)
    assert device.received() == [
        ConnAck(0, True),
        Publish(Publication("t", b"unacknowledged", 1), 1, True),
        Publish(Publication("t", b"missed", 1), 2),
    ]
    device.stream.abort()
    rig.run()
    device = Device(rig, clean=True)
    assert device.received() == [ConnAck(0)]
    assert rig.world.server("broker").subscriptions("device") == {}


def test_a_release_is_repeated_to_a_returning_client(rig: Rig) -> None:
    device = Device(rig, clean=False)
    device.say(Subscribe(1, (("t", 2),)))
    rig.world.server("broker").publish("t", b"x", qos=2)
    rig.run()
    device.say(Acknowledge(PacketType.PUBREC, 1))
    device.stream.abort()
    rig.run()
    device = Device(rig, clean=False)
    assert device.received() == [ConnAck(0, True), Acknowledge(PacketType.PUBREL, 1)]


def test_a_second_client_of_the_same_name_takes_over(rig: Rig) -> None:
    first = Device(rig)
    second = Device(rig)
    assert first.events.log[-1] == ("closed", Failure.RESET)
    assert second.say(BarePacket(PacketType.PINGREQ)) == [BarePacket(PacketType.PINGRESP)]
    assert list(rig.world.server("broker").clients) == ["device"]


def test_garbage_before_connect_is_met_with_silence(rig: Rig) -> None:
    for garbage in (b"hello broker, this is no MQTT", b"\xc0\x00", bytes(100)):
        stream, events = rig.connect(1883)
        stream.send(garbage)
        rig.run(60)
        stream.send(emit(Connect("late", True, 0, None, None, None)))
        rig.run(60)
        assert bytes(events.data) == b""
        assert stream.open


@pytest.mark.parametrize(
    "packet",
    [
        Connect("device", True, 0, None, None, None),
        ConnAck(0),
        Acknowledge(PacketType.UNSUBACK, 1),
        BarePacket(PacketType.PINGRESP),
        SubAck(1, (0,)),
    ],
)
def test_garbage_after_connect_ends_the_connection(rig: Rig, packet: Packet) -> None:
    device = Device(rig)
    device.say(packet)
    assert device.events.log[-1] == ("closed", Failure.RESET)


def test_identifiers_come_around_and_skip_what_is_in_use(rig: Rig) -> None:
    device = Device(rig)
    device.say(Subscribe(1, (("t", 1),)))
    broker = rig.world.server("broker")
    session = broker.sessions["device"]
    session.next_identifier = 65_535
    session.outgoing[1] = Publish(Publication("t", b"", 1), 1)
    device.events.data.clear()
    for _ in range(2):
        broker.publish("t", b"", qos=1)
    rig.run()
    assert [packet.identifier for packet in device.received() if isinstance(packet, Publish)] == [
        65_535,
        2,
    ]


def test_mqtt_over_tls_with_a_client_certificate(rig: Rig) -> None:
    certificate, key = rig.world.client_credentials()
    device = Device(
        rig,
        port=8883,
        tls={"certificate": certificate, "key": key, "alpn": ("x-amzn-mqtt-ca", "mqtt")},
    )
    assert device.received() == [ConnAck(0)]
    device.say(Publish(Publication("t", b"hello")))
    broker = rig.world.server("secure")
    assert broker.messages == [Publication("t", b"hello")]
    assert broker.connections[0].alpn == "mqtt"
    assert [event["topic"] for event in rig.events("mqtt-publish")] == ["t"]


def test_a_client_that_does_not_read_is_disconnected(tmp_path: Path) -> None:
    rig = joined(tmp_path, BROKER)
    broker = rig.world.server("broker")
    stream, events = rig.connect(1883, keep_reading=False)
    stream.send(emit(Connect("slow", False, 0, None, None, None)))
    stream.send(emit(Subscribe(1, (("#", 0),))))
    rig.run()
    for _ in range(1 + MAX_UNREAD // 100_000):
        broker.publish("big", bytes(100_000))
        rig.run(0.1)
    rig.run()
    assert events.log[-1] == ("closed", Failure.RESET)
    assert not broker.open_connections


def test_messages_for_a_session_are_bounded(tmp_path: Path) -> None:
    rig = joined(tmp_path, BROKER)
    broker = rig.world.server("broker")
    stream, _ = rig.connect(1883)
    stream.send(emit(Connect("busy", False, 0, None, None, None)))
    stream.send(emit(Subscribe(1, tuple((f"t/{n}", 1) for n in range(MAX_SUBSCRIPTIONS + 1)))))
    rig.run()
    assert len(broker.subscriptions("busy")) == MAX_SUBSCRIPTIONS
    for number in range(MAX_MESSAGES + 5):
        broker.publish("t/1", b"%d" % number, qos=1)
    session = broker.sessions["busy"]
    assert (len(session.outgoing), len(session.queue)) == (MAX_MESSAGES, 0)
    stream.abort()
    rig.run()
    for size in (200_000, 200_000, 10):
        session.outgoing.clear()
        broker.publish("t/1", bytes(size), qos=1)
    assert [len(kept.message.payload) for kept in session.queue] == [200_000, 10]


def test_sessions_and_retained_messages_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_delivery, "MAX_SESSIONS", 2)
    monkeypatch.setattr(mqtt_sessions, "MAX_RETAINED", 2)
    rig = joined(tmp_path, BROKER)
    broker = rig.world.server("broker")
    for name in ("first", "second", "third"):
        stream, _ = rig.connect(1883)
        stream.send(emit(Connect(name, False, 0, None, None, None)))
        rig.run()
        if name == "first":
            stream.abort()
            rig.run()
        broker.publish(name, b"x", retain=True)
    assert list(broker.sessions) == ["second", "third"]
    assert list(broker.retained) == ["state/lamp", "first"]
    broker.publish("first", b"", retain=True)
    assert list(broker.retained) == ["state/lamp"]
