"""The systems whose tasks can be read."""

from __future__ import annotations

from renode_wifi.emulation.image.rtos.freertos import FreeRtos
from renode_wifi.emulation.image.rtos.rtx5 import Rtx5
from renode_wifi.emulation.image.rtos.threads import Rtos
from renode_wifi.emulation.image.rtos.threadx import ThreadX
from renode_wifi.emulation.image.rtos.tirtos import TiRtos
from renode_wifi.emulation.image.rtos.view import ImageView
from renode_wifi.emulation.image.rtos.zephyr import Zephyr


def known(view: ImageView) -> tuple[Rtos, ...]:
    """All of them; the one that an image has is the one that has tasks."""
    return FreeRtos(view), ThreadX(view), Zephyr(view), Rtx5(view), TiRtos(view)
