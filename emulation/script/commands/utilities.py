"""Commands that Renode has in Python (its scripts/monitor.py)."""

from __future__ import annotations

import os
from pathlib import Path

from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.members.emulation import nanoseconds
from renode_wifi.emulation.script.tokens import Token
from renode_wifi.peripherals.base.atomic_file import replace_file

COMMANDS = Commands()

BYTES_IN_A_ROW = 16
NEXT_VALUE = "next_value"
"""Name of the session's counter among the globals of `python`."""


def _numbers(interpreter: Interpreter, tokens: list[Token], command: str) -> list[int]:
    values = [interpreter.expand(token).value for token in tokens]
    numbers = [value for value in values if isinstance(value, int) and value >= 0]
    if len(numbers) != len(values):
        raise misused(interpreter, command)
    return numbers


@COMMANDS.add("dump", "address count [bytes-in-a-row]", "prints memory")
def dump(interpreter: Interpreter, arguments: list[Token]) -> None:
    numbers = _numbers(interpreter, arguments, "dump")
    if len(numbers) not in (2, 3):
        raise misused(interpreter, "dump")
    start, count = numbers[:2]
    row = max(1, numbers[2] if len(numbers) == 3 else BYTES_IN_A_ROW)
    for address in range(start, start + count, row):
        data = interpreter.current.bus.read_bytes(address, min(row, start + count - address))
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
        interpreter.write(f"0x{address:08X} | {data.hex(' ').upper():{3 * row - 1}s} | {text}")


@COMMANDS.add("dump_file", "address count @file", "writes memory to a file")
def dump_file(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 3:
        raise misused(interpreter, "dump_file")
    address, count = _numbers(interpreter, arguments[:2], "dump_file")
    path = Path(text_of(interpreter, arguments[2]))
    try:
        replace_file(path, interpreter.current.bus.read_bytes(address, count))
    except OSError as error:
        raise interpreter.error(
            f"cannot write {path}: {error.strerror}", "give a path that can be written"
        ) from error


@COMMANDS.add("sleep", "seconds", "after `start`: lets that much virtual time pass")
def sleep(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(interpreter, "sleep")
    duration = nanoseconds(text_of(interpreter, arguments[0]))
    if interpreter.requests.started:
        interpreter.run_all(duration)


@COMMANDS.add("next_value", "[offset]", "prints 0, 1, 2, … from call to call")
def next_value(interpreter: Interpreter, arguments: list[Token]) -> None:
    for token in arguments:
        value = interpreter.expand(token).value
        if not isinstance(value, int):
            kind = type(value).__name__
            raise interpreter.error(
                f"unsupported operand type(s) for +: 'int' and '{kind}'", "usage: next_value 100"
            )
    numbers = _numbers(interpreter, arguments, "next_value")
    if len(numbers) > 1:
        raise misused(interpreter, "next_value")
    count = interpreter.python_globals.get(NEXT_VALUE, 0)
    assert isinstance(count, int)
    interpreter.write(str(count + sum(numbers)))
    interpreter.python_globals[NEXT_VALUE] = count + 1


@COMMANDS.add("get_environ", "name", "prints a variable of the environment")
def get_environ(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 1:
        raise misused(interpreter, "get_environ")
    value = os.environ.get(text_of(interpreter, arguments[0]))
    if value is not None:
        interpreter.write(value)


@COMMANDS.add("str_contains", '"part" "text"', "prints whether a text has a part, in any case")
def str_contains(interpreter: Interpreter, arguments: list[Token]) -> None:
    if len(arguments) != 2:
        raise misused(interpreter, "str_contains")
    part, text = (text_of(interpreter, token).lower() for token in arguments)
    interpreter.write(str(part in text))
