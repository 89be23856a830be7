"""What may come next in a monitor line: commands, devices, members, variables, files.

Knows no terminal. What a command takes is read from its usage: `@path` are files, `peripheral` is a
device, `a|b|c` are words to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from renode_wifi.emulation.script.interpreter import Interpreter

_WORD = re.compile(r"""(?:[^\s;'"`=]|\\ )*\Z""")
_ASSIGNMENT = re.compile(r"\$[\w.]+\??=$")
_CHOICES = re.compile(r"\[?([A-Za-z]\w*(?:\|[A-Za-z]\w*)+)")
HELP = "help"


@dataclass(frozen=True)
class Candidate:
    """text: the whole word. about: what it is, in a few words."""

    text: str
    about: str = ""


def complete(interpreter: Interpreter, line: str) -> tuple[str, list[Candidate]]:
    """The word at the end of `line`, and what it may become; in the order of the alphabet."""
    match = _WORD.search(line)
    word = match.group() if match is not None else ""
    before = line[: len(line) - len(word)]
    if before.count('"') % 2 or before.count("'") % 2:
        return word, []
    words = re.split(r"[;`]", before)[-1].split()
    if words and _ASSIGNMENT.match(words[-1]):
        words = ["$"]  # A value follows: neither a command nor a device.
    found = {
        candidate.text: candidate
        for candidate in _candidates(interpreter, words, word)
        if candidate.text.lower().startswith(word.lower())
    }
    return word, sorted(found.values(), key=lambda candidate: candidate.text.lower())


def _candidates(interpreter: Interpreter, words: list[str], word: str) -> Iterator[Candidate]:
    if word.startswith("$"):
        yield from _variables(interpreter)
    elif word.startswith("@"):
        yield from _files(interpreter, word[1:])
    elif not words:
        yield from _commands(interpreter)
        yield from _devices(interpreter)
    elif words[0] in interpreter.commands:
        yield from _arguments(interpreter, words)
    else:
        if interpreter.devices.has(words[0]) and len(words) == 1:
            yield from (
                Candidate(name, about) for name, about in interpreter.devices.members(words[0])
            )


def _commands(interpreter: Interpreter) -> Iterator[Candidate]:
    for name, command in interpreter.commands.items():
        yield Candidate(name, command.summary)
    for name in interpreter.aliases:
        yield Candidate(name.rpartition(".")[2], "alias")


def _devices(interpreter: Interpreter) -> Iterator[Candidate]:
    for name in interpreter.devices.names():
        device = interpreter.devices.find(name)
        yield Candidate(name, type(device).__name__ if device is not None else "")


def _arguments(interpreter: Interpreter, words: list[str]) -> Iterator[Candidate]:
    command = interpreter.commands[words[0]]
    if command.name == HELP:
        yield from _help(interpreter, words[1:])
        return
    if "peripheral" in command.usage:
        yield from _devices(interpreter)
    if "@" in command.usage:
        yield from _files(interpreter, "")
    for choices in _CHOICES.findall(command.usage):
        yield from (Candidate(choice) for choice in choices.split("|"))


def _help(interpreter: Interpreter, words: list[str]) -> Iterator[Candidate]:
    if not words:
        yield from _commands(interpreter)
        yield from _devices(interpreter)
        return
    if interpreter.devices.has(words[0]):
        yield from _members(interpreter, words[0])


def _members(interpreter: Interpreter, device: str) -> Iterator[Candidate]:
    for name, about in interpreter.devices.members(device):
        yield Candidate(name, about)


def _variables(interpreter: Interpreter) -> Iterator[Candidate]:
    for kind, names in (("variable", interpreter.variables), ("macro", interpreter.macros)):
        for name in names:
            yield Candidate("$" + name.partition(".")[2], kind)


def _files(interpreter: Interpreter, text: str) -> Iterator[Candidate]:
    """Files and folders from here on, and from the folders of the path."""
    text = text.replace("\\ ", " ")
    folder, slash, _ = text.rpartition("/")
    for root in (Path(), *interpreter.path):
        try:
            place = (root / (folder or slash)).expanduser()
            for entry in _entries(place):
                end = "/" if entry.is_dir() else ""
                name = f"{folder}{slash}{entry.name}{end}"
                yield Candidate("@" + name.replace(" ", "\\ "), "folder" if end else "file")
        except (OSError, RuntimeError):
            continue


def _entries(place: Path) -> Iterable[Path]:
    return [entry for entry in place.iterdir() if not entry.name.startswith(".")]
