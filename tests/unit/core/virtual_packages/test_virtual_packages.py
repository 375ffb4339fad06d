import ctypes
import platform
import sys
from pathlib import Path
from typing import cast

import pytest

from conda_clone.core.virtual_packages import archspec, cuda, detect_all, linux, osx, windows
from conda_clone.core.virtual_packages.later import DetectedLater

HIDDEN = {"CONDA_OVERRIDE_CUDA": ""}


def facts(
    subdir: str, environ: dict[str, str] | None = None, setting: dict[str, str] | None = None
) -> dict[str, str]:
    records = detect_all({**HIDDEN, **(environ or {})}, setting or {}, subdir, "1.2")
    return {record.name: f"{record.version}={record.build}" for record in records}


def test_a_record_says_that_it_is_virtual() -> None:
    record = next(r for r in detect_all(HIDDEN, {}, "win-64", "1.2") if r.name == "__conda")
    assert (record.version, record.build, record.build_number) == ("1.2", "0", 0)
    assert record.channel.name == "@"
    assert record.subdir == "win-64"
    assert record.package_type == "virtual_system"
    assert record.is_virtual


@pytest.mark.skipif(platform.system() == "Darwin", reason="knows its own macOS")
def test_a_foreign_macos_has_version_zero() -> None:
    assert facts("osx-arm64") == {
        "__archspec": "1=arm64",
        "__conda": "1.2=0",
        "__osx": "0=0",
        "__unix": "0=0",
    }


@pytest.mark.skipif(platform.system() == "Windows", reason="knows its own Windows")
def test_a_foreign_windows_has_version_zero() -> None:
    found = facts("win-32")
    assert found == {"__archspec": "1=x86", "__conda": "1.2=0", "__win": "0=0"}


def test_freebsd_has_no_version() -> None:
    found = facts("freebsd-64")
    del found["__archspec"]
    assert found == {"__conda": "1.2=0", "__freebsd": "0=0", "__unix": "0=0"}


def test_wasm_has_no_processor_and_no_system() -> None:
    assert facts("emscripten-wasm32") == {"__conda": "1.2=0"}


@pytest.mark.skipif(platform.system() != "Linux", reason="facts of this Linux")
def test_the_own_linux_is_known() -> None:
    found = facts("linux-64")
    assert set(found) >= {"__conda", "__linux", "__unix", "__archspec"}
    assert found["__linux"] == f"{linux.kernel_version(platform.release())}=0"


@pytest.mark.parametrize(
    ("variable", "name"), [("GLIBC", "__glibc"), ("LINUX", "__linux"), ("CUDA", "__cuda")]
)
def test_a_variable_replaces_a_fact(variable: str, name: str) -> None:
    assert facts("linux-64", {f"CONDA_OVERRIDE_{variable}": "2.10"})[name] == "2.10=0"


def test_a_microarchitecture_is_a_build_string() -> None:
    assert facts("linux-64", {"CONDA_OVERRIDE_ARCHSPEC": "haswell"})["__archspec"] == "1=haswell"


@pytest.mark.parametrize(
    ("subdir", "variable", "name"),
    [
        ("linux-64", "GLIBC", "__glibc"),
        ("linux-64", "CUDA", "__cuda"),
        ("linux-64", "ARCHSPEC", "__archspec"),
        ("osx-64", "OSX", "__osx"),
        ("win-64", "WIN", "__win"),
    ],
)
def test_an_empty_variable_hides_a_fact(subdir: str, variable: str, name: str) -> None:
    assert name not in facts(subdir, {f"CONDA_OVERRIDE_{variable}": ""})


def test_a_kernel_cannot_be_hidden() -> None:
    assert facts("linux-64", {"CONDA_OVERRIDE_LINUX": ""})["__linux"] == "0=0"


def test_the_setting_replaces_a_fact_and_the_variable_wins() -> None:
    setting = {"glibc": "2.5", "__osx": "13"}
    assert facts("linux-64", setting=setting)["__glibc"] == "2.5=0"
    assert facts("osx-64", setting=setting)["__osx"] == "13=0"
    environ = {"CONDA_OVERRIDE_GLIBC": "2.9"}
    assert facts("linux-64", environ, setting)["__glibc"] == "2.9=0"


def test_unix_and_conda_cannot_be_replaced() -> None:
    found = facts("linux-64", {"CONDA_OVERRIDE_UNIX": "9", "CONDA_OVERRIDE_CONDA": "9"})
    assert (found["__unix"], found["__conda"]) == ("0=0", "1.2=0")


@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("6.1.0-13-amd64", "6.1.0"),
        ("5.15.0.1.7", "5.15.0.1"),
        ("4.19", "4.19"),
        ("unknown", "0"),
    ],
)
def test_kernel_versions(release: str, version: str) -> None:
    assert linux.kernel_version(release) == version


@pytest.mark.parametrize(("text", "version"), [("glibc 2.36", "2.36"), ("musl 1.2", ""), ("", "")])
def test_c_library_versions(text: str, version: str) -> None:
    assert linux.glibc_version(text) == version


def test_releases_of_other_systems() -> None:
    assert osx.release("darwin", "13.4") == "13.4"
    assert osx.release("darwin", "") == "0"
    assert osx.release("linux", "") == "0"
    assert windows.release("win32", "10.0.19045") == "10.0.19045"
    assert windows.release("linux", "#1 SMP") == "0"


@pytest.mark.parametrize(
    ("subdir", "machine", "name"),
    [
        ("osx-arm64", "x86_64", "arm64"),
        ("linux-aarch64", "x86_64", "aarch64"),
        ("win-64", "aarch64", "x86_64"),
        ("noarch", "x86_64", None),
        ("zos-z", "x86_64", None),
    ],
)
def test_a_foreign_processor_is_known_by_its_family(
    subdir: str, machine: str, name: str | None
) -> None:
    assert archspec.microarchitecture(subdir, machine) == name


