// A text value in a store of its own, and words for its content.
#pragma once
#include <string>
#include "catch.hpp"
#include "object/text_value.hpp"
#include "support/own_store.hpp"

namespace test {

inline shm::object::TextValue::Bytes bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::optional<std::string> text_of(const shm::os::Result<shm::os::Buffer>& content) {
  return content ? std::optional(std::string(content->view())) : std::nullopt;
}

class TextUser {
 public:
  TextUser(shm::object::Type type, std::string_view content, std::int64_t ttl_ns = 0) {
    REQUIRE(code_of(shm::object::TextValue::create(*store, "text", type, bytes(content), ttl_ns, {})) == ok);
    auto opened = shm::object::TextValue::open(*store, "text", shm::os::Access::write);
    REQUIRE(code_of(opened) == ok);
    value_ = std::move(*opened);
  }
  shm::object::TextValue* operator->() { return &value_; }
  shm::object::TextValue& operator*() { return value_; }
  [[nodiscard]] std::optional<std::string> get() const { return text_of(value_.get()); }

  OwnStore store;

 private:
  shm::object::TextValue value_;
};

}  // namespace test
