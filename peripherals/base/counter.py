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

# Indices in `Ticker.state`.
TICKER_VALID = 0
TICKER_WAITING = 1
TICKER_HERTZ = 2
TICKER_REMAINDER = 3
TICKER_STEP = 4
TICKER_TIME = 6
TICKER_SEQUENCE = 8
TICKER_WORDS = 10

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
MAX_STEP = (1 << 62) - 1


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


class Ticker(object):
    """A flag that is set once a period, until then by an engine if it serves it.

    status, enables: words of the block. flag: the bit of `status`; clears: bits of it that a 0
    clears. interrupts: bits of both words that together drive `line`. take_over: called when the
    model has to do it.

    The model starts the periods at a moment. From then on `start` is when one of them began, and
    neither the flag nor a store that clears nothing else needs the model.
    """

    def __init__(self, status, flag, clears, enables, interrupts, line, take_over):
        # type: (int, int, int, int, int, Line, typing.Callable[[], None]) -> None
        self.status = status
        self.flag = flag
        self.clears = clears
        self.enables = enables
        self.interrupts = interrupts
        self.line = line
        self.take_over = take_over
        self.served = False
        self.state = array("I", [0] * TICKER_WORDS)  # type: array[int]

    def withdraw(self):
        # type: () -> None
        """The flag follows from something else from here on."""
        self.state[TICKER_VALID] = 0

    def follow(self, hertz, start, step, sequence):
        # type: (int, int, int, array[int]) -> bool
        """Times are in ns * Hz; the flag isn't set. `sequence` has the last number that an event
        got. False: the model does it."""
        if not 0 < hertz <= WORD or not 0 < step <= MAX_STEP or start < 0:
            return False
        time, remainder = divmod(start, hertz)
        state = self.state
        state[TICKER_HERTZ] = hertz
        state[TICKER_REMAINDER] = remainder
        _put(state, TICKER_STEP, step)
        _put(state, TICKER_TIME, time)
        sequence[0] += 1
        _put(state, TICKER_SEQUENCE, sequence[0])
        state[TICKER_WAITING] = 1
        state[TICKER_VALID] = 1
        return True

    @property
    def start(self):
        # type: () -> int
        """When a period began, in ns * Hz."""
        state = self.state
        return _get(state, TICKER_TIME) * state[TICKER_HERTZ] + state[TICKER_REMAINDER]

    @property
    def waiting(self):
        # type: () -> tuple[int, int] | None
        """When the flag will be set (ns), and that event's sequence number."""
        state = self.state
        if not state[TICKER_VALID] or not state[TICKER_WAITING]:
            return None
        due = self.start + _get(state, TICKER_STEP)
        return -(-due // state[TICKER_HERTZ]), _get(state, TICKER_SEQUENCE)


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


def _get(state, index):
    # type: (array[int], int) -> int
    return state[index] | state[index + 1] << 32


def _put(state, index, number):
    # type: (array[int], int, int) -> None
    state[index] = number & WORD
    state[index + 1] = number >> 32


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.line import Line  # noqa: F401
