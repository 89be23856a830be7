"""Mappings and lists of a world file into models, as long as nothing is wrong with them.

A model is a frozen dataclass that derives from `Model`. Its fields are annotated with rules, or are
models themselves. Whatever is raised here means that there is a mistake somewhere: `mistakes.py`
walks the same models by cattrs then, and gathers all of them with their places. Most files have
none, and the import of cattrs would take a tenth of a board's start.

Modules with models evaluate their annotations: rules are lost of those that are text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Protocol, TypeVar, get_args, get_origin, get_type_hints

from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, not_right
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Scalar, dotted_path

MadeT = TypeVar("MadeT")


class Model:
    """Base of the models. A field's key is its name, unless its metadata name another one."""

    DESCRIPTION: ClassVar[str]
    """What to write, for the cure."""
    COMPARED: ClassVar[frozenset[str]] = frozenset()
    """Fields by which it is compared with others of its kind: as long as they are right it is,
    whatever else is wrong."""

    @classmethod
    def fill(cls, written: Mapping[str, object]) -> dict[str, object]:
        """What is written, with the defaults that follow from other keys."""
        return dict(written)

    @classmethod
    def check_keys(cls, written: Mapping[str, object]) -> Iterator[Mistake]:
        """What is wrong with the keys that are there, whatever they say."""
        return iter(())

    def check(self) -> Iterator[Mistake]:
        """What is wrong between the values."""
        return iter(())


def named(name: str) -> dict[str, str]:
    """Metadata of a field whose key is no Python name, or another one."""
    return {"key": name}


INTERNAL = {"key": ""}
"""Metadata of a field that no key of the file sets."""


def keys_of(model: type) -> dict[str, dataclasses.Field[object]]:
    """The keys of a model, in the order of the documentation."""
    keys: dict[str, dataclasses.Field[Any]] = {}
    for field in dataclasses.fields(model):
        name = field.metadata.get("key", field.name)
        if name:
            keys[name] = field
    return keys


def written_keys(model: type) -> dict[str, dataclasses.Field[object]]:
    """As `keys_of`, and those that no file can hold, by which the reader gives the other fields."""
    keys = keys_of(model)
    for field in dataclasses.fields(model):
        absent = field.default is dataclasses.MISSING
        if absent and field.default_factory is dataclasses.MISSING and field not in keys.values():
            keys[f"\0{field.name}"] = field
    return keys


class Structuring(Protocol):
    """What makes the value that `raw` is by `hint`: the converter of this module, or cattrs'."""

    def structure(self, raw: object, hint: type[MadeT], /) -> MadeT: ...


class Shape:
    """Base of the annotations of lists, mappings and choices between them and single values."""

    description: str

    def structure(self, raw: object, inner: type, converter: Structuring) -> object:
        raise NotImplementedError


@late_dataclass(frozen=True)
class Many(Shape):
    """`Annotated[tuple[X, ...], Many(...)]`. single: one value stands for a list of it."""

    description: str
    minimum: int = 0
    single: bool = False

    def structure(self, raw: object, inner: type, converter: Structuring) -> object:
        if self.single and isinstance(raw, Scalar):
            return (converter.structure(raw, get_args(inner)[0]),)
        if not isinstance(raw, list) or len(raw) < self.minimum:
            raise not_right(raw, self.description)
        return converter.structure([item for item in raw if item is not None], inner)


@late_dataclass(frozen=True)
class Mapped(Shape):
    """`Annotated[dict[K, X], Mapped(...)]`."""

    description: str

    def structure(self, raw: object, inner: type, converter: Structuring) -> object:
        if not isinstance(raw, dict):
            raise not_right(raw, self.description)
        return converter.structure(raw, inner)


@late_dataclass(frozen=True)
class Switchable(Shape):
    """`Annotated[X | None, Switch(...)]`: false is None, true a mapping without keys."""

    description: str

    def structure(self, raw: object, inner: type, converter: Structuring) -> object:
        model = next(part for part in get_args(inner) if part is not type(None))
        if isinstance(raw, Scalar) and isinstance(raw.value, bool):
            return converter.structure({}, model) if raw.value else None
        if not isinstance(raw, dict):
            raise not_right(raw, self.description)
        return converter.structure(raw, model)


def annotation(hint: object) -> ValueRule | Shape | None:
    """The rule or shape that a type is annotated with."""
    if get_origin(hint) is Annotated:
        parts = getattr(hint, "__metadata__", ())
        return next((part for part in parts if isinstance(part, ValueRule | Shape)), None)
    return None


@cache
def hints(model: type) -> dict[str, type]:
    return get_type_hints(model, include_extras=True)


def description(model: type, name: str) -> str:
    """What a field of a model wants."""
    hint = hints(model)[name]
    found = annotation(hint)
    if found is not None:
        return found.description
    for part in (hint, *get_args(hint)):
        inner = annotation(part)
        if inner is not None:
            return inner.description
        if isinstance(part, type) and issubclass(part, Model):
            return part.DESCRIPTION
    return "a value"


class Converter:
    """Raises an exception of any kind where a file is not right."""

    def structure(self, raw: object, hint: type[MadeT], /) -> MadeT:
        made: MadeT = self._made(raw, hint)
        return made

    def _made(self, raw: Any, hint: Any) -> Any:
        found = annotation(hint)
        if isinstance(found, ValueRule):
            return found.read(raw)
        if found is not None:
            return found.structure(raw, get_args(hint)[0], self)
        kind, parts = get_origin(hint), get_args(hint)
        if kind is tuple:
            return tuple(self._made(item, parts[0]) for item in raw)
        if kind is dict:
            key, value = parts
            return {self._made(name, key): self._made(item, value) for name, item in raw.items()}
        if type(None) in parts:
            inner = next(part for part in parts if part is not type(None))
            return None if raw is None else self._made(raw, inner)
        return str(raw) if hint is str else self._model(raw, hint)

    def _model(self, raw: Any, model: Any) -> Any:
        if not isinstance(raw, dict):
            raise not_right(raw, model.DESCRIPTION)
        fields = _fields(model)
        written = {}
        for key, item in model.fill(raw).items():
            name, hint = fields[key]
            written[name] = self._made(item, hint)
        made = model(**written)
        for mistake in (*model.check_keys(raw), *made.check()):
            raise mistake
        return made


@cache
def _fields(model: type) -> dict[str, tuple[str, type]]:
    """Name and type of the field that a key sets."""
    return {
        key: (field.name, hints(model)[field.name]) for key, field in written_keys(model).items()
    }


@late_dataclass(frozen=True)
class Found:
    """A mistake at its place in the file."""

    path: KeyPath
    message: str
    cure: str
    key: bool = False
    missing: str = ""
    """The key that isn't there."""


def unknown_key(path: KeyPath, unknown: str, known: Mapping[str, object]) -> Found:
    near = close_matches(unknown, known)
    place = f" in {dotted_path(path)}" if path else ""
    return Found(
        (*path, unknown),
        f"unknown key `{unknown}`{place}",
        f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(sorted(known))}",
        key=True,
    )
