# ironpython: executed by Renode
"""A register that counts with time, kept where an engine can read it by itself.

Firmware measures by reading a timer's counter in a loop. What the count follows from is kept in a
plain array, whose layout is given here. The model fills it in when the register is read, and
withdraws it before anything changes that it follows from.
"""

from array import array

# Indices in `Counter.state`; a number of two words has the lower one first.
COUNTER_VALID = 0
COUNTER_FIRST = 1
COUNTER_DOWN = 2
COUNTER_ROOM = 3
COUNTER_HERTZ = 4
COUNTER_REMAINDER = 5
COUNTER_SCALE = 6
COUNTER_TIME = 8
COUNTER_WORDS = 10

WORD = 0xFFFFFFFF
MAX_NUMBER = (1 << 64) - 1


class Counter(object):
    """words: the one or two registers of the block, as words, that show the count."""

    def __init__(self, *words):
        # type: (*int) -> None
        self.words = words
        self.state = array("I", [0] * COUNTER_WORDS)  # type: array[int]

    def withdraw(self):
        # type: () -> None
        """The count follows from something else from here on."""
        self.state[COUNTER_VALID] = 0

    def follow(self, first, down, room, hertz, scale, origin):
        # type: (int, bool, int, int, int, int) -> None
        """The count is `first`, up or down by (now * hertz - origin) // scale, now in ns.

        It is so only as long as that quotient is less than `room`.
        """
        if not 0 < hertz <= WORD or not 0 < scale <= MAX_NUMBER or origin < 0 or first > WORD:
            return
        time, remainder = divmod(origin, hertz)
        state = self.state
        state[COUNTER_FIRST] = first
        state[COUNTER_DOWN] = int(down)
        state[COUNTER_ROOM] = min(room, WORD)
        state[COUNTER_HERTZ] = hertz
        state[COUNTER_REMAINDER] = remainder
        for index, number in ((COUNTER_SCALE, scale), (COUNTER_TIME, time)):
            state[index] = number & WORD
            state[index + 1] = number >> 32
        state[COUNTER_VALID] = 1
