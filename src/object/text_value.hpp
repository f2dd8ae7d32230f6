// value of type text or bytes: content of any length, changed as a whole. Each change is one transaction: a kill at any
// moment leaves the old content or the new one. A value may have an end, by --ttl: from that moment on it is absent to
// every operation, and its name is free. Text is always UTF-8; bytes are anything.
// Any process that may write the object; one thread at a time per TextValue. The Store must outlive it.
// Invariants: the type never changes; a new object has no content, and is absent, until its first transaction.
#pragma once
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "os/buffer.hpp"

namespace shm::object {

/// What to do about a value that is not there, or is.
enum class Presence : std::uint8_t {
  either,
  existing,  ///< only if it is there: else Code::absent
  fresh,     ///< only if it is absent: else Code::exists
};

class TextValue {
 public:
  using Bytes = std::span<const std::byte>;

  /// Creates the value with its content; `ttl_ns` 0: without an end. A name that only an absent value has is free.
  /// Code::exists if it is taken; Code::range if a text is no UTF-8; Code::full. Nothing is left of a failure.
  static os::Result<void> create(const store::Store& store, std::string_view name, Type type, Bytes content,
                                 std::int64_t ttl_ns, const Permissions& permissions) noexcept;
  /// Code::wrong_kind for a value of another type. That it is absent, its operations say.
  static os::Result<TextValue> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] const segment::Region& region() const noexcept { return region_; }

  // All of these return Code::absent if the value is, or was removed meanwhile; Code::range for a text that is no UTF-8
  // (then nothing is changed); and what Region::begin() and Transaction::commit() say.

  os::Result<os::Buffer> get() const noexcept;
  os::Result<TextDescription> describe() const noexcept;
  /// What it holds and until when, at one moment.
  struct Content {
    os::Buffer bytes;
    std::int64_t expires_ns = 0;  ///< since 1970, UTC; 0: never
  };
  os::Result<Content> look() const noexcept;
  /// Its end is that moment of the calendar, 0: never; the content stays.
  os::Result<void> expire_at(std::int64_t realtime_ns) noexcept;
  /// Set anew, its end is what `ttl_ns` says. An absent value is made again by this, unless `presence` is existing.
  os::Result<void> set(Bytes content, std::int64_t ttl_ns, Presence presence) noexcept;
  /// Returns the content before.
  os::Result<os::Buffer> swap(Bytes content, std::int64_t ttl_ns) noexcept;
  /// Code::lost if the content was not `expected`. Its end stays.
  os::Result<void> compare_and_set(Bytes expected, Bytes wanted) noexcept;
  /// Adds to the end; returns the length then. Its end in time stays. An absent value is made again, or see `presence`.
  os::Result<std::uint64_t> append(Bytes more, Presence presence) noexcept;
  /// Removes the object and returns what it held, in one step.
  os::Result<os::Buffer> take() noexcept;
  /// Removes the object if it is absent; false if it is not.
  os::Result<bool> remove_absent() noexcept;

 private:
  [[nodiscard]] os::Result<void> check_content(Bytes content) const noexcept;
  os::Result<void> check(TextState state, Presence presence) const noexcept;
  os::Result<os::Buffer> content(const segment::Reader& reader) const noexcept;
  static void replace(segment::Transaction& change, Bytes content, std::uint64_t room) noexcept;
  static void add_in_place(segment::Transaction& change, segment::Ref old, std::uint64_t before, Bytes more) noexcept;

  segment::Region region_;
  const store::Store* store_ = nullptr;
  Type type_ = Type::none;
};

}  // namespace shm::object
