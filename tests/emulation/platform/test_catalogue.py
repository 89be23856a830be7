"""The table of types."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform import catalogue


@pytest.mark.parametrize("model", catalogue.MODELS, ids=lambda model: model.name)
def test_every_type_has_an_implementation(model: catalogue.ModelType) -> None:
    assert isinstance(catalogue.load(model.implementation), type)


def test_renodes_namespace_may_be_written() -> None:
    short = catalogue.find("UART.STM32F7_USART")
    assert short is not None
    assert catalogue.find("Antmicro.Renode.Peripherals.UART.STM32F7_USART") is short


def test_our_types_are_those_without_namespace() -> None:
    """Renode's testers are in the namespace of all peripherals itself."""
    named = {name for name in catalogue.BY_NAME if "." in name}
    assert set(catalogue.names(catalogue.STOCK)) == named | {"PWMTester"}


def test_each_type_has_one_line() -> None:
    assert len(catalogue.BY_NAME) == len(catalogue.MODELS)
