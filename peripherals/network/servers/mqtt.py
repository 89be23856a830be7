"""An MQTT broker on virtual time: 3.1, 3.1.1 and 5.0; QoS 0 to 2, retained messages, wills,
sessions. Sections are those of version 5.0 where no other is named.

A client whose first bytes are no CONNECT gets silence, not a closed connection: firmware tests send
text to a broker's port and rely on it.
"""

from __future__ import annotations

from dataclasses import replace

from renode_wifi.peripherals.base.clock import SECOND
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.base import TcpServer
from renode_wifi.peripherals.network.servers.connection import ServerConnection
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.mqtt_delivery import Delivery, send
from renode_wifi.peripherals.network.servers.mqtt_fields import PROTOCOL_ERROR, MqttError
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    MAX_PACKET,
    PROTOCOLS,
    V3_1,
    V5,
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
)
from renode_wifi.peripherals.network.servers.mqtt_properties import (
    Properties,
    Property,
    integer,
    without,
)
from renode_wifi.peripherals.network.servers.mqtt_sessions import (
    FOREVER,
    Client,
    MqttSession,
    Subscription,
)
from renode_wifi.peripherals.network.servers.mqtt_topics import filter_is_valid, shared_filter
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

ACCEPTED = 0
UNACCEPTABLE_PROTOCOL, IDENTIFIER_REJECTED, BAD_USER_OR_PASSWORD = 1, 2, 4
"""Connect return codes of 3.1.1, section 3.2.2.3."""
CONNECT_REASONS = {
    UNACCEPTABLE_PROTOCOL: 0x84,
    IDENTIFIER_REJECTED: 0x85,
    BAD_USER_OR_PASSWORD: 0x86,
}
"""What they are as reason codes, section 3.2.2.2."""
BAD_AUTHENTICATION_METHOD = 0x8C

DISCONNECT_WITH_WILL = 0x04
NO_SUBSCRIPTION_EXISTED = 0x11
KEEP_ALIVE_TIMEOUT, SESSION_TAKEN_OVER = 0x8D, 0x8E
FILTER_INVALID, TOPIC_ALIAS_INVALID, QUOTA_EXCEEDED = 0x8F, 0x94, 0x97
FAILED = 0x80
"""From here on reason codes are failures; of SUBACK it is the only one before version 5."""

MAX_SUBSCRIPTIONS = 1_000
"""Of one session; more are refused."""
MAX_ALIASES = 16
"""Topic aliases of a client."""


