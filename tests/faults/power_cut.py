#!/usr/bin/env python3
"""What a power cut may leave of the files of `shmctl save`, and whether `shmctl restore` makes the right thing of it.

power_cut.py SHMCTL DIRECTORY [--forget file|directory]     DIRECTORY is empty; who calls is who may use strace

Some saves to one file are traced, and what they did is done again here on a model of a disk that promises no more than
POSIX does: what was written to a file is there for sure after fsync of the file, a name after fsync of the directory.
Until then any part of it may be there. Each state in which the power may fail is made as real files and restored into a
new store. Only the last finished save, or the one that was under way, may come of it; and never nothing, once one has
finished. --forget leaves out what an fsync says, which must be noticed; it ends with the first state that is wrong.
Prints how many states there were and what was wrong with which; status 1 if anything was.
"""
import itertools
import os
import re
import shutil
import subprocess
import sys

SAVES = 4
FILE = "saved"
CALLS = "openat,pwrite64,write,linkat,renameat,renameat2,unlinkat,fsync,fdatasync,ftruncate"


class Disk:
    """The directory of FILE: what is on the disk for sure, and what the kernel has not promised yet."""

    def __init__(self):
        self.names = {}  # durable: name -> number of a file
        self.moves = []  # not yet: functions that change such names
        self.written = []  # file -> its content
        self.synced = []  # file -> what of it is durable

    def new_file(self):
        self.written.append(b"")
        self.synced.append(b"")
        return len(self.written) - 1

    def write(self, file, data, offset):
        before = self.written[file].ljust(offset, b"\0")
        self.written[file] = before[:offset] + data + before[offset + len(data):]

    def move(self, change):
        self.moves.append(change)

    def sync_file(self, file):
        self.synced[file] = self.written[file]

    def sync_names(self):
        for change in self.moves:
            change(self.names)
        self.moves = []

    def current(self):
        names = dict(self.names)
        for change in self.moves:
            change(names)
        return names

    def cuts(self):
        """Every content of the directory that a power cut may leave now."""
        for chosen in itertools.product([False, True], repeat=len(self.moves)):
            names = dict(self.names)
            for change, happened in zip(self.moves, chosen):
                if happened:
                    change(names)
            yield from itertools.product(*([(name, data) for data in self.contents(file)]
                                           for name, file in sorted(names.items())))

    def contents(self, file):
        whole, sure = self.written[file], self.synced[file]
        return {whole} if whole == sure else {sure, whole, whole[:len(whole) // 2], bytes(len(whole)),
                                              bytes(len(whole) // 2) + whole[len(whole) // 2:]}


def link(name, file):
    return lambda names: names.update({name: file})


def rename(old, new, exchange):
    def change(names):
        if old not in names or (exchange and new not in names):
            return
        if exchange:
            names[old], names[new] = names[new], names[old]
        else:
            names[new] = names.pop(old)
    return change


def unlink(name):
    return lambda names: names.pop(name, None)


def decoded(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Replay:
    """Does on a Disk what the lines of strace say."""

    def __init__(self, disk, forget):
        self.disk, self.forget, self.files = disk, forget, {}

    def line(self, text):
        """Whether it was a change of the directory or of a file in it."""
        if not (call := re.match(r"(\w+)\((.*)\) += (-?\d+)", text)) or call[3].startswith("-"):
            return False
        name, words, result = call[1], re.sub(r"<[^>]*>(\(deleted\))?", "", call[2]).split(", "), call[3]
        if name == "openat":
            if "O_TMPFILE" not in text:
                return False
            self.files[result] = self.disk.new_file()
        elif name in ("write", "pwrite64"):
            if words[0] not in self.files or name == "write":
                return self.unknown(text) if words[0] in self.files else False
            self.disk.write(self.files[words[0]], decoded(words[1][1:-1]), int(words[3]))
        elif name == "linkat":
            self.disk.move(link(self.name(words[3]), self.files[words[0]]))
        elif name in ("renameat", "renameat2"):
            self.disk.move(rename(self.name(words[1]), self.name(words[3]), "RENAME_EXCHANGE" in text))
        elif name == "unlinkat":
            self.disk.move(unlink(self.name(words[1])))
        elif name in ("fsync", "fdatasync"):
            if words[0] in self.files:
                if self.forget != "file":
                    self.disk.sync_file(self.files[words[0]])
            elif self.forget != "directory":
                self.disk.sync_names()
        else:
            return self.unknown(text)
        return True

    @staticmethod
    def name(word):
        return decoded(word.strip('"')).decode()

    @staticmethod
    def unknown(text):
        sys.exit("power_cut.py: what does this do to the disk? " + text[:200])


class Trial:
    def __init__(self, shmctl, directory, forget):
        self.shmctl, self.directory = shmctl, directory
        self.disk = Disk()
        self.forget = forget
        self.dumps = [b""]  # by save; before the first there was nothing
        self.known = {}  # content of the directory -> what restore made of it
        self.states, self.wrong = 0, []

    def path(self, name):
        return os.path.join(self.directory, name)

    def call(self, store, *words, **more):
        return subprocess.run([self.shmctl, "--store", self.path(store), *words], capture_output=True, check=False,
                              **more)

    def traced_save(self, number):
        """Changes the store, saves it, and returns the lines of strace."""
        large = [str(number) * 100_000 for _ in range(3)]  # several writes
        for words in (["counter", "set", f"number={number}"],
                      ["value", "set", "text", f"the text of {number}", "--type", "text"],
                      ["queue", "push", "queue", *large]):
            self.call("store", "-q", *words).check_returncode()
        self.dumps.append(self.call("store", "dump").stdout)
        os.makedirs(self.path("place"), exist_ok=True)
        subprocess.run(["strace", "-o", self.path("trace"), "-xx", "-y", "-s", "99999999", "-e", "trace=" + CALLS,
                        self.shmctl, "--store", self.path("store"), "save", FILE], cwd=self.path("place"), check=True)
        with open(self.path("trace"), encoding="ascii") as trace:
            return trace.readlines()

    def restored(self, content):
        """The number of the save that a new store has after restore: 0 for nothing, None for a mix."""
        for place in ("cut", "new"):
            shutil.rmtree(self.path(place), ignore_errors=True)
        os.mkdir(self.path("cut"))
        for name, data in content:
            with open(os.path.join(self.path("cut"), name), "wb") as file:
                file.write(data)
        restore = self.call("new", "restore", FILE, cwd=self.path("cut"))
        if restore.returncode in (1, 4):
            return 0 if self.call("new", "ls").stdout == b"" else None
        dump = self.call("new", "dump").stdout
        return self.dumps.index(dump) if restore.returncode == 0 and dump in self.dumps else None

    def look(self, finished, under_way, where):
        for content in self.disk.cuts():
            if (content, finished) in self.known:
                continue
            made = self.known[content, finished] = self.restored(content)
            self.states += 1
            if made is None or made not in (finished, under_way):
                files = ", ".join(f"{name} ({len(data)} bytes)" for name, data in content)
                self.wrong.append(f"save {under_way} {where}: {files} was restored as {made}")

    def run(self):
        for number in range(1, SAVES + 1):
            if self.forget and self.wrong:
                break
            replay = Replay(self.disk, self.forget)
            for line in self.traced_save(number):
                if replay.line(line):
                    self.look(number - 1, number, "after " + line.split("(")[0])
            self.look(number, number, "when it had finished")
            there = {name: self.disk.written[file] for name, file in self.disk.current().items()}
            found = {}
            for name in os.listdir(self.path("place")):
                with open(os.path.join(self.path("place"), name), "rb") as file:
                    found[name] = file.read()
            if there != found:
                sys.exit(f"power_cut.py: the model has {sorted(there)}, and the disk {sorted(found)}")
        print(f"{self.states} states, {len(self.wrong)} wrong")
        print("\n".join(self.wrong))
        return 1 if self.wrong else 0


if __name__ == "__main__":
    sys.exit(Trial(sys.argv[1], sys.argv[2], sys.argv[4] if len(sys.argv) > 4 else None).run())
