"""Package archives named by URL: records without an index, and the change they make."""

from collections.abc import Iterable

from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.errors import DisallowedPackageError
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.errors import CondaValueError
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import package_stem, redact

__all__ = ["change_to_explicit", "record_of_url"]


def record_of_url(
    url: str, config: ChannelConfig, *, md5: str | None = None, sha256: str | None = None
) -> PackageRecord:
    """Return what a package's URL says of it; dependencies come with the archive.

    Raises:
        CondaValueError: The file name is not that of a package.
    """
    channel = Channel.from_text(url, config)
    fn = url.rsplit("/", 1)[-1]
    parts = package_stem(fn)
    if parts is None:
        raise CondaValueError(
            f"`{redact(url)}` does not end in the name of a package.",
            hint="Package files are called NAME-VERSION-BUILD.conda or .tar.bz2.",
        )
    name, version, build = parts
    return PackageRecord(
        name=name,
        version=version,
        build=build,
        build_number=0,
        channel=channel,
        subdir=channel.platform or "noarch",
        fn=fn,
        url=redact(url),
        md5=md5,
        sha256=sha256,
    )


def change_to_explicit(
    request: EnvironmentRequest,
    state: EnvironmentState,
    packages: Iterable[PackageRecord],
    disallowed: Iterable[str] = (),
) -> PrefixChange:
    """Return the change that puts exactly these packages in, whatever else is installed.

    Raises:
        DisallowedPackageError: A setting forbids one of them.
    """
    chosen = {record.name: record for record in packages}
    for pattern in disallowed:
        spec = MatchSpec(pattern)
        for record in chosen.values():
            if spec.match(record):
                raise DisallowedPackageError(record.dist_name, pattern)
    kept = (record for name, record in state.installed.items() if name not in chosen)
    wishes = {
        name: MatchSpec(
            name,
            version=record.version,
            build=record.build,
            channel=record.channel.base_url,
            subdir=record.subdir,
        )
        for name, record in chosen.items()
    }
    history = HistoryUpdate(
        command=request.command, update_specs=tuple(str(spec) for spec in wishes.values())
    )
    return difference(
        request.prefix,
        state.installed,
        (*kept, *chosen.values()),
        history,
        wishes=wishes,
        relink=chosen if request.force_reinstall else (),
    )
