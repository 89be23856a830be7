"""The files that a world file names: web pages, certificates, keys."""

from __future__ import annotations

from pathlib import Path

from renode_wifi.peripherals.network.tls.endpoint import clean_pem
from renode_wifi.peripherals.network.worldfile.tree import KeyPath, Tree


class NamedFiles:
    """Reads files by the path of their names in the tree. Raises RenodeWifiError."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.pki: Path | None = None
        if "pki" in tree.data:
            self.pki = tree.folder(("pki",)) / tree.data["pki"]
            if not self.pki.is_dir():
                raise tree.error(
                    ("pki",),
                    f"there is no folder {self.pki}",
                    "names are relative to this file; check name and permissions",
                )

    def content(self, path: KeyPath, *, pki: bool = False) -> bytes:
        """Content of a named file: relative to `pki:` for certificates, else to its world file."""
        folder = self.pki if pki and self.pki is not None else self.tree.folder(path)
        file: Path = folder / self.tree.at(path)
        try:
            return file.read_bytes()
        except OSError as error:
            raise self.tree.error(
                path,
                f"cannot read {file}: {error.strerror}",
                "names are relative to "
                + ("the folder `pki:`" if pki and self.pki is not None else "this file")
                + "; check name and permissions",
            ) from None

    def certificates(self, path: KeyPath) -> bytes:
        from cryptography import x509

        data = self.content(path, pki=True)
        try:
            x509.load_pem_x509_certificates(data)
        except ValueError as error:
            raise self.tree.error(
                path,
                f"{self.tree.at(path)} holds no certificate in PEM form ({error})",
                "it must begin with -----BEGIN CERTIFICATE-----; "
                "from DER: openssl x509 -inform der -in FILE -out FILE.pem",
            ) from None
        return clean_pem(data)

    def key(self, path: KeyPath, certificate: bytes | None) -> bytes:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization

        data = self.content(path, pki=True)
        try:
            key = serialization.load_pem_private_key(data, None)
        except (ValueError, TypeError) as error:
            raise self.tree.error(
                path,
                f"{self.tree.at(path)} holds no private key in PEM form without a password "
                f"({error})",
                "it must begin with -----BEGIN … PRIVATE KEY-----; "
                "from an encrypted one: openssl pkey -in FILE -out FILE.plain",
            ) from None
        if certificate is not None:
            own = x509.load_pem_x509_certificates(certificate)[0].public_key()
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            if own.public_bytes(*form) != key.public_key().public_bytes(*form):
                raise self.tree.error(
                    path,
                    f"{self.tree.at(path)} is not the key of the certificate beside it",
                    "name the key that the certificate was made for",
                )
        return clean_pem(data)
