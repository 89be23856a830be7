"""How messages of an MQTT broker reach their subscribers (OASIS MQTT Version 5.0, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from renode_wifi.peripherals.base.clock import SECOND, Clock
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.connection import ServerConnection
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    MAX_PACKET,
    V5,
    Packet,
    Publication,
    Publish,
    emit,
)
from renode_wifi.peripherals.network.servers.mqtt_properties import Property, integer, without
from renode_wifi.peripherals.network.servers.mqtt_sessions import (
    FOREVER,
    Client,
    MqttSession,
    Retained,
    Stamped,
    Subscription,
)
from renode_wifi.peripherals.network.servers.mqtt_topics import matches, shared_filter
from renode_wifi.peripherals.network.servers.records import Records

MAX_SESSIONS = 1_000
"""Sessions kept; the oldest whose client is away makes room."""
MAX_UNREAD = 1_048_576
"""Bytes for a client that doesn't read, before it is disconnected."""


def send(connection: ServerConnection, packet: Packet) -> None:
    """Send a packet in the version that the client speaks."""
    client: Client = connection.state
    connection.send(emit(packet, client.level))
    if connection.unsent > MAX_UNREAD:
        connection.abort()


class Delivery:
    """The broker's sessions, and the way of messages to them.

    messages: everything published. clients: connections by identifier. retained: topics and texts.
    """

    def __init__(self, clock: Clock, retained: Mapping[str, str]) -> None:
        self.clock = clock
        self.messages: Records[Publication] = Records()
        self.retained = Retained()
        for topic, text in retained.items():
            self.retained.keep(Stamped(Publication(topic, text.encode(), 0, True)))
        self.sessions: dict[str, MqttSession] = {}
        self.clients: dict[str, ServerConnection] = {}
        self._turns: dict[str, str] = {}
        """By filter of a shared subscription: the client that had the last message."""

    # Messages

    def route(self, message: Publication, origin: MqttSession | None = None) -> None:
        """Give a message to all that subscribe to its topic. origin: whose it is."""
        self.messages.keep(message, len(message.payload))
        stamped = Stamped.at(message, self.clock.now)
        if message.retain:
            self.retained.keep(stamped)
        for session in list(self.sessions.values()):
            granted = [
                subscription
                for subscription in session.matching(message.topic)
                if not (subscription.no_local and session is origin)
            ]
            if granted:
                # Section 3.3.1.3: RETAIN is 0 towards a subscription that stood already.
                as_published = any(subscription.as_published for subscription in granted)
                self._give(session, stamped.granted(granted, message.retain and as_published))
        self._share(stamped)

    def _share(self, stamped: Stamped) -> None:
        """Give a message to one client of each shared subscription (section 4.8.2).

        They take turns in the order of their sessions; who is connected goes before who is away.
        """
        message = stamped.message
        groups: dict[str, list[MqttSession]] = {}
        for session in self.sessions.values():
            for topic_filter in session.subscriptions:
                inner = shared_filter(topic_filter)
                if inner is not None and matches(inner, message.topic):
                    groups.setdefault(topic_filter, []).append(session)
        for topic_filter, members in groups.items():
            present = [member for member in members if member.client_id in self.clients] or members
            names = [member.client_id for member in present]
            last = self._turns.get(topic_filter)
            turn = (names.index(last) + 1) % len(names) if last in names else 0
            self._turns[topic_filter] = names[turn]
            subscription = present[turn].subscription(topic_filter)
            retain = message.retain and subscription.as_published
            self._give(present[turn], stamped.granted([subscription], retain))
        if len(self._turns) > MAX_SESSIONS:
            self._turns.clear()

    def welcome(self, session: MqttSession, topic_filter: str, subscription: Subscription) -> None:
        """Give the retained messages that a new subscription asks for; a shared one gets none."""
        if shared_filter(topic_filter) is not None:
            return
        for kept in self.retained.below(topic_filter):
            self._give(session, kept.granted([subscription], retain=True))

    def drain(self, session: MqttSession) -> None:
        """Give what waits, as far as the client takes it."""
        connection = self.clients[session.client_id]
        while session.queue and len(session.outgoing) < connection.state.window:
            self._give(session, session.queue.pop(0))

    def give(self, session: MqttSession, message: Publication) -> None:
        """Give a message to one client, whatever it subscribes to."""
        self._give(session, Stamped.at(message, self.clock.now))

    def _give(self, session: MqttSession, stamped: Stamped) -> None:
        message = stamped.message
        connection = self.clients.get(session.client_id)
        if connection is None or (message.qos and len(session.outgoing) >= connection.state.window):
            if message.qos and session.has_room(message):
                session.queue.append(stamped)
            return
        properties = stamped.remaining(self.clock.now)
        if properties is None or (message.qos and not session.has_room(message)):
            return
        message = replace(message, properties=properties)
        publish = Publish(message, session.free_identifier() if message.qos else 0)
        client: Client = connection.state
        limit = integer(client.properties, Property.MAXIMUM_PACKET_SIZE, MAX_PACKET)
        if client.level >= V5 and len(emit(publish, client.level)) > limit:
            return
        if message.qos:
            session.outgoing[publish.identifier] = publish
        send(connection, publish)

    # Sessions

    def session_for(self, client_id: str, clean: bool, expiry: int) -> MqttSession:
        """The session of a client that connects: its old one, unless it wants a clean start."""
        session = self.sessions.get(client_id)
        if session is not None:
            if clean:
                self.publish_will(session)
            session.resumed()
        if session is None or clean:
            if len(self.sessions) >= MAX_SESSIONS:
                away = next((name for name in self.sessions if name not in self.clients), None)
                if away is not None:
                    del self.sessions[away]
            session = MqttSession(client_id, expiry)
        session.expiry = expiry
        self.sessions[client_id] = session
        return session

    def leave(self, session: MqttSession, will: Publication | None) -> None:
        """The connection of a session is over."""
        del self.clients[session.client_id]
        session.will = will
        delay = 0 if will is None else integer(will.properties, Property.WILL_DELAY, 0)
        if session.expiry == 0:
            del self.sessions[session.client_id]
        elif session.expiry != FOREVER:
            self._schedule(session, session.expiry, self.end_session)
        delay = min(delay, session.expiry)
        if delay:
            self._schedule(session, delay, self.publish_will)
        else:
            self.publish_will(session)

    def _schedule(
        self, session: MqttSession, seconds: int, action: Callable[[MqttSession], None]
    ) -> None:
        event = self.clock.schedule(seconds * SECOND, _Later(action, session))
        session.events.append(event)

    def end_session(self, session: MqttSession) -> None:
        """The session has expired."""
        if self.sessions.get(session.client_id) is session:
            del self.sessions[session.client_id]
        self.publish_will(session)

    def publish_will(self, session: MqttSession) -> None:
        """The will of a client that is gone, once."""
        will, session.will = session.will, None
        if will is not None:
            self.route(replace(will, properties=without(will.properties, Property.WILL_DELAY)))


@late_dataclass()
class _Later:
    """Something that happens to a session whose client is gone; it can be saved with the world."""

    action: Callable[[MqttSession], None]
    session: MqttSession

    def __call__(self) -> None:
        self.action(self.session)
