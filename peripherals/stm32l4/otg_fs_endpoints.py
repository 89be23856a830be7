# ironpython: executed by Renode
"""Endpoints and FIFOs of the USB controller OTG_FS as a device (RM0351 sections 47.11 and 47.16.6).

Packets pass by the methods of `usb.packets`.
"""

from renode_wifi.peripherals.base.block import PARTLY, Block
from renode_wifi.peripherals.base.register_file import SERVE_READS
from renode_wifi.peripherals.stm32l4.otg_fs_registers import (
    DCFG,
    DCTL,
    DEVICE,
    DIEPCTL,
    DIEPINT,
    DIEPTSIZ,
    DIEPTXF,
    DIEPTXF0,
    DOEPCTL,
    DOEPINT,
    DOEPTSIZ,
    ENDPOINT_STRIDE,
    ENDPOINTS,
    GAHBCFG,
    GINTSTS,
    GLOBAL,
    GRXFSIZ,
    HOST,
)
from renode_wifi.peripherals.usb.packets import ACK, DATA0, DATA1, NAK, SILENT, STALL

FIFOS = 0x1000
"""Offset of the first FIFO's window and distance of the next; the registers end before it."""
STRIDE_WORDS = ENDPOINT_STRIDE // 4

# PKTSTS of the words that say what is in the receive FIFO (section 47.15.8).
GLOBAL_OUT_NAK, OUT_PACKET, OUT_COMPLETE, SETUP_COMPLETE, SETUP_PACKET = 1, 2, 3, 4, 6
MAX_PACKETS_OF_ZERO = (64, 32, 16, 8)
"""By MPSIZ of endpoint 0."""
MIN_RECEIVE_FIFO = 16
"""Words; a smaller depth counts as this."""


