#include "store/object_file.hpp"
#include <fcntl.h>
#include "os/clock.hpp"
#include "os/random.hpp"
#include "store/name.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::uint64_t page = 4096;

Result<void> give_to_group(const os::Fd& file, std::uint32_t group) noexcept {
  auto given = os::set_group(file, group);
  if (!given && given.error().sys_errno == EPERM) {
    return std::unexpected(
        fail(Code::denied, "give to the group", "a new object", "you are not in that group", "see 'id'"));
  }
  return given;
}

// The lock file of a new object: before the object has its name, so that no object is ever seen without it. Only who
// may change the object may open it.
Result<void> create_lock(const Store& store, std::string_view name, std::uint64_t id,
                         const NewObject& object) noexcept {
  const std::uint32_t mode = object.mode != 0 ? object.mode : store.private_mode();
  auto lock = os::create_file_at(store.dir(), lock_name(name, id).view(), (mode & 0020U) != 0 ? 0660 : 0600);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  if (object.set_group) {
    return give_to_group(*lock, object.group);
  }
  return {};
}

Result<void> fill(const os::Fd& file, const Header& header, const NewObject& object) noexcept {
  // Whole pages: the mapping's last page is then all there, and a full file system says so here, not by a signal.
  const std::uint64_t size = header.payload_offset + header.payload_size;
  if (auto done = os::allocate(file, 0, (size + page - 1) / page * page); !done) {
    return done;
  }
  if (auto done = os::write_at(file, std::as_bytes(std::span(&header, 1)), 0); !done) {
    return done;
  }
  return os::write_at(file, object.payload, header.payload_offset);
}
}  // namespace

Result<void> check_mode(std::uint32_t mode, std::string_view object) noexcept {
  if ((mode & ~0664U) != 0 || (mode & 0600U) != 0600U) {
    return std::unexpected(fail(Code::usage, "use mode for", object, "not a mode that an object can have",
                                "say 600, 640, 644, 660 or 664; to let others write, share a store by --store @GROUP"));
  }
  return {};
}

Result<void> create_object(const Store& store, std::string_view name, const NewObject& object) noexcept {
  const auto named = [&](const os::Error& error) {  // the steps below know no name
    return std::unexpected(error.sys_errno != 0 ? os::fail_errno(error.sys_errno, "create", name)
                                                : fail(error.code, "create", name, error.why, error.advice));
  };
  if (auto valid = check_name(name); !valid) {
    return valid;
  }
  if (auto valid = object.mode != 0 ? check_mode(object.mode, name) : Result<void>(); !valid) {
    return valid;
  }
  if (store.shared() && object.set_group && object.group != store.group()) {
    return std::unexpected(
        fail(Code::usage, "create", name, "the store's group shares it, no other can", "leave --group out"));
  }
  const auto id = os::random_id();
  if (!id) {
    return named(id.error());
  }
  Header header = new_header(*id, os::realtime_ns());
  header.kind = object.kind;
  header.type = object.type;
  header.payload_size = object.payload_size;
  for (std::size_t i = 0; i < config_words; ++i) {
    header.config[i] = object.config[i];
  }
  header.check = checksum(header);

  auto fresh = os::create_unnamed(store.dir(), object.mode != 0 ? object.mode : store.private_mode());
  if (!fresh) {
    return named(fresh.error());
  }
  auto filled = fill(fresh->file, header, object);
  if (filled && object.set_group) {
    filled = give_to_group(fresh->file, object.group);
  }
  if (filled && object.locks) {
    filled = create_lock(store, name, *id, object);
  }
  if (filled) {
    filled = os::publish(*fresh, store.dir(), name);
    if (filled) {
      return {};
    }
    if (object.locks) {
      (void)os::remove_file_at(store.dir(), lock_name(name, *id).view());
    }
  } else if (!fresh->temporary.empty()) {
    (void)os::remove_file_at(store.dir(), fresh->temporary.view());
  }
  if (filled.error().code == Code::exists) {
    return std::unexpected(fail(Code::exists, "create", name, "an object of that name exists"));
  }
  return named(filled.error());
}

Result<ObjectFile> open_object(const Store& store, std::string_view name, int flags) noexcept {
  if (auto valid = check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  ObjectFile object;
  auto file = store.open_file(name, flags, &object.info);
  if (!file) {
    return std::unexpected(file.error());
  }
  object.file = std::move(*file);
  return object;
}

Result<Header> header_of(const ObjectFile& object, std::string_view name) noexcept {
  std::byte bytes[sizeof(Header)];
  const auto got = os::read_at(object.file, bytes, 0);
  if (!got) {
    return std::unexpected(got.error());
  }
  return read_header(std::span(&bytes[0], *got), object.info.size, name);
}

Result<void> remove_object(const Store& store, std::string_view name) noexcept {
  if (auto valid = check_name(name); !valid) {
    return valid;
  }
  // The id is needed for the lock file's name; a file that can't be read as an object has none that matters.
  std::uint64_t id = 0;
  if (auto object = open_object(store, name, O_RDONLY); object) {
    if (auto header = header_of(*object, name); header) {
      id = header->id;
    }
  }
  if (auto removed = os::remove_file_at(store.dir(), name); !removed) {
    return removed;
  }
  if (id != 0) {
    (void)os::remove_file_at(store.dir(), lock_name(name, id).view());  // most kinds have none
  }
  return {};
}

}  // namespace shm::store
