// Small text files by path, as configuration is read and as a generator of systemd writes units: whole, at once, in
// directories that root or this very user owns. Not for stores (os/file.hpp). For the main thread.
#pragma once
#include <string>
#include <vector>
#include "os/error.hpp"

namespace shm::os {

inline constexpr std::size_t most_text = std::size_t{1} << 20U;  ///< bytes of a file that is read

/// All of the file, which says what is to be run: a regular file that belongs to root or to this user, and that nobody
/// else may write. A link is followed. Code::untrusted: it is not so; Code::full: it is larger than most_text.
Result<std::string> read_trusted_text(const std::string& path);
/// The names in directory `path` that end in `ending`, in order. No directory: none.
Result<std::vector<std::string>> names_in(const std::string& path, std::string_view ending);
/// Makes the directories on the way to `path` that are missing, 0755, and the file, 0644, which must not be there.
Result<void> make_text(const std::string& path, std::string_view text);
/// The same for a symbolic link at `path` to `target`.
Result<void> make_link(const std::string& path, const std::string& target);
/// A line for the kernel's log, where messages of the time before the journal are. Where that can't be had: nothing.
void write_kernel_log(std::string_view line) noexcept;

}  // namespace shm::os
