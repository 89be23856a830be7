"""An MQTT 3.1.1 broker on virtual time: QoS 0 to 2, retained messages, wills, sessions.

A client whose first bytes are no CONNECT gets silence, not a closed connection: firmware tests send
text to a broker's port and rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.network.servers.base import TcpServer
from renode_wifi.peripherals.network.servers.connection import ServerConnection
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    Acknowledge,
    Bare,
    ConnAck,
    Connect,
    Message,
    MqttError,
    Packet,
    PacketReader,
    Publish,
    SubAck,
    Subscribe,
    Type,
    Unsubscribe,
    emit,
    filter_is_valid,
    matches,
)
from renode_wifi.peripherals.network.servers.records import Records
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

ACCEPTED = 0
UNACCEPTABLE_PROTOCOL = 1
IDENTIFIER_REJECTED = 2
BAD_USER_OR_PASSWORD = 4
"""Connect return codes, section 3.2.2.3."""

SUBSCRIBE_FAILURE = 0x80
LAST_IDENTIFIER = 65_535

MAX_SESSIONS = 1_000
"""Sessions kept; the oldest whose client is away makes room."""
MAX_SUBSCRIPTIONS = 1_000
"""Of one session; more are refused."""
MAX_MESSAGES = 1_000
"""Queued or unacknowledged messages of one session; more are dropped."""
MAX_SESSION_BYTES = 262_144
"""Bytes in them, unless one message alone has more."""
MAX_RETAINED = 1_000
MAX_RETAINED_BYTES = 16 * 1_048_576
"""Of all retained messages; what doesn't fit isn't retained."""
MAX_UNREAD = 1_048_576
"""Bytes for a client that doesn't read, before it is disconnected."""


@dataclass
class Session:
    """What outlives a connection when the client asks for it (section 3.1.2.4)."""

    client_id: str
    clean: bool
    subscriptions: dict[str, int] = field(default_factory=dict)
    queue: list[Message] = field(default_factory=list)
    outgoing: dict[int, Publish | Acknowledge] = field(default_factory=dict)
    """By identifier: sent and not acknowledged."""
    incoming: set[int] = field(default_factory=set)
    """Identifiers of QoS 2 messages taken and not released."""
    next_identifier: int = 1

    def has_room(self, message: Message) -> bool:
        waiting = [kept.message for kept in self.outgoing.values() if isinstance(kept, Publish)]
        waiting += self.queue
        size = sum(len(kept.payload) for kept in waiting) + len(message.payload)
        return not waiting or (len(waiting) < MAX_MESSAGES and size <= MAX_SESSION_BYTES)


@dataclass
class Client:
    """The protocol's side of one connection."""

    reader: PacketReader = field(default_factory=PacketReader)
    session: Session | None = None
    will: Message | None = None
    keep_alive: int = 0
    last_packet: int = 0
    watchdog: Event | None = None
    ignored: bool = False
    """It sent something else than MQTT: nothing is sent or read any more."""


