"""The OpenSSL that Python's `ssl` is linked with, below what `ssl` itself offers.

Three things that a reproducible world needs and `ssl` has no name for: where OpenSSL takes its
random numbers from (RAND_set_rand_method), the time at which certificates are judged
(X509_VERIFY_PARAM_set_time), and asking for a client certificate without judging it
(SSL_CTX_set_cert_verify_callback). The symbols are looked up through the `_ssl` extension, so that
they come from the very library it uses. Where `_ssl` carries OpenSSL inside itself without
exporting it, none of the three is possible and `deterministic_tls_available` says so.
"""

from __future__ import annotations

import _ssl
import ctypes
import hashlib
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

_Bytes = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_Status = ctypes.CFUNCTYPE(ctypes.c_int)
_Verify = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

X509_V_FLAG_NO_CHECK_TIME = 0x200000
"""x509_vfy.h; `ssl.VerifyFlags` has no name for it."""


class _RandMethod(ctypes.Structure):
    """`struct rand_meth_st` of openssl/rand.h."""

    _fields_ = (
        ("seed", ctypes.c_void_p),
        ("bytes", _Bytes),
        ("cleanup", ctypes.c_void_p),
        ("add", ctypes.c_void_p),
        ("pseudorand", _Bytes),
        ("status", _Status),
    )


class SeededBytes:
    """An endless stream of bytes: SHA-256 of the seed and a counter."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.counter = 0
        self.rest = b""

    def take(self, count: int) -> bytes:
        parts = [self.rest]
        have = len(self.rest)
        while have < count:
            parts.append(hashlib.sha256(self.seed + self.counter.to_bytes(8, "big")).digest())
            self.counter += 1
            have += 32
        data = b"".join(parts)
        self.rest = data[count:]
        return data[:count]


class _Library:
    """The symbols, and the random method that is in place while a scope is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._previous: int | None = None
        self._local = threading.local()
        # ctypes objects that C code points at must stay alive as long as the module does.
        self._draw_callback = _Bytes(self._draw)
        self._status_callback = _Status(lambda: 1)
        self._accept_callback = _Verify(lambda store, argument: 1)
        self._method = _RandMethod(
            None, self._draw_callback, None, None, self._draw_callback, self._status_callback
        )
        self.problem = ""
        try:
            # A built-in `_ssl` has no file: its OpenSSL is found in the process, or not at all.
            library = ctypes.CDLL(getattr(_ssl, "__file__", None))
            self._set_method = self._symbol(library, "RAND_set_rand_method", ctypes.c_int)
            self._get_method = self._symbol(library, "RAND_get_rand_method", ctypes.c_void_p)
            self._get_param = self._symbol(library, "SSL_CTX_get0_param", ctypes.c_void_p)
            self._set_time = self._symbol(library, "X509_VERIFY_PARAM_set_time", None)
            self._set_verify = self._symbol(library, "SSL_CTX_set_cert_verify_callback", None)
            self._set_time.argtypes = [ctypes.c_void_p, ctypes.c_int64]
        except (OSError, AttributeError) as error:
            self.problem = (
                f"OpenSSL inside this Python ({ssl.OPENSSL_VERSION}) cannot be reached: {error}"
            )

    @staticmethod
    def _symbol(library: ctypes.CDLL, name: str, result: Any) -> Any:
        function = getattr(library, name)
        function.restype = result
        return function

    def _draw(self, buffer: int, count: int) -> int:
        stream: SeededBytes | None = getattr(self._local, "stream", None)
        ctypes.memmove(buffer, os.urandom(count) if stream is None else stream.take(count), count)
        return 1

    def enter(self, stream: SeededBytes) -> SeededBytes | None:
        outer: SeededBytes | None = getattr(self._local, "stream", None)
        self._local.stream = stream
        with self._lock:
            if self._users == 0:
                self._previous = self._get_method()
                self._set_method(ctypes.byref(self._method))
            self._users += 1
        return outer

    def leave(self, outer: SeededBytes | None) -> None:
        self._local.stream = outer
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._set_method(ctypes.c_void_p(self._previous))

    @staticmethod
    def _context(context: ssl.SSLContext) -> ctypes.c_void_p:
        """The SSL_CTX behind a context: the first field of PySSLContext (Modules/_ssl.c)."""
        address = id(context) + object.__basicsize__
        return ctypes.c_void_p(ctypes.c_void_p.from_address(address).value)

    def set_time(self, context: ssl.SSLContext, when: int) -> None:
        parameters = self._get_param(self._context(context))
        self._set_time(ctypes.c_void_p(parameters), when)

    def accept_any(self, context: ssl.SSLContext) -> None:
        self._set_verify(self._context(context), self._accept_callback, None)


_library = _Library()


def deterministic_tls_available() -> bool:
    """Whether TLS endpoints repeat their bytes from run to run, and can be saved and restored."""
    return not _library.problem


def deterministic_tls_problem() -> str:
    """Why they don't; empty where they do."""
    return _library.problem


class random_from:
    """Within this block OpenSSL, on this thread, draws its random numbers from `stream`."""

    __slots__ = ("_outer", "_stream")

    def __init__(self, stream: SeededBytes) -> None:
        self._stream = stream
        self._outer: SeededBytes | None = None

    def __enter__(self) -> None:
        if not _library.problem:
            self._outer = _library.enter(self._stream)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not _library.problem:
            _library.leave(self._outer)


def judge_certificates_at(context: ssl.SSLContext, when: int | None) -> bool:
    """Judge validity dates at Unix time `when`; None: not at all. False where that is impossible.

    The host's clock is never used: it would make a run depend on the day it is made.
    """
    if when is None or _library.problem:
        context.verify_flags |= X509_V_FLAG_NO_CHECK_TIME
        return when is None
    _library.set_time(context, when)
    return True


def accept_any_certificate(context: ssl.SSLContext) -> bool:
    """Demand a certificate, whoever signed it. False where that is impossible."""
    if _library.problem:
        return False
    context.verify_mode = ssl.CERT_REQUIRED
    _library.accept_any(context)
    return True


@contextmanager
def file_of(data: bytes) -> Iterator[str]:
    """A file name under which `data` can be read: `ssl` loads keys from files only."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("renode-wifi")
        try:
            os.write(descriptor, data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:  # pragma: no cover - hosts without memfd
        import tempfile

        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(data)
        try:
            yield file.name
        finally:
            os.unlink(file.name)


Password = Callable[[], str]


def no_password() -> str:
    """Given to OpenSSL so that an encrypted key fails instead of asking on the terminal."""
    return ""
