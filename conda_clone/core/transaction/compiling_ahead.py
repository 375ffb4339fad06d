"""`CompilingAhead`: byte-compile the modules of packages while others are still being fetched.

The interpreter is that of the package `python` as it lies in the package cache. It begins as soon
as that and a package for any Python are there, and goes on while the transaction links files, which
takes what has been compiled by then from folders of temporary names in the package cache, and gives
them the names by which later environments find them (see `actions.compiled_forms`).

Nothing depends on it: what is not compiled ahead, for whatever reason, the transaction compiles.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from conda_clone.core.transaction.actions.compile_pyc import COMPILER, interpreter_environment
from conda_clone.core.transaction.layout import Layout, PackageToLink
from conda_clone.core.transaction.package_contents import read_package
from conda_clone.core.transaction.paths import compiled_folder, python_target
from conda_clone.core.transaction.steps import Module
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.write import make_directories, make_temporary_directory
from conda_clone.gateways.forked_process import cores
from conda_clone.gateways.module_compiler import ONE_BY_ONE
from conda_clone.gateways.processes import Dialogue, ProgramNotStartedError
from conda_clone.models.records import PackageCacheRecord

__all__ = ["CompilingAhead"]

# Modules that one compiler takes at a time: it does not stop before they are through.
_BATCH = 8
_LOOK_AGAIN = 0.005  # seconds until somebody looks whether nothing more urgent is going on
_MOST_COMPILERS = 4
_ANY = 1  # how files are linked does not matter


class _Forms:
    """The compiled forms of one package, while they are being made.

    Attributes:
        package: The package.
        kept: Where they will lie.
        folder: Where they lie until then.
        is_whole: Whether every module so far is compiled, or never can be.
    """

    def __init__(self, package: PackageCacheRecord, kept: str, folder: str) -> None:
        self.package = package
        self.kept = kept
        self.folder = folder
        self.is_whole = True


_Batch = tuple[_Forms, tuple[Module, ...]]


class CompilingAhead:
    """Compiles modules of packages that are added while they come.

    Args:
        environ: Environment variables that the interpreter inherits.
        subdir: Platform of the environment that the packages are for.
        is_busy: Whether something is going on that everything else waits for; this waits as well.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        subdir: str,
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self._environ = environ
        self._subdir = subdir
        self._is_busy = is_busy
        self._python: PackageCacheRecord | None = None
        self._waiting: list[PackageCacheRecord] = []  # until there is a Python
        self._jobs: queue.SimpleQueue[PackageCacheRecord | _Batch | None] = queue.SimpleQueue()
        self._change = threading.Condition()  # for all below
        self._left = 0  # jobs that are not through
        self._forms: list[_Forms] = []
        self._compilers: list[Dialogue] = []
        self._threads: list[threading.Thread] = []
        self._is_stopped = False

    def add(self, package: PackageCacheRecord) -> None:
        """Compile the modules of a package of the cache, if it has some; from any thread."""
        with self._change:
            if package.name == "python":
                self._python = package if python_target(package).identity else None
            elif package.noarch == "python":
                self._waiting.append(package)
            if self._python is None:
                return
            for each in self._waiting:
                self._put(each)
            self._waiting.clear()

    def finish(self) -> dict[str, str]:
        """Wait until all is compiled; return for each folder of compiled forms where it lies now.

        Packages of which some modules may be compiled the next time are not among them.
        """
        with self._change:
            if self._left:
                self._employ(cores())  # nothing else is to be done until they are through
            self._change.wait_for(lambda: not self._left or not self._threads)
        self._dismiss()
        return (
            {}
            if self._left
            else {forms.kept: forms.folder for forms in self._forms if forms.is_whole}
        )

    def close(self) -> None:
        """Stop, and remove what nobody has given another name."""
        with self._change:
            self._is_stopped = True
            for compiler in self._compilers:
                compiler.interrupt()
        self._dismiss()
        for forms in self._forms:
            if os.path.lexists(forms.folder):
                with suppress(CondaError, OSError):  # the next who brings packages removes it
                    remove_tree(forms.folder)

    def _put(self, job: "PackageCacheRecord | _Batch") -> None:
        """Have something done; the caller holds the lock."""
        self._left += 1
        self._jobs.put(job)
        self._employ(cores() // 2 or 1)  # the others are for what is downloaded and linked

    def _employ(self, count: int) -> None:
        """Have one more compiler at work, if there are fewer; the caller holds the lock."""
        if len(self._threads) < min(count, _MOST_COMPILERS):
            thread = threading.Thread(target=self._work, name="compile", daemon=True)
            with suppress(RuntimeError):  # the system has no room for one
                thread.start()
                self._threads.append(thread)

    def _dismiss(self) -> None:
        """End the compilers when they have looked at all jobs."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _work(self) -> None:
        """Do jobs with an interpreter of its own; the body of each thread."""
        compiler: Dialogue | None = None
        while (job := self._jobs.get()) is not None:
            try:
                if isinstance(job, PackageCacheRecord):
                    self._divide(job)
                    continue
                while self._is_busy() and not self._is_stopped:
                    time.sleep(_LOOK_AGAIN)
                compiler = compiler or self._start()
                job[0].is_whole &= compiler is not None and self._is_certain(compiler, *job)
            except Exception:  # noqa: BLE001 - a worker; the transaction says what is the matter
                if not isinstance(job, PackageCacheRecord):
                    job[0].is_whole = False
            finally:
                with self._change:
                    self._left -= 1
                    self._change.notify_all()
        if compiler is not None:
            compiler.end()

    def _divide(self, package: PackageCacheRecord) -> None:
        """Make jobs of the modules of a package."""
        assert self._python is not None  # noqa: S101 - packages wait for it
        python = python_target(self._python)
        kept = compiled_folder(package, python)
        if not kept or os.path.lexists(kept):
            return
        linked = PackageToLink(record=package, contents=read_package(package), link_type=_ANY)
        layout = Layout(linked, python, self._subdir)
        modules = [module for module in layout.modules if module.packaged is not None]
        if not modules:
            return
        above = os.path.dirname(os.path.dirname(kept))
        make_directories(above)
        forms = _Forms(package, kept, make_temporary_directory(above))
        with self._change:
            self._forms.append(forms)
            for start in range(0, len(modules), _BATCH):
                self._put((forms, tuple(modules[start : start + _BATCH])))

    def _start(self) -> Dialogue | None:
        """Start the interpreter where it lies in the package cache; it writes nothing there."""
        if self._is_stopped:
            return None
        assert self._python is not None  # noqa: S101 - packages wait for it
        home = self._python.extracted_package_dir
        program = f"{home}/{python_target(self._python).executable}"
        environ = interpreter_environment(self._environ, [f"{home}/lib"])
        try:
            compiler = Dialogue([program, "-B", *COMPILER, ONE_BY_ONE], env=environ)
        except ProgramNotStartedError:  # perhaps it is for another platform
            self._is_stopped = True
            return None
        with self._change:
            self._compilers.append(compiler)
            if self._is_stopped:
                compiler.interrupt()
        return compiler

    def _is_certain(self, compiler: Dialogue, forms: _Forms, modules: tuple[Module, ...]) -> bool:
        """Compile modules; return whether each is compiled, or never can be."""
        source = forms.package.extracted_package_dir
        question = "".join(
            f"{source}/{module.packaged}\0{forms.folder}/{module.packaged}c\0{module.source}\0"
            for module in modules
        )
        answers = compiler.ask(question.encode("utf-8", "surrogateescape"), len(modules))
        return len(answers) == len(modules) and b"-\n" not in answers
