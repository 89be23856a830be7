"""How models of the catalogue are made here: their classes, and what their constructors take."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache, cached_property

from renode_wifi.emulation.platform import catalogue
from renode_wifi.emulation.platform.catalogue import RENODE_NAMESPACE, ModelType
from renode_wifi.peripherals.base.errors import close_matches
from renode_wifi.peripherals.base.machine import Machine

PLAIN_KINDS: dict[str, type] = {"int": int, "bool": bool, "str": str, "float": float}
COMMON = ("machine", "name", "variant")
"""Parameters that are no attributes: what every model has, and what its class chooses itself."""


class Constructor:
    """Makes models of one type."""

    def __init__(self, model: ModelType) -> None:
        self.name = model.name
        self._model = model

    @cached_property
    def factory(self) -> Callable[..., object]:
        factory: Callable[..., object] = catalogue.load(self._model.implementation)
        return factory

    @cached_property
    def _signature(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.factory).parameters

    @cached_property
    def _takes_any(self) -> bool:
        parameters = self._signature.values()
        return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)

    @cached_property
    def accepted(self) -> dict[str, bool] | None:
        """Names of attributes, True where one has to be given; None: any."""
        if self._model.parameters is not None:
            return self._model.parameters
        if self._takes_any:
            return None
        return {
            name: parameter.default is parameter.empty
            for name, parameter in self._signature.items()
            if name not in COMMON
        }

    @cached_property
    def kinds(self) -> dict[str, type]:
        """Attributes whose values have to be plain ones of a kind, by annotation or default."""
        kinds: dict[str, type] = {}
        for name, parameter in self._signature.items():
            annotated = PLAIN_KINDS.get(str(parameter.annotation).removesuffix(" | None"))
            kind = annotated or type(parameter.default)
            if kind in PLAIN_KINDS.values() and name not in COMMON:
                kinds[name] = kind
        return kinds

    def create(self, machine: Machine, name: str, attributes: Mapping[str, object]) -> object:
        """Parameters that matter to Renode's implementation only are left out."""
        if not self._takes_any:
            attributes = {key: value for key, value in attributes.items() if key in self._signature}
        return self.factory(machine, name, **attributes)


@cache
def _of(model: ModelType) -> Constructor:
    return Constructor(model)


def find(name: str) -> Constructor | None:
    """The constructor of a type, by its name with Renode's default namespace or without."""
    model = catalogue.find(name)
    return None if model is None else _of(model)


def fits(value: object, kind: type) -> bool:
    """Whether a plain value is of a kind; a whole number will do for a fraction, not a bool."""
    return type(value) is kind or (kind is float and type(value) is int)


def nearest(name: str) -> list[str]:
    """Names of types that may have been meant, by spelling or by their last name."""
    name = name.removeprefix(RENODE_NAMESPACE)
    last = name.rsplit(".", 1)[-1]
    same = [known for known in catalogue.BY_NAME if known.rsplit(".", 1)[-1] == last]
    return same or close_matches(name, catalogue.BY_NAME, 3, cutoff=0.5)
