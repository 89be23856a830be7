# ironpython: executed by Renode
"""Control entries of the micro DMA controller (SWRU465 section 4): a transfer each, in memory."""

from renode_wifi.peripherals.base import bus_master

STOP, BASIC, AUTO, PING_PONG, MEMORY_LIST, MEMORY_TASK, PERIPHERAL_LIST, PERIPHERAL_TASK = range(8)
ALTERNATE_OFFSET = 0x200
ENTRY_SIZE = 16
CONTROL_SIZE = 0x3FF0
NONE = 3
WIDTHS = (1, 2, 4, 4)
"""Bytes of an item by SRCSIZE; the last is reserved."""
LAST_ADDRESS = 0xFFFFFFFF
WORD = 4


class ControlEntry(object):
    """A control entry as it stands in memory, decoded."""

    def __init__(self, bus, address):
        # type: (typing.Any, int) -> None
        self.bus = bus
        self.address = address
        control = bus_master.read(bus, address + 8, 4)
        self.control = control
        self.mode = control & 7
        self.left = (control >> 4 & 0x3FF) + 1
        self.burst = 1 << (control >> 14 & 0xF)
        self.width = WIDTHS[control >> 24 & 3]
        # An automatic transfer, and a task from a list in memory, run on without requests.
        self.runs_on = self.mode in (AUTO, MEMORY_TASK)
        self.is_list = self.mode in (MEMORY_LIST, PERIPHERAL_LIST)
        self.source, self.source_step = self._end(address, control >> 26 & 3)
        self.destination, self.destination_step = self._end(address + 4, control >> 30 & 3)

    def _end(self, address, shift):
        # type: (int, int) -> tuple[int, int]
        """Address of the last item, and from item to item; ends may name an item's last byte."""
        end = bus_master.read(self.bus, address, 4)
        if shift == NONE:
            return end, 0
        step = 1 << shift
        return end - (step - 1 if end & (step - 1) else 0), step

    def move_item(self):
        # type: () -> None
        self.left = behind = self.left - 1
        source = self.source - behind * self.source_step
        if self.is_list:
            # Every task of a list goes to the same place.
            behind %= self.burst
        destination = self.destination - behind * self.destination_step
        bus, width = self.bus, self.width
        item = bus_master.read(bus, source & LAST_ADDRESS, width)
        bus_master.write(bus, destination & LAST_ADDRESS, item, width)

    def words_ahead(self, end, step, count, written):
        # type: (int, int, int, bool) -> tuple[int, int] | None
        """Address and length of memory that holds the next `count` words; a step of 0: the one.

        None where words have to be moved one by one.
        """
        start = end - (self.left - 1) * step & LAST_ADDRESS
        length = count * step or WORD
        if self.width != WORD or step not in (0, WORD) or start % WORD:
            return None
        return (start, length) if self.bus.is_memory(start, length, written) else None

    def put_back(self):
        # type: () -> None
        """How far it has come; an entry that is used up stops its channel."""
        control = self.control & ~CONTROL_SIZE
        control = control | (self.left - 1) << 4 if self.left else control & ~7
        bus_master.write(self.bus, self.address + 8, control, 4)


MYPY = False
if MYPY:
    import typing  # noqa: F401
