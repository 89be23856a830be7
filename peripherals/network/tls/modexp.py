"""Powers of large numbers modulo another, by the OpenSSL that Python's `ssl` is linked with.

Its Montgomery multiplication takes a fifth of the time of Python's `pow`, of which the search for a
prime of 1024 bits needs some 40. Where its symbols cannot be reached, Python's is used.
"""

from __future__ import annotations

import _ssl
import ctypes
from functools import cache

NAMES = ("BN_CTX_new", "BN_CTX_free", "BN_new", "BN_free", "BN_bin2bn", "BN_bn2bin", "BN_mod_exp")
POINTERS = ("BN_CTX_new", "BN_new", "BN_bin2bn")
"""Those that return one."""


def modexp(base: int, exponent: int, modulus: int) -> int:
    """`pow(base, exponent, modulus)` for 0 <= base, 0 <= exponent, 0 < modulus."""
    library = _library()
    if library is None:
        return pow(base, exponent, modulus)
    context = ctypes.c_void_p(library.BN_CTX_new())
    numbers = [_number(library, value) for value in (base, exponent, modulus)]
    result = ctypes.c_void_p(library.BN_new())
    try:
        if library.BN_mod_exp(result, *numbers, context) != 1:
            return pow(base, exponent, modulus)
        data = ctypes.create_string_buffer((modulus.bit_length() + 7) // 8)
        length = library.BN_bn2bin(result, data)
        return int.from_bytes(data.raw[:length], "big")
    finally:
        for number in (result, *numbers):
            library.BN_free(number)
        library.BN_CTX_free(context)


def _number(library: ctypes.CDLL, value: int) -> ctypes.c_void_p:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return ctypes.c_void_p(library.BN_bin2bn(data, len(data), None))


@cache
def _library() -> ctypes.CDLL | None:
    """The library by whose handle its symbols are found; None where they are not exported."""
    try:
        # A built-in `_ssl` has no file: its OpenSSL is found in the process, or not at all.
        library = ctypes.CDLL(getattr(_ssl, "__file__", None))
        for name in NAMES:
            getattr(library, name).restype = ctypes.c_void_p if name in POINTERS else ctypes.c_int
    except (OSError, AttributeError):
        return None
    return library
