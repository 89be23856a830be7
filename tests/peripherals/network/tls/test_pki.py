"""Throw-away certificates."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from renode_wifi.peripherals.network.tls import certificates, pki


def test_certificates_follow_from_the_seed() -> None:
    first, second = pki.Authority("one"), pki.Authority("two")
    assert first.certificate != second.certificate
    assert pki.Authority("one").certificate == first.certificate
    for kind in ("ec", "rsa"):
        assert first.server(("a.test", "10.0.0.1"), kind) == pki.Authority("one").server(
            ("a.test", "10.0.0.1"), kind
        )
    certificates._key.cache_clear()
    key = certificates.make_key("rsa", "one/server/x")
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    assert key.private_numbers() == certificates.make_key("rsa", "one/server/x").private_numbers()


def test_certificates_are_valid_when_boards_think_it_is_2017() -> None:
    certificate, _ = pki.Authority("one").server(("a.test",))
    loaded = x509.load_pem_x509_certificate(certificate)
    assert loaded.not_valid_before_utc.year < 2017
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.test"]
