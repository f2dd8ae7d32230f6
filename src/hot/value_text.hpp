// The same verbs as far as they are about text and bytes: value.cpp passes on what its numbers are not. Only hot/value*
// and verbs/value* include this. One thread.
#pragma once
#include "hot/creation.hpp"
#include "hot/host.hpp"
#include "object/text_value.hpp"

namespace shm::hot {

/// What a word of the command line gives: itself, or all of standard input if it is "-". That is read when it is first
/// asked for, and once only.
class Content {
 public:
  explicit Content(std::string_view word) noexcept : word_(word) {}
  [[nodiscard]] os::Result<std::string_view> view() noexcept;

 private:
  std::string_view word_;
  os::Buffer input_;
  bool read_ = false;
};

enum class Found : std::uint8_t { done, absent };

/// A value keeps its type.
os::Error other_type(std::string_view name) noexcept;
/// Whether it is absent, so that its name is free for one of another type; else an error.
os::Result<void> check_free(const object::TextValue& value, std::string_view name) noexcept;

os::Result<void> get_text(Host& host, const store::Store& store, std::string_view name);
/// What `value set` sets.
struct Setting {
  std::string_view name;
  object::Type said = object::Type::none;  ///< what --type says
  Creation creation = Creation::either;
  std::int64_t ttl_ns = 0;
};
/// Sets it. Found::absent: there is none, or only an absent one: to be created as what was said.
os::Result<Found> set_text(Host& host, const store::Store& store, const Setting& how, Content& content);
/// Creates it; Code::exists.
os::Result<void> create_text(Host& host, const store::Store& store, const Setting& how, Content& content);
os::Result<void> swap_text(Host& host, const store::Store& store, std::string_view name, std::string_view word,
                           std::int64_t ttl_ns);
os::Result<int> cas_text(Host& host, const store::Store& store, std::string_view name, std::string_view expected,
                         std::string_view wanted);

}  // namespace shm::hot
