from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.installed_files import LinkInfo, PrefixPath
from conda_clone.models.records import PackageCacheRecord, PackageRecord, PrefixRecord

CONFIG = ChannelConfig()


def record(channel: str = "conda-forge", build: str = "py_0", url: str = "") -> PackageRecord:
    return PackageRecord(
        name="foo",
        version="1.0",
        build=build,
        build_number=0,
        channel=Channel.from_text(channel, CONFIG),
        subdir="noarch",
        fn=f"foo-1.0-{build}.conda",
        url=url,
        depends=("bar",),
        extra={"purls": ["x"]},
    )


def test_names() -> None:
    assert record().dist_name == "foo-1.0-py_0"
    assert record().dist_str == "conda-forge/noarch::foo-1.0-py_0"
    assert str(record("pkgs/main")) == "defaults/noarch::foo-1.0-py_0"
    assert repr(record()) == "PackageRecord('conda-forge/noarch::foo-1.0-py_0')"
    assert not record().is_virtual


def test_identity_is_channel_subdir_name_version_and_build() -> None:
    assert record() == record(url="https://mirror/foo.conda")
    one = record()
    assert hash(one) == hash(record(url="https://mirror/foo.conda"))
    assert one.identity is one.identity
    assert record() != record("bioconda")
    assert record() != record(build="py_1")
    assert record() != "conda-forge/noarch::foo-1.0-py_0"
    same = record()
    assert same == same  # noqa: PLR0124 - the shortcut for one object


def test_a_cached_package_equals_its_entry_in_the_index() -> None:
    cached = PackageCacheRecord.from_record(
        record(), extracted_package_dir="/p/foo", package_tarball_full_path="/p/foo.conda"
    )
    assert cached == record()
    assert cached.depends == ("bar",)
    assert cached.extra == {"purls": ["x"]}
    assert (cached.extracted_package_dir, cached.package_tarball_full_path) == (
        "/p/foo",
        "/p/foo.conda",
    )


def test_an_installed_package_remembers_where_it_came_from() -> None:
    cached = PackageCacheRecord.from_record(
        record(), extracted_package_dir="/p/foo", package_tarball_full_path="/p/foo.conda"
    )
    installed = PrefixRecord.from_cache(
        cached,
        files=("bin/foo",),
        paths=(PrefixPath("bin/foo"),),
        link=LinkInfo("/p/foo", 1),
        requested_specs=("foo>=1",),
    )
    assert installed == cached
    assert installed.extracted_package_dir == "/p/foo"
    assert installed.requested_spec == "foo>=1"
    assert installed.files == ("bin/foo",)
    assert installed.link is not None
    assert (installed.link.source, installed.link.type) == ("/p/foo", 1)


def test_a_linked_package_forgets_platform_and_architecture_but_nothing_else() -> None:
    cached = PackageCacheRecord(
        name="foo",
        version="1.0",
        build="0",
        build_number=0,
        channel=Channel.from_text("conda-forge", CONFIG),
        subdir="linux-64",
        fn="foo-1.0-0.conda",
        url="",
        arch="x86_64",
        platform="linux",
        features=("a",),
        extracted_package_dir="/p/foo",
        package_tarball_full_path="/p/foo.conda",
    )
    installed = PrefixRecord.from_cache(cached, files=(), paths=(), link=LinkInfo("/p/foo", 1))
    assert (installed.arch, installed.platform, installed.features) == (None, None, ("a",))
    assert (cached.arch, cached.platform) == ("x86_64", "linux")


def test_records_can_be_built_from_their_fields() -> None:
    channel = Channel.from_text("conda-forge", CONFIG)
    installed = PrefixRecord(
        name="__glibc",
        version="2",
        build="0",
        build_number=0,
        channel=channel,
        subdir="linux-64",
        fn="",
        url="",
    )
    assert (installed.files, installed.paths, installed.link) == ((), (), None)
    assert installed.is_virtual
    cached = PackageCacheRecord(
        name="foo",
        version="2",
        build="0",
        build_number=0,
        channel=channel,
        subdir="linux-64",
        fn="",
        url="",
        extracted_package_dir="/p",
        package_tarball_full_path="",
    )
    assert cached.extracted_package_dir == "/p"


def test_details_can_be_read_in_a_debugger() -> None:
    assert repr(PrefixPath("a", "softlink")) == "PrefixPath('a', 'softlink')"
    assert repr(LinkInfo("/p", 1)) == "LinkInfo('/p', 1)"
