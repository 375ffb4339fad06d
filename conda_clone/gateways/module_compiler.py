"""Byte-compile modules; run by the interpreter of an environment, which may be any Python 3.

Standard input has three texts for every module, all with NUL characters after them: the source,
where its compiled form is to be, and the name of the source in there. The latter is relative, which
keeps the path of the environment out of what is compiled: importing fills it in. For every module a
line is written: its number if it is compiled, or never can be; otherwise a dash.

With the word `one-by-one`, modules are compiled as they are named, and the lines come in the same
order. Otherwise all are named first, and processes share them.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

__all__ = ["ONE_BY_ONE", "main"]

ONE_BY_ONE = "one-by-one"
# A process of its own for fewer modules takes longer than it saves.
_WORTH_A_PROCESS = 60
_TEXTS = 3  # for each module


def main() -> None:
    """Compile what standard input names."""
    gc.disable()  # hardly any cycles are made, and looking for them takes a tenth of the time
    modules = _arriving(sys.stdin.buffer)
    if sys.argv[1:] == [ONE_BY_ONE]:
        for number, module in enumerate(modules):
            _compile(number, module)
    else:
        _share(list(modules))


def _arriving(stream: "BinaryIO") -> "Iterator[list[str]]":
    """Yield the texts of every module as soon as they have come."""
    texts = []  # type: list[str]
    begun = b""
    while True:
        data = stream.read1(1 << 16)  # type: ignore[attr-defined]  # unknown to typeshed
        if not data:
            return
        *whole, begun = (begun + data).split(b"\0")
        texts += [os.fsdecode(text) for text in whole]
        while len(texts) >= _TEXTS:
            yield texts[:_TEXTS]
            del texts[:_TEXTS]


def _share(modules: "list[list[str]]") -> None:
    """Compile in as many processes as there are cores."""
    count = 1
    if hasattr(os, "fork"):
        count = max(1, min(os.cpu_count() or 1, len(modules) // _WORTH_A_PROCESS))
    own = [0]
    children = []
    for part in range(1, count):
        try:
            child = os.fork()
        except OSError:  # too many processes
            own.append(part)
            continue
        if not child:
            _compile_parts(modules, [part], count)
            os._exit(0)
        children.append(child)
    _compile_parts(modules, own, count)
    for child in children:
        os.waitpid(child, 0)


def _compile_parts(modules: "list[list[str]]", parts: "list[int]", count: int) -> None:
    """Compile every `count`-th module, from the given ones on."""
    for part in parts:
        for number in range(part, len(modules), count):
            _compile(number, modules[number])


def _compile(number: int, module: "list[str]") -> None:
    """Compile one module, and say so."""
    import py_compile  # 4 ms, which who only asks where this file is does not spend

    is_certain = True
    try:
        source, compiled, name = module
        py_compile.compile(source, compiled, name, doraise=True)
    except py_compile.PyCompileError as error:
        is_certain = error.exc_type_name != "MemoryError"
    except Exception:  # noqa: BLE001 - a full disk, perhaps: the next time may do
        is_certain = False
    os.write(1, b"%d\n" % number if is_certain else b"-\n")


if __name__ == "__main__":
    main()
