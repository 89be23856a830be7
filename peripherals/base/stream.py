# ironpython: executed by Renode
"""Words between a bus controller and its device, kept where an engine can serve them itself.

A firmware that moves every word in an interrupt handler makes half a dozen accesses per word, all
alike. What they need is kept in plain arrays, whose layout is given here: the device's side in a
`WordStream`, the controller's in a `StreamPort`. The models work on these arrays, and an engine may
do the same in their place as long as nothing but words moves; whatever else there is to do, it
leaves to the models. A model that is never served so does the same work itself.
"""

from array import array

# Indices in `WordStream.state`.
STREAM_NEXT = 0
STREAM_END = 1
STREAM_KEPT = 2
STREAM_ROOM = 3
STREAM_IDLE = 4
STREAM_MORE = 5
STREAM_WORDS = 6

# Indices in `StreamPort.state`.
PORT_OPEN = 0
PORT_READABLE = 1
PORT_FIFO = 2
PORT_LEVEL = 3
PORT_INTERRUPTS = 4
PORT_SETTINGS = 5
PORT_ERRORS = 6
PORT_FRAME = 7
PORT_ANSWER = 8
PORT_STATUS = 9
PORT_LEVELS = 5
OPEN_TO_STREAM = 1
OPEN_TO_NOTHING = 2
PORT_WORDS = PORT_STATUS + PORT_LEVELS

# Indices in `WordPort.state`.
WORD_OPEN = 0
WORD_FULL = 1
WORD_ANSWER = 2
WORD_STATUS = 3
WORD_PORT_WORDS = WORD_STATUS + 2

CAPACITY = 4096

# Indices in `Queue.state`.
QUEUE_NEXT = 0
QUEUE_END = 1
QUEUE_WORDS = 2

QUEUE_CAPACITY = 64


class OpenWire(object):
    """No device: nothing drives the line to the controller, and its pull-up reads as ones."""

    constant = 0xFFFF

    def exchange(self, frame, bits):
        # type: (int, int) -> int
        return (1 << bits) - 1


class WordStream(object):
    """The words of a device: those that it sends and those that it was sent.

    state: STREAM_NEXT and STREAM_END are indices in `sent`: what is left to send. STREAM_MORE: 1
    while there are words that don't fit into `sent`; the last in it is the model's to send then.
    STREAM_KEPT words are in `received`; more are kept up to STREAM_ROOM, which is 0 while none are.
    STREAM_IDLE is sent when there is nothing to send; a word is received then only.

    ended: called once the last word has been sent.
    """

    def __init__(self, idle, ended):
        # type: (int, typing.Callable[[], None]) -> None
        self.ended = ended
        self.state = array("I", [0] * STREAM_WORDS)  # type: array[int]
        self.state[STREAM_IDLE] = idle
        self.sent = array("H", [0] * CAPACITY)  # type: array[int]
        self.received = array("H", [0] * CAPACITY)  # type: array[int]
        # What doesn't fit into `sent`.
        self._rest = array("H")  # type: array[int]

    def send(self, words):
        # type: (typing.Sequence[int]) -> None
        """Words to send from the first on; those of before are dropped."""
        count = len(words)
        state = self.state
        if count > CAPACITY:
            self._rest = array("H", words[CAPACITY:])
            words = words[:CAPACITY]
            count = CAPACITY
            state[STREAM_MORE] = 1
        elif state[STREAM_MORE]:
            self._rest = array("H")
            state[STREAM_MORE] = 0
        # One by one: IronPython makes all of an array anew where a slice of it is assigned.
        sent = self.sent
        for index, word in enumerate(words):
            sent[index] = word
        state[STREAM_NEXT] = 0
        state[STREAM_END] = count

    def unsent(self):
        # type: () -> array[int]
        """What is left to send."""
        state = self.state
        return self.sent[state[STREAM_NEXT] : state[STREAM_END]] + self._rest

    def receive(self, room):
        # type: (int) -> None
        """Drop what was received, and keep up to `room` words from now on."""
        self.state[STREAM_KEPT] = 0
        self.state[STREAM_ROOM] = room

    def taken(self):
        # type: () -> array[int]
        """What was received."""
        return self.received[: self.state[STREAM_KEPT]]

    def exchange(self, word):
        # type: (int) -> int
        """Send a word and receive one."""
        state = self.state
        index = state[STREAM_NEXT]
        if index < state[STREAM_END]:
            state[STREAM_NEXT] = index + 1
            answer = self.sent[index]
            if index + 1 == state[STREAM_END]:
                if state[STREAM_MORE]:
                    self.send(self._rest)
                else:
                    self.ended()
            return answer
        kept = state[STREAM_KEPT]
        if kept < state[STREAM_ROOM]:
            self.received[kept] = word
            state[STREAM_KEPT] = kept + 1
        return state[STREAM_IDLE]

    def next(self):
        # type: () -> int
        """The word that `exchange` will send."""
        index = self.state[STREAM_NEXT]
        return self.sent[index] if index < self.state[STREAM_END] else self.state[STREAM_IDLE]