def test_the_own_processor_is_known_by_its_name() -> None:
    import archspec.cpu as library

    native = {"x86_64": "linux-64", "AMD64": "win-64", "arm64": "osx-arm64"}
    machine = platform.machine()
    subdir = native.get(machine, f"linux-{machine}")
    assert archspec.microarchitecture(subdir, machine) == library.host().name


def test_the_own_processor_is_found_out_when_somebody_asks() -> None:
    """Few packages depend on it, and it takes longer than all other facts."""
    calls: list[str] = []

    def detect() -> str:
        calls.append("detect")
        return "zen4"

    others = {record.name: record for record in detect_all({}, {}, "linux-64", "1")}
    later = DetectedLater(
        detect,
        name="__archspec",
        version="1",
        build="",
        build_number=0,
        channel=others["__unix"].channel,
        subdir="linux-64",
        fn="__archspec",
        url="",
    )
    assert calls == []
    assert (later.dist_name, later.identity[-1], later.build) == (
        "__archspec-1-zen4",
        "zen4",
        "zen4",
    )
    assert calls == ["detect"]


class Driver:
    """The functions of a graphics driver with devices of the given capabilities."""

    def __init__(self, version: int, *capabilities: tuple[int, int], broken: str = "") -> None:
        self.version = version
        self.capabilities = capabilities
        self.broken = broken

    def _set(self, function: str, pointer: object, value: int) -> int:
        if function == self.broken:
            return 999
        pointer._obj.value = value  # type: ignore[attr-defined]  # what ctypes.byref points to
        return 0

    def cuInit(self, flags: int) -> int:  # noqa: N802 - the driver's name
        return 999 if self.broken == "cuInit" else flags

    def cuDriverGetVersion(self, number: object) -> int:  # noqa: N802 - the driver's name
        return self._set("cuDriverGetVersion", number, self.version)

    def cuDeviceGetCount(self, number: object) -> int:  # noqa: N802 - the driver's name
        return self._set("cuDeviceGetCount", number, len(self.capabilities))

    def cuDeviceGet(self, device: object, index: int) -> int:  # noqa: N802 - the driver's name
        return self._set("cuDeviceGet", device, index)

    def cuDeviceGetAttribute(  # noqa: N802 - the driver's name
        self, number: object, attribute: int, device: "ctypes.c_int"
    ) -> int:
        value = self.capabilities[device.value][attribute - 75]
        return self._set("cuDeviceGetAttribute", number, value)


def driver(version: int, *capabilities: tuple[int, int], broken: str = "") -> ctypes.CDLL:
    return cast("ctypes.CDLL", Driver(version, *capabilities, broken=broken))


def test_the_driver_knows_its_version() -> None:
    assert cuda.driver_version(driver(12040)) == "12.4"
    assert cuda.driver_version(driver(12040, broken="cuDriverGetVersion")) == ""
    assert cuda.driver_version(None) == ""


def test_the_weakest_device_counts() -> None:
    assert cuda.lowest_capability(driver(12040, (9, 0), (8, 6), (10, 0))) == "8.6"


@pytest.mark.parametrize("broken", ["cuInit", "cuDeviceGetCount", "cuDeviceGet"])
def test_devices_that_cannot_be_asked_do_not_count(broken: str) -> None:
    assert cuda.lowest_capability(driver(12040, (9, 0), broken=broken)) == ""


def test_without_devices_there_is_no_capability() -> None:
    assert cuda.lowest_capability(driver(12040)) == ""
    assert cuda.lowest_capability(None) == ""


def test_the_first_library_that_loads_is_taken() -> None:
    assert cuda.load_driver(("/nowhere/libcuda.so",)) is None
    assert cuda.load_driver(()) is None


@pytest.mark.skipif(platform.system() != "Linux", reason="the loader of Linux")
def test_the_loader_of_libraries_is_only_asked_for_what_it_can_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_imported(*names: str) -> bool:
        monkeypatch.delitem(sys.modules, "ctypes", raising=False)
        cuda.load_driver(names)
        return "ctypes" in sys.modules

    listing = tmp_path / "ld.so.cache"
    monkeypatch.setattr(cuda, "_LOADER_CACHE", str(listing))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert is_imported("libnothing.so")  # without a list, only the loader knows

    listing.write_bytes(b"libc.so.6\0")
    assert not is_imported("libnothing.so", str(tmp_path / "libnothing.so"))
    assert is_imported("libnothing.so", "libc.so.6")
    assert is_imported(str(listing))
    (tmp_path / "libnothing.so").touch()
    monkeypatch.setattr(cuda, "_LOADER_FOLDERS", (str(tmp_path),))
    assert is_imported("libnothing.so")
    monkeypatch.setattr(cuda, "_LOADER_FOLDERS", ())
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    assert is_imported("libnothing.so")


def test_without_a_driver_there_are_no_facts() -> None:
    assert list(cuda.detect({"CUDA": "", "CUDA_ARCH": "9.0"})) == []


def test_both_facts_can_be_overridden() -> None:
    assert list(cuda.detect({"CUDA": "12.4", "CUDA_ARCH": "8.6"})) == [
        ("__cuda", "12.4", "0"),
        ("__cuda_arch", "8.6", "0"),
    ]


def test_a_capability_may_be_hidden() -> None:
    assert list(cuda.detect({"CUDA": "12.4", "CUDA_ARCH": ""})) == [("__cuda", "12.4", "0")]
