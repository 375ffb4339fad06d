"""nginx for tests: configured, started on a port that is free, stopped."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["free_port", "nginx", "wait_for_port"]

_CONFIGURATION = """
daemon off; worker_processes 1; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {home}/access.log; default_type application/octet-stream;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
  uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000;
  server {{ listen 127.0.0.1:{port}{listen}; root {root}; {server} }}
}}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, *, seconds: float = 20) -> None:
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
def nginx(home: Path, root: Path, *, server: str = "", listen: str = "") -> Iterator[int]:
    """Serve `root`; yield the port.

    Args:
        home: A folder for what nginx writes.
        root: The folder to serve.
        server: Further directives of the server.
        listen: Further parameters of its `listen`, such as ` ssl`.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert program is not None
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    file = home / "nginx.conf"
    file.write_text(
        _CONFIGURATION.format(home=home, root=root, port=port, server=server, listen=listen)
    )
    log = home / "error.log"
    with subprocess.Popen([program, "-c", str(file), "-e", str(log)]) as process:
        try:
            wait_for_port(port)
            yield port
        finally:
            process.terminate()