class MqttBroker(TcpServer):
    """`messages` records everything published; `publish` injects a message."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.users: dict[str, str] | None = settings.users
        self._delivery = delivery = Delivery(context.clock, settings.retained)
        self.messages = delivery.messages
        self.sessions = delivery.sessions
        self.clients = delivery.clients
        """Connected clients by identifier."""

    # For tests

    @property
    def retained(self) -> dict[str, Publication]:
        kept = self._delivery.retained.items
        return {topic: stamped.message for topic, stamped in kept.items()}

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self._delivery.route(Publication(topic, payload, qos, retain))

    def subscriptions(self, client_id: str) -> dict[str, int]:
        """Filters of a client, and the QoS that it was granted."""
        session = self.sessions.get(client_id)
        subscriptions = {} if session is None else session.subscriptions
        return {topic: Subscription(options).qos for topic, options in subscriptions.items()}

    # The server

    def opened(self, connection: ServerConnection) -> None:
        connection.state = Client()

    def received(self, connection: ServerConnection, data: bytes) -> None:
        client: Client = connection.state
        if client.ignored:
            return
        client.last_packet = self.context.clock.now
        client.reader.feed(data)
        try:
            while connection.open and (packet := client.reader.next()) is not None:
                self._handle(connection, client, packet)
        except MqttError as error:
            self._trace("mqtt-error", connection, detail=str(error))
            if client.session is None:
                client.ignored = True
            else:
                self._drop(connection, error.reason)

    def _drop(self, connection: ServerConnection, reason: int) -> None:
        """End a connection; since version 5 the client gets to know why."""
        client: Client = connection.state
        if client.level >= V5:
            send(connection, BarePacket(PacketType.DISCONNECT, reason))
            connection.end()
        else:
            connection.abort()

    def closed(self, connection: ServerConnection) -> None:
        client: Client | None = connection.state
        if client is None:
            return
        if client.watchdog is not None:
            client.watchdog.cancel()
        session = client.session
        if session is None or self.clients.get(session.client_id) is not connection:
            return
        self._trace("mqtt-gone", connection, client=session.client_id)
        self._delivery.leave(session, client.will)

    def _trace(self, event: str, connection: ServerConnection, **fields: object) -> None:
        self.context.trace(event, flow=connection.stream.flow, server=self.name, **fields)

    # Packets

    def _handle(self, connection: ServerConnection, client: Client, packet: Packet) -> None:
        if isinstance(packet, Connect):
            if client.session is not None:
                raise MqttError("a second CONNECT", PROTOCOL_ERROR)
            self._connect(connection, client, packet)
            return
        session = client.session
        if session is None:
            raise MqttError("the first packet is no CONNECT")
        if isinstance(packet, Publish):
            self._published(connection, session, packet)
        elif isinstance(packet, Acknowledge):
            self._acknowledged(connection, session, packet)
        elif isinstance(packet, Subscribe):
            self._subscribe(connection, session, packet)
        elif isinstance(packet, Unsubscribe):
            codes = tuple(
                0 if session.unsubscribe(topic) else NO_SUBSCRIPTION_EXISTED
                for topic in packet.filters
            )
            send(connection, Acknowledge(PacketType.UNSUBACK, packet.identifier, codes=codes))
        elif isinstance(packet, BarePacket) and packet.type is PacketType.PINGREQ:
            send(connection, BarePacket(PacketType.PINGRESP))
        elif isinstance(packet, BarePacket) and packet.type is PacketType.DISCONNECT:
            if packet.reason != DISCONNECT_WITH_WILL:
                client.will = None
            if session.expiry:
                session.expiry = integer(packet.properties, Property.SESSION_EXPIRY, session.expiry)
            connection.end()
        else:
            raise MqttError(f"{type(packet).__name__} is not for a broker", PROTOCOL_ERROR)

    def _connect(self, connection: ServerConnection, client: Client, packet: Connect) -> None:
        client.level = packet.level if packet.level in PROTOCOLS else client.level
        code = self._judge(packet)
        if code != ACCEPTED:
            self._trace("mqtt-refused", connection, client=packet.client_id, code=code)
            send(connection, ConnAck(code))
            connection.end()
            return
        client_id = packet.client_id or f"auto-{connection.number}"
        previous = self.clients.get(client_id)
        if previous is not None:
            # Section 3.1.4: the newer connection takes the identifier over.
            self._drop(previous, SESSION_TAKEN_OVER)
        expiry = 0 if packet.clean else FOREVER
        if packet.level >= V5:
            expiry = integer(packet.properties, Property.SESSION_EXPIRY, 0)
        present = client_id in self.sessions and not packet.clean
        session = self._delivery.session_for(client_id, packet.clean, expiry)
        self.clients[client_id] = connection
        client.session = session
        client.will = packet.will
        client.properties = packet.properties
        client.keep_alive = packet.keep_alive
        self._trace("mqtt-connect", connection, client=client_id, keep_alive=packet.keep_alive)
        self._watch(connection, client)
        offered: Properties = (
            (Property.MAXIMUM_PACKET_SIZE, MAX_PACKET),
            (Property.TOPIC_ALIAS_MAXIMUM, MAX_ALIASES),
        )
        if not packet.client_id:
            offered += ((Property.ASSIGNED_CLIENT_IDENTIFIER, client_id),)
        known = present and packet.level != V3_1
        send(connection, ConnAck(ACCEPTED, known, offered))
        for waiting in list(session.outgoing.values()):
            again = replace(waiting, duplicate=True) if isinstance(waiting, Publish) else waiting
            send(connection, again)
        self._delivery.drain(session)

    def _judge(self, packet: Connect) -> int:
        code = ACCEPTED
        if packet.level not in PROTOCOLS:
            return UNACCEPTABLE_PROTOCOL
        if (
            not packet.client_id
            and packet.level < V5
            and (not packet.clean or packet.level == V3_1)
        ):
            code = IDENTIFIER_REJECTED
        elif self.users is not None:
            password = None if packet.user is None else self.users.get(packet.user)
            if password is None or password.encode() != packet.password:
                code = BAD_USER_OR_PASSWORD
        if packet.level < V5:
            return code
        if Property.AUTHENTICATION_METHOD in dict(packet.properties):
            return BAD_AUTHENTICATION_METHOD
        return CONNECT_REASONS.get(code, code)

    def _published(
        self, connection: ServerConnection, session: MqttSession, packet: Publish
    ) -> None:
        message = self._named(connection.state, packet.message)
        if message.qos == 1:
            send(connection, Acknowledge(PacketType.PUBACK, packet.identifier))
        elif message.qos == 2:
            send(connection, Acknowledge(PacketType.PUBREC, packet.identifier))
            if packet.identifier in session.incoming:
                return
            session.incoming.add(packet.identifier)
        self._trace(
            "mqtt-publish",
            connection,
            client=session.client_id,
            topic=message.topic,
            payload=message.payload,
            qos=message.qos,
        )
        self._delivery.route(message, session)
        self.published(session, message)

    def published(self, session: MqttSession, message: Publication) -> None:
        """A client has published, for brokers that answer."""

    def answer(
        self, session: MqttSession, topic: str, payload: bytes, always: bool = False
    ) -> None:
        """Publish to all that subscribe. always: to this client even if it does not."""
        message = Publication(topic, payload)
        self._delivery.route(message)
        if always and not session.matching(topic):
            self._delivery.give(session, message)

    @staticmethod
    def _named(client: Client, message: Publication) -> Publication:
        """The message with its topic, which an alias may stand for (section 3.3.2.3.4)."""
        alias = integer(message.properties, Property.TOPIC_ALIAS, 0)
        if not alias:
            return message
        topic = message.topic or client.aliases.get(alias, "")
        if alias > MAX_ALIASES or not topic:
            raise MqttError(f"topic alias {alias}", TOPIC_ALIAS_INVALID)
        client.aliases[alias] = topic
        properties = without(message.properties, Property.TOPIC_ALIAS)
        return replace(message, topic=topic, properties=properties)

    def _acknowledged(
        self, connection: ServerConnection, session: MqttSession, packet: Acknowledge
    ) -> None:
        if packet.type is PacketType.PUBREL:
            session.incoming.discard(packet.identifier)
            send(connection, Acknowledge(PacketType.PUBCOMP, packet.identifier))
        elif packet.type is PacketType.PUBREC and packet.reason < FAILED:
            release = Acknowledge(PacketType.PUBREL, packet.identifier)
            session.outgoing[packet.identifier] = release
            send(connection, release)
        elif packet.type in (PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBCOMP):
            session.outgoing.pop(packet.identifier, None)
            self._delivery.drain(session)
        else:
            raise MqttError(f"{packet.type.name} is not for a broker", PROTOCOL_ERROR)

    def _subscribe(
        self, connection: ServerConnection, session: MqttSession, packet: Subscribe
    ) -> None:
        level = connection.state.level
        identifier = integer(packet.properties, Property.SUBSCRIPTION_IDENTIFIER, 0)
        codes = []
        welcome: list[tuple[str, Subscription]] = []
        for topic_filter, options in packet.filters:
            subscription = Subscription(options, identifier)
            code = self._refusal(session, topic_filter)
            if subscription.no_local and shared_filter(topic_filter) is not None:
                raise MqttError("No Local of a shared subscription", PROTOCOL_ERROR)
            if not code:
                code = subscription.qos
                known = topic_filter in session.subscriptions
                session.subscribe(topic_filter, subscription)
                if subscription.retain_handling == 0 or (
                    subscription.retain_handling == 1 and not known
                ):
                    welcome.append((topic_filter, subscription))
            codes.append(code if level >= V5 else min(code, FAILED))
        self._trace(
            "mqtt-subscribe",
            connection,
            client=session.client_id,
            filters=[topic_filter for topic_filter, _ in packet.filters],
        )
        send(connection, SubAck(packet.identifier, tuple(codes)))
        for topic_filter, subscription in welcome:
            self._delivery.welcome(session, topic_filter, subscription)

    def _refusal(self, session: MqttSession, topic_filter: str) -> int:
        """Why a filter can't be subscribed to; 0 where it can."""
        if not filter_is_valid(topic_filter):
            return FILTER_INVALID
        full = len(session.subscriptions) >= MAX_SUBSCRIPTIONS
        return QUOTA_EXCEEDED if full and topic_filter not in session.subscriptions else 0

    # Keep-alive

    def _watch(self, connection: ServerConnection, client: Client) -> None:
        if client.keep_alive:
            silence = self.context.clock.now - client.last_packet
            client.watchdog = self.context.clock.schedule(
                client.keep_alive * SECOND * 3 // 2 - silence, _Watch(self, connection)
            )

    def check_alive(self, connection: ServerConnection) -> None:
        """Section 3.1.2.10: one and a half times the keep-alive without a packet ends it."""
        client: Client = connection.state
        if not connection.open:
            return
        if self.context.clock.now - client.last_packet >= client.keep_alive * SECOND * 3 // 2:
            self._trace("mqtt-silent", connection)
            self._drop(connection, KEEP_ALIVE_TIMEOUT)
        else:
            self._watch(connection, client)


@late_dataclass()
class _Watch:
    """A keep-alive check that can be saved with the world."""

    broker: MqttBroker
    connection: ServerConnection

    def __call__(self) -> None:
        self.broker.check_alive(self.connection)
