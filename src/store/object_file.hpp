// Making, opening and removing an object's file. What is in it beyond the header is for the layers above.
// Any process may do any of these at any time: who opens sees a whole object or none.
#pragma once
#include "store/header.hpp"
#include "store/store.hpp"

namespace shm::store {

/// What a new object is. `payload` stands at header.payload_offset; the rest up to payload_size is zero.
struct NewObject {
  std::uint16_t kind = 0;
  std::uint16_t type = 0;
  std::uint32_t payload_offset = first_payload_offset;
  std::uint64_t payload_size = 0;
  std::uint64_t config[config_words] = {};
  std::span<const std::byte> payload;
  std::uint32_t mode = 0;  ///< 0: the store's private mode
  bool set_group = false;
  std::uint32_t group = 0;  ///< with set_group
  bool locks = false;       ///< the kind needs a lock file beside the object
};

struct ObjectFile {
  os::Fd file;
  os::FileInfo info;
};

/// Creates the object; Code::exists if the name was taken first, by whatever it is. Code::usage for a mode or a group
/// that an object of this store can't have. Nothing is left of a failure.
os::Result<void> create_object(const Store& store, std::string_view name, const NewObject& object) noexcept;

/// A new object's file, whole but without a name: nobody else can see it, nor a part of it. What is dropped instead of
/// published leaves nothing. The Store must outlive it and stay where it is. One thread.
class Unpublished {
 public:
  /// As create_object(), but for the name.
  static os::Result<Unpublished> make(const Store& store, std::string_view name, const NewObject& object) noexcept;
  Unpublished(Unpublished&& other) noexcept;
  Unpublished& operator=(Unpublished&&) = delete;
  Unpublished(const Unpublished&) = delete;
  Unpublished& operator=(const Unpublished&) = delete;
  ~Unpublished();

  [[nodiscard]] const os::Fd& file() const noexcept { return unnamed_.file; }
  [[nodiscard]] const Header& header() const noexcept { return header_; }
  /// Gives it its name, once. Code::exists if that was taken first.
  os::Result<void> publish() noexcept;

 private:
  Unpublished() = default;
  [[nodiscard]] os::Error named(const os::Error& error) const noexcept;
  const Store* store_ = nullptr;  // null: it has its name
  os::Unnamed unnamed_;
  os::Fd lock_;
  Header header_{};
  os::FileName name_;
};

/// While an object can't be found in its store, or is not whole there, its maker has locked this byte of its lock file,
/// or of the file under its building_name(): doctor leaves those alone. No session has this number.
inline constexpr std::uint64_t building_byte = 0;

/// Opens the object's file, checked as far as owner, mode and file type go. `flags`: O_RDONLY or O_RDWR.
os::Result<ObjectFile> open_object(const Store& store, std::string_view name, int flags) noexcept;

/// Reads and checks the header of an open object without mapping it.
os::Result<Header> header_of(const ObjectFile& object, std::string_view name) noexcept;

/// Removes whatever file has that name, damaged or planted, and its lock file. Who has it open keeps a file that
/// nobody else can reach. Code::absent; Code::untrusted for a directory.
os::Result<void> remove_object(const Store& store, std::string_view name) noexcept;

/// Removes the lock file of the object of that id, if there is one: after the object.
void remove_lock(const Store& store, std::uint64_t id) noexcept;

/// The name that an open object has now; empty if it has none. Reads the whole directory.
os::FileName name_of(const Store& store, const os::FileInfo& file) noexcept;

/// Modes that create takes: the owner reads and writes, others write only by the group, nobody executes.
os::Result<void> check_mode(std::uint32_t mode, std::string_view object) noexcept;

}  // namespace shm::store
