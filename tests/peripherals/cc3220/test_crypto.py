"""The ciphers and digests against the libraries that the tests may import."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from renode_wifi.peripherals.cc3220 import cipher_aes, cipher_des, digests


@settings(max_examples=20)
@given(
    key=st.sampled_from([16, 24, 32]).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
    block=st.binary(min_size=16, max_size=16),
)
def test_aes_block(key: bytes, block: bytes) -> None:
    library = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)
    keys = cipher_aes.expand_key(list(key))
    coded = cipher_aes.encrypt(keys, list(block))
    assert bytes(coded) == library
    assert bytes(cipher_aes.decrypt(keys, coded)) == block


@settings(max_examples=20)
@given(key=st.binary(min_size=8, max_size=8), block=st.binary(min_size=8, max_size=8))
def test_des_block(key: bytes, block: bytes) -> None:
    # Three times the same key is single DES.
    library = Cipher(TripleDES(key * 3), modes.ECB()).encryptor().update(block)
    keys = cipher_des.round_keys(int.from_bytes(key, "big"))
    coded = cipher_des.crypt(int.from_bytes(block, "big"), keys)
    assert coded.to_bytes(8, "big") == library
    assert cipher_des.crypt(coded, keys[::-1]) == int.from_bytes(block, "big")


@pytest.mark.parametrize(
    ("name", "start", "compress", "order"),
    [
        ("md5", digests.MD5_START, digests.compress_md5, "little"),
        ("sha1", digests.SHA1_START, digests.compress_sha1, "big"),
        ("sha224", digests.SHA224_START, digests.compress_sha2, "big"),
        ("sha256", digests.SHA256_START, digests.compress_sha2, "big"),
    ],
)
def test_digest_of_a_padded_block(name: str, start: object, compress: object, order: str) -> None:
    message = b"renode-wifi"
    length = (8 * len(message)).to_bytes(8, order)  # type: ignore[arg-type]
    block = message + b"\x80" + bytes(55 - len(message)) + length
    state = compress(start, list(block))  # type: ignore[operator]
    digest = b"".join(word.to_bytes(4, order) for word in state)
    library = hashlib.new(name, message).digest()
    assert digest[: len(library)] == library
