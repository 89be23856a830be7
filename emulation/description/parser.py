"""The grammar of platform descriptions, read by recursive descent.

::

    description   = using* [entry (";" entry)*]
    using         = "using" string ["prefixed" string] ";"*
    entry         = ["local"] name ":" [type] [registration] ["as" string] [attributes]
    registration  = "@" ("none" | point | "{" point (";" point)* [";"] "}")
    point         = name [value]
    attributes    = "{" [attribute (";" attribute)* [";"]] "}"
    attribute     = name ":" (value | "none" | "empty")
                  | [ends] "->" ("none" | destination ("|" destination)*)
                  | ("preinit" | "init" | "reset") ["add"] ":" "{" statement (";" statement)* "}"
    ends          = end | "[" end ("," end)* "]"
    end           = number | number "-" number | name
    destination   = name ["#" number] "@" ends
    value         = string | number | range | enum | bool | name | inline object | list | dict
    range         = "<" number "," ["+"] number ">"
    enum          = name ("." name)+ | "." name
    inline object = "new" type [attributes]
    list          = "[" [value ("," value)* [","]] "]"
    dict          = "{" [value ":" value (";" value ":" value)* [";"]] "}"
"""

from __future__ import annotations

import re
from pathlib import Path

from renode_wifi.emulation.description.layout import lay_out
from renode_wifi.emulation.description.model import (
    Assignment,
    Attribute,
    Description,
    Destination,
    Entry,
    EnumName,
    NewObject,
    Position,
    Problem,
    Range,
    Reference,
    Registration,
    Script,
    Special,
    Using,
    Value,
    Wiring,
)

KEYWORDS = frozenset(
    ("using", "new", "as", "preinit", "init", "reset", "local", "none", "empty")
    + ("true", "True", "false", "False")
)

VALUE_KEYWORDS = ("new", "true", "True", "false", "False")

_NAME = re.compile(r"[^\W\d_]\w*")
_NUMBER = re.compile(r"-?(?:0x[0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*|[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)")
_NATURAL = re.compile(r"0x[0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*|[0-9]+(?:_[0-9]+)*")
_STRING = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_LONG_STRING = re.compile(r"'''((?:[^\\]|\\''')*?)'''")
_SPACE = re.compile(r"\s*")
_STATEMENT = re.compile(r'(?:[^;{}"]|"(?:[^"\\]|\\.)*")*')

LARGEST_NUMBER = 2**64 - 1
DEEPEST_NESTING = 50
LONGEST_RANGE = 4096


def parse(source: str, file: str = "") -> Description:
    """Read a description. Raises DescriptionError, with line and column, and nothing else."""
    return _Parser(source, file).description()


def parse_file(path: Path) -> Description:
    return parse(path.read_text(encoding="utf-8-sig", errors="replace"), str(path))


def parse_value(source: str, file: str = "") -> Value:
    """Read a single value, as it stands behind `name:`."""
    parser = _Parser(source, file, plain=True)
    value = parser.value()
    parser.end()
    return value


def parse_registration(source: str, file: str = "") -> Registration:
    """Read one registration point, as it stands behind `@`."""
    parser = _Parser(source, file, plain=True)
    registration = parser.registration_point()
    parser.end()
    return registration


def parse_attributes(source: str, file: str = "") -> list[Attribute]:
    """Read attributes separated by semicolons, without braces around them."""
    parser = _Parser(source, file, plain=True)
    attributes = parser.attribute_sequence()
    parser.end()
    return attributes


