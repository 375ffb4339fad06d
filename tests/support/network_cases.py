"""A channel of one package in every form, a client with a cache, and one case of a network fault.

What must hold in every case (spec/reliability.md, section 3d):

- there is the right content, or a `CondaError`; never other content, another exception, or a wait;
- whatever was kept, the same cache brings the right content once the server is well again.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.core.channels.index import Index
from conda_clone.errors import CondaError
from conda_clone.gateways.network.download import download
from conda_clone.gateways.network.session import build_transport
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.shards import write_shards
from tests.support.channels import Listener
from tests.support.raw_server import RawServer, Reply, http

__all__ = ["FORMS", "PATIENT", "Channel", "Client", "Wrong", "held", "shared_channel"]

FORMS = ("json", "zst", "shards", "package")
Wrong = Callable[[bytes, dict[str, str], int], Reply]
_NAMES = {"json": "repodata.json", "zst": "repodata.json.zst", "package": "x-1-0.conda"}


PATIENT = NetworkSettings(max_retries=2, backoff_factor=0, read_timeout=20, connect_timeout=20)
_IMPATIENT = NetworkSettings(max_retries=2, backoff_factor=0, read_timeout=0.4, connect_timeout=2)


@dataclass
class Channel:
    """The files of a channel, in memory, by their path.

    Attributes:
        size: Bytes of the package.
    """

    size: int = 300_000
    files: dict[str, bytes] = field(default_factory=dict)
    package: bytes = b""

    def __post_init__(self) -> None:
        block = hashlib.sha512(b"package").digest()
        self.package = (block * (self.size // len(block) + 1))[: self.size]
        filler = [f"f{number} >={number}" for number in range(2000)]
        entry = {"name": "x", "version": "1", "build": "0", "build_number": 0, "depends": filler}
        body = json.dumps({"packages": {}, "packages.conda": {"x-1-0.conda": entry}}).encode()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "noarch")
            folder.mkdir()
            (folder / "repodata.json").write_bytes(body)
            write_shards(folder)
            (folder / "repodata.json.zst").write_bytes(compress_zstd(body))
            for path in folder.rglob("*"):
                if path.is_file():
                    self.files[f"/noarch/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
        self.files["/noarch/x-1-0.conda"] = self.package

    def path_of(self, form: str) -> str:
        """Return the path of the file that is answered wrongly."""
        if form == "shards":
            return next(path for path in self.files if "/shards/" in path)
        return f"/noarch/{_NAMES[form]}"

    def answer(self, path: str, headers: dict[str, str], _before: int) -> Reply:
        """Answer as `RawServer` wants it, and rightly."""
        return self.right(path, headers)

    def right(self, path: str, headers: dict[str, str]) -> Reply:
        """Return what a server should say."""
        body = self.files.get(path)
        if body is None:
            return Reply(http(b"", status="404 Not Found"))
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        if headers.get("if-none-match") == etag:
            return Reply(http(b"", f"ETag: {etag}", status="304 Not Modified", length=False))
        start = headers.get("range", "")[len("bytes=") : -1]
        if start.isdecimal() and headers.get("if-range", etag) == etag and int(start) < len(body):
            part = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
            return Reply(http(body[int(start) :], part, status="206 Partial Content"))
        return Reply(http(body, f"ETag: {etag}"))


@cache
def shared_channel() -> Channel:
    """Return the channel that all cases share; nothing changes it."""
    return Channel()


class Client:
    """Who fetches one form again and again, with one cache.

    Attributes:
        error: What the last fetch failed with, if it did.
        listener: What it was told.
    """

    def __init__(
        self, form: str, url: str, folder: Path, network: NetworkSettings | None = None
    ) -> None:
        self._channel = shared_channel()
        self._form = form
        self._url = url
        self._folder = folder
        self.error: CondaError | None = None
        self.listener = Listener()
        settings = network or PATIENT
        self._offline = settings.offline
        self._transport = build_transport(settings, reporter=self.listener)

    def fetch(self, *, is_verified: bool = True, ttl: int = 1) -> bool:
        """Return True for the right content, False for an error that says what is wrong.

        Args:
            is_verified: Whether wrong content must not come; nothing verifies a whole index.
            ttl: As the setting `local_repodata_ttl`.
        """
        self.error = None
        try:
            content = self._package() if self._form == "package" else self._index(ttl)
        except CondaError as error:
            self.error = error
            return not error.message  # it always says something
        assert not is_verified or content == self._expected()
        return content == self._expected()

    def _expected(self) -> bytes:
        return self._channel.package if self._form == "package" else b"2000"

    def _package(self) -> bytes:
        target = self._folder / "x-1-0.conda"
        target.unlink(missing_ok=True)
        right = self._channel.package
        digest = hashlib.sha256(right).hexdigest()
        url = f"{self._url}/noarch/x-1-0.conda"
        try:
            download(self._transport, url, str(target), size=len(right), sha256=digest)
        except CondaError:
            assert not target.exists()
            raise
        return target.read_bytes()

    def _index(self, ttl: int) -> bytes:
        settings = ChannelSettings(
            channels=(self._url,),
            subdirs=("noarch",),
            repodata_use_shards=self._form == "shards",
            repodata_use_zst=self._form != "json",
            local_repodata_ttl=ttl,
            offline=self._offline,
        )
        cache_dir = str(self._folder / "cache")
        index = Index.open(settings, self._transport, cache_dir, self.listener)
        return b",".join(str(len(each.depends)).encode() for each in index.query(MatchSpec("x")))


def held(form: str, wrong: Wrong, *, warm: bool = False, is_verified: bool = True) -> int:
    """Run one case: the server is wrong, then well; return 1.

    Args:
        form: What is fetched.
        wrong: The wrong answer, from the right body, the headers, and the number of the request.
        warm: Whether the client has fetched it before.
        is_verified: Whether something tells wrong content from right.
    """
    channel = shared_channel()
    path = channel.path_of(form)
    state = {"is_well": warm}

    def answer(asked: str, headers: dict[str, str], before: int) -> Reply:
        if asked == path and not state["is_well"]:
            return wrong(channel.files[path], headers, before)
        return channel.right(asked, headers)

    with tempfile.TemporaryDirectory() as folder, RawServer(answer) as server:
        # Machines that run tests may be slow; only servers that say nothing are not waited for.
        patient = Client(form, server.url, Path(folder))
        if warm:
            assert patient.fetch()
            state["is_well"] = False
        Client(form, server.url, Path(folder), _IMPATIENT).fetch(is_verified=is_verified)
        state["is_well"] = True
        assert patient.fetch()
    return 1
