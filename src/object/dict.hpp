// dict: values by their keys, both of any bytes, as Python's dict. Every operation is all of it or nothing, whenever
// its process is killed: one transaction. A key is found in the same time however many there are. A value that is
// written as the shortest decimal form of an int64 is kept as a number: add() changes one word. A key may have an end
// (ttl): from that moment on it is absent to every operation, and later changes of the dict free what it has, a few at
// a time. Any process that may write the object; one thread at a time per Dict. The Store must outlive it. Invariants:
// no key is empty, and none is there twice; with limits, keys are never more, nor they and their values together
// larger.
#pragma once
#include <optional>
#include <string_view>
#include <vector>
#include "object/expiry.hpp"
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "os/buffer.hpp"

namespace shm::object {

struct DictLimits {
  std::uint64_t max_items = 0;  ///< keys; 0: none
  std::uint64_t max_bytes = 0;  ///< of keys and values; a number counts as 8; 0: none
};

struct DictStats {
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  ///< as the limit counts them; those that are over too, until they are freed
};

/// Whether a value is kept as a number: it is written as an int64 is, and in no other way.
bool is_dict_number(std::string_view value) noexcept;

/// A copy of a value.
class DictValue {
 public:
  DictValue() = default;
  explicit DictValue(std::int64_t number) noexcept : number_(number), is_number_(true) {}
  explicit DictValue(os::Buffer bytes) noexcept : bytes_(std::move(bytes)) {}
  [[nodiscard]] bool is_number() const noexcept { return is_number_; }
  [[nodiscard]] std::int64_t number() const noexcept { return number_; }
  /// Its bytes, as they were set.
  [[nodiscard]] std::string_view view() const noexcept;
  /// When it ends; boottime_ns 0: never.
  [[nodiscard]] const Expiry& end() const noexcept { return end_; }
  void set_end(const Expiry& end) noexcept { end_ = end; }

 private:
  os::Buffer bytes_;
  Expiry end_;
  std::int64_t number_ = 0;
  mutable char digits_[24] = {};
  bool is_number_ = false;
};

/// Copies of keys and their values, by the bytes of their keys.
class DictItems {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] std::string_view key(std::size_t number) const noexcept {
    return bytes_.view().substr(places_[number].at, places_[number].key_size);
  }
  [[nodiscard]] std::string_view value(std::size_t number) const noexcept {
    return bytes_.view().substr(places_[number].at + places_[number].key_size, places_[number].value_size);
  }
  /// When it ends; boottime_ns 0: never.
  [[nodiscard]] const Expiry& end(std::size_t number) const noexcept { return places_[number].end; }

 private:
  friend class DictCopier;
  struct Place {
    std::uint64_t at;
    std::uint64_t key_size;
    std::uint64_t value_size;
    Expiry end;
  };
  os::Buffer bytes_;
  std::vector<Place> places_;
};

class Dict {
 public:
  using Bytes = std::span<const std::byte>;
  struct Pair {
    Bytes key;
    Bytes value;
    Expiry end = {};  ///< of this key alone; 0: what set() is told
  };
  struct Amount {
    Bytes key;
    std::int64_t amount;
  };
  enum class When : std::uint8_t {
    always,
    present,  ///< only if each key is there: else Code::empty
    absent,   ///< only if none is there: else Code::lost
  };

  /// Code::exists if the name is taken.
  static os::Result<void> create(const store::Store& store, std::string_view name, const DictLimits& limits,
                                 const Permissions& permissions) noexcept;
  static os::Result<Dict> open(const store::Store& store, std::string_view name, os::Access access) noexcept;
  [[nodiscard]] const DictLimits& limits() const noexcept { return limits_; }
  [[nodiscard]] std::uint64_t object_id() const noexcept { return region_.header().id; }

  // Each of these may fail with Code::absent (it was removed meanwhile), timed_out (a stopped process is changing it),
  // corrupt or full; with Code::usage for an empty key; with Code::limit where keys or values are added. An error
  // changes nothing. Code::empty: the key is not there. `ttl_ns`: from now on; 0: without end. `deadline_ns`: of the
  // monotonic clock, until which to wait for the key, then Code::timed_out; 0: not at all; -1: without end.

  /// Sets all of them or none; a key that comes twice is set twice.
  os::Result<void> set(std::span<const Pair> pairs, std::int64_t ttl_ns, When when = When::always) noexcept;
  /// Adds to each number, and leaves the sums in `sums`, which must be as long. A key that is not there counts as 0;
  /// its end stays. Code::range: it would be above what an int64 has; Code::wrong_kind: the value is no number.
  os::Result<void> add(std::span<const Amount> amounts, std::span<std::int64_t> sums) noexcept;
  /// Removes those that are there. Returns how many. Code::empty: none.
  os::Result<std::uint64_t> remove(std::span<const Bytes> keys, std::int64_t deadline_ns) noexcept;
  /// Removes the key and returns its value.
  os::Result<DictValue> take(Bytes key, std::int64_t deadline_ns) noexcept;
  /// What the key has then: the value that is there, or this one, which is set if there is none.
  os::Result<DictValue> set_default(Bytes key, Bytes value, std::int64_t ttl_ns) noexcept;
  /// Returns the value before. Code::empty.
  os::Result<DictValue> swap(Bytes key, Bytes value, std::int64_t ttl_ns) noexcept;
  /// Code::lost if the value was not `expected`. Its end stays.
  os::Result<void> compare_and_set(Bytes key, Bytes expected, Bytes wanted) noexcept;
  /// Gives the key an end, or with 0 takes it away.
  os::Result<void> expire(Bytes key, std::int64_t ttl_ns) noexcept;
  /// Returns how many keys there were.
  os::Result<std::uint64_t> clear() noexcept;

  // Reading needs no right to write, and is not held up by writers.
  os::Result<DictValue> get(Bytes key) const noexcept;
  /// All of one moment, into `values`, which must be as long as `keys`.
  os::Result<void> get(std::span<const Bytes> keys, std::span<std::optional<DictValue>> values) const noexcept;
  /// The same, once all of them are there.
  os::Result<void> wait_for(std::span<const Bytes> keys, std::span<std::optional<DictValue>> values,
                            std::int64_t deadline_ns) noexcept;
  /// Whether all of them are there, at one moment.
  os::Result<bool> contains(std::span<const Bytes> keys) const noexcept;
  /// In how many ns the key ends; none: never.
  os::Result<std::optional<std::int64_t>> time_left(Bytes key) const noexcept;
  /// All whose keys begin so.
  os::Result<DictItems> items(std::string_view prefix) const;
  os::Result<std::uint64_t> len() const noexcept;
  os::Result<DictStats> stats() const noexcept;

 private:
  [[nodiscard]] os::Error absent_key(const char* attempt) const noexcept;
  template <class Act>
  auto change(const char* attempt, Bytes key, Act act) noexcept;
  os::Result<void> place(segment::Transaction& change, const char* attempt, const Pair& pair, std::uint64_t hash,
                         const Expiry* end) noexcept;

  segment::Region region_;
  DictLimits limits_;
};

}  // namespace shm::object
