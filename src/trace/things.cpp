#include "trace/things.hpp"
#include <algorithm>
#include <iterator>

namespace shm::trace {

namespace {
struct Row {
  std::string_view part;
  const char* what;
};

// The first that is found counts. A name without comma and plus is an object's.
constexpr Row in_store[] = {
    {",job.lock", "the job's lock"},
    {",job.slot.queue", "the queue for the job's slots"},
    {",job.slot.", "a slot of the job"},
    {",job.socket.", "the socket of the job's run"},
    {",job.notify.", "what the run tells the service manager"},
    {",job", "the job's record"},
    {",inbox", "the job's inbox"},
    {",lock,", "the object's lock file"},
    {",change,", "the record of a change of several objects"},
    {",marks", "the marks of what is saved"},
    {",restored", "the mark of a restored store"},
    {",token", "the highest token of removed jobs"},
    {",new,", "a file being made"},
    {",", "a file of the store"},
    {"+", "a named store"},
};

// By how the path begins, the first that does.
constexpr Row at_path[] = {
    {"/proc/self/exe", "the program's own file"},
    {"/proc/self/fd/", "the name of an open file"},
    {"/proc/self/ns/", "the process's namespaces"},
    {"/proc/sys/kernel/random/boot_id", "the id of this boot"},
    {"/proc/locks", "the kernel's list of locks"},
    {"/proc/", "what /proc tells of a process"},
    {"/etc/passwd", "the names of users"},
    {"/etc/group", "the names of groups"},
    {"/run/systemd/journal/", "the journal"},
    {"/dev/null", "nothing"},
    {"/run/log/journal", "the journal"},
    {"/var/log/journal", "the journal"},
};
}  // namespace

const char* thing_in_store(std::string_view name) noexcept {
  for (const auto& row : in_store) {
    if (name.find(row.part) != std::string_view::npos) {
      return row.what;
    }
  }
  return name == "." ? "the store" : "the object";
}

const char* thing_at_path(std::string_view path, const char* otherwise) noexcept {
  for (const auto& row : at_path) {
    if (path.starts_with(row.part)) {
      return row.what;
    }
  }
  return otherwise;
}

void Descriptors::note(long number, const char* what, std::string_view name) noexcept {
  if (number < 0 || static_cast<std::size_t>(number) >= std::size(things_)) {
    return;
  }
  Thing& thing = things_[number];
  const std::size_t size = std::min(name.size(), sizeof thing.name - 1);
  std::copy_n(name.data(), size, &thing.name[0]);
  thing.name[size] = '\0';
  thing.what = what;
}

void Descriptors::copy(long from, long to) noexcept {
  const Thing* const thing = of(from);
  if (thing != nullptr && from != to) {
    note(to, thing->what, &thing->name[0]);
  }
}

const Thing* Descriptors::of(long number) const noexcept {
  const bool there = number >= 0 && static_cast<std::size_t>(number) < std::size(things_);
  return there && things_[number].what != nullptr ? &things_[number] : nullptr;
}

}  // namespace shm::trace
