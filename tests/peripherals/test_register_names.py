"""What models say of their registers by name is declared."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

from renode_wifi.peripherals import cc3220, stm32f4, stm32l4
from renode_wifi.peripherals.base.registers import Register


def _modules() -> Iterator[ModuleType]:
    for chip in (stm32l4, stm32f4, cc3220):
        for found in pkgutil.iter_modules(chip.__path__):
            yield importlib.import_module(f"{chip.__name__}.{found.name}")


def _registers(module: ModuleType) -> Iterator[Register]:
    """Those with a name of their own, and those that a block lists."""
    for value in vars(module).values():
        for register in (value, *getattr(value, "REGISTERS", ())):
            if isinstance(register, Register):
                yield register


MODULES = list(_modules())


@pytest.mark.parametrize("module", MODULES, ids=[m.__name__.split(".", 2)[-1] for m in MODULES])
def test_every_mask_that_a_model_uses_is_one_of_a_field(module: ModuleType) -> None:
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            register = getattr(module, node.value.id, None)
            if isinstance(register, Register):
                place = f"{module.__name__}:{node.lineno}: {node.value.id}.{node.attr}"
                assert hasattr(register, node.attr), place


@pytest.mark.parametrize("module", MODULES, ids=[m.__name__.split(".", 2)[-1] for m in MODULES])
def test_fields_of_a_register_do_not_overlap(module: ModuleType) -> None:
    for register in _registers(module):
        seen = 0
        for field in register.fields or ():
            assert not seen & field.mask, f"{register.name}.{field.name}"
            assert field.mask < 1 << 32, f"{register.name}.{field.name}"
            seen |= field.mask
