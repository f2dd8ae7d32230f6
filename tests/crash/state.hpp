// The state that a killed process would leave behind, and places to look at one: a place is a store in memory of its
// own, with one object. For the harness alone.
#pragma once
#include <string>
#include <vector>
#include "segment/region.hpp"

namespace crash {

inline constexpr std::string_view object_name = "object";

/// What an object that was removed reads as.
inline constexpr std::string_view absent = "(absent)";

struct State {
  std::vector<std::byte> file;  ///< all of it, header included
  bool named = true;            ///< the object's name is there
  bool lock_named = true;       ///< its lock file's is

  [[nodiscard]] const shm::segment::Control& control() const {
    return *reinterpret_cast<const shm::segment::Control*>(file.data() + shm::store::first_payload_offset);
  }
};

class Place {
 public:
  Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  [[nodiscard]] const shm::store::Store& store() const { return store_; }
  /// Looks at the object that was made in store().
  void attach();
  /// Whether what attach() sees differs from `state` in what matters: up to the heap's top.
  [[nodiscard]] bool differs(const State& state) const;
  /// Whether the names are there and how large the file is may have changed: a system call was made.
  void look_around();
  [[nodiscard]] State state() const;
  [[nodiscard]] shm::segment::Control& control() const;
  [[nodiscard]] std::byte* bytes() const { return bytes_; }
  [[nodiscard]] bool named() const { return named_; }

  /// Makes the object be in that state, with nobody alive who has it open.
  void load(const State& state);
  /// Forgets the object, for another to be made.
  void clear();

 private:
  void map();
  void unmap();
  [[nodiscard]] std::string path(std::string_view name) const;
  [[nodiscard]] std::string lock_path() const;

  std::string directory_;
  shm::store::Store store_;
  int file_ = -1;
  std::byte* bytes_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t id_ = 0;
  bool named_ = false;
  bool lock_named_ = false;
};

}  // namespace crash
