"""Names of types and what stands for them."""

from __future__ import annotations

import pytest

from renode_wifi.emulation.platform import catalogue as models


@pytest.mark.parametrize("name", sorted(models.TYPES))
def test_every_type_has_an_implementation(name: str) -> None:
    assert callable(models.TYPES[name].factory)


def test_renodes_namespace_may_be_written() -> None:
    short = models.find("UART.STM32F7_USART")
    assert short is not None
    assert models.find("Antmicro.Renode.Peripherals.UART.STM32F7_USART") is short


def test_our_types_are_those_without_namespace() -> None:
    assert {model.name for model in models.OWN} == {
        name for name, model in models.TYPES.items() if model.own
    }


def test_nearest_by_class_name_then_by_spelling() -> None:
    assert models.nearest("Uart.STM32F7_USART") == ["UART.STM32F7_USART"]
    assert "Memory.MappedMemory" in models.nearest("Memory.MapedMemory")
    assert models.nearest("Nothing.Like.It") == []


def test_parameters_of_renode_only_are_accepted_and_left_out() -> None:
    model = models.find("Memory.MappedMemory")
    assert model is not None
    assert model.accepted == {"size": True, "segmentSize": False}
    made = model.create(None, "ram", {"size": 4096, "segmentSize": 4096})
    assert made.size == 4096


def test_own_models_take_what_their_class_takes() -> None:
    signature = models.find("STM32L4_Signature")
    radio = models.find("ISM43362")
    assert signature is not None
    assert radio is not None
    assert "flashSize" in (signature.accepted or {})
    assert radio.accepted is None
