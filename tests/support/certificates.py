"""Certificate authorities of tests, certificates that do not fit, lists of revocations.

Needs trustme (and cryptography, which comes with it).
"""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["Authority", "self_signed", "server_context"]

_NOW = datetime.now(UTC).replace(microsecond=0)


class Authority:
    """A certificate authority that only its own certificate makes trusted.

    Attributes:
        bundle: File that makes it trusted.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        import trustme

        self._folder = folder
        self._name = name
        self._made = trustme.CA()
        self.bundle = str(folder / f"{name}.pem")
        self._made.cert_pem.write_to_path(self.bundle)

    def issue(
        self, *hosts: str, begin: datetime | None = None, end: datetime | None = None
    ) -> Path:
        """Return a file with a certificate and its key."""
        made = self._made.issue_cert(*hosts, not_before=begin, not_after=end)
        path = self._folder / f"{self._name}-{hosts[0]}.pem"
        made.private_key_and_cert_chain_pem.write_to_path(str(path))
        return path

    def expired(self, host: str) -> Path:
        """Return a certificate that was good until yesterday."""
        return self.issue(host, begin=_NOW - timedelta(days=30), end=_NOW - timedelta(days=1))

    def early(self, host: str) -> Path:
        """Return a certificate that will be good from tomorrow on."""
        return self.issue(host, begin=_NOW + timedelta(days=1), end=_NOW + timedelta(days=30))

    def bundle_with_revocations(self, *revoked: Path) -> str:
        """Return a file that makes the authority trusted, apart from these certificates."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

        authority = x509.load_pem_x509_certificate(self._made.cert_pem.bytes())
        key = serialization.load_pem_private_key(self._made.private_key_pem.bytes(), None)
        assert isinstance(key, EllipticCurvePrivateKey)
        revocations = x509.CertificateRevocationListBuilder(
            issuer_name=authority.subject, last_update=_NOW, next_update=_NOW + timedelta(days=9)
        )
        for path in revoked:
            serial = x509.load_pem_x509_certificate(path.read_bytes()).serial_number
            entry = x509.RevokedCertificateBuilder(serial, _NOW - timedelta(days=1)).build()
            revocations = revocations.add_revoked_certificate(entry)
        signed = revocations.sign(key, hashes.SHA256())
        file = self._folder / f"{self._name}-without-{len(revoked)}.pem"
        text = signed.public_bytes(serialization.Encoding.PEM)
        file.write_bytes(self._made.cert_pem.bytes() + text)
        return str(file)


def server_context(certificate: Path, *, only: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return what makes a server of https.

    Args:
        certificate: File with its certificate and key.
        only: The one version of the protocol that it speaks, however old.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if only is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = only
            context.maximum_version = only
    return context


def self_signed(folder: Path, host: str) -> Path:
    """Return a certificate that vouches for itself, as appliances have them."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(_NOW - timedelta(days=1))
        .not_valid_after(_NOW + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "self-signed.pem"
    path.write_bytes(secret + made.public_bytes(pem))
    return path
