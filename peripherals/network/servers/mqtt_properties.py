"""Properties of MQTT 5 packets (OASIS MQTT Version 5.0, section 2.2.2)."""

from __future__ import annotations

from enum import IntEnum

from renode_wifi.peripherals.network.servers.mqtt_fields import (
    PROTOCOL_ERROR,
    Fields,
    MqttError,
    emit_binary,
    emit_text,
    emit_variable,
)


class Property(IntEnum):
    """Table 2-4."""

    PAYLOAD_FORMAT = 0x01
    MESSAGE_EXPIRY = 0x02
    CONTENT_TYPE = 0x03
    RESPONSE_TOPIC = 0x08
    CORRELATION_DATA = 0x09
    SUBSCRIPTION_IDENTIFIER = 0x0B
    SESSION_EXPIRY = 0x11
    ASSIGNED_CLIENT_IDENTIFIER = 0x12
    SERVER_KEEP_ALIVE = 0x13
    AUTHENTICATION_METHOD = 0x15
    AUTHENTICATION_DATA = 0x16
    REQUEST_PROBLEM_INFORMATION = 0x17
    WILL_DELAY = 0x18
    REQUEST_RESPONSE_INFORMATION = 0x19
    RESPONSE_INFORMATION = 0x1A
    SERVER_REFERENCE = 0x1C
    REASON_STRING = 0x1F
    RECEIVE_MAXIMUM = 0x21
    TOPIC_ALIAS_MAXIMUM = 0x22
    TOPIC_ALIAS = 0x23
    MAXIMUM_QOS = 0x24
    RETAIN_AVAILABLE = 0x25
    USER_PROPERTY = 0x26
    MAXIMUM_PACKET_SIZE = 0x27
    WILDCARD_AVAILABLE = 0x28
    SUBSCRIPTION_IDENTIFIERS_AVAILABLE = 0x29
    SHARED_AVAILABLE = 0x2A


Value = int | str | bytes | tuple[str, str]
Properties = tuple[tuple[Property, Value], ...]
"""In the order in which they stand in the packet."""

P = Property
BYTES = {
    **dict.fromkeys((P.MESSAGE_EXPIRY, P.SESSION_EXPIRY, P.WILL_DELAY, P.MAXIMUM_PACKET_SIZE), 4),
    **dict.fromkeys(
        (P.SERVER_KEEP_ALIVE, P.RECEIVE_MAXIMUM, P.TOPIC_ALIAS_MAXIMUM, P.TOPIC_ALIAS), 2
    ),
    **dict.fromkeys(
        (
            P.PAYLOAD_FORMAT,
            P.REQUEST_PROBLEM_INFORMATION,
            P.REQUEST_RESPONSE_INFORMATION,
            P.MAXIMUM_QOS,
            P.RETAIN_AVAILABLE,
            P.WILDCARD_AVAILABLE,
            P.SUBSCRIPTION_IDENTIFIERS_AVAILABLE,
            P.SHARED_AVAILABLE,
        ),
        1,
    ),
}
"""Integers, and how many bytes they take."""
BINARY = (P.CORRELATION_DATA, P.AUTHENTICATION_DATA)
NEVER_ZERO = (P.RECEIVE_MAXIMUM, P.MAXIMUM_PACKET_SIZE, P.SUBSCRIPTION_IDENTIFIER, P.TOPIC_ALIAS)
TRUTHS = tuple(name for name, size in BYTES.items() if size == 1)
REPEATABLE = (P.USER_PROPERTY, P.SUBSCRIPTION_IDENTIFIER)

OF_MESSAGES = (
    P.PAYLOAD_FORMAT,
    P.MESSAGE_EXPIRY,
    P.CONTENT_TYPE,
    P.RESPONSE_TOPIC,
    P.CORRELATION_DATA,
    P.USER_PROPERTY,
)
OF_CONNECT = (
    P.SESSION_EXPIRY,
    P.RECEIVE_MAXIMUM,
    P.MAXIMUM_PACKET_SIZE,
    P.TOPIC_ALIAS_MAXIMUM,
    P.REQUEST_RESPONSE_INFORMATION,
    P.REQUEST_PROBLEM_INFORMATION,
    P.USER_PROPERTY,
    P.AUTHENTICATION_METHOD,
    P.AUTHENTICATION_DATA,
)
OF_WILL = (*OF_MESSAGES, P.WILL_DELAY)
OF_CONNACK = tuple(
    set(Property)
    - {*OF_WILL, P.SUBSCRIPTION_IDENTIFIER, P.TOPIC_ALIAS, P.REQUEST_PROBLEM_INFORMATION}
    - {P.REQUEST_RESPONSE_INFORMATION}
    | {P.USER_PROPERTY}
)
OF_PUBLISH = (*OF_MESSAGES, P.TOPIC_ALIAS, P.SUBSCRIPTION_IDENTIFIER)
OF_SUBSCRIBE = (P.SUBSCRIPTION_IDENTIFIER, P.USER_PROPERTY)
OF_UNSUBSCRIBE = (P.USER_PROPERTY,)
OF_ANSWERS = (P.REASON_STRING, P.USER_PROPERTY)
OF_DISCONNECT = (*OF_ANSWERS, P.SESSION_EXPIRY, P.SERVER_REFERENCE)
OF_AUTH = (*OF_ANSWERS, P.AUTHENTICATION_METHOD, P.AUTHENTICATION_DATA)


def integer(properties: Properties, name: Property, default: int) -> int:
    """The value of an integer; `default` where it is not there."""
    value = dict(properties).get(name, default)
    assert isinstance(value, int)
    return value


def without(properties: Properties, *names: Property) -> Properties:
    return tuple(item for item in properties if item[0] not in names)


def parse_properties(fields: Fields, allowed: tuple[Property, ...]) -> Properties:
    """The properties at `fields`, of which those of the packet are allowed."""
    inner = Fields(fields.take(fields.variable()))
    properties: list[tuple[Property, Value]] = []
    seen = set()
    while inner.more:
        number = inner.variable()
        if number not in allowed:
            raise MqttError(f"property {number:#04x} doesn't belong there")
        name = Property(number)
        if name in seen and name not in REPEATABLE:
            raise MqttError(f"{name.name} is there twice", PROTOCOL_ERROR)
        seen.add(name)
        value = _value(inner, name)
        if (value == 0 and name in NEVER_ZERO) or (
            name in TRUTHS and isinstance(value, int) and value > 1
        ):
            raise MqttError(f"{name.name} is {value!r}", PROTOCOL_ERROR)
        properties.append((name, value))
    return tuple(properties)


def _value(fields: Fields, name: Property) -> Value:
    if name in BYTES:
        return fields.number(BYTES[name])
    if name is P.SUBSCRIPTION_IDENTIFIER:
        return fields.variable()
    if name in BINARY:
        return fields.binary()
    if name is P.USER_PROPERTY:
        return fields.text(), fields.text()
    return fields.text()


def emit_properties(properties: Properties) -> bytes:
    body = b"".join(bytes([name]) + _bytes(name, value) for name, value in properties)
    return emit_variable(len(body)) + body


def _bytes(name: Property, value: Value) -> bytes:
    if isinstance(value, int):
        size = BYTES.get(name)
        return emit_variable(value) if size is None else value.to_bytes(size, "big")
    if isinstance(value, bytes):
        return emit_binary(value)
    if isinstance(value, str):
        return emit_text(value)
    return emit_text(value[0]) + emit_text(value[1])
