#include "trace/words.hpp"
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <iterator>
#include "trace/calls.hpp"

namespace shm::trace {

namespace {
// What the call is about: a name to show, and what that is.
struct About {
  std::string_view name;
  const char* what = "a file";
};

const char* text_of(long word) noexcept { return pointer<const char>(word); }

constexpr std::string_view streams[] = {"standard input", "standard output", "standard error"};

About of_descriptor(long number, const Descriptors& descriptors) noexcept {
  if (const Thing* const thing = descriptors.of(number)) {
    return {&thing->name[0], thing->what};
  }
  if (number >= 0 && static_cast<std::size_t>(number) < std::size(streams)) {
    return {streams[number], "a standard stream"};
  }
  return {};
}

std::uint64_t flags_of_open(const long* words) noexcept {
  switch (words[0]) {
    case SYS_openat: return static_cast<std::uint64_t>(words[3]);
    case SYS_openat2: return pointer<const open_how>(words[3])->flags;
    default: return 0;
  }
}

// A store is the one directory that is opened by its whole path. Of those above it only its owner is asked.
About of_path(std::string_view path, const long* words, const Descriptors& descriptors) noexcept {
  const auto flags = flags_of_open(words);
  if ((flags & O_TMPFILE) == O_TMPFILE) {
    return {{}, "a file without a name"};
  }
  if ((flags & O_DIRECTORY) != 0) {
    return {path, thing_at_path(path, "the store")};
  }
  for (long number = 0; words[0] == SYS_statx && number < 64; ++number) {
    const Thing* const thing = descriptors.of(number);
    if (thing != nullptr && std::string_view(&thing->name[0]).starts_with(path)) {
      return {path, "a directory above the store"};
    }
  }
  return {path, thing_at_path(path, "a file")};
}

About of_name(long directory, long text, const long* words, const Descriptors& descriptors) noexcept {
  const std::string_view name(text_of(text));
  if (name.empty()) {
    return of_descriptor(directory, descriptors);
  }
  if (directory == AT_FDCWD || name.starts_with('/')) {
    return of_path(name, words, descriptors);
  }
  if (name == ".") {
    const auto flags = flags_of_open(words);
    return (flags & O_TMPFILE) == O_TMPFILE ? About{{}, "a file without a name"}
                                            : of_descriptor(directory, descriptors);
  }
  return {name, thing_in_store(name)};
}

About of_address(long address) noexcept {
  const auto* const socket = pointer<const sockaddr_un>(address);
  if (socket->sun_family != AF_UNIX || socket->sun_path[0] == '\0') {
    return {{}, "a socket"};
  }
  return {&socket->sun_path[0], thing_at_path(&socket->sun_path[0], "a socket")};
}

About about_of(Shape shape, const long* words, const Descriptors& descriptors) noexcept {
  switch (shape) {
    case Shape::file: return of_descriptor(words[1], descriptors);
    case Shape::at: return of_name(words[1], words[2], words, descriptors);
    case Shape::to: return of_name(words[3], words[4], words, descriptors);
    case Shape::path: return {text_of(words[1])};
    case Shape::mapped: return of_descriptor(words[5], descriptors);
    case Shape::address: return of_address(words[2]);
    default: return {};
  }
}

// Names are the users': nothing in them may steer the terminal or end the line.
void add_printable(Line& line, std::string_view text) noexcept {
  for (const char c : text.substr(0, 200)) {  // the purpose is to fit too
    const auto byte = static_cast<unsigned char>(c);
    line.add(byte < 0x20 || byte == 0x7f ? std::string_view("?") : std::string_view(&c, 1));
  }
}

// What a successful call has opened, for the calls that come.
About opened_by(const long* words, const Descriptors& descriptors) noexcept {
  switch (words[0]) {
    case SYS_openat:
    case SYS_openat2: return of_name(words[1], words[2], words, descriptors);
    case SYS_memfd_create: return {{}, "a file in memory"};
    case SYS_socket:
    case SYS_accept4: return {{}, "a socket"};
    case SYS_pidfd_open: return {{}, "a process"};
    case SYS_signalfd4: return {{}, "the stream of signals"};
    default: return {{}, nullptr};
  }
}

void remember_pair(Descriptors& descriptors, const long* words) noexcept {
  const bool pipe = words[0] == SYS_pipe2;
  const auto* const ends = pointer<const int>(pipe ? words[1] : words[4]);
  for (int end = 0; end < 2; ++end) {
    descriptors.note(ends[end], pipe ? "a pipe" : "a socket", {});
  }
}
}  // namespace

void describe(Line& line, const long* words, const Descriptors& descriptors) noexcept {
  const Call& call = call_of(words[0]);
  const About about = about_of(call.shape, words, descriptors);
  if (call.name[0] != '\0') {
    line.add(call.name);
  } else {
    line.add("system call ").add_decimal(static_cast<std::uint64_t>(words[0]));
  }
  if (!about.name.empty()) {
    add_printable(line.add(" "), about.name);
  }
  line.add(": ");
  for (const char c : purpose_of(call, words, about.what)) {
    line.add(c == '@' ? std::string_view(about.what) : std::string_view(&c, 1));
  }
}

void remember(Descriptors& descriptors, const long* words, long answer) noexcept {
  if (answer < 0) {
    return;
  }
  switch (words[0]) {
    case SYS_close: descriptors.forget(words[1]); return;
    case SYS_dup3: descriptors.copy(words[1], answer); return;
    case SYS_pipe2:
    case SYS_socketpair: remember_pair(descriptors, words); return;
    case SYS_fcntl:
      if (words[2] == F_DUPFD_CLOEXEC) {
        descriptors.copy(words[1], answer);
      }
      return;
    default:
      if (const About about = opened_by(words, descriptors); about.what != nullptr) {
        descriptors.note(answer, about.what, about.name);
      }
  }
}

}  // namespace shm::trace
