"""Mappings and lists of a world file into models, by cattrs, with all mistakes at once.

A model is a frozen dataclass that derives from `Model`. Its fields are annotated with rules, or are
models themselves. cattrs walks them and gathers what every rule refuses; here stands what it does
not know: how a mistake reads, defaults that follow from other keys, and rules between keys.

Modules with models evaluate their annotations: cattrs drops the rules of those that are text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote, ClassValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, not_right
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Scalar, dotted_path


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


class Shape:
    """Base of the annotations of lists, mappings and choices between them and single values."""

    description: str

    def structure(self, raw: object, inner: type, converter: Converter) -> object:
        raise NotImplementedError


@late_dataclass(frozen=True)
class Many(Shape):
    """`Annotated[tuple[X, ...], Many(...)]`. single: one value stands for a list of it."""

    description: str
    minimum: int = 0
    single: bool = False

    def structure(self, raw: object, inner: type, converter: Converter) -> object:
        if self.single and isinstance(raw, Scalar):
            return (converter.structure(raw, get_args(inner)[0]),)
        if not isinstance(raw, list) or len(raw) < self.minimum:
            raise not_right(raw, self.description)
        return converter.structure([item for item in raw if item is not None], inner)


@late_dataclass(frozen=True)
class Mapped(Shape):
    """`Annotated[dict[K, X], Mapped(...)]`."""

    description: str

    def structure(self, raw: object, inner: type, converter: Converter) -> object:
        if not isinstance(raw, dict):
            raise not_right(raw, self.description)
        return converter.structure(raw, inner)


@late_dataclass(frozen=True)
class Switchable(Shape):
    """`Annotated[X | None, Switch(...)]`: false is None, true a mapping without keys."""

    description: str

    def structure(self, raw: object, inner: type, converter: Converter) -> object:
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


@cache
def converter() -> Converter:
    result = Converter(detailed_validation=True)
    result.register_structure_hook_func(
        lambda hint: annotation(hint) is not None,
        lambda raw, hint: _annotated(result, raw, hint),
    )
    result.register_structure_hook_factory(
        lambda hint: isinstance(hint, type) and issubclass(hint, Model),
        lambda model: _model_hook(result, model),
    )
    return result


def _annotated(converter: Converter, raw: Any, hint: Any) -> Any:
    found = annotation(hint)
    if isinstance(found, ValueRule):
        return found.read(raw)
    assert found is not None
    return found.structure(raw, get_args(hint)[0], converter)


def _model_hook(converter: Converter, model: type[Model]) -> Callable[[Any, Any], Any]:
    overrides = {}
    for field in dataclasses.fields(model):  # type: ignore[arg-type]
        name = field.metadata.get("key", field.name)
        if name:
            overrides[field.name] = override(rename=name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            # The reader gives it, by a key that no file can hold.
            overrides[field.name] = override(rename=f"\0{field.name}")
        else:
            overrides[field.name] = override(omit=True)
    fields = make_dict_structure_fn(
        model,
        converter,
        _cattrs_forbid_extra_keys=True,
        **overrides,  # type: ignore[arg-type]
    )

    def structure(raw: Any, hint: Any) -> Any:
        if not isinstance(raw, dict):
            raise not_right(raw, model.DESCRIPTION)
        written = model.fill(raw)
        mistakes = list(model.check_keys(raw))
        try:
            made = fields(written, hint)
        except ClassValidationError as error:
            raise _with_checks(error, mistakes, model, written, fields) from None
        mistakes += made.check()
        if mistakes:
            raise _partly([*mistakes], model, made, ())
        return made

    return structure


def _with_checks(
    error: ClassValidationError,
    mistakes: list[Mistake],
    model: type[Model],
    written: dict[str, Any],
    fields: Callable[[Any, Any], Any],
) -> ClassValidationError:
    """Check the rest of a mapping too, without the keys that are wrong."""
    keys = {field.name: name for name, field in keys_of(model).items()}
    failed = {note.name for part in error.exceptions for note in _notes(part)}
    rest = {
        name: value
        for name, value in written.items()
        if name.startswith("\0")
        or (name in keys.values() and name not in {keys.get(field) for field in failed})
    }
    try:
        made = fields(rest, model)
    except BaseValidationError:
        made = None
    more = [] if made is None else made.check()
    more = [mistake for mistake in more if not mistake.concerns & failed]
    return _partly([*mistakes, *error.exceptions, *more], model, made, failed)


class _Partly(ClassValidationError):
    """Mistakes in a model, and what it is without them."""

    rest: Any = None


def _partly(
    mistakes: list[Exception], model: type[Model], made: Any, failed: Collection[str]
) -> _Partly:
    error = _Partly("", mistakes, model)
    if model.COMPARED and not model.COMPARED & set(failed):
        error.rest = made
    return error


def _notes(error: BaseException) -> list[Any]:
    return [
        note
        for note in getattr(error, "__notes__", ())
        if isinstance(note, AttributeValidationNote)
    ]


@late_dataclass(frozen=True)
class Found:
    """A mistake at its place in the file."""

    path: KeyPath
    message: str
    cure: str
    key: bool = False
    missing: str = ""
    """The key that isn't there."""


def structured(raw: object, hint: type, path: KeyPath, note: Callable[[Found], None]) -> object:
    """The value that `raw` is by `hint`; `note` gets its mistakes.

    With mistakes: a model that can still be compared with others, else None.
    """
    try:
        return converter().structure(raw, hint)
    except (BaseValidationError, Mistake) as error:
        for found in _found(error, path, hint):
            note(found)
        return getattr(error, "rest", None)


def _found(error: BaseException, path: KeyPath, model: Any) -> Iterator[Found]:
    if isinstance(error, BaseValidationError):
        for part in error.exceptions:
            step, is_key = _step(part, error.cl)
            for found in _found(part, (*path, *step), error.cl):
                yield dataclasses.replace(found, key=True) if is_key else found
    elif isinstance(error, ForbiddenExtraKeysError):
        for unknown in sorted(error.extra_fields, key=str):
            yield unknown_key(path, unknown, keys_of(error.cl))
    elif isinstance(error, KeyError):
        missing = str(path[-1])
        what = description(model, keys_of(model)[missing].name)
        place = dotted_path(path[:-1])
        yield Found(
            path[:-1],
            f"{place} lacks the key `{missing}`",
            f"add `{missing}:` with {what}",
            missing=missing,
        )
    else:
        assert isinstance(error, Mistake), error
        path = (*path, *error.path)
        yield Found(path, f"{dotted_path(path)}: {error.message}", error.cure, error.key)


def _step(error: BaseException, model: Any) -> tuple[KeyPath, bool]:
    """From a mapping or a list to the part of it that an error is about; whether it is a key."""
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return (_key_of(model, note.name),), False
        if isinstance(note, IterableValidationNote):
            return (note.index,), note.startswith("Structuring mapping key")
    return (), False


def _key_of(model: Any, field: str) -> str:
    return next(name for name, entry in keys_of(model).items() if entry.name == field)


def unknown_key(path: KeyPath, unknown: str, known: Mapping[str, object]) -> Found:
    near = close_matches(unknown, known)
    place = f" in {dotted_path(path)}" if path else ""
    return Found(
        (*path, unknown),
        f"unknown key `{unknown}`{place}",
        f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(sorted(known))}",
        key=True,
    )
