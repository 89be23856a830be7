"""The STM32L475 (RM0351, STM32L47x reference manual; DS10969, STM32L475 data sheet)."""