class DeviceEndpoints(Block):
    """host: what is at the other end of the cable, or None."""

    STATUS = PARTLY
    MISSING = "host mode, isochronous endpoints, link power management, charger detection"
    SERVED = SERVE_READS
    SIZE = 0x1000
    REGISTERS = GLOBAL + HOST + DEVICE

    def __init__(self, machine, name):
        # type: (typing.Any, str) -> None
        Block.__init__(self, machine, name)
        self.host = None  # type: typing.Any
        self._pulls_up = False
        self._start()

    def _start(self):
        # type: () -> None
        """What a reset of the core leaves beside the registers."""
        # (PKTSTS and so on, words) of what was received and isn't read yet; words to be read.
        self._received = []  # type: list[tuple[int, list[int]]]
        self._reading = []  # type: list[int]
        # For each IN endpoint: words of a packet that isn't whole, whole packets.
        self._words = [[] for _ in range(ENDPOINTS)]  # type: list[list[int]]
        self._packets = [[] for _ in range(ENDPOINTS)]  # type: list[list[bytearray]]
        self._toggles_in = [DATA0] * ENDPOINTS
        self._toggles_out = [DATA0] * ENDPOINTS
        # The address before the status stage of SET_ADDRESS.
        self._old_address = 0
        self.registers.values[DIEPCTL.word] |= DIEPCTL.USBAEP
        self.registers.values[DOEPCTL.word] |= DOEPCTL.USBAEP

    # Accesses.

    def read(self, offset, width):
        # type: (int, int) -> int
        """Any FIFO's window reads the next word of the packet that GRXSTSP has announced."""
        if offset < FIFOS:
            return Block.read(self, offset, width)
        word = self._reading.pop(0) if self._reading else 0
        return word & (1 << 8 * width) - 1

    def write(self, offset, value, width):
        # type: (int, int, int) -> None
        if offset < FIFOS:
            Block.write(self, offset, value, width)
            return
        number = offset // FIFOS - 1
        if number < ENDPOINTS and self._space(number):
            self._words[number].append(value)
            self._gather(number)

    # Endpoints.

    def _control_in(self, number, value, old):
        # type: (int, int, int) -> None
        if value & DIEPCTL.SD0PID:
            self._toggles_in[number] = DATA0
        if value & DIEPCTL.SODDFRM:
            self._toggles_in[number] = DATA1
        self._control_endpoint(DIEPCTL, DIEPINT, number, value, old)
        word = DIEPINT.word + number * STRIDE_WORDS
        if value & DIEPCTL.SNAK:
            self.registers.values[word] |= DIEPINT.INEPNE
        if value & DIEPCTL.CNAK:
            self.registers.values[word] &= ~DIEPINT.INEPNE
        self._gather(number)
        self._update(0, 0)
        self._notify()

    def _control_out(self, number, value, old):
        # type: (int, int, int) -> None
        if value & DOEPCTL.SD0PID:
            self._toggles_out[number] = DATA0
        if value & DOEPCTL.SODDFRM:
            self._toggles_out[number] = DATA1
        self._control_endpoint(DOEPCTL, DOEPINT, number, value, old)
        self._update(0, 0)
        self._notify()

    def _control_endpoint(self, control, flags, number, value, old):
        # type: (Register, Register, int, int, int) -> None
        values = self.registers.values
        word = control.word + number * STRIDE_WORDS
        setting = values[word]
        if value & DIEPCTL.CNAK:
            setting &= ~DIEPCTL.NAKSTS
        if value & DIEPCTL.SNAK:
            setting |= DIEPCTL.NAKSTS
        if value & DIEPCTL.SD0PID:
            setting &= ~DIEPCTL.EONUM
        if value & DIEPCTL.SODDFRM:
            setting |= DIEPCTL.EONUM
        if value & DIEPCTL.EPDIS:
            if (value | old) & DIEPCTL.EPENA:
                values[flags.word + number * STRIDE_WORDS] |= DIEPINT.EPDISD
            setting &= ~(DIEPCTL.EPENA | DIEPCTL.EPDIS)
        if number == 0:
            setting |= DIEPCTL.USBAEP
            if old & DIEPCTL.STALL:
                setting |= DIEPCTL.STALL
        values[word] = setting & 0xFFFFFFFF

    def _max_packet(self, number, control):
        # type: (int, Register) -> int
        """Bytes. Both directions of endpoint 0 have one size."""
        if number == 0:
            return MAX_PACKETS_OF_ZERO[self.registers.values[DIEPCTL.word] & 3]
        return control["MPSIZ"].get(self.registers.values[control.word + number * STRIDE_WORDS])

    def _gather(self, number):
        # type: (int) -> None
        """Whole packets of the words in an IN endpoint's FIFO, as far as its transfer goes."""
        values = self.registers.values
        words = self._words[number]
        control = values[DIEPCTL.word + number * STRIDE_WORDS]
        place = DIEPTSIZ.word + number * STRIDE_WORDS
        while control & DIEPCTL.EPENA:
            size = DIEPTSIZ["XFRSIZ"].get(values[place])
            length = min(size, self._max_packet(number, DIEPCTL))
            if not length or 4 * len(words) < length:
                return
            packet = bytearray()
            for _ in range(0, length, 4):
                word = words.pop(0)
                packet += bytearray((word & 0xFF, word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24))
            self._packets[number].append(packet[:length])
            values[place] = DIEPTSIZ["XFRSIZ"].put(values[place], size - length)
            self._update(0, 0)
            self._notify()

    def _depth(self, number):
        # type: (int) -> int
        """Words of an IN endpoint's FIFO."""
        if number == 0:
            return DIEPTXF0["TX0FD"].get(self.registers["DIEPTXF0"])
        return DIEPTXF["INEPTXFD"].get(self.registers.values[DIEPTXF.word + number - 1])

    def _space(self, number):
        # type: (int) -> int
        """Free words of an IN endpoint's FIFO."""
        used = len(self._words[number])
        for packet in self._packets[number]:
            used += (len(packet) + 3) // 4
        return max(0, self._depth(number) - used)

    # The receive FIFO.

    def _front(self):
        # type: () -> int
        return self._received[0][0] if self._received else 0

    def _pop(self):
        # type: () -> int
        if not self._received:
            return 0
        status, self._reading = self._received.pop(0)
        kind = status >> 17
        flags = DOEPINT.word + (status & 0xF) * STRIDE_WORDS
        if kind == OUT_COMPLETE:
            self.registers.values[flags] |= DOEPINT.XFRC
        elif kind == SETUP_COMPLETE:
            self.registers.values[flags] |= DOEPINT.STUP
        elif kind == GLOBAL_OUT_NAK:
            self.registers["GINTSTS"] |= GINTSTS.GONAKEFF
        self._update(0, 0)
        self._notify()
        return status

    def _push(self, kind, number, pid, data):
        # type: (int, int, int, bytearray) -> None
        words = []
        for first in range(0, len(data), 4):
            word = 0
            for place, byte in enumerate(data[first : first + 4]):
                word |= byte << 8 * place
            words.append(word)
        self._received.append((kind << 17 | pid << 15 | len(data) << 4 | number, words))

    def _has_room(self, length):
        # type: (int) -> bool
        """For a packet of so many bytes, the word before it and that of the transfer's end."""
        used = sum([1 + len(words) for _, words in self._received]) + len(self._reading)
        depth = max(MIN_RECEIVE_FIFO, GRXFSIZ["RXFD"].get(self.registers["GRXFSIZ"]))
        return used + 2 + (length + 3) // 4 <= depth

    def _flush_received(self):
        # type: () -> None
        self._received = []
        self._reading = []

    def _flush(self, number):
        # type: (int) -> None
        """Forget what is in an IN endpoint's FIFO."""
        self._words[number] = []
        self._packets[number] = []

    # The cable.

    def _answers_to(self, address, number, control):
        # type: (int, int, Register) -> bool
        """An address that DCFG has got counts from the end of the transfer under way."""
        own = DCFG["DAD"].get(self.registers["DCFG"])
        active = self.registers.values[control.word + number * STRIDE_WORDS] & DIEPCTL.USBAEP
        return bool(self._pulls_up and active and address in (own, self._old_address))

    def setup(self, address, data):
        # type: (int, bytearray) -> bool
        """Control endpoints take it whatever they are at."""
        if not self._answers_to(address, 0, DOEPCTL):
            return False
        values = self.registers.values
        self._push(SETUP_PACKET, 0, DATA0, data)
        self._push(SETUP_COMPLETE, 0, DATA0, bytearray())
        values[DIEPCTL.word] = values[DIEPCTL.word] & ~DIEPCTL.STALL | DIEPCTL.NAKSTS
        setting = values[DOEPCTL.word] & ~(DOEPCTL.STALL | DOEPCTL.EPENA)
        values[DOEPCTL.word] = setting | DOEPCTL.NAKSTS
        left = DOEPTSIZ["STUPCNT"].get(values[DOEPTSIZ.word])
        values[DOEPTSIZ.word] = DOEPTSIZ["STUPCNT"].put(values[DOEPTSIZ.word], max(0, left - 1))
        self._toggles_in[0] = self._toggles_out[0] = DATA1
        self._update(0, 0)
        return True

    def receive(self, address, number, pid, data):
        # type: (int, int, int, bytearray) -> str
        if number >= ENDPOINTS or not self._answers_to(address, number, DOEPCTL):
            return SILENT
        values = self.registers.values
        word, place = (register.word + number * STRIDE_WORDS for register in (DOEPCTL, DOEPTSIZ))
        setting = values[word]
        if setting & DOEPCTL.STALL:
            return STALL
        is_open = setting & DOEPCTL.EPENA and not setting & DOEPCTL.NAKSTS
        blocked = self.registers["DCTL"] & DCTL.GONSTS or not self._has_room(len(data))
        if not is_open or blocked:
            return NAK
        if pid != self._toggles_out[number]:
            # A packet once more, since the host missed the handshake.
            return ACK
        self._toggles_out[number] ^= DATA1
        size = DOEPTSIZ["XFRSIZ"].get(values[place])
        packets = max(0, DOEPTSIZ["PKTCNT"].get(values[place]) - 1)
        left = DOEPTSIZ["XFRSIZ"].put(values[place], max(0, size - len(data)))
        values[place] = DOEPTSIZ["PKTCNT"].put(left, packets)
        self._push(OUT_PACKET, number, pid, data)
        if not packets or len(data) < self._max_packet(number, DOEPCTL):
            self._push(OUT_COMPLETE, number, pid, bytearray())
            values[word] = setting & ~DOEPCTL.EPENA | DOEPCTL.NAKSTS
        self._update(0, 0)
        return ACK

    def transmit(self, address, number):
        # type: (int, int) -> tuple[int | str, bytearray]
        if number >= ENDPOINTS or not self._answers_to(address, number, DIEPCTL):
            return SILENT, bytearray()
        values = self.registers.values
        word, place, flags = (
            register.word + number * STRIDE_WORDS for register in (DIEPCTL, DIEPTSIZ, DIEPINT)
        )
        setting = values[word]
        if setting & DIEPCTL.STALL:
            return STALL, bytearray()
        packets = DIEPTSIZ["PKTCNT"].get(values[place])
        is_open = setting & DIEPCTL.EPENA and not setting & DIEPCTL.NAKSTS and packets
        if self._packets[number] and is_open:
            data = self._packets[number].pop(0)
        elif is_open and not DIEPTSIZ["XFRSIZ"].get(values[place]):
            data = bytearray()
        else:
            values[flags] |= DIEPINT.NAK | (0 if self._words[number] else DIEPINT.ITTXFE)
            self._update(0, 0)
            return NAK, bytearray()
        pid = self._toggles_in[number]
        self._toggles_in[number] ^= DATA1
        values[place] = DIEPTSIZ["PKTCNT"].put(values[place], packets - 1)
        if packets == 1:
            values[flags] |= DIEPINT.XFRC
            values[word] = setting & ~DIEPCTL.EPENA | DIEPCTL.NAKSTS
        if number == 0:
            self._old_address = DCFG["DAD"].get(self.registers["DCFG"])
        self._update(0, 0)
        return pid, data

    def _notify(self):
        # type: () -> None
        """An endpoint may have something, or room, that it had not."""
        if self.host is not None:
            self.host.on_ready()

    # Interrupts.

    def _update_endpoint(self, number, value, old):
        # type: (int, int, int) -> None
        self._update(0, 0)

    def _update(self, value, old):
        # type: (int, int) -> None
        """Flags that follow others, and the interrupt."""
        registers, values = self.registers, self.registers.values
        empty_enabled = registers["DIEPEMPMSK"]
        mask_in, mask_out = registers["DIEPMSK"], registers["DOEPMSK"]
        half = not registers["GAHBCFG"] & GAHBCFG.TXFELVL
        pending = 0
        for number in range(ENDPOINTS):
            word = DIEPINT.word + number * STRIDE_WORDS
            depth, space = self._depth(number), self._space(number)
            empty = 2 * space >= depth if half else space == depth
            flags = values[word] & ~DIEPINT.TXFE | (DIEPINT.TXFE if empty else 0)
            values[word] = flags
            if flags & mask_in or (empty and empty_enabled >> number & 1):
                pending |= 1 << number
            if values[DOEPINT.word + number * STRIDE_WORDS] & mask_out:
                pending |= 1 << number + 16
        registers["DAINT"] = pending
        pending &= registers["DAINTMSK"]
        status = registers["GINTSTS"]
        for flag, is_set in (
            (GINTSTS.IEPINT, pending & 0xFFFF),
            (GINTSTS.OEPINT, pending >> 16),
            (GINTSTS.RXFLVL, self._received),
            (GINTSTS.OTGINT, registers["GOTGINT"]),
        ):
            status = status | flag if is_set else status & ~flag
        registers["GINTSTS"] = status
        enabled = registers["GAHBCFG"] & GAHBCFG.GINTMSK
        self.lines["IRQ"].set(bool(enabled and status & registers["GINTMSK"]))


MYPY = False
if MYPY:
    import typing  # noqa: F401

    from renode_wifi.peripherals.base.registers import Register  # noqa: F401
