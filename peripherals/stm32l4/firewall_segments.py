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
