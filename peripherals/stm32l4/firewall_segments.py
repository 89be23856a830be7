# ironpython: executed by Renode
"""Segments of memory that only their own code reaches, for an engine that sees each access."""

# What a listener is called with, beside the address of the code that did it.
OPENED = 0
CLOSED = 1
VIOLATED = 2


class Segments(object):
    """ranges: (address, size) of code, of non-volatile and of volatile data; size 0: none.

    enabled: they are guarded. is_open: their code is executing. prearmed: it may be left. shared:
    volatile data is everybody's. executable: volatile data may be executed.
    """

    def __init__(self):
        # type: () -> None
        self.ranges = ((0, 0), (0, 0), (0, 0))
        self.enabled = self.is_open = False
        self.prearmed = self.shared = self.executable = False


def pass_firewall(machine, addresses, length):
    # type: (typing.Any, typing.Iterable[int], int) -> None
    """Notify the firewall, if there is one, of accesses by another master than the CPU."""
    try:
        firewall = machine.peripheral("firewall")
    except KeyError:
        return
    segments = firewall.segments
    if segments.enabled and not segments.is_open:
        for address in addresses:
            firewall.on_master(address, length)


MYPY = False
if MYPY:
    import typing  # noqa: F401
