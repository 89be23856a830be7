"""The dynamic NFC tag of the board, M24SR64-Y (data sheet DocID023790), at 0x56 on I2C2.

Over I2C it takes the same frames as over the air: an I-block of ISO 14443-4 with a command of
ISO 7816-4, ended by a CRC. The radio side isn't modelled: no reader competes for the session.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.line import Receiver
from renode_wifi.peripherals.base.machine import Machine

if TYPE_CHECKING:
    from renode_wifi.peripherals.network.world import World

GET_I2C_SESSION, KILL_RF_SESSION = 0x26, 0x52
I_BLOCK, I_BLOCK_MASK, BLOCK_NUMBER = 0x02, 0xE2, 0x01
DESELECT = 0xC2
APPLICATION = bytes.fromhex("D2760000850101")
"""The NDEF tag application of NFC Forum's Type 4 tags (section 5.6.1)."""
MAX_READ, MAX_UPDATE = 0xF6, 0xF6
CRC_START, CRC_POLYNOMIAL = 0x6363, 0x8408


class File(IntEnum):
    """File identifiers (section 3.1)."""

    NDEF = 0x0001
    SYSTEM = 0xE101
    CC = 0xE103


class SW(IntEnum):
    """Status words SW1 SW2 (section 5.5)."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    COMMAND_INCOMPATIBLE = 0x6981
    SECURITY = 0x6982
    WRONG_PASSWORD = 0x63C0
    FILE_NOT_FOUND = 0x6A82
    WRONG_P1_P2 = 0x6A86
    FILE_OVERFLOW = 0x6A84
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


NDEF_SIZE = 0x2000
CAPABILITY_CONTAINER = bytes.fromhex("000F 20 00F6 00F6 04 06 0001 2000 00 00")
SYSTEM_FILE = bytes.fromhex("0012 01 00 11 00 00 00 02840000000001 1FFF 84")
"""Length, I2C protection, I2C watchdog, GPO, reserved, RF, file number, UID, size, product code."""
PASSWORD = bytes(16)
GPO, GPO_I2C, GPO_I2C_ANSWER_READY = 4, 0x07, 0x03
"""GPO's byte in the system file, its bits for I2C, and "answer ready" (section 3.1.3)."""


# First byte of a record: message begin and end, short record, type "well known" (NFC Forum, NDEF).
SHORT, WHOLE_MESSAGE = 0x10, 0xC1
MAX_SHORT = 0xFF


def record(kind: bytes, payload: bytes) -> bytes:
    """An NDEF message of one record of a well-known type."""
    if len(payload) <= MAX_SHORT:
        head = bytes([WHOLE_MESSAGE | SHORT, len(kind), len(payload)])
    else:
        head = bytes([WHOLE_MESSAGE, len(kind)]) + len(payload).to_bytes(4)
    return head + kind + payload


def uri_record(uri: str) -> bytes:
    """Without abbreviation of its beginning (URI RTD, code 0)."""
    return record(b"U", b"\0" + uri.encode())


def text_record(text: str, language: str) -> bytes:
    """In UTF-8 (Text RTD)."""
    code = language.encode()
    return record(b"T", bytes([len(code)]) + code + text.encode())


def crc(data: bytes) -> int:
    """CRC_A of ISO 13239 as ISO 14443-3 uses it."""
    value = CRC_START
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (CRC_POLYNOMIAL if value & 1 else 0)
    return value


