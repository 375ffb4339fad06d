"""Real servers for tests: configured, started on ports that are free, stopped.

Each is a context manager that yields a port. Where its program is not installed, the test that
wants it is skipped and says so by name.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = [
    "PLACES",
    "free_port",
    "ftp_server",
    "nginx",
    "password_file",
    "program",
    "registry",
    "s3_server",
    "socks_proxy",
    "squid",
    "wait_for_port",
]

PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin"
_NGINX = """
{user} daemon off; worker_processes 1; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {home}/access.log; default_type application/octet-stream;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port}{listen}; root {root}; {server} }}
}}
"""
_SQUID = """
http_port 127.0.0.1:{port}
pid_filename none
access_log none
cache_log /dev/null
cache deny all
shutdown_lifetime 0 seconds
{access}
"""
_SQUID_PASSWORDS = """
auth_param basic program {helper} {file}
auth_param basic realm proxy
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
"""
_REGISTRY = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: "127.0.0.1:{port}"}}
{auth}
"""
_FTP = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
root, port, user, password = sys.argv[1:]
known = DummyAuthorizer()
if user:
    known.add_user(user, password, root)
else:
    known.add_anonymous(root)
FTPHandler.authorizer = known
FTPHandler.auth_failed_timeout = 0
FTPServer(("127.0.0.1", int(port)), FTPHandler).serve_forever()
"""


def program(name: str) -> str:
    """Return where a program is, or skip the test that wants it."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def module(name: str) -> None:
    """Skip the test that wants a module which is not installed."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, *, seconds: float = 30) -> None:
    """Return when somebody listens on that port of this machine."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, f"nobody listens on port {port}"
            time.sleep(0.02)
        else:
            return


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[int]:
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_for_port(port)
            yield port
        finally:
            # Nothing of what they have is kept, and some take seconds to say good-bye.
            os.killpg(process.pid, signal.SIGKILL)


def password_file(folder: Path, user: str, password: str) -> Path:
    """Write a file with one user as web servers and proxies read it."""
    openssl = program("openssl")
    made = subprocess.run(
        [openssl, "passwd", "-apr1", password], capture_output=True, text=True, check=True
    )
    file = folder / "passwords"
    file.write_text(f"{user}:{made.stdout.strip()}\n")
    file.chmod(0o644)
    return file


@contextmanager
def nginx(home: Path, root: Path, *, server: str = "", listen: str = "") -> Iterator[int]:
    """Serve `root`.

    Args:
        home: A folder for what nginx writes.
        root: The folder to serve.
        server: Further directives of the server.
        listen: Further parameters of its `listen`, such as ` ssl`.
    """
    path = program("nginx")
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    file = home / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(
        _NGINX.format(home=home, root=root, port=port, server=server, listen=listen, user=user)
    )
    with _running([path, "-c", str(file), "-e", str(home / "error.log")], port):
        yield port


@contextmanager
def squid(user: str = "", password: str = "") -> Iterator[int]:
    """Run a proxy for http and https, which wants a password if a user is given."""
    path = program("squid")
    port = free_port()
    # Not in the folder of a test: squid gives up its rights and must still read its files.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        access = "http_access allow all"
        if user:
            helpers = ["/usr/lib/squid/basic_ncsa_auth", "/usr/libexec/squid/basic_ncsa_auth"]
            helper = next((each for each in helpers if os.path.exists(each)), None)
            if helper is None:
                pytest.skip("basic_ncsa_auth of squid is not installed")
            file = password_file(Path(folder), user, password)
            access = _SQUID_PASSWORDS.format(helper=helper, file=file)
        configuration = Path(folder, "squid.conf")
        configuration.write_text(_SQUID.format(port=port, access=access))
        with _running([path, "-N", "-f", str(configuration)], port):
            yield port


@contextmanager
def socks_proxy(login: str = "") -> Iterator[int]:
    """Run a proxy that speaks SOCKS 5; `login` is `user:password`."""
    module("pproxy")
    module("socks")
    port = free_port()
    address = f"socks5://127.0.0.1:{port}" + (f"#{login}" if login else "")
    with _running([sys.executable, "-m", "pproxy", "-l", address], port):
        yield port


@contextmanager
def ftp_server(root: Path, user: str = "", password: str = "") -> Iterator[int]:
    """Serve a folder over FTP, to that user or to everybody."""
    module("pyftpdlib")
    port = free_port()
    with _running([sys.executable, "-c", _FTP, str(root), str(port), user, password], port):
        yield port


@contextmanager
def s3_server() -> Iterator[int]:
    """Run an S3 server without buckets."""
    module("moto")
    module("boto3")
    module("flask")
    port = free_port()
    with _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        yield port


@contextmanager
def registry(home: Path, passwords: Path | None = None) -> Iterator[int]:
    """Run a registry of containers, which wants a password if a file of them is given."""
    path = program("docker-registry")
    port = free_port()
    auth = f"auth: {{htpasswd: {{realm: registry, path: {passwords}}}}}" if passwords else ""
    home.mkdir(parents=True, exist_ok=True)
    file = home / "registry.yml"
    file.write_text(_REGISTRY.format(root=home / "data", port=port, auth=auth))
    with _running([path, "serve", str(file)], port):
        yield port
