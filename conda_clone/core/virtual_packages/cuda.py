"""`__cuda` and `__cuda_arch`: what the graphics driver supports.

`__cuda` is the newest CUDA version that the driver runs, `__cuda_arch` the lowest compute
capability among the devices (CEP 46). The driver's library is asked directly; a machine without it
has neither package.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ctypes
    from collections.abc import Iterator, Mapping

__all__ = ["detect"]

_LIBRARIES = {
    "linux": (
        "libcuda.so",
        "libcuda.so.1",
        "/usr/lib64/nvidia/libcuda.so",
        "/usr/lib/x86_64-linux-gnu/libcuda.so",
        "/usr/lib/wsl/lib/libcuda.so",
    ),
    "darwin": ("libcuda.dylib", "/usr/local/cuda/lib/libcuda.dylib"),
    "win32": ("nvcuda64.dll", "nvcuda.dll"),
}
_LOADER_CACHE = "/etc/ld.so.cache"
_LOADER_FOLDERS = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
# Numbers of CUdevice_attribute in the driver's interface
_CAPABILITY_MAJOR = 75
_CAPABILITY_MINOR = 76


def detect(overrides: "Mapping[str, str]") -> "Iterator[tuple[str, str, str]]":
    """Yield the facts that hold, after overrides."""
    driver = None
    if not {"CUDA", "CUDA_ARCH"} <= overrides.keys():
        driver = load_driver(_LIBRARIES.get(sys.platform, ()))
    version = overrides.get("CUDA", driver_version(driver))
    if not version:
        return  # without a driver, a device cannot be used
    yield "__cuda", version, "0"
    capability = overrides.get("CUDA_ARCH", lowest_capability(driver))
    if capability:
        yield "__cuda_arch", capability, "0"


def load_driver(names: "tuple[str, ...]") -> "ctypes.CDLL | None":
    """Return the first of the libraries that can be loaded."""
    if not _may_be_here(names):
        return None
    import ctypes  # 6 ms

    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:  # this machine has it elsewhere, or not at all
            continue
    return None


def _may_be_here(names: "tuple[str, ...]") -> bool:
    """Tell whether loading a library is worth a try, which costs more than everything else here.

    The loader of glibc looks where LD_LIBRARY_PATH says, among the libraries that its cache lists,
    and in the standard folders. Where there is no such cache, nobody can tell.
    """
    if os.environ.get("LD_LIBRARY_PATH"):
        return True
    try:
        with open(_LOADER_CACHE, "rb") as stream:
            listed = stream.read()
    except OSError:
        return True
    return any(
        os.path.exists(name)
        if os.path.isabs(name)
        else name.encode() in listed
        or any(os.path.exists(f"{folder}/{name}") for folder in _LOADER_FOLDERS)
        for name in names
    )


def driver_version(driver: "ctypes.CDLL | None") -> str:
    """Return the driver's CUDA version such as "12.4", "" without a driver."""
    if driver is None:
        return ""
    import ctypes  # loaded with the driver

    number = ctypes.c_int()
    if driver.cuDriverGetVersion(ctypes.byref(number)) != 0:
        return ""
    return f"{number.value // 1000}.{number.value % 1000 // 10}"


def lowest_capability(driver: "ctypes.CDLL | None") -> str:
    """Return the lowest compute capability of the devices such as "8.6", "" without devices."""
    if driver is None:
        return ""
    import ctypes  # loaded with the driver

    count = ctypes.c_int()
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return ""
    found = []
    for index in range(count.value):
        device, major, minor = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        failures = (
            driver.cuDeviceGet(ctypes.byref(device), index)
            or driver.cuDeviceGetAttribute(ctypes.byref(major), _CAPABILITY_MAJOR, device)
            or driver.cuDeviceGetAttribute(ctypes.byref(minor), _CAPABILITY_MINOR, device)
        )
        if not failures:
            found.append((major.value, minor.value))
    if not found:
        return ""
    return "{}.{}".format(*min(found))
