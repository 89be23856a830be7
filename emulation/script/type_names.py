"""Types of models as Renode calls them."""

from __future__ import annotations

from renode_wifi.emulation.platform import catalogue

TYPES = {model.implementation: model.name.rsplit(".", 1)[-1] for model in catalogue.MODELS[::-1]}
"""Types by the class that implements them; of several the one that stands first."""


def type_name(model: object) -> str:
    kind = type(model)
    module = kind.__module__.removeprefix(catalogue.PACKAGE)
    return TYPES.get(f"{module}:{kind.__name__}", kind.__name__)
