"""The utility silo: random numbers, and key pairs that sign and verify.

SimpleLink SDK, netutil.h and source/netutil.c; SWRU455M, "Crypto Utilities".
"""

from __future__ import annotations

from functools import partial
from random import Random
from typing import TYPE_CHECKING

from renode_wifi.peripherals.base.handlers import Handler
from renode_wifi.peripherals.base.late import late_dataclass
from renode_wifi.peripherals.simplelink.files.silo import FileSystem
from renode_wifi.peripherals.simplelink.messages.layout import WireError
from renode_wifi.peripherals.simplelink.messages.netutil import (
    KeyFiles,
    KeyManagement,
    SignatureVerdict,
    Signing,
    UtilCommand,
    UtilGet,
    UtilResult,
    UtilValue,
    Verification,
)
from renode_wifi.peripherals.simplelink.opcodes import Error, Opcode
from renode_wifi.peripherals.simplelink.transaction import Services, Silo, Transaction

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

PUBLIC_KEY, TRUE_RANDOM = 1, 3
"""Options."""
MAX_RANDOM = 172
"""Bytes that one command gives (netutil.h)."""

SIGN, VERIFY, TEMPORARY_KEYS, INSTALL = 2, 3, 4, 5
"""Commands; 1, certificates made by the device, is refused."""
ADD, REMOVE = 1, 2
ELLIPTIC, NAMED, SECP256R1 = 1, 1, 1
SHA_ECDSA, SHA256_ECDSA, DIGEST_ECDSA = 4, 6, 11
DEVICE_KEY, LAST_KEY = 0, 7
"""The first of eight key pairs is the device's own; nobody can remove it."""
MAX_MESSAGE = 1536
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's base point (FIPS 186-4, D.1.2.3)."""
COORDINATE = 32
"""Bytes."""


@late_dataclass(frozen=True)
class KeyPair:
    """private: None: the key is that of a certificate, and can only verify."""

    private: int | None
    public: tuple[int, int]
    temporary: bool = False


