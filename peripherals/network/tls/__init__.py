"""TLS ends on OpenSSL with randomness that follows from a seed, and throw-away certificates.

`endpoint` is one end, bytes in and bytes out: OpenSSL decides there what is accepted and which
alert is sent; `openssl_errors` reads from its errors what is reported of that. `client` is the end
of a radio that offloads TLS, with `settings` for what it asks and learns. `pki` makes the
certificates of a world; `messages` names what passes in a handshake.
"""

from typing import TYPE_CHECKING

from renode_wifi import moved

if not TYPE_CHECKING:

    def __getattr__(name):
        return moved.old_name(__name__, name)
