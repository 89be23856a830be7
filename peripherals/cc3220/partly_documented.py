# ironpython: executed by Renode
"""Registers of which SWRU465 says little or nothing: fields are those of TI's hardware headers, and
other bits, some of which TI's driverlib uses, keep what is written.
"""

from functools import partial

from renode_wifi.peripherals.base.registers import READ_WRITE, Register

PartlyDocumented = partial(Register, rest=READ_WRITE)
