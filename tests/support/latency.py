"""A distant server on this machine: passes connections on, each direction as late as asked.

    python -m tests.support.latency TARGET_PORT MILLISECONDS [MEGABITS]

prints the port that it listens on. Half of the time passes on each way, and opening a connection
costs the whole of it, as a handshake does. All connections share a line of so many megabits per
second in each direction; without that, bandwidth is not limited.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["distant"]

_PIECE = 1 << 16
_ROOT = Path(__file__).parents[2]


@contextmanager
def distant(port: int, milliseconds: float, megabits: float = 0) -> Iterator[int]:
    """Yield a port that leads to `port` with that much latency, over a line as wide as that."""
    numbers = [str(number) for number in (port, milliseconds, megabits)]
    command = [sys.executable, "-m", "tests.support.latency", *numbers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


class _Line:
    """One direction of the line that all connections share."""

    def __init__(self, megabits: float) -> None:
        self._seconds_per_byte = 8e-6 / megabits if megabits else 0.0
        self._free_at = 0.0

    def book(self, now: float, size: int) -> float:
        """Return when the last of so many bytes is on its way, sent as soon as can be."""
        self._free_at = max(self._free_at, now) + size * self._seconds_per_byte
        return self._free_at


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, line: _Line
) -> None:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

    async def write() -> None:
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(due - loop.time())
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()

    task = asyncio.create_task(write())
    piece = b"-"
    while piece:
        try:
            piece = await reader.read(_PIECE)
        except OSError:
            piece = b""
        await queue.put((line.book(loop.time(), len(piece)) + delay, piece))
    try:
        await task
    except OSError:
        writer.close()


async def _serve(target: int, delay: float, megabits: float) -> None:
    to, fro = _Line(megabits), _Line(megabits)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.sleep(delay)
        await asyncio.gather(
            _pass_on(reader, back, delay / 2, to), _pass_on(there, writer, delay / 2, fro)
        )

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - who started this reads it
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]) / 1000, float(sys.argv[3])))
