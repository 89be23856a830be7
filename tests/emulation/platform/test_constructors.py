"""How models are made, by the catalogue and their classes."""

from __future__ import annotations

from renode_wifi.emulation.platform import constructors


def test_nearest_by_class_name_then_by_spelling() -> None:
    assert constructors.nearest("Uart.STM32F7_USART") == ["UART.STM32F7_USART"]
    assert "Memory.MappedMemory" in constructors.nearest("Memory.MapedMemory")
    assert constructors.nearest("Nothing.Like.It") == []


def test_parameters_of_renode_only_are_accepted_and_left_out() -> None:
    memory = constructors.find("Memory.MappedMemory")
    assert memory is not None
    assert memory.accepted == {"size": True, "segmentSize": False}
    made = memory.create(None, "ram", {"size": 4096, "segmentSize": 4096})
    assert made.size == 4096


def test_own_models_take_what_their_class_takes() -> None:
    signature = constructors.find("STM32L4_Signature")
    radio = constructors.find("ISM43362")
    assert signature is not None
    assert radio is not None
    assert "flashSize" in (signature.accepted or {})
    assert radio.accepted is None


def test_a_type_that_nobody_knows_has_no_constructor() -> None:
    assert constructors.find("UART.Nothing") is None