class MqttBroker(TcpServer):
    """`messages` records everything published; `publish` injects a message."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        self.users: dict[str, str] | None = settings.users
        self.messages: Records[Message] = Records()
        self.retained: dict[str, Message] = {
            topic: Message(topic, text.encode(), 0, True)
            for topic, text in settings.retained.items()
        }
        self.sessions: dict[str, Session] = {}
        self.clients: dict[str, ServerConnection] = {}
        """Connected clients by identifier."""

    # For tests

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self._route(Message(topic, payload, qos, retain))

    def subscriptions(self, client_id: str) -> dict[str, int]:
        session = self.sessions.get(client_id)
        return {} if session is None else dict(session.subscriptions)

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
        del self.clients[session.client_id]
        if session.clean:
            del self.sessions[session.client_id]
        self._trace("mqtt-gone", connection, client=session.client_id)
        if client.will is not None:
            will, client.will = client.will, None
            self._route(will)

    def _trace(self, event: str, connection: ServerConnection, **fields: object) -> None:
        self.context.trace(event, flow=connection.stream.flow, server=self.name, **fields)

    # Packets

    def _handle(self, connection: ServerConnection, client: Client, packet: Packet) -> None:
        if isinstance(packet, Connect):
            if client.session is not None:
                raise MqttError("a second CONNECT")
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
            for topic in packet.filters:
                session.subscriptions.pop(topic, None)
            self._send(connection, Acknowledge(Type.UNSUBACK, packet.identifier))
        elif isinstance(packet, Bare) and packet.type is Type.PINGREQ:
            self._send(connection, Bare(Type.PINGRESP))
        elif isinstance(packet, Bare) and packet.type is Type.DISCONNECT:
            client.will = None
            connection.end()
        else:
            raise MqttError(f"{type(packet).__name__} is not for a broker")

    def _connect(self, connection: ServerConnection, client: Client, packet: Connect) -> None:
        code = self._judge(packet)
        if code != ACCEPTED:
            self._trace("mqtt-refused", connection, client=packet.client_id, code=code)
            self._send(connection, ConnAck(code))
            connection.end()
            return
        client_id = packet.client_id or f"auto-{connection.number}"
        previous = self.clients.get(client_id)
        if previous is not None:
            # Section 3.1.4: the newer connection takes the identifier over.
            previous.abort()
        session = self.sessions.get(client_id)
        present = session is not None and not packet.clean
        if session is None or packet.clean:
            self._make_room_for_session()
            session = Session(client_id, packet.clean)
        session.clean = packet.clean
        self.sessions[client_id] = session
        self.clients[client_id] = connection
        client.session = session
        client.will = packet.will
        client.keep_alive = packet.keep_alive
        self._trace("mqtt-connect", connection, client=client_id, keep_alive=packet.keep_alive)
        self._watch(connection, client)
        self._send(connection, ConnAck(ACCEPTED, present))
        for waiting in list(session.outgoing.values()):
            again = replace(waiting, duplicate=True) if isinstance(waiting, Publish) else waiting
            self._send(connection, again)
        queue, session.queue = session.queue, []
        for message in queue:
            self._give(session, message)

    def _make_room_for_session(self) -> None:
        if len(self.sessions) >= MAX_SESSIONS:
            away = next((name for name in self.sessions if name not in self.clients), None)
            if away is not None:
                del self.sessions[away]

    def _judge(self, packet: Connect) -> int:
        if packet.level != 4:
            return UNACCEPTABLE_PROTOCOL
        if not packet.client_id and not packet.clean:
            return IDENTIFIER_REJECTED
        if self.users is not None:
            password = None if packet.user is None else self.users.get(packet.user)
            if password is None or password.encode() != packet.password:
                return BAD_USER_OR_PASSWORD
        return ACCEPTED

    def _published(self, connection: ServerConnection, session: Session, packet: Publish) -> None:
        message = packet.message
        if message.qos == 1:
            self._send(connection, Acknowledge(Type.PUBACK, packet.identifier))
        elif message.qos == 2:
            self._send(connection, Acknowledge(Type.PUBREC, packet.identifier))
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
        self._route(message)

    def _acknowledged(
        self, connection: ServerConnection, session: Session, packet: Acknowledge
    ) -> None:
        if packet.type is Type.PUBREL:
            session.incoming.discard(packet.identifier)
            self._send(connection, Acknowledge(Type.PUBCOMP, packet.identifier))
        elif packet.type is Type.PUBREC:
            release = Acknowledge(Type.PUBREL, packet.identifier)
            session.outgoing[packet.identifier] = release
            self._send(connection, release)
        elif packet.type in (Type.PUBACK, Type.PUBCOMP):
            session.outgoing.pop(packet.identifier, None)
            if session.queue:
                self._give(session, session.queue.pop(0))
        else:
            raise MqttError(f"{packet.type.name} is not for a broker")

    def _subscribe(self, connection: ServerConnection, session: Session, packet: Subscribe) -> None:
        codes = []
        for topic_filter, qos in packet.filters:
            full = len(session.subscriptions) >= MAX_SUBSCRIPTIONS
            if filter_is_valid(topic_filter) and not (
                full and topic_filter not in session.subscriptions
            ):
                session.subscriptions[topic_filter] = qos
                codes.append(qos)
            else:
                codes.append(SUBSCRIBE_FAILURE)
        self._trace(
            "mqtt-subscribe",
            connection,
            client=session.client_id,
            filters=[topic_filter for topic_filter, _ in packet.filters],
        )
        self._send(connection, SubAck(packet.identifier, tuple(codes)))
        for (topic_filter, _), code in zip(packet.filters, codes, strict=True):
            if code == SUBSCRIBE_FAILURE:
                continue
            for topic in sorted(self.retained):
                if matches(topic_filter, topic):
                    message = self.retained[topic]
                    self._give(session, replace(message, qos=min(message.qos, code)))

    # Messages

    def _route(self, message: Message) -> None:
        self.messages.keep(message, len(message.payload))
        if message.retain:
            self._retain(message)
        for session in list(self.sessions.values()):
            granted = [
                qos
                for topic_filter, qos in session.subscriptions.items()
                if matches(topic_filter, message.topic)
            ]
            if granted:
                qos = min(message.qos, max(granted))
                # Section 3.3.1.3: RETAIN is 0 towards a subscription that stood already.
                self._give(session, Message(message.topic, message.payload, qos, False))

    def _retain(self, message: Message) -> None:
        self.retained.pop(message.topic, None)
        size = sum(len(kept.payload) for kept in self.retained.values()) + len(message.payload)
        if message.payload and len(self.retained) < MAX_RETAINED and size <= MAX_RETAINED_BYTES:
            self.retained[message.topic] = message

    def _give(self, session: Session, message: Message) -> None:
        connection = self.clients.get(session.client_id)
        if connection is None or (message.qos and len(session.outgoing) >= MAX_MESSAGES):
            if message.qos and session.has_room(message):
                session.queue.append(message)
            return
        if message.qos and not session.has_room(message):
            return
        identifier = 0
        if message.qos:
            identifier = self._free_identifier(session)
            session.outgoing[identifier] = Publish(message, identifier)
        self._send(connection, Publish(message, identifier))

    @staticmethod
    def _free_identifier(session: Session) -> int:
        identifier = session.next_identifier
        while identifier in session.outgoing:
            identifier = identifier % LAST_IDENTIFIER + 1
        session.next_identifier = identifier % LAST_IDENTIFIER + 1
        return identifier

    @staticmethod
    def _send(connection: ServerConnection, packet: Packet) -> None:
        connection.send(emit(packet))
        if connection.unsent > MAX_UNREAD:
            connection.abort()

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
            connection.abort()
        else:
            self._watch(connection, client)


@dataclass
class _Watch:
    """A keep-alive check that can be saved with the world."""

    broker: MqttBroker
    connection: ServerConnection

    def __call__(self) -> None:
        self.broker.check_alive(self.connection)
