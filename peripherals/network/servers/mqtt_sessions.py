"""What an MQTT broker keeps of its clients: connections, and sessions that may outlive them."""

from __future__ import annotations

from dataclasses import field, replace

from renode_wifi.peripherals.base.clock import SECOND, Event
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.servers.mqtt_packets import (
    V3_1_1,
    Acknowledge,
    PacketReader,
    Publication,
    Publish,
)
from renode_wifi.peripherals.network.servers.mqtt_properties import (
    Properties,
    Property,
    integer,
    without,
)
from renode_wifi.peripherals.network.servers.mqtt_topics import matches, shared_filter

MAX_MESSAGES = 1_000
"""Queued or unacknowledged messages of one session; more are dropped."""
MAX_SESSION_BYTES = 262_144
"""Bytes in them, unless one message alone has more."""
MAX_RETAINED = 1_000
MAX_RETAINED_BYTES = 16 * 1_048_576
"""Of all retained messages; what doesn't fit isn't retained."""
LAST_IDENTIFIER = 65_535
FOREVER = 0xFFFF_FFFF
"""Session Expiry Interval of a session that ends with the broker (section 3.1.2.11.2)."""


@late_dataclass(frozen=True)
class Subscription:
    """One line of a SUBSCRIBE; `options` as on the wire, its lowest two bits the granted QoS."""

    options: int
    identifier: int = 0

    @property
    def qos(self) -> int:
        return self.options & 3

    @property
    def no_local(self) -> bool:
        return bool(self.options & 4)

    @property
    def as_published(self) -> bool:
        """RETAIN is forwarded as it came."""
        return bool(self.options & 8)

    @property
    def retain_handling(self) -> int:
        """0: retained messages at every subscribe; 1: at a new one; 2: never."""
        return self.options >> 4 & 3


@late_dataclass(frozen=True)
class Stamped:
    """A message and the virtual time (ns) at which it expires."""

    message: Publication
    deadline: int | None = None

    @classmethod
    def at(cls, message: Publication, now: int) -> Stamped:
        seconds = dict(message.properties).get(Property.MESSAGE_EXPIRY)
        return cls(message, now + seconds * SECOND if isinstance(seconds, int) else None)

    def remaining(self, now: int) -> Properties | None:
        """Its properties with what is left of the expiry interval; None once it is over."""
        properties = self.message.properties
        if self.deadline is None:
            return properties
        if now >= self.deadline:
            return None
        left = -(-(self.deadline - now) // SECOND)
        return (
            *without(properties, Property.MESSAGE_EXPIRY),
            (Property.MESSAGE_EXPIRY, left),
        )

    def granted(self, subscriptions: list[Subscription], retain: bool) -> Stamped:
        """The message as the subscriptions of one session get it."""
        message = self.message
        identifiers: Properties = tuple(
            (Property.SUBSCRIPTION_IDENTIFIER, subscription.identifier)
            for subscription in subscriptions
            if subscription.identifier
        )
        given = replace(
            message,
            qos=min(message.qos, max(subscription.qos for subscription in subscriptions)),
            retain=retain,
            properties=message.properties + identifiers,
        )
        return replace(self, message=given)


class Retained:
    """The last message of each topic that was published with RETAIN."""

    def __init__(self) -> None:
        self.items: dict[str, Stamped] = {}

    def keep(self, stamped: Stamped) -> None:
        """An empty message removes the one that is kept (section 3.3.1.3)."""
        message = stamped.message
        self.items.pop(message.topic, None)
        kept = sum(len(other.message.payload) for other in self.items.values())
        size = kept + len(message.payload)
        if message.payload and len(self.items) < MAX_RETAINED and size <= MAX_RETAINED_BYTES:
            self.items[message.topic] = stamped

    def below(self, topic_filter: str) -> list[Stamped]:
        """Those that fall under a filter, by topic."""
        return [self.items[topic] for topic in sorted(self.items) if matches(topic_filter, topic)]


@late_dataclass()
class MqttSession:
    """What outlives a connection when the client asks for it (section 3.1.2.4).

    expiry: seconds that it is kept without a connection, up to `FOREVER`.
    """

    client_id: str
    expiry: int
    subscriptions: dict[str, int] = field(default_factory=dict)
    """Options by filter; those of versions before 5 are the granted QoS."""
    identifiers: dict[str, int] = field(default_factory=dict)
    """Subscription identifiers, of the filters that have one."""
    queue: list[Stamped] = field(default_factory=list)
    outgoing: dict[int, Publish | Acknowledge] = field(default_factory=dict)
    """By identifier: sent and not acknowledged."""
    incoming: set[int] = field(default_factory=set)
    """Identifiers of QoS 2 messages taken and not released."""
    next_identifier: int = 1
    will: Publication | None = None
    """Of a client that is gone, until its delay is over."""
    events: list[Event] = field(default_factory=list)
    """The end of the session, and its will."""

    def subscribe(self, topic_filter: str, subscription: Subscription) -> None:
        self.subscriptions[topic_filter] = subscription.options
        self.identifiers.pop(topic_filter, None)
        if subscription.identifier:
            self.identifiers[topic_filter] = subscription.identifier

    def unsubscribe(self, topic_filter: str) -> bool:
        """Whether there was such a subscription."""
        self.identifiers.pop(topic_filter, None)
        return self.subscriptions.pop(topic_filter, None) is not None

    def matching(self, topic: str) -> list[Subscription]:
        """Those of its own that the topic falls under; shared ones are not among them."""
        return [
            self.subscription(topic_filter)
            for topic_filter in self.subscriptions
            if shared_filter(topic_filter) is None and matches(topic_filter, topic)
        ]

    def subscription(self, topic_filter: str) -> Subscription:
        """The subscription to a filter that it has."""
        options = self.subscriptions[topic_filter]
        return Subscription(options, self.identifiers.get(topic_filter, 0))

    def has_room(self, message: Publication) -> bool:
        sizes = [
            len(kept.message.payload)
            for kept in self.outgoing.values()
            if isinstance(kept, Publish)
        ]
        sizes += [len(kept.message.payload) for kept in self.queue]
        size = sum(sizes) + len(message.payload)
        return not sizes or (len(sizes) < MAX_MESSAGES and size <= MAX_SESSION_BYTES)

    def free_identifier(self) -> int:
        identifier = self.next_identifier
        while identifier in self.outgoing:
            identifier = identifier % LAST_IDENTIFIER + 1
        self.next_identifier = identifier % LAST_IDENTIFIER + 1
        return identifier

    def resumed(self) -> None:
        """The client is back: neither its will nor the end of the session is due any more."""
        for event in self.events:
            event.cancel()
        self.events.clear()
        self.will = None


@late_dataclass()
class Client:
    """The protocol's side of one connection."""

    reader: PacketReader = field(default_factory=PacketReader)
    session: MqttSession | None = None
    level: int = V3_1_1
    properties: Properties = ()
    """Of its CONNECT."""
    will: Publication | None = None
    keep_alive: int = 0
    last_packet: int = 0
    watchdog: Event | None = None
    aliases: dict[int, str] = field(default_factory=dict)
    """Topics by the alias that the client gave them."""
    ignored: bool = False
    """It sent something else than MQTT: nothing is sent or read any more."""

    @property
    def window(self) -> int:
        """Messages that it takes before it acknowledges the first."""
        return min(MAX_MESSAGES, integer(self.properties, Property.RECEIVE_MAXIMUM, MAX_MESSAGES))