class NetUtil(Silo):
    """Random numbers and key pairs. Keys of files stay until they are removed."""

    def __init__(self, services: Services, files: FileSystem) -> None:
        self.host = services.host
        self.files = files
        self._random = services.surroundings.random("random")
        self._secrets = services.surroundings.random("key pairs")
        self._device_seed = self._secrets.getrandbits(256)
        self.keys: dict[int, KeyPair] = {}

    def stopped(self) -> None:
        self.keys = {index: key for index, key in self.keys.items() if not key.temporary}

    def restore(self) -> None:
        self.keys.clear()

    def get(self, transaction: Transaction, message: UtilGet) -> UtilValue:
        reply = partial(UtilValue, message.object_id, option=message.option)
        if message.option == TRUE_RANDOM and message.length <= MAX_RANDOM:
            return reply(0, value=self._random.randbytes(message.length))
        if message.option != PUBLIC_KEY:
            return reply(Error.INVALID)
        key = self._key(message.object_id)
        if isinstance(key, Error):
            return reply(key)
        if message.length < 2 * COORDINATE:
            return reply(Error.CRYPTO_BUFFER)
        return reply(0, value=b"".join(part.to_bytes(COORDINATE, "big") for part in key.public))

    def set(self, transaction: Transaction, message: UtilGet) -> UtilValue:
        return UtilValue(message.object_id, Error.INVALID, message.option)

    def command(self, transaction: Transaction, message: UtilCommand) -> None:
        """The event ends a command; one that cannot begin has a status other than 0."""
        operation = OPERATIONS.get(message.command)
        if operation is None:
            transaction.status(Error.CRYPTO_OPTION)
            return
        try:
            outcome = operation(self, message)
        except WireError:
            transaction.status(Error.CRYPTO_PARAMETER)
            return
        index = int.from_bytes(message.attributes[:4], "little")
        value = b"" if isinstance(outcome, Error) else outcome
        status = outcome if isinstance(outcome, Error) else 0
        transaction.status(0)
        result = UtilResult(index, status, message.command, value)
        self.host.event(Opcode.NETUTIL_ASYNC, result)

    # Key pairs

    def _key(self, index: int) -> KeyPair | Error:
        if not DEVICE_KEY <= index <= LAST_KEY:
            return Error.CRYPTO_INDEX
        if index == DEVICE_KEY and DEVICE_KEY not in self.keys:
            self.keys[DEVICE_KEY] = _new_key(Random(self._device_seed))
        return self.keys.get(index, Error.CRYPTO_EMPTY)

    def _manage_temporary(self, message: UtilCommand) -> bytes | Error:
        asked = KeyManagement.parse(message.attributes)
        refusal = self._refusal(asked.index, asked.operation)
        if refusal is not None:
            return refusal
        if asked.operation == REMOVE:
            if not self.keys[asked.index].temporary:
                return Error.CRYPTO_NOT_TEMPORARY
            del self.keys[asked.index]
        else:
            self.keys[asked.index] = _new_key(self._secrets, temporary=True)
        return b""

    def _install(self, message: UtilCommand) -> bytes | Error:
        asked = KeyManagement.parse(message.attributes)
        refusal = self._refusal(asked.index, asked.operation)
        if refusal is not None:
            return refusal
        if asked.operation == REMOVE:
            del self.keys[asked.index]
            return b""
        where = KeyFiles.parse(message.value)
        if (where.algorithm, where.curve_type, where.curve) != (ELLIPTIC, NAMED, SECP256R1):
            return Error.CRYPTO_OPTION
        key = self._load(where)
        if key is None:
            return Error.CRYPTO_PARAMETER
        self.keys[asked.index] = key
        return b""

    def _refusal(self, index: int, operation: int) -> Error | None:
        if not DEVICE_KEY < index <= LAST_KEY:
            return Error.CRYPTO_INDEX
        if operation not in (ADD, REMOVE):
            return Error.CRYPTO_OPTION
        if operation == ADD and index in self.keys:
            return Error.CRYPTO_NOT_FREE
        if operation == REMOVE and index not in self.keys:
            return Error.CRYPTO_EMPTY
        return None

    def _load(self, where: KeyFiles) -> KeyPair | None:
        """The key of a file, or of a certificate; DER."""
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        private = None
        try:
            if where.key:
                content = self.files.content(where.key.decode("latin-1")) or b""
                secret = load_der_private_key(content, None)
                if not isinstance(secret, ec.EllipticCurvePrivateKey):
                    return None
                private = secret.private_numbers().private_value
                public = secret.public_key()
            else:
                content = self.files.content(where.certificate.decode("latin-1")) or b""
                owner = x509.load_der_x509_certificate(content).public_key()
                if not isinstance(owner, ec.EllipticCurvePublicKey):
                    return None
                public = owner
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return None
        if not isinstance(public.curve, ec.SECP256R1):
            return None
        point = public.public_numbers()
        return KeyPair(private, (point.x, point.y))

    # Signatures

    def _sign(self, message: UtilCommand) -> bytes | Error:
        asked = Signing.parse(message.attributes)
        key = self._key(asked.index)
        if isinstance(key, Error):
            return key
        digest = _digest(asked.kind, message.value)
        if digest is None:
            return Error.CRYPTO_OPTION
        if key.private is None or not 0 < len(message.value) <= MAX_MESSAGE:
            return Error.CRYPTO_PARAMETER
        signature = _signature(key.private, digest, self._secrets)
        return signature if len(signature) <= message.output else Error.CRYPTO_BUFFER

    def _verify(self, message: UtilCommand) -> bytes | Error:
        """Whether it is right is the output: 0, or an error."""
        asked = Verification.parse(message.attributes)
        key = self._key(asked.index)
        if isinstance(key, Error):
            return key
        signed, signature = message.value[: asked.message], message.value[asked.message :]
        digest = _digest(asked.kind, signed)
        if digest is None:
            return Error.CRYPTO_OPTION
        if len(signature) < asked.signature or not 0 < len(signed) <= MAX_MESSAGE:
            return Error.CRYPTO_PARAMETER
        if message.output < 4:
            return Error.CRYPTO_BUFFER
        right = _is_right(key.public, digest, signature[: asked.signature])
        return SignatureVerdict(0 if right else Error.CRYPTO_GENERAL).emit()

    HANDLERS = (
        Handler(Opcode.NETUTIL_GET, UtilGet, get),
        Handler(Opcode.NETUTIL_SET, UtilGet, set),
        Handler(Opcode.NETUTIL_COMMAND, UtilCommand, command),
    )


OPERATIONS = {
    SIGN: NetUtil._sign,
    VERIFY: NetUtil._verify,
    TEMPORARY_KEYS: NetUtil._manage_temporary,
    INSTALL: NetUtil._install,
}


def _digest(kind: int, message: bytes) -> bytes | None:
    """None for a kind of signature that there isn't."""
    from hashlib import sha1, sha256

    if kind == DIGEST_ECDSA:
        return message
    if kind == SHA256_ECDSA:
        return sha256(message).digest()
    return sha1(message, usedforsecurity=False).digest() if kind == SHA_ECDSA else None


def _private_key(secret: int) -> ec.EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(secret, ec.SECP256R1())


def _new_key(random: Random, temporary: bool = False) -> KeyPair:
    secret = random.randrange(1, ORDER)
    point = _private_key(secret).public_key().public_numbers()
    return KeyPair(secret, (point.x, point.y), temporary)


def _number(digest: bytes) -> int:
    """The leftmost bits of a digest, as many as the order has (FIPS 186-4, 6.4)."""
    return int.from_bytes(digest[:COORDINATE], "big")


def _signature(secret: int, digest: bytes, random: Random) -> bytes:
    """DER. By hand: a library takes its nonce from the host, and runs would not repeat."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    while True:
        nonce = random.randrange(1, ORDER)
        r = _private_key(nonce).public_key().public_numbers().x % ORDER
        s = pow(nonce, -1, ORDER) * (_number(digest) + r * secret) % ORDER
        if r and s:
            return encode_dss_signature(r, s)


def _is_right(point: tuple[int, int], digest: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    key = ec.EllipticCurvePublicNumbers(*point, ec.SECP256R1()).public_key()
    whole = _number(digest).to_bytes(COORDINATE, "big")
    try:
        key.verify(signature, whole, ec.ECDSA(Prehashed(SHA256())))
    except InvalidSignature:
        return False
    return True
