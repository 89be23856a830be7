"""What MQTT 5 adds to the broker, and clients of three versions at one broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from renode_wifi.peripherals.network.contract.stream import Failure
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    Acknowledge,
    BarePacket,
    ConnAck,
    Packet,
    PacketType,
    Publication,
    Publish,
    SubAck,
    Subscribe,
    Unsubscribe,
)
from renode_wifi.peripherals.network.servers.mqtt_properties import Properties, Property
from tests.peripherals.network.rig import Rig, joined, saved
from tests.peripherals.network.servers.test_mqtt import BROKER, Device

OFFERED: Properties = (
    (Property.MAXIMUM_PACKET_SIZE, 1_048_576),
    (Property.TOPIC_ALIAS_MAXIMUM, 16),
)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return joined(tmp_path, BROKER)


def device(rig: Rig, name: str = "device", **more: Any) -> Device:
    return Device(rig, name, level=5, **more)


def published(packets: list[Packet]) -> list[Publication]:
    return [packet.message for packet in packets if isinstance(packet, Publish)]


def test_versions_meet_at_one_broker(rig: Rig) -> None:
    devices = [Device(rig, f"v{level}", level=level) for level in (3, 4, 5)]
    assert [one.received() for one in devices] == [
        [ConnAck(0)],
        [ConnAck(0)],
        [ConnAck(0, False, OFFERED)],
    ]
    for one in devices:
        assert one.say(Subscribe(1, (("t", 1),))) == [SubAck(1, (1,))]
    note: Properties = ((Property.CONTENT_TYPE, "note"), (Property.USER_PROPERTY, ("a", "b")))
    devices[0].say(Publish(Publication("t", b"old", 1), 7))
    for one in devices:
        one.events.data.clear()
    devices[2].say(Publish(Publication("t", b"new", 1, properties=note), 7))
    assert published(devices[0].received()) == [Publication("t", b"new", 1)]
    assert published(devices[1].received()) == [Publication("t", b"new", 1)]
    assert published(devices[2].received()) == [Publication("t", b"new", 1, properties=note)]


def test_a_session_of_version_3_1_is_resumed_without_the_flag_of_3_1_1(rig: Rig) -> None:
    old = Device(rig, level=3, clean=False)
    old.say(Subscribe(1, (("t", 1),)))
    old.stream.abort()
    rig.run()
    rig.world.server("broker").publish("t", b"missed", qos=1)
    again = Device(rig, level=3, clean=False)
    assert again.received() == [ConnAck(0), Publish(Publication("t", b"missed", 1), 1)]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"port": 1884}, 0x86),
        ({"port": 1884, "user": "alice", "password": b"wonder"}, 0),
        ({"properties": ((Property.AUTHENTICATION_METHOD, "SCRAM"),)}, 0x8C),
    ],
)
def test_refusals_have_reason_codes(rig: Rig, more: dict[str, Any], code: int) -> None:
    (answer,) = device(rig, **more).received()
    assert isinstance(answer, ConnAck)
    assert answer.code == code


def test_a_client_without_a_name_gets_to_know_its(rig: Rig) -> None:
    (answer,) = device(rig, "", clean=False).received()
    assert isinstance(answer, ConnAck)
    assert dict(answer.properties)[Property.ASSIGNED_CLIENT_IDENTIFIER] == "auto-1"


def test_sessions_last_as_long_as_they_say(rig: Rig) -> None:
    kept: dict[str, Any] = {"clean": False, "properties": ((Property.SESSION_EXPIRY, 60),)}
    first = device(rig, **kept)
    first.say(Subscribe(1, (("t", 1),)))
    first.say(BarePacket(PacketType.DISCONNECT))
    rig = saved(rig)
    rig.run(50)
    second = device(rig, **kept)
    assert second.received() == [ConnAck(0, True, OFFERED)]
    rig.run(70)
    second.say(BarePacket(PacketType.DISCONNECT))
    rig.run(70)
    assert device(rig, **kept).received() == [ConnAck(0, False, OFFERED)]


def test_a_disconnect_may_shorten_the_session(rig: Rig) -> None:
    one = device(rig, properties=((Property.SESSION_EXPIRY, 0xFFFF_FFFF),))
    one.say(BarePacket(PacketType.DISCONNECT, 0, ((Property.SESSION_EXPIRY, 0),)))
    assert not rig.world.server("broker").sessions


@pytest.mark.parametrize(("back_after", "expected"), [(20, []), (40, [b"dying"])])
def test_a_will_waits_for_its_delay(rig: Rig, back_after: int, expected: list[bytes]) -> None:
    watcher = device(rig, "watcher")
    watcher.say(Subscribe(1, (("gone", 1),)))
    will = Publication("gone", b"dying", 0, properties=((Property.WILL_DELAY, 30),))
    dying: dict[str, Any] = {"clean": False, "properties": ((Property.SESSION_EXPIRY, 90),)}
    device(rig, "dying", will=will, **dying).stream.abort()
    watcher.events.data.clear()
    rig.run(back_after)
    device(rig, "dying", **dying)
    rig.run(60)
    assert [message.payload for message in published(watcher.received())] == expected


def test_a_will_is_published_by_wish_and_at_the_end_of_the_session(rig: Rig) -> None:
    will = Publication("gone", b"x", 0, properties=((Property.WILL_DELAY, 30),))
    one = device(rig, will=will, properties=((Property.SESSION_EXPIRY, 5),))
    one.say(BarePacket(PacketType.DISCONNECT, 4))
    broker = rig.world.server("broker")
    rig.run(3)
    assert broker.messages == []
    rig.run(3)
    assert broker.messages == [Publication("gone", b"x")]


def test_topic_aliases_stand_for_topics(rig: Rig) -> None:
    one = device(rig)
    one.say(Subscribe(1, (("a/#", 0),)))
    alias: Properties = ((Property.TOPIC_ALIAS, 3),)
    answers = one.say(
        Publish(Publication("a/long", b"1", properties=alias)),
        Publish(Publication("", b"2", properties=alias)),
    )
    assert published(answers) == [Publication("a/long", b"1"), Publication("a/long", b"2")]


@pytest.mark.parametrize(("topic", "alias"), [("", 4), ("t", 17)])
def test_unknown_aliases_end_the_connection_with_a_reason(rig: Rig, topic: str, alias: int) -> None:
    one = device(rig)
    packet = Publish(Publication(topic, b"x", properties=((Property.TOPIC_ALIAS, alias),)))
    assert one.say(packet) == [BarePacket(PacketType.DISCONNECT, 0x94)]
    assert one.events.log[-1] == ("closed", None)


def test_whoever_breaks_the_rules_or_falls_silent_gets_to_know(rig: Rig) -> None:
    assert device(rig).say(BarePacket(PacketType.PINGRESP)) == [
        BarePacket(PacketType.DISCONNECT, 0x82)
    ]
    silent = device(rig, "silent", keep_alive=10)
    silent.events.data.clear()
    rig.run(16)
    assert silent.received() == [BarePacket(PacketType.DISCONNECT, 0x8D)]
    first = device(rig, "twin")
    first.events.data.clear()
    device(rig, "twin")
    assert first.received() == [BarePacket(PacketType.DISCONNECT, 0x8E)]


def test_messages_expire_where_they_wait(rig: Rig) -> None:
    kept: dict[str, Any] = {"clean": False, "properties": ((Property.SESSION_EXPIRY, 900),)}
    reader = device(rig, "reader", **kept)
    reader.say(Subscribe(1, (("t", 1),)))
    reader.stream.abort()
    writer = device(rig, "writer")
    for seconds in (10, 100):
        expiry: Properties = ((Property.MESSAGE_EXPIRY, seconds),)
        writer.say(Publish(Publication("t", b"%d" % seconds, 1, True, expiry), 1))
    rig.run(40)
    (message,) = published(device(rig, "reader", **kept).received())
    assert message.payload == b"100"
    assert 50 <= dict(message.properties)[Property.MESSAGE_EXPIRY] <= 60  # type: ignore[operator]
    rig.run(100)
    assert published(device(rig, "late").say(Subscribe(1, (("t", 0),)))) == []


def test_options_of_subscriptions(rig: Rig) -> None:
    one = device(rig)
    lamp = Publication("state/lamp", b"on", 0, True)
    assert published(one.say(Subscribe(1, (("state/lamp", 0x10),)))) == [lamp]
    assert published(one.say(Subscribe(1, (("state/lamp", 0x10),)))) == []
    assert published(one.say(Subscribe(1, (("state/lamp", 0x20),)))) == []
    # No Local and Retain As Published.
    one.say(Subscribe(2, (("own", 0x04), ("kept", 0x08))))
    assert published(one.say(Publish(Publication("own", b"x")))) == []
    kept = Publication("kept", b"x", 0, True)
    assert published(one.say(Publish(kept))) == [kept]


def test_subscription_identifiers_come_with_messages(rig: Rig) -> None:
    one = device(rig)
    for number, topic_filter in ((5, "a/+"), (300, "a/#")):
        identifier: Properties = ((Property.SUBSCRIPTION_IDENTIFIER, number),)
        one.say(Subscribe(1, ((topic_filter, 0),), identifier))
    (message,) = published(one.say(Publish(Publication("a/b", b"x"))))
    assert message.properties == (
        (Property.SUBSCRIPTION_IDENTIFIER, 5),
        (Property.SUBSCRIPTION_IDENTIFIER, 300),
    )


def test_each_filter_gets_its_reason(rig: Rig) -> None:
    one = device(rig)
    answer = one.say(Subscribe(1, (("a#", 0), ("$share/g/t", 0), ("t", 2))))
    assert answer == [SubAck(1, (0x8F, 0, 2))]
    unsubscribed = one.say(Unsubscribe(2, ("t", "never")))
    assert unsubscribed == [Acknowledge(PacketType.UNSUBACK, 2, codes=(0, 0x11))]


def test_a_client_bounds_what_it_is_sent(rig: Rig) -> None:
    limits: Properties = (
        (Property.RECEIVE_MAXIMUM, 2),
        (Property.MAXIMUM_PACKET_SIZE, 100),
    )
    one = device(rig, properties=limits)
    one.say(Subscribe(1, (("t", 1),)))
    broker = rig.world.server("broker")
    one.events.data.clear()
    for payload in (b"1", bytes(100), b"2", b"3"):
        broker.publish("t", payload, qos=1)
    rig.run()
    assert [message.payload for message in published(one.received())] == [b"1", b"2"]
    answers = one.say(Acknowledge(PacketType.PUBACK, 1))
    assert [message.payload for message in published(answers)] == [b"3"]


def test_a_refused_message_of_quality_2_is_over(rig: Rig) -> None:
    one = device(rig)
    one.say(Subscribe(1, (("t", 2),)))
    broker = rig.world.server("broker")
    broker.publish("t", b"x", qos=2)
    rig.run()
    assert one.say(Acknowledge(PacketType.PUBREC, 1, 0x97)) == []
    assert not broker.sessions["device"].outgoing


def test_a_broken_packet_of_version_4_is_a_reset(rig: Rig) -> None:
    one = Device(rig)
    one.stream.send(b"\xe0\x01\0")
    rig.run()
    assert one.events.log[-1] == ("closed", Failure.RESET)


@pytest.mark.parametrize("level", [4, 5])
def test_a_shared_subscription_gets_each_message_once(rig: Rig, level: int) -> None:
    """MQTT 5, section 4.8.2: members take turns, others get everything, nothing retained comes."""
    broker = rig.world.server("broker")
    broker.publish("work/0", b"kept", retain=True)
    workers = [Device(rig, name, level=level) for name in ("a", "b")]
    boss = Device(rig, "boss", level=level)
    for worker in workers:
        assert worker.say(Subscribe(1, (("$share/pool/work/+", 1),))) == [SubAck(1, (1,))]
    boss.say(Subscribe(1, (("work/#", 0),)))
    for one in (*workers, boss):
        one.events.data.clear()
    for number in range(4):
        broker.publish("work/1", b"%d" % number, qos=1)
        rig.run()
    taken = [[message.payload for message in published(one.received())] for one in workers]
    assert taken == [[b"0", b"2"], [b"1", b"3"]]
    assert len(published(boss.received())) == 4
    workers[0].stream.abort()
    rig.run()
    workers[1].events.data.clear()
    broker.publish("work/1", b"4")
    broker.publish("work/1", b"5")
    rig.run()
    assert [message.payload for message in published(workers[1].received())] == [b"4", b"5"]


@pytest.mark.parametrize("topic_filter", ["$share/pool", "$share//t", "$share/p+/t", "$share/p/"])
def test_shared_filters_have_a_group_and_a_filter(rig: Rig, topic_filter: str) -> None:
    one = device(rig)
    assert one.say(Subscribe(1, ((topic_filter, 1),)))[-1] == SubAck(1, (0x8F,))


def test_a_shared_subscription_without_its_own_messages_is_an_error(rig: Rig) -> None:
    one = device(rig)
    assert one.say(Subscribe(1, (("$share/pool/t", 5),)))[-1] == BarePacket(
        PacketType.DISCONNECT, 0x82
    )
