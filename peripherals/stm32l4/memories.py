# ironpython: executed by Renode
"""Where the memories of the STM32L475xG are (RM0351 section 2.2.2): base and size in bytes."""

FLASH = 0x08000000, 0x100000
SRAM1 = 0x20000000, 0x18000
SRAM2 = 0x10000000, 0x8000
