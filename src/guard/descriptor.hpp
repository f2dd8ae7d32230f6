// A job held by an open file of the caller's: `exec 9<"$(shmctl lock NAME --path)"`, then `shmctl lock NAME --fd 9`.
// The kernel's lock belongs to the open file, so it lasts until somebody unlocks it or its last descriptor is closed:
// longer than this process, and as long as a child has inherited it. An entry of the record says which process that is.
// It is no run: it has no token, and is counted nowhere. For verbs; any process may call these.
#pragma once
#include "guard/acquire.hpp"

namespace shm::guard {

/// Where the lock file of job `name` is, from the root; made if need be, with the job's record.
os::Result<os::Path> lock_path(const store::Store& store, std::string_view name) noexcept;

/// Takes job `name` as `want` says by the caller's open file `want.descriptor`, or not; on success it is done: the
/// Outcome's Hold is only a sign. Code::untrusted: the file is not that job's lock; Code::usage: it is not open.
os::Result<Outcome> lock_descriptor(const store::Store& store, std::string_view name, const Want& want) noexcept;

/// Who is meant to hold it: of this process's ancestors that have descriptor `number` open on the same file, the
/// farthest; this process itself with `self`. For the entry alone, the kernel's lock needs no name.
HeldOpen held_open(int number, const os::FileInfo& lock, bool self) noexcept;

/// The job of which the caller's open file `number` is the lock, and its store's directory; the file may have lost its
/// name meanwhile. Code::untrusted: it is no job's lock; Code::usage: it is not open.
struct Locked {
  os::Path store;
  os::FileName job;
};
os::Result<Locked> locked_by(int number) noexcept;

/// Gives up what that file holds, or nothing. `store`: of the job; null: nobody can be told.
os::Result<void> unlock_descriptor(const store::Store* store, std::string_view name, int number) noexcept;

/// The caller's descriptor once more, close-on-exec; with what it is open on. Code::usage: it is not open.
struct Borrowed {
  os::Fd file;
  os::FileInfo info;
};
os::Result<Borrowed> borrow(int number) noexcept;

/// Whether `file` is the lock file of job `name` now. Code::untrusted: it is not.
os::Result<void> check_is_lock(const store::Store& store, std::string_view name, const os::FileInfo& file) noexcept;

}  // namespace shm::guard
