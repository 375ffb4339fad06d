"""Copies of the process that work for it. They are made in programs of their own: the suite has
threads."""

import subprocess
import sys
from pathlib import Path

from conda_clone.gateways.forked_workers import ForkedWorkers

BEGINNING = """
import os, signal, sys, threading, time
from conda_clone.gateways.forked_process import can_fork
from conda_clone.gateways.forked_workers import ForkedWorkers
folder = sys.argv[1]
def work(name, text):
    if text == "fail":
        raise ValueError(text)
    if text == "die":
        os._exit(3)
    if text == "sleep":
        open(os.path.join(folder, "asleep"), "w").close()
        time.sleep(60)
    with open(os.path.join(folder, name), "w") as stream:
        stream.write(f"{text} {os.getpid()}")
"""


def run(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + code, folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


ALL = """
workers = ForkedWorkers(2, work)
threads = [
    threading.Thread(target=lambda i=i: print(workers.run(f"{i}", f"text {i}\\u00e9")))
    for i in range(5)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
workers.stop()
workers.close()
print(os.getpid())
"""


def test_workers_do_what_threads_ask_of_them(tmp_path: Path) -> None:
    *told, own = run(ALL, tmp_path).split()
    assert told == ["True"] * 5
    texts = [(tmp_path / f"{number}").read_text() for number in range(5)]
    assert [text.rpartition(" ")[0] for text in texts] == [f"text {i}\u00e9" for i in range(5)]
    assert own not in {text.rpartition(" ")[2] for text in texts}


FAILURES = """
workers = ForkedWorkers(1, work)
print(workers.run("a", "fail"), workers.run("a", "well"))
print(workers.run("b", "die"), workers.run("b", "well"))
workers.stop()
workers.close()
print(ForkedWorkers(0, work).run("c", "well"))
"""


def test_failing_is_told_and_a_worker_that_died_is_asked_no_more(tmp_path: Path) -> None:
    assert run(FAILURES, tmp_path).split() == ["False", "True", "False", "False", "False"]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


STOPPED = """
workers = ForkedWorkers(1, work)
thread = threading.Thread(target=lambda: print(workers.run("a", "sleep")))
thread.start()
while not os.path.exists(os.path.join(folder, "asleep")):
    time.sleep(0.01)
os.kill(os.getpid(), 0)
workers.stop()
thread.join()
workers.close()
"""


def test_who_waits_for_a_worker_that_is_stopped_is_told(tmp_path: Path) -> None:
    assert run(STOPPED, tmp_path) == "False\n"


MEANWHILE = """
workers = ForkedWorkers(1, work)
print(workers.count)
job = workers.begin("a", "well")
print(workers.begin("b", "well"))  # nobody is idle
print(job.is_done(), workers.run("c", "well"))
job = workers.begin("d", "sleep")
while not os.path.exists(os.path.join(folder, "asleep")):
    time.sleep(0.01)
job.cancel()
print(workers.run("e", "well"), workers.begin("f", "well").is_done())
workers.stop()
workers.close()
"""


def test_a_worker_does_something_meanwhile_unless_it_is_cancelled(tmp_path: Path) -> None:
    assert run(MEANWHILE, tmp_path).split() == ["1", "None", "True", "True", "False", "False"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "asleep", "c"]


COPIED = """
from conda_clone.gateways.forked_process import ForkedProcess, read_exactly
def tidy(jobs, answers):
    read_exactly(jobs, 1)  # until the worker is gone
    time.sleep(0.3)
    open(os.path.join(folder, "tidied"), "w").close()
def copy_yourself(name, text):
    ForkedProcess.start(tidy)
    work(name, text)
workers = ForkedWorkers(1, copy_yourself)
job = workers.begin("a", "sleep")
while not os.path.exists(os.path.join(folder, "asleep")):
    time.sleep(0.01)
job.cancel()
print(os.listdir(folder))
workers.stop()
workers.close()
"""


def test_a_copy_of_a_worker_that_is_cancelled_is_waited_for(tmp_path: Path) -> None:
    assert "'tidied'" in run(COPIED, tmp_path)


TWICE = """
workers = ForkedWorkers(2, work)
workers.begin("a", "well").cancel()
real = os.kill
os.kill = lambda pid, number: print(pid == workers._workers[1].process._pid) or real(pid, number)
workers.stop()
workers.stop()
workers.close()
"""


def test_the_number_of_a_process_that_has_ended_is_not_used_again(tmp_path: Path) -> None:
    assert run(TWICE, tmp_path) == "True\n"


PREPARED = """
def prepare():
    work("prepared", "well")
workers = ForkedWorkers(1, work, prepare=prepare)
print(workers.run("a", "well"))
workers.stop()
workers.close()
"""


def test_workers_prepare_themselves(tmp_path: Path) -> None:
    assert run(PREPARED, tmp_path) == "True\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "prepared"]


ORPHANS = """
workers = ForkedWorkers(2, work)
workers.run("first", "well")
print(*(worker.process._pid for worker in workers._workers), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
LOOK = """
import os, time
for pid in map(int, sys.argv[2:]):
    for _ in range(1000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        with open(f"/proc/{pid}/stat") as stream:
            if stream.read().rpartition(")")[2].split()[0] == "Z":
                break
        time.sleep(0.01)
    else:
        print("still there")
"""


def test_workers_end_with_the_process_that_they_work_for(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", BEGINNING + ORPHANS, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=50,
    )
    assert killed.returncode == -9
    looked = subprocess.run(
        [sys.executable, "-c", "import sys\n" + LOOK, "-", *killed.stdout.split()],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert (looked.stdout, looked.stderr) == ("", "")


FULL = """
real = os.fork
left = [1]
def fork():
    if not left:
        raise BlockingIOError(11, "Resource temporarily unavailable")
    left.pop()
    return real()
os.fork = fork
before = len(os.listdir("/proc/self/fd"))
workers = ForkedWorkers(3, work)
print(len(workers._workers), workers.run("a", "well"))
workers.stop()
workers.close()
print(len(os.listdir("/proc/self/fd")) == before)
"""


def test_fewer_workers_do_where_the_system_has_no_room_for_more(tmp_path: Path) -> None:
    assert run(FULL, tmp_path).split() == ["1", "True", "True"]


FILES = """
import resource
limit = len(os.listdir("/proc/self/fd")) - 1  # the folder that is listed is open
files = [open(os.devnull) for _ in range(9)]
resource.setrlimit(resource.RLIMIT_NOFILE, (limit + 9, limit + 9))
for room in range(4):
    workers = ForkedWorkers(1, work)
    print(workers.count, workers.run("a", "well"))
    workers.stop()
    workers.close()
    files.pop().close()
workers = ForkedWorkers(1, work)
print(workers.count, workers.run("a", "well"))
workers.stop()
workers.close()
"""


def test_no_worker_does_where_too_many_files_are_open(tmp_path: Path) -> None:
    assert run(FILES, tmp_path).splitlines() == ["0 False"] * 4 + ["1 True"]


THREADS = """
print(can_fork())
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
print(can_fork())
stop.set()
thread.join()
"""


def test_a_process_with_threads_cannot_be_copied(tmp_path: Path) -> None:
    expected = "True" if sys.platform == "linux" else "False"
    assert run(THREADS, tmp_path).split() == [expected, "False"]


def test_what_a_worker_answers() -> None:
    """What the copies do, here where it can be watched."""
    seen = []
    workers = ForkedWorkers(0, lambda *arguments: seen.append(arguments))
    assert workers._answer(b"a\0caf\xc3\xa9") == b"1"
    assert seen == [("a", "caf\u00e9")]
    assert ForkedWorkers(0, int)._answer(b"no number") == b"0"
    assert workers.run("nobody") is False
