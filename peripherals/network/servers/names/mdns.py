"""A host with services that other devices find by multicast DNS (RFC 6762, RFC 6763)."""

from __future__ import annotations

from renode_wifi.peripherals.network.contract.dns_messages import (
    GROUP,
    PORT,
    AdvertisedService,
    DnsError,
    DnsMessage,
    Question,
    answer,
    services_in,
)
from renode_wifi.peripherals.network.servers.base import UdpServer
from renode_wifi.peripherals.network.servers.context import ServerContext
from renode_wifi.peripherals.network.stack.tcp import Address
from renode_wifi.peripherals.network.worldfile.servers import ServerSettings

MAX_KEPT = 1_000


class MdnsHost(UdpServer):
    """services: its own, by name; found: those that others have announced, until they take them
    back."""

    def __init__(self, context: ServerContext, settings: ServerSettings) -> None:
        super().__init__(context, settings)
        host = f"{settings.name}.local"
        self.services: dict[str, AdvertisedService] = {
            name: AdvertisedService(name, host, settings.address, service.port, service.text)
            for name, service in settings.services.items()
        }
        self.found: dict[str, AdvertisedService] = {}
        self.questions: list[str] = []
        """Names that were asked for, the last ones of many."""

    def query(self, name: str) -> None:
        """Ask the network for services of a type, such as `_http._tcp.local`."""
        self._say(DnsMessage((Question(name),)))

    def announce(self) -> None:
        """Multicast all services."""
        records = [record for service in self.services.values() for record in service.records()]
        self._say(DnsMessage(answers=tuple(dict.fromkeys(records)), response=True))

    def _say(self, message: DnsMessage, remote: Address = (GROUP, PORT)) -> None:
        self.send(remote, message.emit())

    def received(self, sender: Address, data: bytes) -> None:
        try:
            message = DnsMessage.parse(data)
        except DnsError:
            return
        if message.response:
            for service in services_in(message):
                self.found.pop(service.name, None)
                if service.ttl and len(self.found) < MAX_KEPT:
                    self.found[service.name] = service
            for record in message.answers:
                if record.ttl == 0:
                    self.found.pop(record.name, None)
            return
        self.questions = [*self.questions, *(question.name for question in message.questions)]
        self.questions = self.questions[-MAX_KEPT:]
        records = answer(message, tuple(self.services.values()))
        if records:
            simple = sender[1] != PORT
            self._say(
                DnsMessage(
                    message.questions if simple else (),
                    records,
                    response=True,
                    identity=message.identity if simple else 0,
                ),
                sender if simple else (GROUP, PORT),
            )
