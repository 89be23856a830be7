# ironpython: executed by Renode
"""Registers that count with time, kept where an engine can read it by itself.

Firmware measures by reading a timer's counter or a clock in a loop. What they follow from is kept
in a plain array, whose layout is given here. The model fills it in when the register is read, and
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

# Indices in `Calendar.state`.
CALENDAR_VALID = 0
CALENDAR_HERTZ = 1
CALENDAR_REMAINDER = 2
CALENDAR_SCALE = 4
CALENDAR_TIME = 6
CALENDAR_PRESCALER = 8
CALENDAR_SECONDS = 9
CALENDAR_DAY = 10
CALENDAR_DATE = 11
CALENDAR_SHADOWED = 12
CALENDAR_LATCHED = 13
CALENDAR_LATCHED_SECONDS = 14
CALENDAR_LATCHED_FRACTION = 15
CALENDAR_WORDS = 16

DAY = 86400
"""s."""
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
        _put(state, COUNTER_SCALE, scale)
        _put(state, COUNTER_TIME, time)
        state[COUNTER_VALID] = 1


class Calendar(object):
    """Time of day and date in binary-coded decimals, with what is left of a second counted down.

    fraction, time, date: words of the block. Reading one of the first two freezes all three until
    the third is read, where they are shadowed.
    """

    def __init__(self, fraction, time, date):
        # type: (int, int, int) -> None
        self.fraction = fraction
        self.time = time
        self.date = date
        self.state = array("I", [0] * CALENDAR_WORDS)  # type: array[int]

    def withdraw(self):
        # type: () -> None
        """The registers follow from something else from here on."""
        self.state[CALENDAR_VALID] = 0

    @property
    def latched(self):
        # type: () -> tuple[int, int] | None
        """The second, and the fraction of it, at which the registers are frozen."""
        state = self.state
        if not state[CALENDAR_LATCHED]:
            return None
        return state[CALENDAR_LATCHED_SECONDS], state[CALENDAR_LATCHED_FRACTION]

    def latch(self, seconds, fraction):
        # type: (int, int) -> None
        self.state[CALENDAR_LATCHED_SECONDS] = seconds & WORD
        self.state[CALENDAR_LATCHED_FRACTION] = fraction
        self.state[CALENDAR_LATCHED] = 1

    def release(self):
        # type: () -> None
        self.state[CALENDAR_LATCHED] = 0

    def follow(self, hertz, origin, scale, prescaler, seconds, day, date, shadowed):
        # type: (int, int, int, int, int, int, int, bool) -> None
        """(now * hertz - origin) // scale periods after `seconds` it is, now in ns.

        A second has `prescaler` periods. On the day that begins at second `day` the date reads
        `date`; other days are the model's.
        """
        if not 0 < hertz <= WORD or not 0 < scale <= MAX_NUMBER or origin < 0 or seconds > WORD:
            return
        time, remainder = divmod(origin, hertz)
        state = self.state
        state[CALENDAR_HERTZ] = hertz
        state[CALENDAR_REMAINDER] = remainder
        _put(state, CALENDAR_SCALE, scale)
        _put(state, CALENDAR_TIME, time)
        state[CALENDAR_PRESCALER] = prescaler
        state[CALENDAR_SECONDS] = seconds
        state[CALENDAR_DAY] = day
        state[CALENDAR_DATE] = date
        state[CALENDAR_SHADOWED] = int(shadowed)
        state[CALENDAR_VALID] = 1


def _put(state, index, number):
    # type: (array[int], int, int) -> None
    state[index] = number & WORD
    state[index + 1] = number >> 32
