#include "object/text_value.hpp"
#include <algorithm>
#include "object/text_words.hpp"
#include "object/value.hpp"
#include "os/utf8.hpp"

namespace shm::object {

namespace {
using namespace text;
using os::Buffer;
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;
using segment::Region;
using Bytes = TextValue::Bytes;

constexpr std::size_t shown_characters = 40;
constexpr std::size_t shown_bytes = shown_characters * 4;

// Without a last character that was cut.
std::string_view whole_characters(std::string_view text) noexcept {
  for (std::size_t cut = 0; cut < 4 && cut <= text.size(); ++cut) {
    if (os::is_utf8(text.substr(0, text.size() - cut))) {
      return text.substr(0, text.size() - cut);
    }
  }
  return text;
}

std::string_view view(Bytes bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Result<void> check_bytes(Type type, Bytes content, std::string_view name) noexcept {
  if (type == Type::text && !os::is_utf8(view(content))) {
    return std::unexpected(
        fail(Code::range, "set value", name, "a text must be UTF-8, and this is not", "--type bytes takes anything"));
  }
  return {};
}

}  // namespace

Result<void> TextValue::create(const store::Store& store, std::string_view name, Type type, Bytes content,
                               std::int64_t ttl_ns, const Permissions& permissions) noexcept {
  if (auto fits = check_bytes(type, content, name); !fits) {
    return fits;
  }
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::value);
  object.type = static_cast<std::uint16_t>(type);
  permissions.apply_to(object);
  for (;;) {
    auto created = create_named(store, name, [&] { return Region::create(store, name, object); });
    if (!created) {
      return created;
    }
    auto value = open(store, name, os::Access::write);
    auto filled = value ? value->set(content, ttl_ns, Presence::fresh) : std::unexpected(value.error());
    if (!filled && (filled.error().code == Code::absent || filled.error().code == Code::wrong_kind)) {
      continue;  // somebody took it away meanwhile: it looked absent
    }
    if (!filled && filled.error().code != Code::exists) {
      (void)free_absent_name(store, name);
    }
    return filled;
  }
}

Result<TextValue> TextValue::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  const auto wrong_type = [&] {
    return std::unexpected(fail(Code::wrong_kind, "open value", name, "it is of another type",
                                "a value keeps its type; see 'shmctl stat'"));
  };
  auto region = open_region(store, name, Kind::value, access);
  if (!region) {
    if (region.error().code == Code::corrupt) {
      const auto scalar = Value::open(store, name, os::Access::read);
      if (scalar) {
        return wrong_type();
      }
      if (scalar.error().code == Code::absent) {  // it was one of one word, and has gone
        return std::unexpected(scalar.error());
      }
    }
    return std::unexpected(region.error());
  }
  TextValue value;
  value.type_ = static_cast<Type>(region->header().type);
  if (!is_text(value.type_)) {
    return wrong_type();
  }
  value.region_ = std::move(*region);
  value.store_ = &store;
  return value;
}

Result<void> TextValue::check_content(Bytes content) const noexcept {
  return check_bytes(type_, content, region_.name());
}

Result<void> TextValue::check(TextState state, Presence presence) const noexcept {
  const bool there = state == TextState::present;
  if (presence == Presence::existing && !there) {
    return std::unexpected(fail(Code::absent, "open", region_.name(), "there is no such object"));
  }
  if (presence == Presence::fresh && there) {
    return std::unexpected(fail(Code::exists, "create", region_.name(), "an object of that name exists"));
  }
  return {};
}

Result<Buffer> TextValue::content(const Reader& reader) const noexcept {
  Buffer bytes;
  const std::uint64_t size = reader.get_root(length);
  if (size != 0 && !reader.copy(reader.ref_root(block), size, bytes)) {
    return std::unexpected(reader.damaged() ? fail(Code::corrupt, "read value", region_.name(),
                                                   "its content is damaged", "look at it, then 'shmctl rm' it")
                                            : no_memory(region_.name()));
  }
  return bytes;
}

Result<Buffer> TextValue::get() const noexcept {
  return region_.read([this](const Reader& reader) -> Result<Buffer> {
    if (auto there = check(state_of(reader), Presence::existing); !there) {
      return std::unexpected(there.error());
    }
    return content(reader);
  });
}

Result<TextValue::Content> TextValue::look() const noexcept {
  return region_.read([this](const Reader& reader) -> Result<Content> {
    if (auto there = check(state_of(reader), Presence::existing); !there) {
      return std::unexpected(there.error());
    }
    auto bytes = content(reader);
    if (!bytes) {
      return std::unexpected(bytes.error());
    }
    return Content{std::move(*bytes), expiry(reader).realtime_ns};
  });
}

Result<TextDescription> TextValue::describe() const noexcept {
  return region_.read([](const Reader& reader) -> Result<TextDescription> {
    TextDescription found;
    found.state = state_of(reader);
    found.expires_ns = expiry(reader).realtime_ns;
    found.length = reader.get_root(length);
    if (found.state == TextState::present && found.length != 0) {
      Buffer bytes;
      (void)reader.copy(reader.ref_root(block), std::min<std::uint64_t>(found.length, shown_bytes), bytes);
      const auto beginning = whole_characters(os::first_characters(bytes.view(), shown_characters));
      if (os::is_utf8(beginning)) {
        found.beginning.add(beginning);
      }
    }
    return found;
  });
}

bool free_absent_name(const store::Store& store, std::string_view name) noexcept {
  auto value = TextValue::open(store, name, os::Access::write);
  if (!value) {
    return value.error().code == Code::absent;
  }
  const auto removed = value->remove_absent();
  return removed ? *removed : removed.error().code == Code::absent;
}

}  // namespace shm::object
