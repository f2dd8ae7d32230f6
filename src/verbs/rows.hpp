// The rows of `ls`: of each object or job what is shown of it, in as little memory as it takes, for a store may have a
// million of them and they are shown by name. Rows are added first, in any order; then sort() is called, once; then
// they are read. Single-threaded.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>
#include "object/kind.hpp"

namespace shm::verbs {

/// What is listed as a kind beside those of objects.
inline constexpr auto job_kind = static_cast<object::Kind>(0xff);
/// "counter", ..., "job"; "?" for an object that can't be looked at.
std::string_view listed_kind(object::Kind kind) noexcept;

struct Row {
  std::string_view name;
  std::string_view state;  ///< as it will be printed
  object::Kind kind = object::Kind::none;
  std::uint32_t uid = 0;
  std::uint32_t mode = 0;  ///< its permissions alone are kept
  std::uint64_t size = 0;
};

class Rows {
 public:
  /// Keeps copies of the texts.
  void add(const Row& row);
  /// By name, then by kind. Of rows with the same name and kind one is left: a name that is removed and made again
  /// while a directory is read is met twice.
  void sort();
  [[nodiscard]] std::size_t count() const noexcept { return order_.size(); }
  /// The row of that number, from 0, after sort(). Its texts are there as long as this is.
  [[nodiscard]] Row operator[](std::size_t number) const noexcept { return row_of(order_[number].index); }

 private:
  // Both texts stand behind each other.
  struct Stored {
    const char* text;
    std::uint64_t size;
    std::uint32_t uid;
    std::uint32_t state_size;
    std::uint16_t name_size;
    std::uint16_t mode;
    std::uint8_t kind;
  };
  // Of a name the eight bytes that tell it from others where they are compared, so that most comparisons look at no
  // name.
  struct Entry {
    std::uint64_t key;
    std::uint32_t index;
  };
  static constexpr std::size_t stored_a_block = 2048;

  [[nodiscard]] const Stored& stored(std::uint32_t index) const noexcept {
    return stored_[index / stored_a_block][index % stored_a_block];
  }
  [[nodiscard]] Row row_of(std::uint32_t index) const noexcept;
  [[nodiscard]] std::uint64_t key_of(std::uint32_t index, std::size_t depth) const noexcept;
  const char* keep(std::string_view first, std::string_view second);
  void sort_part(std::size_t from, std::size_t to, std::size_t depth);

  // Blocks, for what grows by being copied is in memory twice meanwhile.
  std::vector<std::unique_ptr<Stored[]>> stored_;
  std::vector<std::unique_ptr<char[]>> texts_;
  char* free_ = nullptr;  ///< in the last block of texts_
  std::size_t left_ = 0;
  std::uint32_t count_ = 0;
  std::vector<Entry> order_;
};

}  // namespace shm::verbs
