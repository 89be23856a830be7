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
from functools import lru_cache
from pathlib import Path

from renode_wifi.emulation.platform.layout import lay_out
from renode_wifi.emulation.platform.scanner import NATURAL, NUMBER, Scanner
from renode_wifi.emulation.platform.syntax import (
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

VALUE_KEYWORDS = ("new", "true", "True", "false", "False")

_LONG_STRING = re.compile(r"'''((?:[^\\]|\\''')*?)'''")
_STATEMENT = re.compile(r'(?:[^;{}"]|"(?:[^"\\]|\\.)*")*')

MAX_RANGE = 4096


@lru_cache(maxsize=64)
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


class _Parser(Scanner):
    def __init__(self, source: str, file: str, plain: bool = False) -> None:
        text = source if plain else lay_out(source, file)
        super().__init__(text, Description([], [], file, source.replace("\r", "")))

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
        self.descend()
        self.expect("{", "attributes")
        attributes = self.attribute_sequence()
        self.expect("}", "end of the attributes")
        self.ascend()
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
        if NATURAL.match(self.text, self.index):
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
        if last == first or abs(last - first) > MAX_RANGE:
            raise self.result.error(
                Problem.SYNTAX,
                f"Syntax error, {first}-{last} is not a range of signals",
                self.position_of(start),
                f"write two different numbers, at most {MAX_RANGE} apart",
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
        number = self.match(NUMBER)
        if number is not None:
            text = number.group()
            if "." in text:
                return float(text.replace("_", ""))
            return self.integer(text, start)
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
        self.descend()
        self.expect("[", "list")
        items: list[Value] = []
        while not self.sees("]"):
            items.append(Special.EMPTY if self.keyword("empty") else self.value())
            if not self.accept(","):
                break
        self.expect("]", "end of the list")
        self.ascend()
        return items

    def dict(self) -> Value:
        self.descend()
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
        self.ascend()
        return items
