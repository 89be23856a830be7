"""TLS ends on OpenSSL with randomness that follows from a seed, and throw-away certificates."""

from typing import TYPE_CHECKING

from renode_wifi import moved

if not TYPE_CHECKING:

    def __getattr__(name):
        return moved.old_name(__name__, name)