class M24SR64:
    """Dynamic NFC tag M24SR64-Y: session, NDEF, capability container and system files, passwords.

    port, pin: where GPO, which has a pull-up, is connected; of its modes it has "answer ready".
    `ndef` is the message in the tag: what a phone would read, and may write.
    """

    def __init__(self, machine: Machine, name: str, port: Receiver, pin: int) -> None:
        self.machine = machine
        self.name = name
        self.port = port
        self.pin = pin
        self._gpo: bool | None = None
        self._files = {
            File.CC: bytearray(CAPABILITY_CONTAINER),
            File.NDEF: bytearray(NDEF_SIZE),
            File.SYSTEM: bytearray(SYSTEM_FILE),
        }
        self.reset()

    def reset(self) -> None:
        """As after power-on: no session; the files stay, they are EEPROM."""
        self._has_session = False
        self._close()
        self._command = b""
        self._response = b""
        self._update_gpo()

    def _update_gpo(self) -> None:
        mode = self._files[File.SYSTEM][GPO] & GPO_I2C
        level = not (mode == GPO_I2C_ANSWER_READY and self._response)
        if level != self._gpo:
            self._gpo = level
            self.port.on_gpio(self.pin, level)

    @property
    def ndef(self) -> bytes:
        """The message of the NDEF file, without its length."""
        file = self._files[File.NDEF]
        return bytes(file[2 : 2 + int.from_bytes(file[:2])])

    @ndef.setter
    def ndef(self, message: bytes) -> None:
        if len(message) > NDEF_SIZE - 2:
            raise ValueError(f"an NDEF message of this tag has at most {NDEF_SIZE - 2} bytes")
        self._files[File.NDEF][: 2 + len(message)] = len(message).to_bytes(2) + message

    def connect_world(self, world: World) -> None:
        """Let the tag hold what the world file says."""
        tag = world.settings.tag
        if tag is not None:
            self.ndef = (
                uri_record(tag.uri) if tag.uri else text_record(tag.text or "", tag.language)
            )

    # I2C.

    def start(self, reading: bool) -> None:
        if not reading:
            self._command = b""

    def write(self, byte: int) -> None:
        # The longest frame: PCB, header of five bytes, data, CRC.
        if len(self._command) < MAX_UPDATE + 8:
            self._command += bytes([byte])

    def read(self) -> int:
        if not self._response:
            return 0xFF
        byte, self._response = self._response[0], self._response[1:]
        return byte

    def stop(self) -> None:
        command, self._command = self._command, b""
        if len(command) == 1:
            self._take_session(command[0])
        elif len(command) >= 3:
            self._take_frame(command)
        self._update_gpo()

    # Frames.

    def _take_session(self, command: int) -> None:
        if command in (GET_I2C_SESSION, KILL_RF_SESSION):
            self._has_session = True
            self._close()

    def _close(self) -> None:
        self._application = False
        self._selected: File | None = None
        self._verified: set[int] = set()

    def _take_frame(self, frame: bytes) -> None:
        self._response = b""
        body, pcb = frame[:-2], frame[0]
        # A tag without session, and one that sees a wrong CRC, is silent.
        if not self._has_session or crc(body) != int.from_bytes(frame[-2:], "little"):
            return
        if pcb == DESELECT:
            self._close()
            self._reply(bytes([DESELECT]))
        elif pcb & I_BLOCK_MASK == I_BLOCK:
            data, status = self._execute(body[1:])
            self._reply(bytes([I_BLOCK | pcb & BLOCK_NUMBER]) + data + status.to_bytes(2))

    def _reply(self, body: bytes) -> None:
        self._response = body + crc(body).to_bytes(2, "little")

    # Commands (section 5.6 and following).

    def _execute(self, command: bytes) -> tuple[bytes, int]:
        if len(command) < 4:
            return b"", SW.WRONG_LENGTH
        instruction = (command[0], command[1])
        handler = COMMANDS.get(instruction)
        if handler is None:
            known = any(command[0] == key[0] for key in COMMANDS)
            return b"", SW.UNKNOWN_INSTRUCTION if known else SW.UNKNOWN_CLASS
        parameter = int.from_bytes(command[2:4])
        return handler(self, parameter, command[4:])

    def _select(self, parameter: int, rest: bytes) -> tuple[bytes, int]:
        data = rest[1 : 1 + rest[0]] if rest else b""
        if not data or len(data) != rest[0]:
            return b"", SW.WRONG_LENGTH
        if parameter == 0x0400:
            if data != APPLICATION:
                return b"", SW.FILE_NOT_FOUND
            self._close()
            self._application = True
            return b"", SW.OK
        if parameter != 0x000C:
            return b"", SW.WRONG_P1_P2
        number = int.from_bytes(data)
        if not self._application or number not in list(File):
            return b"", SW.FILE_NOT_FOUND
        self._selected = File(number)
        return b"", SW.OK

    def _read_binary(self, offset: int, rest: bytes) -> tuple[bytes, int]:
        if self._selected is None:
            return b"", SW.COMMAND_INCOMPATIBLE
        if len(rest) != 1 or rest[0] > MAX_READ:
            return b"", SW.WRONG_LENGTH
        file = self._files[self._selected]
        if offset + rest[0] > len(file):
            return b"", SW.FILE_OVERFLOW
        return bytes(file[offset : offset + rest[0]]), SW.OK

    def _update_binary(self, offset: int, rest: bytes) -> tuple[bytes, int]:
        if self._selected is None:
            return b"", SW.COMMAND_INCOMPATIBLE
        data = rest[1:]
        if not rest or len(data) != rest[0] or not 0 < len(data) <= MAX_UPDATE:
            return b"", SW.WRONG_LENGTH
        if self._selected == File.CC:
            return b"", SW.SECURITY
        file = self._files[self._selected]
        if offset + len(data) > len(file):
            return b"", SW.FILE_OVERFLOW
        # Only GPO, watchdog and RF settings of the system file can be written.
        if self._selected == File.SYSTEM and (offset < 2 or offset + len(data) > 7):
            return b"", SW.SECURITY
        file[offset : offset + len(data)] = data
        return b"", SW.OK

    def _verify(self, number: int, rest: bytes) -> tuple[bytes, int]:
        if not rest or rest[0] == 0:
            return b"", SW.OK if number in self._verified else SW.WRONG_PASSWORD
        if rest[1:] != PASSWORD:
            return b"", SW.WRONG_PASSWORD | 2
        self._verified.add(number)
        return b"", SW.OK

    def _set_state(self, number: int, rest: bytes) -> tuple[bytes, int]:
        """Requirements of passwords are accepted where the owner proved to be one."""
        return b"", SW.OK if number in self._verified else SW.SECURITY

    def _send_interrupt(self, parameter: int, rest: bytes) -> tuple[bytes, int]:
        return b"", SW.OK


COMMANDS: dict[tuple[int, int], Callable[[M24SR64, int, bytes], tuple[bytes, int]]] = {
    (0x00, 0xA4): M24SR64._select,
    (0x00, 0xB0): M24SR64._read_binary,
    (0xA2, 0xB0): M24SR64._read_binary,
    (0x00, 0xD6): M24SR64._update_binary,
    (0x00, 0x20): M24SR64._verify,
    (0x00, 0x28): M24SR64._set_state,
    (0x00, 0x26): M24SR64._set_state,
    (0xA2, 0x28): M24SR64._set_state,
    (0xA2, 0x26): M24SR64._set_state,
    (0xA2, 0xD6): M24SR64._send_interrupt,
}
