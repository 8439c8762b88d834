"""Feeds mutated files to the readers in a process of its own, where a crash of a native library is seen.

`python -m tests.fuzzing READER FIRST COUNT FOLDER` prints a line before and after each input, as JSON.
"""

import faulthandler
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import KnownError

MEGABYTE = 1 << 20
MEMORY_LIMIT = (
    6000 * MEGABYTE
)  # address space of the process: who asks for more gets an error, not the machine
LONGEST_S = 60.0  # of one input, on a busy machine; a reader that needs more hangs
_WHOLE_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 40_000, 0x7FFFFFFF, 0xFFFFFFFF)
_WORDS = (
    *(
        b"null",
        b"true",
        b"-1",
        b"1e400",
        b"NaN",
        b"1" * 5000,
        b'"',
        b"\\ud800",
        b"\x00",
        b"\xff\xfe",
        b"[" * 2000,
    ),
    *(
        b"{" * 2000,
        b"\n",
        b"'''",
        b"=",
        b"[camera]",
        b"\xe2\x80\xae",
        b"9999-12-31T23:59:59Z",
        b"2026-09-01T08:00:00",
    ),
)


@dataclass(slots=True)
class Outcome:
    """What came of the inputs."""

    tried: int = 0
    read: int = 0  # as if nothing had happened to the file
    refused: int = 0  # with an error of ours
    wrong: list[str] = field(default_factory=list)  # anything else
    slowest_s: float = 0.0  # of processor time, one input
    memory_mb: float = 0.0  # the process at its largest

    def __str__(self) -> str:
        figures = f"{self.tried} inputs, {self.read} read, {self.refused} refused, {len(self.wrong)} wrong"
        return f"{figures}; slowest {self.slowest_s:.2f} s, {self.memory_mb:.0f} MB at most"


def mutated(data: bytes, rng: random.Random, *, text: bool) -> bytes:
    """Return `data` with one to eight changes of a kind that break readers."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        # Headers decide most: every other change is among the first bytes.
        reach = len(changed) if rng.random() < 0.5 else min(len(changed), 200)
        at = rng.randrange(reach) if reach else 0
        kind = rng.randrange(7)
        if kind == 0:
            changed[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1 and changed:
            changed[min(at, len(changed) - 1)] ^= 1 << rng.randrange(8)
        elif kind == 2:
            size = rng.choice((1, 2, 4))
            number = rng.choice(_WHOLE_NUMBERS) % (1 << 8 * size)
            changed[at : at + size] = number.to_bytes(size, rng.choice(("little", "big")))
        elif kind == 3:
            del changed[at : at + rng.choice((1, 2, 16, 300))]
        elif kind == 4:
            start = rng.randrange(len(changed)) if changed else 0
            changed[at:at] = changed[start : start + rng.choice((1, 8, 200))] * rng.choice((1, 1, 30))
        elif kind == 5:
            changed[at:at] = rng.choice(_WORDS) if text else rng.randbytes(rng.choice((1, 4, 100)))
        elif rng.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def fuzz(reader: str, count: int, *, first: int = 0) -> Outcome:
    """Give `count` mutated inputs to a reader; a process that dies is replaced and what killed it noted."""
    outcome, position, end = Outcome(), first, first + count
    with tempfile.TemporaryDirectory(prefix="classmood-fuzz-", dir=_quick_folder()) as folder:
        while position < end:
            position = _one_process(reader, position, end, Path(folder), outcome)
    return outcome


def _one_process(reader: str, first: int, end: int, folder: Path, outcome: Outcome) -> int:
    """Run one process as far as it gets, and return the number of the next input."""
    position, current = first, folder / "number"
    current.unlink(missing_ok=True)
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzzing"]
    with (
        tempfile.TemporaryFile(dir=folder) as complaints,
        subprocess.Popen(  # noqa: S603  (ourselves)
            [*command, reader, str(first), str(end - first), str(folder)],
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=Path(__file__).parents[1],
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            position = said["next"]
            outcome.tried += said["tried"]
            outcome.read += said["read"]
            outcome.refused += said["refused"]
            outcome.wrong += said["wrong"]
            outcome.slowest_s = max(outcome.slowest_s, said["slowest_s"])
            outcome.memory_mb = max(outcome.memory_mb, said["memory_mb"])
        code = process.wait()
        complaints.seek(0)
        last_words = complaints.read()[-2000:].decode(errors="replace")
    if code:
        if not current.exists():
            raise RuntimeError(f"the files to start from can not be made: {last_words}")
        number = int(current.read_text())
        outcome.wrong.append(f"{reader} {number}: the process ended with {code}\n{last_words}")
        outcome.tried += number + 1 - position
        return number + 1
    return end


def _quick_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (no disk waits for the fuzzer)


def inputs(
    samples: list[tuple[str, bytes]], first: int, count: int, *, text: bool
) -> Iterator[tuple[int, str, bytes]]:
    """Yield number, file name and content of each input; the same number is always the same input."""
    for number in range(first, first + count):
        rng = random.Random(number)
        name, data = samples[number % len(samples)]
        yield number, name, mutated(data, rng, text=text)


def main(reader: str, first: int, count: int, folder: Path) -> None:
    """Give inputs to a reader and print what came of each hundred."""
    from tests.fuzz_readers import READERS

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print
    samples, read, text = READERS[reader](folder)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    numbers = folder / "number"
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    slowest_s = 0.0
    for number, name, data in inputs(samples, first, count, text=text):
        numbers.write_text(str(number))
        path = folder / name
        path.write_bytes(data)
        faulthandler.dump_traceback_later(LONGEST_S, exit=True)
        began = time.process_time()
        result = _tried(read, path, f"{reader} {number}")
        slowest_s = max(slowest_s, time.process_time() - began)
        counts[result if result in ("read", "refused") else "wrong"] += 1
        if result not in ("read", "refused"):
            wrong.append(result)
        done = number + 1 - first
        if done % 50 == 0 or done == count:
            memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            said: dict[str, Any] = {"next": number + 1, "tried": sum(counts.values()), "read": counts["read"]}
            said |= {
                "refused": counts["refused"],
                "wrong": wrong,
                "slowest_s": slowest_s,
                "memory_mb": memory_mb,
            }
            print(json.dumps(said), file=answers, flush=True)
            counts.clear()
            wrong = []


def _tried(read: Callable[[Path], object], path: Path, name: str) -> str:
    try:
        read(path)
    except KnownError as error:
        return "refused" if str(error).strip() else f"{name}: an error without words"
    except BaseException as error:  # noqa: BLE001  (this is what is looked for)
        return f"{name}: {type(error).__module__}.{type(error).__name__}: {str(error)[:300]}"
    return "read"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
