"""Arguments of keywords by Renode's rules (Renode 1.16, RobotFrameworkEngine/Keyword.cs).

There a text `name=value` names an argument wherever it stands, in a list variable too, which Robot
itself takes for a position.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from renode_wifi.emulation.frontends.robot.errors import KeywordException

_NAMED = re.compile(r"([A-Za-z0-9_]+)=(.+)", re.DOTALL)


@dataclass(frozen=True)
class TextArgument:
    """A text in the place of another kind of argument, which may name one."""

    text: str


def convert_boolean(value: object) -> object:
    """true or false; Robot's own conversion lets every other text through."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0", ""):
        return False
    return _deferred(value, "give true or false")


def convert_integer(value: object) -> object:
    """Decimal or 0x…"""
    if isinstance(value, (int, float)) and value == int(value):
        return int(value)
    try:
        return int(str(value).strip(), 0)
    except ValueError:
        return _deferred(value, "give a whole number, decimal or 0x…")


def convert_number(value: object) -> object:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return _deferred(value, "give a number")


def convert_none(value: object) -> None:
    """Renode's word is null, Robot's None."""
    if value is not None and str(value).strip().lower() not in ("null", "none"):
        raise ValueError("give null")


def _deferred(value: object, wanted: str) -> TextArgument:
    if isinstance(value, str) and _NAMED.fullmatch(value):
        return TextArgument(value)
    raise ValueError(wanted)


CONVERTERS: dict[type, Callable[[object], object]] = {
    bool: convert_boolean,
    int: convert_integer,
    float: convert_number,
    types.NoneType: convert_none,
}


class Parameters:
    """What a keyword takes. method: without what Robot Framework makes of it."""

    def __init__(self, method: Callable[..., object]) -> None:
        parameters = list(inspect.signature(method).parameters.values())[1:]
        self._parameters = {parameter.name: parameter for parameter in parameters}
        self._method = method

    def bind(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
        """Values by name. Raises KeywordException for names that the keyword does not know."""
        values: dict[str, object] = {}
        places = iter(self._parameters.values())
        for value in arguments:
            text = value.text if isinstance(value, TextArgument) else value
            found = _NAMED.fullmatch(text) if isinstance(text, str) else None
            if found is not None and found[1] in self._parameters:
                values[found[1]] = self._convert(found[1], found[2])
                continue
            place = next(places)
            if found is not None and (isinstance(value, TextArgument) or self._is_option(place)):
                raise KeywordException(
                    f"there is no argument {found[1]!r}",
                    f"arguments are {', '.join(self._parameters)}",
                )
            values[place.name] = value
        values.update(named)
        missing = [
            name
            for name, parameter in self._parameters.items()
            if name not in values and parameter.default is parameter.empty
        ]
        if missing:
            raise KeywordException(f"{', '.join(missing)} is missing", "give it")
        return {name: self._checked(name, value) for name, value in values.items()}

    @staticmethod
    def _is_option(parameter: inspect.Parameter) -> bool:
        """Not a text to look for or to type, which may look like anything."""
        return parameter.default not in (parameter.empty, "")

    def _checked(self, name: str, value: object) -> object:
        """Robot tries the default's kind after ours, and lets any text through as a boolean."""
        if isinstance(value, str) and all(kind in CONVERTERS for kind in self._kinds(name)):
            return self._convert(name, value)
        return value

    def _kinds(self, name: str) -> tuple[type, ...]:
        # Of this parameter only: names that others use may be there for type checkers alone.
        alone = types.SimpleNamespace(__annotations__={name: self._parameters[name].annotation})
        namespace = inspect.unwrap(self._method).__globals__
        hint = typing.get_type_hints(alone, namespace)[name]
        return typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)

    def _convert(self, name: str, text: str) -> object:
        kinds = self._kinds(name)
        if types.NoneType in kinds and text.lower() in ("null", "none"):
            return None
        for kind in kinds:
            if kind in CONVERTERS and kind is not types.NoneType:
                try:
                    value = CONVERTERS[kind](text)
                except ValueError as error:
                    raise KeywordException(f"{name}={text}: {error}") from error
                return value.text if isinstance(value, TextArgument) else value
        return text
