# ironpython: executed by Renode
"""What the models inside Renode and the helper process with their world say to each other.

Lines of UTF-8 text over a TCP connection on the loopback interface. A line is a list of fields
between tabs. Whoever connects says who it is, and the other side answers alike:

    renode-wifi <version> <token>

Then Renode's side asks, one request at a time; those that have a time start with the virtual time
in ns, which the helper's clock follows. The answer is any number of lines of what came of it, then
one that ends it:

    log <level> <text>               for Renode's log
    call <machine> <radio> <method> <value>...   a radio calls back its link
    done <time> <value>...             time: when the helper has something to do next, in ns, or -
    error <text>                     the request could not be carried out

Where Renode has started the helper, the helper's input says whether the emulation is to stop
(`stop`) or goes on (`go`), also while a request is under way.

Values carry their kind: `i` an integer, `f` a flag, `b` bytes, `t` text.
"""

GREETING = "renode-wifi"
VERSION = 3
NEVER = "-"

LOG = "log"
CALL = "call"
DONE = "done"
ERROR = "error"

# Requests, by name. A machine is one in the world.
WORLD = "world"  # path, seed or "" -> seed
MACHINE = "machine"  # machine, prefix: another machine; its sources of traces start with the prefix
RADIO = "radio"  # machine, name, type, attributes
INPUT = "input"  # time, machine, method, value...: the link calls the radio's processor
ADVANCE = "advance"  # time
FAULT = "fault"  # time, machine, fault, attributes
SERVER = "server"  # time, name -> JSON
RANDOM = "random"  # time, machine, stream -> 32-bit words
TRACE = "trace"  # time, machine, source, event, name, value, ...

TIMELESS = (WORLD, MACHINE, RADIO)

STOP = "stop"
GO = "go"

RANDOM_WORDS = 64
"""So many words of a random stream come at once."""

ENVIRONMENT = "RENODE_WIFI_HELPER"
"""port:token of a helper that runs already."""


class ProtocolError(Exception):
    """The other side said something that isn't in the protocol."""


def encode(fields):
    # type: (typing.Sequence[str]) -> str
    """A line, without its end."""
    line = "\t".join(fields)
    special = "\\" in line or "\n" in line or "\r" in line
    if not special and line.count("\t") < len(fields):
        return line
    return "\t".join(
        field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        for field in fields
    )


ESCAPED = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def decode(line):
    # type: (str) -> list[str]
    fields = line.split("\t")
    return [_unescape(field) for field in fields] if "\\" in line else fields


def _unescape(field):
    # type: (str) -> str
    parts = field.split("\\")
    text = [parts[0]]
    i = 1
    while i < len(parts):
        part = parts[i]
        if part:
            if part[0] not in ESCAPED:
                raise ProtocolError("unknown escape in %r" % field)
            text.append(ESCAPED[part[0]] + part[1:])
            i += 1
        elif i + 1 < len(parts):
            # Two backslashes stand for one.
            text.append("\\" + parts[i + 1])
            i += 2
        else:
            raise ProtocolError("escape without a character in %r" % field)
    return "".join(text)


def pack_integer(value):
    # type: (int) -> str
    return "i%d" % value


def pack_text(value):
    # type: (str) -> str
    return "t" + value


NINE = 9
"""So many digits always fit 32 bits."""
BILLION = 1000000000

HEXADECIMAL = ["%02x" % byte for byte in range(256)]


def pack_flag(value):
    # type: (bool) -> str
    return "f1" if value else "f0"


def pack_bytes(value):
    # type: (bytes) -> str
    return "b" + "".join([HEXADECIMAL[byte] for byte in bytearray(value)])


def whole(text):
    # type: (str) -> int
    """A number in text.

    IronPython's `int` tries 32 bits first, and catches an exception where they are too few: that
    takes some 20 us, and times in ns always come to it.
    """
    if len(text) <= NINE or not text.isdigit():
        return int(text)
    return int(text[:-NINE]) * BILLION + int(text[-NINE:])


def unpack(field):
    # type: (str) -> typing.Any
    """An integer, a flag, a text, or a bytearray."""
    kind, text = field[:1], field[1:]
    try:
        if kind == "i":
            return whole(text)
        if kind == "f":
            return bool(int(text))
        if kind == "b":
            return bytearray.fromhex(text)
    except ValueError:
        raise ProtocolError("%r is not a value" % field)  # noqa: B904
    if kind == "t":
        return text
    raise ProtocolError("%r is not a value" % field)


def greeting(token):
    # type: (str) -> str
    return encode([GREETING, str(VERSION), token])


def check_greeting(line, token):
    # type: (str, str) -> None
    """Raise ProtocolError unless the other side is of this version and knows the token."""
    fields = line.split("\t")
    if len(fields) != 3 or fields[0] != GREETING:
        raise ProtocolError("the other side is not renode-wifi")
    if fields[1] != str(VERSION):
        raise ProtocolError(
            "the other side speaks version %s of the protocol, this one version %d: they belong to"
            " different installations of renode-wifi" % (fields[1], VERSION)
        )
    if not same(fields[2], token):
        raise ProtocolError("the other side does not know the token")


def same(one, other):
    # type: (str, str) -> bool
    """Comparison in a time that doesn't depend on where they differ."""
    difference = len(one) ^ len(other)
    for a, b in zip(one, other):  # noqa: B905
        difference |= ord(a) ^ ord(b)
    return difference == 0


MYPY = False
if MYPY:
    import typing  # noqa: F401
