"""From indentation to braces: the first pass over a platform description.

Authors write one attribute a line, indented by four spaces. The grammar itself knows only
`{ a; b }`, so this pass writes the braces and semicolons that the indentation stands for, and
blanks comments. Everything it adds goes to the ends of lines: lines and columns stay those of the
source.
"""

from __future__ import annotations

import re

from renode_wifi.emulation.platform.syntax import DescriptionError, Position, Problem

INDENT = 4

_BRACE_OR_STRING = re.compile("[{}\"]|'''")
# `//` is a comment only at the start of a line or after a space: URLs contain it.
_STRING_OR_COMMENT = re.compile("\"|'''|/[*]|(?:(?<= )|\\A)//")


def lay_out(source: str, file: str = "") -> str:
    """The description with explicit braces. Raises DescriptionError with line and column."""
    return _Layout(source.replace("\r", ""), file).run()


class _Line:
    """One line, or several where a multi-line string joins them. number counts from 1."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text

    @property
    def blank(self) -> bool:
        return not self.text.strip()


class _Layout:
    def __init__(self, source: str, file: str) -> None:
        self.raw = source.split("\n")
        self.file = file

    def run(self) -> str:
        output: list[str] = []
        previous: _Line | None = None
        indent = 0
        depth = 0
        waiting: list[str] = []
        for line in self._without_comments():
            if line.blank:
                waiting.append(line.text)
                continue
            if previous is None:
                if self._indent(line) != 0:
                    raise self._error(
                        Problem.WRONG_INDENT,
                        "First line with text cannot be indented.",
                        line.number,
                        1,
                        "start the first entry in column 1",
                    )
            else:
                depth += brace_balance(previous.text)
                text = previous.text
                if depth <= 0:
                    new_indent = self._indent(line)
                    text += _decoration(indent, new_indent)
                    indent = new_indent
                output.append(text)
            output.extend(waiting)
            waiting.clear()
            previous = line
        if previous is not None:
            output.append(previous.text + "}" * indent)
        output.extend(waiting)
        return "\n".join(output)

    def _without_comments(self) -> list[_Line]:
        lines: list[_Line] = []
        depth = 0
        comment: tuple[int, int] | None = None
        """Line and column where the comment under way began."""
        for line in self._joined():
            text = line.text
            position = 0
            if comment is not None:
                end = text.find("*/")
                if end < 0:
                    lines.append(_Line(line.number, "\n" * text.count("\n")))
                    continue
                if depth <= 0 and text[end + 2 :].strip():
                    raise self._error(
                        Problem.SYNTAX,
                        "Multiline comment in indent mode can only finish at the end of the line.",
                        line.number,
                        end + 1,
                        "move what follows */ to the next line",
                    )
                text = _blank(text, 0, end + 2)
                position = end + 2
                comment = None
            while True:
                position = _next_mark(text, position)
                if position >= len(text):
                    break
                if text[position] == '"':
                    position = self._string_end(line, text, position, '"')
                elif text.startswith("'''", position):
                    position = self._string_end(line, text, position, "'''")
                elif text.startswith("//", position):
                    text = text[:position] + "\n" * text.count("\n", position)
                    break
                else:
                    end = text.find("*/", position + 2)
                    if end < 0:
                        before = text[:position].split("\n")
                        comment = (line.number + len(before) - 1, len(before[-1]) + 1)
                        text = text[:position] + "\n" * text.count("\n", position)
                        break
                    first = not text[:position].strip()
                    if depth <= 0 and first and text[end + 2 :].strip():
                        raise self._error(
                            Problem.SYNTAX,
                            "Single line multiline comment in indent mode cannot be the first"
                            " non-whitespace element of a line if it does not span to its end.",
                            line.number,
                            position + 1,
                            "put the comment on a line of its own",
                        )
                    text = _blank(text, position, end + 2)
                    position = end + 2
            depth += brace_balance(text)
            lines.append(_Line(line.number, text))
        if comment is not None:
            raise self._error(
                Problem.SYNTAX, "Unclosed multiline comment", *comment, "end it with */"
            )
        return lines

    def _joined(self) -> list[_Line]:
        """Lines, with each multi-line string in one of them."""
        lines: list[_Line] = []
        opened: _Line | None = None
        for number, text in enumerate(self.raw, 1):
            quotes = _quotes(text)
            if opened is not None:
                opened.text += "\n" + text
                if quotes:
                    lines.append(opened)
                    opened = None
            elif len(quotes) in (0, 2):
                lines.append(_Line(number, text))
            elif len(quotes) == 1:
                opened = _Line(number, text)
            else:
                raise self._error(
                    Problem.SYNTAX,
                    "The start of one multiline string cannot be on the same line as the end of"
                    " another",
                    number,
                    quotes[2] + 1,
                    "break the line between the two strings",
                )
        if opened is not None:
            raise self._error(
                Problem.SYNTAX,
                "Unclosed multiline string",
                opened.number,
                _quotes(opened.text.split("\n")[0])[0] + 1,
                "end it with '''",
            )
        return lines

    def _string_end(self, line: _Line, text: str, start: int, mark: str) -> int:
        """Index after the string that starts at `start`."""
        end = _closing(text, start, mark)
        if end < 0:
            before = text[:start].split("\n")
            raise self._error(
                Problem.SYNTAX,
                "Unterminated string.",
                line.number + len(before) - 1,
                len(before[-1]) + 1,
                f"add {mark} at its end",
            )
        return end

    def _indent(self, line: _Line) -> int:
        spaces = len(line.text) - len(line.text.lstrip(" "))
        if line.text[spaces] == "\t":
            raise self._error(
                Problem.WRONG_INDENT,
                "Indent with a tab.",
                line.number,
                spaces + 1,
                f"indent with {INDENT} spaces a level",
            )
        if spaces % INDENT:
            raise self._error(
                Problem.WRONG_INDENT,
                f"Indent's length has to be multiple of {INDENT},"
                f" this one is {spaces} spaces long.",
                line.number,
                spaces,
                f"indent with {spaces // INDENT * INDENT} or"
                f" {(spaces // INDENT + 1) * INDENT} spaces",
            )
        return spaces // INDENT

    def _error(
        self, problem: Problem, message: str, line: int, column: int, cure: str
    ) -> DescriptionError:
        return DescriptionError(
            problem,
            message,
            Position(self.file, line, max(1, column)),
            cure=cure,
            excerpt=self.raw[line - 1],
        )


def brace_balance(text: str) -> int:
    """Opening minus closing braces outside of strings."""
    balance = 0
    index = 0
    while (found := _BRACE_OR_STRING.search(text, index)) is not None:
        mark = found.group()
        if mark in "{}":
            balance += 1 if mark == "{" else -1
            index = found.end()
        else:
            index = _closing(text, found.start(), mark)
            if index < 0:
                break
    return balance


def _decoration(indent: int, new_indent: int) -> str:
    if new_indent > indent:
        return "{" * (new_indent - indent)
    return "}" * (indent - new_indent) + ";"


def _next_mark(text: str, start: int) -> int:
    """Index of the next string or comment; len(text) where there is none."""
    found = _STRING_OR_COMMENT.search(text, start)
    return len(text) if found is None else found.start()


def _closing(text: str, start: int, mark: str) -> int:
    """Index after the string that starts at `start` with `mark`; -1 where it never ends."""
    end = text.find(mark, start + len(mark))
    while end >= 0 and _escaped(text, end):
        end = text.find(mark, end + 1)
    return end + len(mark) if end >= 0 else -1


def _quotes(text: str) -> list[int]:
    """Indices of the ''' that are not escaped."""
    found: list[int] = []
    index = text.find("'''")
    while index >= 0:
        if not _escaped(text, index):
            found.append(index)
        index = text.find("'''", index + 3)
    return found


def _escaped(text: str, index: int) -> bool:
    backslashes = 0
    while index - 1 - backslashes >= 0 and text[index - 1 - backslashes] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


def _blank(text: str, start: int, end: int) -> str:
    blanks = "".join("\n" if character == "\n" else " " for character in text[start:end])
    return text[:start] + blanks + text[end:]