class Queue(object):
    """Words that a register gives one by one, while it is ready, and that are known beforehand.

    data, status: words of the block; ready: bits of `status`. state: QUEUE_NEXT and QUEUE_END are
    indices in `words`: what is left. more: so many words behind those.
    """

    def __init__(self, data, status, ready, more):
        # type: (int, int, int, typing.Callable[[int], list[int]]) -> None
        self.data = data
        self.status = status
        self.ready = ready
        self.more = more
        self.state = array("I", [0] * QUEUE_WORDS)  # type: array[int]
        self.words = array("I", [0] * QUEUE_CAPACITY)  # type: array[int]

    def take(self):
        # type: () -> int
        """The next word."""
        state, words = self.state, self.words
        if state[QUEUE_NEXT] >= state[QUEUE_END]:
            words[:] = array("I", self.more(QUEUE_CAPACITY))
            state[QUEUE_NEXT] = 0
            state[QUEUE_END] = QUEUE_CAPACITY
        state[QUEUE_NEXT] += 1
        return words[state[QUEUE_NEXT] - 1]


class StreamPort(object):
    """A controller's data register with a receive FIFO of four bytes, in frames of one or two.

    data, status, control: words of the controller's `registers`. line: its interrupt output.
    causes: for each enable bit of `control` the bits of `status` that it lets interrupt, as pairs.
    overrun: the bit of `status` that reports a word for which the FIFO had no room.

    state: PORT_OPEN: a store to `data` exchanges a frame at once: with the stream, where frames
    have 16 bits, or with a wire that always answers PORT_ANSWER; 0: it does something else.
    PORT_FRAME: bytes of a frame; a store is of one byte then, or of more.
    PORT_READABLE: a load takes what it is wide out of the FIFO, ends an overrun, and does no more
    than that. PORT_FIFO: the bytes received, the earliest lowest; PORT_LEVEL: how many.
    PORT_INTERRUPTS: the bits of `status` that interrupt. PORT_SETTINGS: `control` without its
    enable bits; a store that differs in those only sets PORT_INTERRUPTS and nothing else.
    PORT_STATUS: `status` by PORT_LEVEL, but for PORT_ERRORS, which it shows as well.
    """

    def __init__(self, line, data, status, control, causes, overrun):
        # type: (Line, int, int, int, typing.Sequence[tuple[int, int]], int) -> None
        self.line = line
        self.data = data
        self.status = status
        self.control = control
        self.causes = tuple(causes)
        self.overrun = overrun
        self.state = array("I", [0] * PORT_WORDS)  # type: array[int]
        self.stream = None  # type: WordStream | None
        # Who is notified of each word, with the place where an engine may note it instead.
        self.probe = None  # type: typing.Any


class WordPort(object):
    """A register to send and one to receive, of a controller that has one word at a time.

    send, receive, status: words of the controller's `registers`.

    state: WORD_OPEN: a store to `send` exchanges a word with a wire that answers WORD_ANSWER, if
    there is none to be taken; a load of `receive` takes it. WORD_FULL: there is one. Both do no
    more than set `status` to what it is then, at WORD_STATUS without a word, behind it with one.
    """

    def __init__(self, send, receive, status):
        # type: (int, int, int) -> None
        self.send = send
        self.receive = receive
        self.status = status
        self.state = array("I", [0] * WORD_PORT_WORDS)  # type: array[int]


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.line import Line  # noqa: F401
