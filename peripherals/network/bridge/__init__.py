"""The way from the world to sockets of the host computer (bridged worlds)."""

from typing import TYPE_CHECKING

from renode_wifi import moved

if not TYPE_CHECKING:

    def __getattr__(name):
        return moved.old_name(__name__, name)
