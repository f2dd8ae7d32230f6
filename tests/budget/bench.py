"""How a call of shmctl is counted: for `measure`, next to this file, alone.

Instructions are counted by callgrind, system calls by strace, page faults by the kernel: of the process itself, from
its exec to its end, not of the command that it runs (but for page faults, which are of both). All is the same each
time: no environment, paths of a fixed length, no randomized addresses. What stays different are pids, ids and clocks,
whose digits cost some instructions.
"""

import ctypes
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

COLUMNS = ("instructions", "system calls", "page faults")

# Below valgrind there are no 64 GiB of addresses to be had. Where that is told by an exception, as in the programs with
# a C++ library, throwing it is all that is counted: then nothing is.
THROWN = 10_000_000

ADDR_NO_RANDOMIZE = 0x0040000


class Refused(Exception):
    """It can't be measured; the text says why."""


def circumstances(program):
    """What the numbers are of."""
    said = re.findall(rb"GCC: \([^)\0]*\) [0-9.]+|clang version [0-9.]+", Path(program).read_bytes())
    compilers = ", ".join(sorted({each.decode() for each in said})) or "unknown"
    kernel = ".".join(os.uname().release.split(".")[:2])
    kind = subprocess.run(["stat", "-f", "-c", "%T", "/var/tmp"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {"instructions": compilers, "page faults": f"Linux {kernel}, {kind.strip()}"}


def fix_addresses():
    """For this process and all that it starts. Where that is refused, counts differ by a page or two."""
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    os.umask(0o022)


class Bench:
    """The program as it would be installed, and a store, in directories whose paths are always as long."""

    def __init__(self, program):
        self.directory = Path(tempfile.mkdtemp(prefix="shmctl-budget.", dir="/dev/shm"))
        self.store = self.directory / "store"
        # Nothing can be started from memory in some places.
        self.installed = Path(tempfile.mkdtemp(prefix="shmctl-budget.", dir="/var/tmp"))
        self.program = self.installed / "bin" / "shmctl"
        self.install(program, self.program)
        # What it becomes for what it does not do itself.
        libexec = Path(program).parent.parent / "libexec"
        for below in ("shmctl/shmctl", "shmctl/static/shmctl"):
            if (libexec / below).is_file():
                self.install(libexec / below, self.installed / "libexec" / below)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "SHMCTL_STORE": str(self.store),
            "SHMCTL_JOURNAL": "none",
        }
        self.holder = None

    def install(self, program, place):
        stripped = self.directory / "stripped"
        subprocess.run(["strip", "-o", str(stripped), str(program)], check=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(stripped.read_bytes())
        place.chmod(0o755)
        stripped.unlink()
        # Read anew, as after a boot: how many pages a fault maps depends on how a file came into memory.
        with open(place, "rb") as written:
            os.fsync(written.fileno())
            os.posix_fadvise(written.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.let_go()
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(self.installed, ignore_errors=True)

    def let_go(self):
        if self.holder:
            self.holder.stdin.close()
            self.holder.wait()
            self.holder.stdout.close()
            self.holder = None

    def hold(self, job):
        self.holder = subprocess.Popen(
            [self.program, "run", job, "sh", "-c", "echo held; read -r end"],
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.holder.stdout.readline() != b"held\n":
            raise Refused(f"the job {job} can't be held")

    def prepare(self, preparations):
        """Begins anew, so that each call finds the same."""
        self.let_go()
        shutil.rmtree(self.store, ignore_errors=True)
        for words in preparations:
            if words[0] == "HELD":
                self.hold(words[1])
            else:
                done = subprocess.run([self.program, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                if done.returncode != 0:
                    raise Refused(f"{' '.join(words)}: status {done.returncode}: {done.stderr.strip()}")

    def expect(self, words, status):
        wanted = 75 if self.holder else 0
        if status != wanted:
            raise Refused(f"{' '.join(words)}: status {status}, not {wanted}")

    def watched(self, watcher, words):
        """Runs the call by `watcher`, a list of words; its pid and what it said."""
        process = subprocess.Popen([*watcher, self.program, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        said = process.communicate()[1]
        if process.returncode not in (0, 75):
            raise Refused(f"{watcher[0]} {' '.join(words)}: status {process.returncode}: {said.strip()[-300:]}")
        self.expect(words, process.returncode)
        return process.pid, said

    def instructions(self, words):
        log = self.directory / "log"
        pid, _ = self.watched(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                               f"--log-file={log}"], words)
        # A child that never became another program says how much it has done, too.
        counted = re.findall(rf"^=={pid}== Collected : (\d+)", log.read_text(errors="replace"), re.M)
        if len(counted) != 1:
            raise Refused(f"callgrind says nothing of {' '.join(words)}")
        return int(counted[0]) if int(counted[0]) < THROWN else None

    def system_calls(self, words):
        log = self.directory / "log"
        self.watched(["strace", "-o", str(log)], words)
        lines = [line for line in log.read_text(errors="replace").splitlines() if line[:3] not in ("---", "+++")]
        # What it resumes was counted when it began.
        made = [line.split("(")[0] for line in lines if not line.startswith("<...")]
        if made.count("execve") != 1:
            raise Refused(f"{' '.join(words)} becomes another program")
        return len(made) - 1

    def page_faults(self, words):
        with open(os.devnull, "r+b") as nothing:
            actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), number) for number in (0, 1, 2)]
            pid = os.posix_spawn(self.program, [str(self.program), *words], self.environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        self.expect(words, os.waitstatus_to_exitcode(status))
        return usage.ru_minflt

    def measure(self, call):
        preparations, words = call
        found = []
        for way in (self.instructions, self.system_calls, self.page_faults):
            self.prepare(preparations)
            found.append(way(words))
        # The least of some: what else happens on the machine adds to them.
        for _ in range(4):
            self.prepare(preparations)
            found[2] = min(found[2], self.page_faults(words))
        self.let_go()
        return found
