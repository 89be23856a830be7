"""Commands for the log."""

from __future__ import annotations

import logging
from collections import deque
from pathlib import Path

from renode_wifi.emulation.platform.machine import LOG, SYSBUS
from renode_wifi.emulation.script.commands.register import Commands, misused, text_of
from renode_wifi.emulation.script.interpreter import Interpreter
from renode_wifi.emulation.script.tokens import Token, TokenKind
from renode_wifi.emulation.terminals.uart_file import vacant
from renode_wifi.emulation.visible import visible_log

FORMAT = "[%(levelname)s] %(message)s"

LOG_LEVELS = {
    "Noisy": 1,
    "Debug": logging.DEBUG,
    "Info": logging.INFO,
    "Warning": logging.WARNING,
    "Error": logging.ERROR,
}
"""By Renode's names; by its numbers they start at -1."""

COMMANDS = Commands()
MAX_HISTORY = 1000
"""Entries, as in Renode."""
DEFAULT_ENTRIES = 20


class RecentEntries(logging.Handler):
    """The last entries of the log, of all machines of this process."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: deque[str] = deque(maxlen=MAX_HISTORY)
        self.setFormatter(logging.Formatter(FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        self.entries.append(self.format(record))


HISTORY = RecentEntries()


def follow() -> None:
    """Keep what is logged from here on for `lastLog`."""
    _log().addHandler(HISTORY)


def keep(path: Path) -> None:
    """Let an older file be `FILE.1`, `FILE.2` and so on. Raises OSError."""
    if path.is_file():
        path.rename(vacant(path))


def _log() -> logging.Logger:
    """That of all machines; there may be none yet."""
    return visible_log(LOG)


@COMMANDS.add(
    "logLevel", "[level [peripheral|machine]]", "how much is logged: -1 to 3 or Noisy to Error"
)
def log_level(interpreter: Interpreter, arguments: list[Token]) -> None:
    if not arguments:
        level = _log().getEffectiveLevel()
        names = [name for name, value in LOG_LEVELS.items() if value >= level]
        interpreter.write(f"Currently set levels: {names[0] if names else 'Error'}")
        for machine in interpreter.machines.values():
            for name, own in machine.log_levels.by_model().items():
                at = next(known for known, value in LOG_LEVELS.items() if value >= own)
                full = machine.full_name(name)
                interpreter.write(f"  {machine.name}:{full} : {at.upper()}")
        return
    token = interpreter.expand(arguments[0])
    names = list(LOG_LEVELS)
    if isinstance(token.value, int) and -1 <= token.value < len(names) - 1:
        level = LOG_LEVELS[names[token.value + 1]]
    elif str(token.value).capitalize() in LOG_LEVELS:
        level = LOG_LEVELS[str(token.value).capitalize()]
    else:
        raise interpreter.error(
            f"{token.text} is not a log level", f"levels: {', '.join(names)}, or -1 to 3"
        )
    if len(arguments) == 1:
        _log().setLevel(level)
        return
    for item in arguments[1:]:
        name = text_of(interpreter, item)
        if name in interpreter.machines:
            machine = interpreter.machines[name]
            for model_name in (SYSBUS, *machine.peripherals):
                machine.log_levels.set(model_name, level)
            continue
        model = interpreter.devices.find(name)
        if model is None:
            raise interpreter.error(
                f"Could not find emulation element or backend named: {name}",
                "`peripherals` lists them",
            )
        interpreter.current.log_levels.set(getattr(model, "name", name), level)


@COMMANDS.add("logFile", "@file [true]", "writes the log to a file as well", "logF")
def log_file(interpreter: Interpreter, arguments: list[Token]) -> None:
    if not 1 <= len(arguments) <= 2:
        raise misused(interpreter, "logFile")
    target = text_of(interpreter, arguments[0])
    log = _log()
    for old in [item for item in log.handlers if isinstance(item, logging.FileHandler)]:
        log.removeHandler(old)
        old.close()
    try:
        keep(Path(target))
        handler = logging.FileHandler(target, mode="w", encoding="utf-8")
    except OSError as error:
        raise interpreter.error(
            f"cannot write {target}: {error.strerror}", "give a path that can be written"
        ) from error
    handler.setFormatter(logging.Formatter(FORMAT))
    log.addHandler(handler)


@COMMANDS.add("lastLog", "[entries]", f"prints the last {DEFAULT_ENTRIES} entries of the log")
def last_log(interpreter: Interpreter, arguments: list[Token]) -> None:
    count = interpreter.expand(arguments[0]).value if arguments else DEFAULT_ENTRIES
    if len(arguments) > 1 or type(count) is not int or count < 0:
        raise misused(interpreter, "lastLog")
    if count > MAX_HISTORY:
        raise interpreter.error(
            f"The number of entries cannot be larger than {MAX_HISTORY}",
            "logFile @file keeps the whole log",
        )
    entries = list(HISTORY.entries)
    for entry in entries[max(0, len(entries) - count) :]:
        interpreter.write(entry)


@COMMANDS.add("log", '"message" [level]', "writes a line into the log")
def log_message(interpreter: Interpreter, arguments: list[Token]) -> None:
    if not 1 <= len(arguments) <= 2 or arguments[0].kind is TokenKind.LITERAL:
        raise misused(interpreter, "log")
    level = logging.INFO
    if len(arguments) == 2:
        names = list(LOG_LEVELS)
        value = interpreter.expand(arguments[1]).value
        if isinstance(value, int) and -1 <= value < len(names) - 1:
            level = LOG_LEVELS[names[value + 1]]
        else:
            level = LOG_LEVELS.get(str(value).capitalize(), logging.INFO)
    _log().log(level, "Script: %s", text_of(interpreter, arguments[0]))
