// The verbs of values as far as they are about text and bytes: value.cpp passes on what its numbers are not.
// Single-threaded.
#pragma once
#include "object/text_value.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

/// What a word of the command line gives: itself, or all of standard input if it is "-"; that is read when it is first
/// asked for, and once only.
class Content {
 public:
  explicit Content(std::string_view word) noexcept : word_(word) {}
  [[nodiscard]] std::string_view view();
  [[nodiscard]] object::TextValue::Bytes bytes() { return std::as_bytes(std::span(view())); }

 private:
  std::string_view word_;
  os::Buffer input_;
  bool read_ = false;
};

/// What --ttl says, in nanoseconds; 0 without it.
std::int64_t ttl_of(const cli::Call& call);

/// A value keeps its type.
os::Error other_type(std::string_view name);

/// Text, and a newline as the output's format says; bytes, and nothing else.
void print_content(cli::Call& call, std::string_view name, object::Type type, std::string_view content);

os::Result<void> get_text(cli::Call& call, const store::Store& store, std::string_view name);
/// Sets the first operand. False: there is none, or only an absent one: to be created as what `said` says.
bool set_text(cli::Call& call, const store::Store& store, Creation creation, object::Type said, Content& content);
void swap_text(cli::Call& call, const store::Store& store);
void cas_text(cli::Call& call, const store::Store& store);

}  // namespace shm::verbs
