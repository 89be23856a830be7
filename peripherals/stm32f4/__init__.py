"""Blocks of the STM32F4 (RM0090) for which Renode has models, for its stock descriptions.

They do as much as Renode's do; the blocks that the STM32L4 shares are in `peripherals.stm32l4`.
"""
