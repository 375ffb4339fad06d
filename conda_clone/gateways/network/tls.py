"""What connections are encrypted with, and whom they trust.

Nothing but `ssl_verify: false` turns the verification of servers off: a bundle that is missing,
empty or damaged is an error, never a reason to trust everybody.
"""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from urllib3.util.ssl_ import create_urllib3_context

from conda_clone.gateways.network.errors import UnusableCertificatesError

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings

__all__ = ["tls_context"]

_REVOCATIONS = b"-----BEGIN X509 CRL-----"


def tls_context(settings: "NetworkSettings") -> ssl.SSLContext:
    """Return the context that all connections share; loading a bundle anew would cost each 16 ms.

    Raises:
        UnusableCertificatesError: A bundle or certificate is missing, or is none.
    """
    context = _trusting(verify=settings.ssl_verify)
    certificate = settings.client_ssl_cert
    if certificate:
        with _named("client certificate", certificate):
            context.load_cert_chain(
                certificate, settings.client_ssl_cert_key, password=_unknown_password
            )
    return context


def _trusting(*, verify: bool | str) -> ssl.SSLContext:
    if verify == "truststore":
        return _system_context()
    context = create_urllib3_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    bundle = _usual_bundle() if verify is True else str(verify)
    with _named("bundle of certificates", bundle):
        if os.path.isdir(bundle):
            context.load_verify_locations(capath=bundle)
            return context
        context.load_verify_locations(cafile=bundle)
        with open(bundle, "rb") as stream:
            if _REVOCATIONS in stream.read():
                # Then a server counts only if its issuer's list is there and does not name it.
                context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


def _usual_bundle() -> str:
    import certifi  # 1 ms, for https only; the way by requests takes 22

    return certifi.where()


@contextmanager
def _named(kind: str, path: str) -> Iterator[None]:
    """Say what kind of file is at fault; the library names neither."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableCertificatesError(f"the {kind} `{path}` is unusable ({reason})") from error


def _unknown_password() -> str:
    """Refuse, where the library would ask on the terminal, which may be nobody's."""
    raise ValueError("its key is encrypted")


def _system_context() -> ssl.SSLContext:
    """Return a context that asks the system's store, or one with the system's bundle."""
    try:
        import truststore
    except ImportError:
        paths = ssl.get_default_verify_paths()
        context = ssl.create_default_context()
        if paths.cafile or paths.capath:
            context.load_verify_locations(paths.cafile, paths.capath)
        return context
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
