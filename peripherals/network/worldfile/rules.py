"""What single values of a world file may be: their types, how they are read, and the cure.

A field of a model is annotated with a rule: `port: Annotated[int, PORT]`. A value comes from the
file as a `Scalar`, or from Python (a test that injects a fault) as what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.tree import Scalar

MAX_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


class Mistake(ValueError):
    """What is wrong with a value, and what would be right.

    path: where, below the value. key: the key is at fault, not its value. concerns: fields of a
    model between which it lies; it isn't reported where one of them has a mistake of its own.
    """

    def __init__(
        self,
        message: str,
        cure: str,
        *,
        path: tuple[str | int, ...] = (),
        key: bool = False,
        concerns: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure
        self.path = path
        self.key = key
        self.concerns = frozenset(concerns)


@late_dataclass(frozen=True)
class ValueRule:
    """description: what is right, for the cure. parse: raises ValueError or Mistake.

    number: text is of the wrong type. choices: for a hint at what may have been meant.
    """

    description: str
    parse: Callable[[object], object]
    number: bool = False
    choices: tuple[str, ...] = ()

    def read(self, raw: object) -> object:
        """The value, or a Mistake."""
        try:
            return self.parse(raw)
        except Mistake:
            raise
        except (ValueError, TypeError):
            raise self.mistake(raw) from None

    def mistake(self, raw: object) -> Mistake:
        return not_right(raw, self.description, number=self.number, choices=self.choices)


def not_right(
    raw: object, description: str, *, number: bool = False, choices: tuple[str, ...] = ()
) -> Mistake:
    value = raw.value if isinstance(raw, Scalar) else raw
    cure = f"write {description}"
    if value is None:
        shown = "an empty value"
    elif isinstance(value, dict | list):
        shown = ("a mapping" if isinstance(value, dict) else "a list") + " of this kind"
    else:
        text = str(value)
        shown = f"`{text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + '…'}`"
        if isinstance(value, str) and number:
            shown = f"the text {shown}"
        near = close_matches(text, choices)
        if near:
            cure += f"; did you mean `{near[0]}`?"
    return Mistake(f"{shown} is not right", cure)


def plain(raw: object) -> object:
    """A value as YAML 1.2 has it, without a type to go by."""
    if isinstance(raw, dict):
        return {key: plain(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [plain(value) for value in raw]
    return raw.value if isinstance(raw, Scalar) else raw


def text_of(raw: object) -> str:
    """A value as it is written: a passphrase of digits is text."""
    if isinstance(raw, Scalar) and raw.value is not None:
        return raw.text
    if isinstance(raw, str):
        return raw
    raise ValueError


def whole(description: str, minimum: int | None = None, maximum: int | None = None) -> ValueRule:
    def parse(raw: object) -> int:
        value = raw.value if isinstance(raw, Scalar) else raw
        if type(value) is not int:
            raise ValueError
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            raise ValueError
        return value

    return ValueRule(description, parse, number=True)


def real(description: str, minimum: float, maximum: float) -> ValueRule:
    def parse(raw: object) -> float:
        value = raw.value if isinstance(raw, Scalar) else raw
        if type(value) not in (int, float) or not minimum <= value <= maximum:  # type: ignore[operator]
            raise ValueError
        return float(value)  # type: ignore[arg-type]

    return ValueRule(description, parse, number=True)


def text(description: str, parse: Callable[[str], object] = str) -> ValueRule:
    return ValueRule(description, lambda raw: parse(text_of(raw)))


def choice(description: str, values: Mapping[str, object]) -> ValueRule:
    def parse(raw: object) -> Any:
        name = text_of(raw)
        if name not in values:
            raise ValueError
        return values[name]

    return ValueRule(description, parse, choices=tuple(values))


def words(description: str, *values: str) -> ValueRule:
    return choice(description, {value: value for value in values})


def _truth(raw: object) -> bool:
    value = raw.value if isinstance(raw, Scalar) else raw
    if not isinstance(value, bool):
        raise ValueError
    return value


def truth(description: str = "true or false") -> ValueRule:
    return ValueRule(description, _truth, number=True)
