// Files and directories by directory descriptor and single name, never by a path that could be redirected. Every
// function returns what the kernel said as a value; none follows a symbolic link. Any thread may call them.
#pragma once
#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <span>
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/text.hpp"

namespace shm::os {

struct FileInfo {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;        ///< bytes
  std::int64_t modified_ns = 0;  ///< since 1970, UTC
  std::uint32_t mode = 0;        ///< type and permission bits, as S_IS* and 07777 take them
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t links = 0;

  [[nodiscard]] bool same_file(const FileInfo& other) const noexcept {
    return device == other.device && inode == other.inode;
  }
};

/// Opens directory `path` (absolute, or below the working directory); refuses symbolic links on the whole way.
Result<Fd> open_directory(std::string_view path) noexcept;
/// The same, by whatever symbolic links: for a path that this user said, and nobody else could have prepared.
Result<Fd> open_directory_anyhow(std::string_view path) noexcept;
/// Opens directory `name` inside `dir`.
Result<Fd> open_directory_at(const Fd& dir, std::string_view name) noexcept;
/// Opens the existing file `name` inside `dir`. `flags`: O_RDONLY, O_WRONLY or O_RDWR. Never blocks on a FIFO or a
/// device, never becomes a controlling terminal; the caller must check the type with info().
Result<Fd> open_file_at(const Fd& dir, std::string_view name, int flags) noexcept;
/// Creates `name`, which must not exist, as an empty regular file; its mode is `mode` whatever the umask.
Result<Fd> create_file_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept;

Result<FileInfo> info(const Fd& file) noexcept;
Result<FileInfo> info_at(const Fd& dir, std::string_view name) noexcept;
/// Of the file or directory at an absolute path; a link at its end is not followed.
Result<FileInfo> info_of(std::string_view path) noexcept;

/// Whether the file is in a file system that is gone when the machine is started anew.
bool is_in_memory(const Fd& file) noexcept;

/// The path from the root of what is open, as /proc has it. Code::absent where that does not tell.
Result<Path> path_of(const Fd& file) noexcept;

/// A file of `mode` in `dir` that has no name yet: nobody sees it until publish(). Where the file system has no
/// O_TMPFILE, a file with a name that no object can have, which `temporary` then holds.
struct Unnamed {
  Fd file;
  FileName temporary;
};
Result<Unnamed> create_unnamed(const Fd& dir, std::uint32_t mode) noexcept;
/// Gives the file its name; Code::exists if the name was taken first (the file is then gone).
Result<void> publish(const Unnamed& unnamed, const Fd& dir, std::string_view name) noexcept;
enum class Taken : std::uint8_t {
  refuse,   ///< a name that is taken is Code::exists
  replace,  ///< the file that has it loses it at that moment
};
/// Gives the file `name` the name `to`, in one step.
Result<void> rename_at(const Fd& dir, std::string_view name, std::string_view to, Taken taken) noexcept;
/// Gives the file `name` a second name, `to`. Code::exists.
Result<void> link_at(const Fd& dir, std::string_view name, std::string_view to) noexcept;
/// Two files get each other's names, in one step. False: the file system can't.
Result<bool> exchange_at(const Fd& dir, std::string_view one, std::string_view other) noexcept;

/// Reserves real memory or disk for [offset, offset+size): afterwards a store there can't fail.
Result<void> allocate(const Fd& file, std::uint64_t offset, std::uint64_t size) noexcept;
Result<void> write_at(const Fd& file, std::span<const std::byte> bytes, std::uint64_t offset) noexcept;
/// Reads until `bytes` is full or the file ends; returns how many bytes it read.
Result<std::size_t> read_at(const Fd& file, std::span<std::byte> bytes, std::uint64_t offset) noexcept;
/// When this returns, what was written, or of a directory which names it has, outlasts a power cut.
Result<void> sync(const Fd& file) noexcept;
Result<void> set_mode(const Fd& file, std::uint32_t mode) noexcept;
Result<void> set_group(const Fd& file, std::uint32_t gid) noexcept;
/// Its time of modification is now, as far as this process may say so.
void touch_at(const Fd& dir, std::string_view name) noexcept;
/// Whether this process may make and remove names in `dir`, as far as can be known before it tries.
bool may_change_names(const Fd& dir) noexcept;
Result<void> remove_file_at(const Fd& dir, std::string_view name) noexcept;
Result<void> remove_directory_at(const Fd& dir, std::string_view name) noexcept;
/// Makes directory `name` in `dir` and returns it open, with `mode` and, unless null, the group `*gid`. It has them
/// before it has its name, so a killed maker leaves no half one. Whatever the umask takes from group and others;
/// Code::denied, and nothing made, where it takes the owner's right to read. Code::exists if taken.
Result<Fd> make_directory_at(const Fd& dir, std::string_view name, std::uint32_t mode,
                             const std::uint32_t* gid = nullptr) noexcept;

/// Calls `visit(context, name)` for every entry but "." and ".." (in no order) until it returns false.
Result<void> list_directory(const Fd& dir, bool (*visit)(void* context, std::string_view name), void* context) noexcept;

}  // namespace shm::os
