"""Commands that a controller sends again and again, and whose answer is known.

Firmware that polls a device has its controller send the same command, waits for its end, and takes
a few bytes. What an engine needs to do so by itself is kept in a plain array, whose layout is given
here. The model fills it in when it sends such a command, and withdraws it before anything changes
that the answer or its time follows from.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Indices in `Reply.state`; a number of two words has the lower one first.
REPLY_VALID = 0
REPLY_COMMAND = 1
REPLY_LENGTH = 2
REPLY_COUNT = 3
REPLY_DATA = 4
REPLY_DURATION = 5
REPLY_WAITING = 6
REPLY_LEFT = 7
REPLY_TIME = 8
REPLY_SEQUENCE = 10
REPLY_WORDS = 12

MAX_REPLY = 4
"""Bytes."""
WORD = 0xFFFFFFFF


@dataclass(eq=False)
class Reply:
    """command, length, data, status, clear: words of the block.

    A store of REPLY_COMMAND to `command`, with REPLY_LENGTH in `length` and the controller not
    busy, sends it. REPLY_DURATION (ns) later REPLY_COUNT bytes of REPLY_DATA can be taken from
    `data`, the lowest first; REPLY_LEFT are left. `status` is `busy` until they are all taken; it
    is `complete` and `ready` when they have come, with how many at `level`; bits of `kept` stay,
    and ones written to `clear` clear them. take_over: called to leave what is under way to the
    model.
    """

    command: int
    length: int
    data: int
    status: int
    clear: int
    busy: int
    complete: int
    ready: int
    level: int
    kept: int
    take_over: Callable[[], None]
    served: bool = False

    def __post_init__(self) -> None:
        self.state = array("I", [0] * REPLY_WORDS)

    def withdraw(self) -> None:
        """The answer follows from something else from here on."""
        self.state[REPLY_VALID] = 0

    def follow(self, command: int, length: int, answer: Sequence[int], duration: int) -> None:
        """The same command, sent again, gives these bytes after `duration` ns."""
        if len(answer) > MAX_REPLY or duration > WORD:
            return
        state = self.state
        state[REPLY_COMMAND], state[REPLY_LENGTH] = command, length
        state[REPLY_COUNT] = len(answer)
        state[REPLY_DATA] = int.from_bytes(bytes(answer), "little")
        state[REPLY_DURATION] = duration
        state[REPLY_VALID] = 1

    @property
    def is_under_way(self) -> bool:
        """An engine has sent a command of which not all has been taken."""
        return bool(self.state[REPLY_WAITING] or self.state[REPLY_LEFT])

    def cancel(self) -> tuple[int, int] | None:
        """When the command under way would have ended (ns), and that event's sequence number."""
        state = self.state
        if not state[REPLY_WAITING]:
            return None
        state[REPLY_WAITING] = 0
        return (
            state[REPLY_TIME + 1] << 32 | state[REPLY_TIME],
            state[REPLY_SEQUENCE + 1] << 32 | state[REPLY_SEQUENCE],
        )

    def take(self) -> list[int]:
        """The bytes that have come and haven't been taken."""
        state = self.state
        data = state[REPLY_DATA].to_bytes(MAX_REPLY, "little")[: state[REPLY_COUNT]]
        left, state[REPLY_LEFT] = state[REPLY_LEFT], 0
        return list(data[len(data) - left :])
