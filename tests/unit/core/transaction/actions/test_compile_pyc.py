from pathlib import Path

from tests.support.transactions import PYTHON_SERIES, Workshop

SITE = f"lib/python{PYTHON_SERIES}/site-packages"


def test_many_modules_are_compiled_by_several_workers(workshop: Workshop) -> None:
    files = {f"site-packages/pkg/m{number}.py": "x = 1\n" for number in range(201)}
    workshop.install(workshop.python(), workshop.package(name="a", noarch="python", files=files))
    compiled = [name for name in workshop.installed()["a"].files if name.endswith(".pyc")]
    assert len(compiled) == 201


def test_compiled_files_do_not_name_the_prefix(workshop: Workshop) -> None:
    record = workshop.package(name="a", noarch="python", files={"site-packages/a.py": "x = 1\n"})
    workshop.install(workshop.python(), record)
    (compiled,) = (workshop.prefix / SITE / "__pycache__").iterdir()
    assert str(workshop.prefix).encode() not in compiled.read_bytes()


def test_modules_of_the_prefix_do_not_stand_in_for_the_standard_library(
    workshop: Workshop,
) -> None:
    intruder = workshop.package(name="b", files={"compileall.py": "raise SystemExit\n"})
    record = workshop.package(name="a", noarch="python", files={"site-packages/a.py": "x = 1\n"})
    workshop.install(workshop.python(), intruder, record)
    assert len(list((workshop.prefix / SITE / "__pycache__").iterdir())) == 1


def test_python_2_gets_options_that_it_knows(workshop: Workshop) -> None:
    """A stand-in for the old interpreter writes down how it was called."""
    script = '#!/bin/sh\necho "$@" > "$(dirname "$0")/../called"\n'
    python = workshop.package(
        name="python",
        version="2.7.18",
        files={"bin/python2.7": script},
        executables=["bin/python2.7"],
    )
    record = workshop.package(name="a", noarch="python", files={"site-packages/a.py": "print 1\n"})
    workshop.install(python, record)
    assert (workshop.prefix / "called").read_text() == "-Wi -m compileall -q -l -i -\n"
    assert workshop.installed()["a"].files == ("lib/python2.7/site-packages/a.py",)


def test_what_python_compiled_before_is_compiled_anew(workshop: Workshop) -> None:
    workshop.install(workshop.python())
    tag = f"cpython-{PYTHON_SERIES.replace('.', '')}"
    stale = Path(workshop.prefix, SITE, "__pycache__", f"a.{tag}.pyc")
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"stale")
    record = workshop.package(name="a", noarch="python", files={"site-packages/a.py": "x = 1\n"})
    workshop.install(record)
    assert stale.read_bytes() != b"stale"
    assert workshop.reporter.notices == []
