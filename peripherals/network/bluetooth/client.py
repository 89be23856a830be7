"""A client of attributes: one request at a time, and the discoveries that are walks of requests.

Bluetooth Core 4.1, Vol 3, Part G, section 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.bluetooth import att
from renode_wifi.peripherals.network.bluetooth.att import AttPdu
from renode_wifi.peripherals.network.bluetooth.attributes import (
    CHARACTERISTIC,
    MAX_HANDLE,
    PRIMARY_SERVICE,
)

Answer = Callable[[AttPdu], None]
MakeRequest = Callable[[int], AttPdu]
"""Of the first handle to look at."""

NO_MORE = -1


# Classes, for a walk under way is in a snapshot of the board.


@late_dataclass(frozen=True)
class ServicesFrom:
    """All primary services."""

    def __call__(self, first: int) -> AttPdu:
        return att.ReadByGroupTypeRequest(first, MAX_HANDLE, PRIMARY_SERVICE)


@late_dataclass(frozen=True)
class ServicesOf:
    uuid: bytes

    def __call__(self, first: int) -> AttPdu:
        kind = int.from_bytes(PRIMARY_SERVICE, "little")
        return att.FindByTypeValueRequest(first, MAX_HANDLE, kind, self.uuid)


@late_dataclass(frozen=True)
class CharacteristicsUpTo:
    last: int

    def __call__(self, first: int) -> AttPdu:
        return att.ReadByTypeRequest(first, self.last, CHARACTERISTIC)


@late_dataclass(frozen=True)
class DescriptorsUpTo:
    last: int

    def __call__(self, first: int) -> AttPdu:
        return att.FindInformationRequest(first, self.last)


def last_handle(pdu: AttPdu) -> int:
    """The last handle that an answer of a discovery is about; NO_MORE for an error."""
    match pdu:
        case att.ReadByGroupTypeResponse():
            return int.from_bytes(pdu.data[-pdu.length :][2:4], "little")
        case att.ReadByTypeResponse():
            return int.from_bytes(pdu.data[-pdu.length :][:2], "little")
        case att.FindInformationResponse():
            size = 4 if pdu.format == 1 else 18
            return int.from_bytes(pdu.data[-size:][:2], "little")
        case att.FindByTypeValueResponse():
            return int.from_bytes(pdu.data[-2:], "little")
    return NO_MORE


class AttributeClient:
    """send: to the other end."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._queue: deque[tuple[AttPdu, Answer]] = deque()
        self._is_waiting = False

    @property
    def is_busy(self) -> bool:
        return self._is_waiting

    def request(self, pdu: AttPdu, answer: Answer, first: bool = False) -> None:
        """Ask when those before are answered; `answer` gets the response, or the error.

        first: before all that wait, in the course of one that has been answered.
        """
        if first:
            self._queue.appendleft((pdu, answer))
        else:
            self._queue.append((pdu, answer))
        self._next()

    def command(self, pdu: AttPdu) -> None:
        """Send what has no answer."""
        self._send(pdu.emit())

    def _next(self) -> None:
        if self._queue and not self._is_waiting:
            self._is_waiting = True
            self._send(self._queue[0][0].emit())

    def answered(self, pdu: AttPdu) -> None:
        """A response or an error has come."""
        if self._is_waiting:
            self._is_waiting = False
            _, answer = self._queue.popleft()
            answer(pdu)
            self._next()

    def walk(
        self, make: MakeRequest, first: int, last: int, found: Answer, done: Callable[[], None]
    ) -> None:
        """Ask from handle to handle up to `last`, until there is nothing more."""
        self.request(make(first), partial(self._walked, make, last, found, done))

    def _walked(
        self, make: MakeRequest, last: int, found: Answer, done: Callable[[], None], pdu: AttPdu
    ) -> None:
        reached = last_handle(pdu)
        if reached != NO_MORE:
            found(pdu)
        if reached == NO_MORE or reached >= last:
            done()
        else:
            self.walk(make, reached + 1, last, found, done)
