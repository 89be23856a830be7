"""OpenSSL's powers are Python's."""

from __future__ import annotations

import random

import pytest

from renode_wifi.peripherals.network.tls import certificates, modexp

CASES = ((2, 10, 1001), (3, 65537, 10**20 + 39), (0, 5, 7), (7, 0, 10), (5, 3, 1), (2, 1, 4))


@pytest.mark.parametrize(("base", "exponent", "modulus"), CASES)
def test_small_and_odd_cases(base: int, exponent: int, modulus: int) -> None:
    assert modexp.modexp(base, exponent, modulus) == pow(base, exponent, modulus)


def test_numbers_of_a_thousand_bits() -> None:
    source = random.Random(1)
    for _ in range(20):
        base, exponent, modulus = (source.getrandbits(1024) | 1 for _ in range(3))
        assert modexp.modexp(base, exponent, modulus) == pow(base, exponent, modulus)


def test_a_key_is_the_same_without_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    with_openssl = certificates.make_key("rsa", "one")
    monkeypatch.setattr(modexp, "_library", lambda: None)
    without = certificates.make_key("rsa", "one")
    assert without.private_bytes(*FORM) == with_openssl.private_bytes(*FORM)


FORM = (
    certificates.serialization.Encoding.PEM,
    certificates.serialization.PrivateFormat.TraditionalOpenSSL,
    certificates.serialization.NoEncryption(),
)
