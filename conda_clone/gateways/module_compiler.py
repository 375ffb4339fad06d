"""Byte-compile modules; run by the interpreter of an environment, which may be any Python 3.

Standard input has the name of every module, and where its compiled form is to be, all with NUL
characters between them. They are relative to the working folder, which keeps the path of the
environment out of what is compiled: importing fills it in. The number of every module that is
compiled, or that never can be, is written on a line of its own.
"""

import gc
import os
import sys

__all__ = ["main"]

# A process of its own for fewer modules takes longer than it saves.
_WORTH_A_PROCESS = 60


def main() -> None:
    """Compile what standard input names, in as many processes as there are cores."""
    gc.disable()  # hardly any cycles are made, and looking for them takes a tenth of the time
    names = sys.stdin.buffer.read().decode("utf-8").split("\0")
    modules = list(zip(names[::2], names[1::2]))  # noqa: B905 - `strict` came with Python 3.10
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
            _compile(modules, [part], count)
            os._exit(0)
        children.append(child)
    _compile(modules, own, count)
    for child in children:
        os.waitpid(child, 0)


def _compile(modules: "list[tuple[str, str]]", parts: "list[int]", count: int) -> None:
    """Compile every `count`-th module, from the given ones on."""
    import py_compile  # 4 ms, which who only asks where this file is does not spend

    for part in parts:
        for number in range(part, len(modules), count):
            try:
                source, compiled = modules[number]
                py_compile.compile(source, compiled, doraise=True)
            except py_compile.PyCompileError as error:
                if error.exc_type_name == "MemoryError":
                    continue
            except Exception:  # noqa: BLE001, S112 - a full disk, perhaps: the next time may do
                continue
            os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    main()
