"""Holds names, comments and documents to the field's words; `python -m tests.words`.

Whoever knows ARM, networks or Renode reads them without a dictionary of this project's own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("bench", "docs", "emulation", "firmware", "peripherals", "platforms", "robot", "tests")
SUFFIXES = {".py", ".c", ".h", ".md", ".repl", ".resc", ".robot", ".yaml"}
CORE = ("emulation/engines/embedded", "tests/emulation/engines/embedded")


@dataclass(frozen=True)
class Word:
    """pattern: what isn't written, without case, as a word or as a part of a name.

    instead: what is. rooms: the folders where it counts; everywhere if there are none.
    """

    pattern: str
    instead: str
    rooms: tuple[str, ...] = ()


WORDS = (
    Word(
        "told|tells?|telling|hears?|heard|hearing|ears?|attends?|attended",
        "notify, report, log, call; listener, observer",
    ),
    Word("(?-i:MOST|LONGEST|LARGEST|DEEPEST|LEAST)", "MAX, MIN, LIMIT"),
    Word("tak(?:e|es|en|ing) apart|took apart", "decode"),
    Word("puts? (?:\\w+ )?out|putting (?:\\w+ )?out", "deauthenticate, disassociate"),
    Word(
        "foreseen|drifts?|repeats?|ahead|rounds?",
        "spin loop, affine loop, dry run, iteration",
        ("emulation/engines/embedded/core",),
    ),
    Word("narrow|wide", "T16, T32", CORE),
    Word("near pages?", "page cache, soft TLB"),
    Word("patience|patient", "threshold, budget, timeout"),
    Word("traps?|trapped|trapping", "breakpoint, watchpoint, code hook, handler of stores"),
    Word("holes?", "unmapped address, reserved register"),
    Word("bench(?:es)?", "test rig", ("emulation", "peripherals", "platforms", "robot", "tests")),
    Word("unburied", "zombie, orphan"),
    Word("strange|strangers?", "unknown CA, untrusted issuer"),
    Word("backends?", "engine"),
    Word("parts?|components?", "stock model, catalogue, object spec", ("emulation/platform",)),
)

EXCEPTIONS = {
    "peripherals.parts.part import Part": "the room of what is on a board beside the chip",
    "(model, Part)": "one of them",
    '"parts.': "modules of that room",
    "setting.part": "the name of one in a world file",
    "BenchMachine": "published name of the machine that tests give to a model",
    "BenchBus": "its bus",
    "{seed}/stranger": "a world's keys follow from it",
    "write `engine` for `backend`": "a notice about the old name",
    "def backend(self)": "the old name, for one release",
    "element or backend named": "Renode's message",
    "create_file_backend": "Renode's command",
    "close_file_backend": "Renode's command",
    "CloseFileBackend": "Renode's command",
    "CreateFileBackend": "Renode's command",
    "PATCH_TRAP_": "registers of APPS_CONFIG",
    "div traps": "those of the CPU",
    "trapped instruction": "by the CPU",
    "traps_of_ccr": "those of the CPU",
    "traps_within_an_it_block": "those of the CPU",
    "traps_can_be_switched_off": "those of the CPU",
    "test_trap_charges": "one of the CPU",
}
"""Texts in which a word may stand, with the reason."""

FILES = {
    "tests/words.py": "the list",
    "tests/test_words.py": "its test",
    "tests/test_house.py": "names of folders",
    "src/renode_wifi/moved.py": "old names",
    "tests/test_moved.py": "old names",
    "CHANGELOG.md": "old names",
    "docs/results": "names and messages of foreign tests",
}
"""Files and folders that aren't read, with the reason."""

_HUMP = re.compile("([a-z0-9])([A-Z])")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?<![a-z])(?:{pattern})(?![a-z])", re.IGNORECASE)


_PATTERNS = [(_compiled(word.pattern), word) for word in WORDS]
_ANY = _compiled("|".join(word.pattern for word in WORDS))


def mistakes(text: str, file: str) -> Iterator[str]:
    """`file:line: word: what to write instead` for each word of a text that has a better one."""
    rules = [
        (pattern, word)
        for pattern, word in _PATTERNS
        if not word.rooms or file.startswith(tuple(f"{room}/" for room in word.rooms))
    ]
    for number, line in enumerate(text.splitlines(), 1):
        for exception in EXCEPTIONS:
            line = line.replace(exception, "")
        line = _HUMP.sub(r"\1 \2", line)
        if _ANY.search(line) is None:
            continue
        for pattern, word in rules:
            for match in pattern.finditer(line):
                yield f"{file}:{number}: {match[0]!r}: write {word.instead}"


def files() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "src" / "renode_wifi").glob("*.py")]
    for folder in FOLDERS:
        found += (path for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
    return sorted(found)


def main() -> int:
    wrong = [
        mistake
        for path in files()
        if not (name := path.relative_to(ROOT).as_posix()).startswith(tuple(FILES))
        for mistake in mistakes(path.read_text(encoding="utf-8"), name)
    ]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
