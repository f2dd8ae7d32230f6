// The kernel's own list of locks (see watch.hpp: flock_holders).
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <charconv>
#include <string>
#include "guard/watch.hpp"

namespace shm::guard {

namespace {
std::string read_all(const char* path) noexcept {
  std::string text;
  const long opened = os::sys::retry(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (opened < 0) {
    return text;
  }
  const os::Fd file(static_cast<int>(opened));
  char buffer[16384];
  for (;;) {
    const long got = os::sys::retry(SYS_read, file.get(), &buffer[0], sizeof buffer);
    if (got <= 0) {
      return text;
    }
    text.append(&buffer[0], static_cast<std::size_t>(got));
  }
}

// Takes the next word off a line.
std::string_view word(std::string_view& line) noexcept {
  const auto start = line.find_first_not_of(' ');
  line.remove_prefix(start == std::string_view::npos ? line.size() : start);
  const auto end = line.find(' ');
  const auto found = line.substr(0, end);
  line.remove_prefix(found.size());
  return found;
}

template <class Number>
bool parse(std::string_view text, Number& number, int base) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

// "MAJOR:MINOR:INODE", the first two in hexadecimal.
bool is_file(std::string_view text, const os::FileInfo& file) noexcept {
  const auto first = text.find(':');
  const auto second = text.rfind(':');
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::uint64_t inode = 0;
  return first < second && second != std::string_view::npos && parse(text.substr(0, first), high, 16) &&
         parse(text.substr(first + 1, second - first - 1), low, 16) && parse(text.substr(second + 1), inode, 10) &&
         ((high << 32U) | low) == file.device && inode == file.inode;
}

// "1: FLOCK  ADVISORY  WRITE 1234 00:1b:5678 0 EOF", with "->" after the colon for one that waits.
int holder_in(std::string_view line, const os::FileInfo& file) noexcept {
  (void)word(line);
  const bool is_flock = word(line) == "FLOCK";
  (void)word(line);
  (void)word(line);
  int pid = 0;
  const bool number = parse(word(line), pid, 10);
  return is_flock && number && is_file(word(line), file) ? pid : 0;
}
}  // namespace

std::vector<int> flock_holders(const os::FileInfo& file) noexcept {
  std::vector<int> holders;
  const std::string text = read_all("/proc/locks");
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (const int pid = holder_in(rest.substr(0, end), file); pid > 0) {
      holders.push_back(pid);
    }
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return holders;
}

}  // namespace shm::guard
