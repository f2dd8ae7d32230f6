#include "store/object_file.hpp"
#include <fcntl.h>
#include <utility>
#include "os/clock.hpp"
#include "os/flock.hpp"
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
Result<os::Fd> create_lock(const Store& store, std::uint64_t id, const NewObject& object) noexcept {
  const std::uint32_t mode = object.mode != 0 ? object.mode : store.private_mode();
  auto lock = os::create_file_at(store.dir(), lock_name(id).view(), (mode & 0020U) != 0 ? 0660 : 0600);
  if (lock && object.set_group) {
    if (auto given = give_to_group(*lock, object.group); !given) {
      (void)os::remove_file_at(store.dir(), lock_name(id).view());
      return std::unexpected(given.error());
    }
  }
  return lock;
}

Result<void> check_object_name(const Store& store, std::string_view name) noexcept {
  const bool own = (store.building() && is_building_name(name)) || (store.inboxes() && is_inbox_name(name));
  return own ? Result<void>() : check_name(name);
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

Unpublished::Unpublished(Unpublished&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)),
      unnamed_(std::move(other.unnamed_)),
      lock_(std::move(other.lock_)),
      header_(other.header_),
      name_(other.name_) {}

Unpublished::~Unpublished() {
  if (store_ == nullptr) {
    return;
  }
  if (!unnamed_.temporary.empty()) {
    (void)os::remove_file_at(store_->dir(), unnamed_.temporary.view());
  }
  if (lock_) {
    (void)os::remove_file_at(store_->dir(), lock_name(header_.id).view());
  }
}

os::Error Unpublished::named(const os::Error& error) const noexcept {  // the steps know no name
  return error.sys_errno != 0 ? os::fail_errno(error.sys_errno, "create", name_.view())
                              : fail(error.code, "create", name_.view(), error.why, error.advice);
}

Result<Unpublished> Unpublished::make(const Store& store, std::string_view name, const NewObject& object) noexcept {
  if (auto valid = check_object_name(store, name); !valid) {
    return std::unexpected(valid.error());
  }
  if (auto valid = object.mode != 0 ? check_mode(object.mode, name) : Result<void>(); !valid) {
    return std::unexpected(valid.error());
  }
  if (store.shared() && object.set_group && object.group != store.group()) {
    return std::unexpected(
        fail(Code::usage, "create", name, "the store's group shares it, no other can", "leave --group out"));
  }
  Unpublished made;
  made.name_.add(name);
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(made.named(id.error()));
  }
  Header& header = made.header_;
  header = new_header(*id, os::realtime_ns());
  header.kind = object.kind;
  header.type = object.type;
  header.payload_offset = object.payload_offset;
  header.payload_size = object.payload_size;
  for (std::size_t i = 0; i < config_words; ++i) {
    header.config[i] = object.config[i];
  }
  header.check = checksum(header);

  auto fresh = os::create_unnamed(store.dir(), object.mode != 0 ? object.mode : store.private_mode());
  if (!fresh) {
    return std::unexpected(made.named(fresh.error()));
  }
  made.unnamed_ = std::move(*fresh);
  made.store_ = &store;
  auto filled = fill(made.unnamed_.file, header, object);
  if (filled && object.set_group) {
    filled = give_to_group(made.unnamed_.file, object.group);
  }
  if (filled && object.locks) {
    auto lock = create_lock(store, *id, object);
    if (lock) {
      made.lock_ = std::move(*lock);
      (void)os::try_byte(made.lock_, building_byte);  // its object can't be seen for a while: doctor asks for this
    } else {
      filled = std::unexpected(lock.error());
    }
  }
  if (!filled) {
    return std::unexpected(made.named(filled.error()));
  }
  return made;
}

Result<void> Unpublished::publish() noexcept {
  const auto done = os::publish(unnamed_, store_->dir(), name_.view());
  if (done) {
    store_ = nullptr;
    return {};
  }
  return std::unexpected(done.error().code == Code::exists
                             ? fail(Code::exists, "create", name_.view(), "an object of that name exists")
                             : named(done.error()));
}

Result<void> create_object(const Store& store, std::string_view name, const NewObject& object) noexcept {
  auto made = Unpublished::make(store, name, object);
  return made ? made->publish() : std::unexpected(made.error());
}

Result<ObjectFile> open_object(const Store& store, std::string_view name, int flags) noexcept {
  if (auto valid = check_object_name(store, name); !valid) {
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
  if (auto valid = check_object_name(store, name); !valid) {
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
    remove_lock(store, id);
  }
  return {};
}

void remove_lock(const Store& store, std::uint64_t id) noexcept {
  (void)os::remove_file_at(store.dir(), lock_name(id).view());  // most kinds have none
}

os::FileName name_of(const Store& store, const os::FileInfo& file) noexcept {
  struct Search {
    const Store& store;
    const os::FileInfo& file;
    os::FileName found;
  } search{store, file, {}};
  (void)os::list_directory(
      store.dir(),
      [](void* context, std::string_view name) {
        auto& wanted = *static_cast<Search*>(context);
        const auto info = os::info_at(wanted.store.dir(), name);
        if (info && info->same_file(wanted.file)) {
          wanted.found.add(name);
        }
        return wanted.found.empty();
      },
      &search);
  return search.found;
}

}  // namespace shm::store