class _Parser:
    def __init__(self, source: str, file: str, plain: bool = False) -> None:
        self.result = Description([], [], file, source.replace("\r", ""))
        self.text = source if plain else lay_out(source, file)
        self.file = file
        self.index = 0
        self.depth = 0
        self.line_starts = [0]
        self.line_starts += [match.end() for match in re.finditer("\n", self.text)]
        self.line = 0
        self.skip()

    # -- reading ------------------------------------------------------------------------------

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.index)
        assert match is not None
        self.index = match.end()

    @property
    def position(self) -> Position:
        return self.position_of(self.index)

    def position_of(self, index: int) -> Position:
        starts = self.line_starts
        while self.line + 1 < len(starts) and starts[self.line + 1] <= index:
            self.line += 1
        while starts[self.line] > index:
            self.line -= 1
        return Position(self.file, self.line + 1, index - starts[self.line] + 1)

    def sees(self, text: str) -> bool:
        return self.text.startswith(text, self.index)

    def sees_any_of(self, characters: str) -> bool:
        return self.index < len(self.text) and self.text[self.index] in characters

    def accept(self, text: str) -> bool:
        if not self.sees(text):
            return False
        self.index += len(text)
        self.skip()
        return True

    def expect(self, text: str, what: str) -> None:
        if not self.accept(text):
            self.fail(f"{text} ({what})" if what else text)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.index)
        if match is not None:
            self.index = match.end()
            self.skip()
        return match

    def end(self) -> None:
        if self.index < len(self.text):
            self.fail("nothing more")

    def fail(self, *expected: str) -> None:
        """Tell what is there instead of what may be there."""
        index = self.index
        if index >= len(self.text):
            # Point behind the last character, not behind the empty lines at the end.
            index = max(0, len(self.text.rstrip()) - 1)
            found = "the end"
        elif self.text[index] in "{};":
            # What the layout pass added stands for the end of the line.
            position = self.position_of(index)
            line = self.result.source.split("\n")[position.line - 1]
            found = "the end of the line" if position.column > len(line) else self.text[index]
        else:
            found = re.match(r"[\w.]+|.", self.text[index:], re.S).group()  # type: ignore[union-attr]
        raise self.result.error(
            Problem.SYNTAX,
            f"Syntax error, unexpected {found}; expected {' or '.join(expected)}",
            self.position_of(index),
            self._cure(),
        )

    def _cure(self) -> str:
        return "see Renode's platform description format; attributes are indented by four spaces"

    def word(self) -> str | None:
        """The name that stands here, keyword or not, without going past it."""
        match = _NAME.match(self.text, self.index)
        return match.group() if match else None

    def keyword(self, word: str) -> bool:
        if self.word() != word:
            return False
        self.index += len(word)
        self.skip()
        return True

    @property
    def sees_name(self) -> bool:
        word = self.word()
        return word is not None and word not in KEYWORDS

    def name(self, what: str) -> str:
        word = self.word()
        if word is None:
            self.fail(what)
        assert word is not None
        if word in KEYWORDS:
            self.fail(f"{what} ({word} is a keyword)")
        self.index += len(word)
        self.skip()
        return word

    def type_name(self) -> str:
        parts = [self.name("type name")]
        while self.accept("."):
            parts.append(self.name("type name"))
        return ".".join(parts)

    def natural(self, what: str) -> int:
        start = self.index
        match = self.match(_NATURAL)
        if match is None:
            self.fail(what)
        assert match is not None
        return self._integer(match.group(), start)

    def _integer(self, text: str, start: int) -> int:
        digits = text.lstrip("-").replace("_", "")
        base = 10
        if digits.startswith("0x"):
            digits, base = digits[2:], 16
        # int() of an endless string of digits takes its time, and Python refuses it.
        number = int(digits, base) if len(digits) <= 40 else LARGEST_NUMBER + 1
        if number > LARGEST_NUMBER:
            raise self.result.error(
                Problem.SYNTAX,
                "Syntax error, number does not fit into 64 bits",
                self.position_of(start),
                "write at most 0xFFFFFFFFFFFFFFFF",
            )
        return -number if text.startswith("-") else number

    def string(self, what: str) -> str:
        match = self.match(_STRING)
        if match is None:
            self.fail(what)
        assert match is not None
        return re.sub(r'\\(["\\])', r"\1", match.group(1))

    # -- grammar ------------------------------------------------------------------------------

    def description(self) -> Description:
        while self.word() == "using":
            self.result.usings.append(self.using())
        while self.index < len(self.text):
            self.result.entries.append(self.entry())
            if self.index < len(self.text):
                self.expect(";", "or a new line in front of the next entry")
        return self.result

    def using(self) -> Using:
        position = self.position
        self.keyword("using")
        path = self.string('path of a description in "quotes"')
        prefix = self.string('prefix in "quotes"') if self.keyword("prefixed") else ""
        while self.accept(";"):
            pass
        return Using(path, prefix, position)

    def entry(self) -> Entry:
        position = self.position
        local = self.keyword("local")
        name = self.name("name of an entry")
        self.expect(":", "after the name of an entry")
        type_position = self.position
        type_name = self.type_name() if self.sees_name else None
        registrations = self.registrations() if self.accept("@") else None
        alias = self.string('alias in "quotes"') if self.keyword("as") else None
        attributes = self.attributes() if self.sees("{") else []
        return Entry(
            name, type_name, registrations, alias, attributes, local, position, type_position
        )

    def registrations(self) -> list[Registration]:
        position = self.position
        if self.keyword("none"):
            return [Registration(None, None, position)]
        if not self.accept("{"):
            return [self.registration_point()]
        points = [self.registration_point()]
        while self.accept(";") and not self.sees("}"):
            points.append(self.registration_point())
        self.expect("}", "end of the registration points")
        return points

    def registration_point(self) -> Registration:
        position = self.position
        register = Reference(self.name("name of a register, such as sysbus"), position)
        point = None
        if self.sees_name or self.word() in VALUE_KEYWORDS or self.sees_any_of("\"'<-.[0123456789"):
            point = self.value()
        return Registration(register, point, position)

    def attributes(self) -> list[Attribute]:
        self._descend()
        self.expect("{", "attributes")
        attributes = self.attribute_sequence()
        self.expect("}", "end of the attributes")
        self.depth -= 1
        return attributes

    def attribute_sequence(self) -> list[Attribute]:
        if self.sees("}") or self.index >= len(self.text):
            return []
        attributes = [self.attribute()]
        while self.accept(";") and not self.sees("}") and self.index < len(self.text):
            attributes.append(self.attribute())
        return attributes

    def attribute(self) -> Attribute:
        position = self.position
        word = self.word()
        if word in ("preinit", "init", "reset"):
            return self.script(word, position)
        if self.accept("->"):
            return self.wiring(None, False, position)
        if self.sees("["):
            sources = self.ends(True)
            self.expect("->", "destination of the signals")
            return self.wiring(sources, True, position)
        if word is not None:
            name = self.name("attribute")
            if self.accept("->"):
                return self.wiring([name], False, position)
            if not self.accept(":"):
                self.fail(": (a value)", "-> (a destination)")
            value_position = self.position
            return Assignment(name, self.attribute_value(), position, value_position)
        if _NATURAL.match(self.text, self.index):
            sources = self.end_of_wire(False)
            self.expect("->", "destination of the signal")
            return self.wiring(sources, False, position)
        self.fail("attribute")
        raise AssertionError

    def attribute_value(self) -> Value:
        for special in Special:
            if self.keyword(special.value):
                return special
        return self.value()

    def script(self, kind: str, position: Position) -> Script:
        self.keyword(kind)
        add = self.keyword("add")
        self.expect(":", f"monitor commands of the {kind} section")
        self.expect("{", f"indented monitor commands of the {kind} section")
        lines: list[str] = []
        while True:
            match = _STATEMENT.match(self.text, self.index)
            assert match is not None
            statement = match.group().strip()
            if statement:
                lines.append(statement)
            self.index = match.end()
            self.skip()
            if not self.accept(";"):
                break
        self.expect("}", f"end of the {kind} section")
        return Script(kind, add, lines, position)

    def wiring(self, sources: list[int | str] | None, several: bool, position: Position) -> Wiring:
        if self.keyword("none"):
            return Wiring(sources, [], position)
        destinations = [self.destination(several)]
        while self.accept("|") or self.sees_name:
            destinations.append(self.destination(several))
        return Wiring(sources, destinations, position)

    def destination(self, several: bool) -> Destination:
        position = self.position
        receiver = Reference(self.name("receiver of the signal"), position)
        local = self.natural("local index of the receiver") if self.accept("#") else None
        self.expect("@", "input of the receiver")
        ends = self.ends(False) if several else self.end_of_wire(False)
        return Destination(receiver, local, [end for end in ends if isinstance(end, int)])

    def ends(self, named: bool) -> list[int | str]:
        self.expect("[", "inputs in square brackets")
        ends = self.end_of_wire(named)
        while self.accept(","):
            ends += self.end_of_wire(named)
        self.expect("]", "end of the list")
        return ends

    def end_of_wire(self, named: bool) -> list[int | str]:
        """One number, one name, or a range of numbers that may run backwards."""
        if named and self.sees_name:
            return [self.name("output")]
        start = self.index
        first = self.natural("number of an output or input")
        if not self.sees("-") or self.sees("->"):
            return [first]
        self.accept("-")
        last = self.natural("last number of the range")
        if last == first or abs(last - first) > LONGEST_RANGE:
            raise self.result.error(
                Problem.SYNTAX,
                f"Syntax error, {first}-{last} is not a range of signals",
                self.position_of(start),
                f"write two different numbers, at most {LONGEST_RANGE} apart",
            )
        step = 1 if last > first else -1
        return list(range(first, last + step, step))

    def value(self) -> Value:
        if self.sees('"'):
            return self.string("string")
        if self.sees("'''"):
            match = self.match(_LONG_STRING)
            if match is None:
                self.fail("multi-line string that ends with '''")
            assert match is not None
            return match.group(1).replace("\\'''", "'''")
        if self.accept("<"):
            return self.range()
        if self.sees("["):
            return self.list()
        if self.sees("{"):
            return self.dict()
        start = self.index
        number = self.match(_NUMBER)
        if number is not None:
            text = number.group()
            if "." in text:
                return float(text.replace("_", ""))
            return self._integer(text, start)
        if self.accept("."):
            return EnumName((self.name("enum value"),))
        position = self.position
        word = self.word()
        if word == "new":
            return self.inline_object(position)
        if word in VALUE_KEYWORDS:
            self.keyword(word)
            return word in ("true", "True")
        first = self.name("value")
        if not self.sees("."):
            return Reference(first, position)
        path = [first]
        while self.accept("."):
            path.append(self.name("enum value"))
        return EnumName(tuple(path))

    def range(self) -> Range:
        start = self.natural("start of the range")
        self.expect(",", "end of the range")
        relative = self.accept("+")
        index = self.index
        end = self.natural("end of the range") + (start if relative else 0)
        if end < start:
            raise self.result.error(
                Problem.SYNTAX,
                f"Syntax error, range ends at 0x{end:X}, before its start 0x{start:X}",
                self.position_of(index),
                "write <start, +size> or <start, end>",
            )
        self.expect(">", "end of the range")
        return Range(start, end)

    def inline_object(self, position: Position) -> NewObject:
        self.keyword("new")
        type_name = self.type_name()
        return NewObject(type_name, self.attributes() if self.sees("{") else [], position)

    def list(self) -> Value:
        self._descend()
        self.expect("[", "list")
        items: list[Value] = []
        while not self.sees("]"):
            items.append(Special.EMPTY if self.keyword("empty") else self.value())
            if not self.accept(","):
                break
        self.expect("]", "end of the list")
        self.depth -= 1
        return items

    def dict(self) -> Value:
        self._descend()
        self.expect("{", "dictionary")
        items: dict[Value, Value] = {}
        while not self.sees("}"):
            position = self.position
            key = self.value()
            if isinstance(key, (list, dict, NewObject)):
                raise self.result.error(
                    Problem.SYNTAX,
                    "Syntax error, a dictionary's key has to be a single value",
                    position,
                    "write a number, string, enum or name in front of the colon",
                )
            self.expect(":", "value of the dictionary entry")
            items[key] = self.value()
            if not self.accept(";"):
                break
        self.expect("}", "end of the dictionary")
        self.depth -= 1
        return items

    def _descend(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.result.error(
                Problem.SYNTAX,
                f"Syntax error, more than {DEEPEST_NESTING} levels of nesting",
                self.position,
                "give inner objects entries of their own",
            )
