"""All mistakes of a part of a world file at once, each at its place, by cattrs.

cattrs walks the models of `converter.py` and gathers what every rule refuses; here stands what it
does not know: how a mistake reads, defaults that follow from other keys, and rules between keys.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any, get_args

from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote, ClassValidationError, IterableValidationNote
from cattrs.gen import make_dict_structure_fn, override

from renode_wifi.peripherals.network.worldfile.converter import (
    Found,
    Model,
    annotation,
    description,
    keys_of,
    unknown_key,
    written_keys,
)
from renode_wifi.peripherals.network.worldfile.rules import Mistake, ValueRule, not_right
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, dotted_path


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
    overrides = {field.name: override(omit=True) for field in dataclasses.fields(model)}  # type: ignore[arg-type]
    overrides |= {field.name: override(rename=key) for key, field in written_keys(model).items()}
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
