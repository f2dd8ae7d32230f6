#include "object/text_value.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include "object/expiry.hpp"
#include "object/value.hpp"
#include "os/utf8.hpp"

namespace shm::object {

namespace {
using os::Buffer;
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;
using segment::Ref;
using segment::Region;
using segment::Transaction;
using Bytes = TextValue::Bytes;

// Root words. An empty content has no block.
enum Root : std::uint8_t { block, length, present, expires_boottime, expires_boot, expires_realtime };

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

Expiry expiry(const Reader& reader) noexcept {
  return {static_cast<std::int64_t>(reader.get_root(expires_boottime)), reader.get_root(expires_boot),
          static_cast<std::int64_t>(reader.get_root(expires_realtime))};
}

void set_expiry(Transaction& change, const Expiry& end) noexcept {
  const std::uint64_t words[] = {static_cast<std::uint64_t>(end.boottime_ns), end.boot,
                                 static_cast<std::uint64_t>(end.realtime_ns)};
  for (std::size_t i = 0; i < std::size(words); ++i) {
    if (change.get_root(expires_boottime + i) != words[i]) {
      change.set_root(expires_boottime + i, words[i]);
    }
  }
}

TextState state_of(const Reader& reader) noexcept {
  return reader.get_root(present) == 0 ? TextState::unfilled
         : expiry(reader).over()       ? TextState::expired
                                       : TextState::present;
}

bool holds(const Reader& reader, Bytes bytes) noexcept {
  const std::uint64_t size = reader.get_root(length);
  return size == bytes.size() && (size == 0 || reader.equal(reader.ref_root(block), size, bytes));
}

// A quarter more than is needed now, so that appending takes time in proportion to what is appended.
std::uint64_t ample(std::uint64_t size) noexcept { return size + size / 4; }

os::Error no_memory(std::string_view name) noexcept {
  return fail(Code::full, "read value", name, "there is not enough memory for a copy of it");
}

Result<Buffer> joined(Buffer first, Bytes second, std::string_view name) noexcept {
  if (!first.add(second)) {
    return std::unexpected(no_memory(name));
  }
  return first;
}

Result<void> check_bytes(Type type, Bytes content, std::string_view name) noexcept {
  if (type == Type::text && !os::is_utf8(view(content))) {
    return std::unexpected(
        fail(Code::range, "set value", name, "a text must be UTF-8, and this is not", "--type bytes takes anything"));
  }
  return {};
}

// Removing takes a right that changing does not, and must not be half done for the want of it.
Result<void> remove(const store::Store& store, Transaction& change, std::string_view name) noexcept {
  if (!os::may_change_names(store.dir())) {
    return std::unexpected(os::fail_errno(EACCES, "remove", name));
  }
  return change.remove();
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
    if (auto created = Region::create(store, name, object); !created) {
      if (created.error().code != Code::exists || !free_absent_name(store, name)) {
        return created;
      }
      continue;
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
    if (region.error().code == Code::corrupt && Value::open(store, name, os::Access::read)) {
      return wrong_type();
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

// The old block stays as it is until everybody has the new one: a kill loses neither.
void TextValue::replace(Transaction& change, Bytes content, std::uint64_t room) noexcept {
  const Ref old = change.ref_root(block);
  Ref fresh;
  if (!content.empty()) {
    const auto memory = change.allocate(room);
    memory.put_bytes(0, content);
    fresh = memory.ref();
  }
  change.set_root(block, fresh);
  change.set_root(length, content.size());
  if (change.get_root(present) == 0) {
    change.set_root(present, 1);
  }
  if (old) {
    change.free(old);
  }
}

Result<void> TextValue::set(Bytes content, std::int64_t ttl_ns, Presence presence) noexcept {
  if (auto fits = check_content(content); !fits) {
    return fits;
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (auto may = check(state_of(*change), presence); !may) {
    return may;
  }
  replace(*change, content, content.size());
  set_expiry(*change, Expiry::after(ttl_ns));
  return change->commit();
}

Result<Buffer> TextValue::swap(Bytes content, std::int64_t ttl_ns) noexcept {
  if (auto fits = check_content(content); !fits) {
    return std::unexpected(fits.error());
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (auto may = check(state_of(*change), Presence::existing); !may) {
    return std::unexpected(may.error());
  }
  auto before = this->content(*change);
  if (!before) {
    return before;
  }
  replace(*change, content, content.size());
  set_expiry(*change, Expiry::after(ttl_ns));
  if (auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return before;
}

Result<void> TextValue::compare_and_set(Bytes expected, Bytes wanted) noexcept {
  if (auto fits = check_content(wanted); !fits) {
    return fits;
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (auto may = check(state_of(*change), Presence::existing); !may) {
    return may;
  }
  if (!holds(*change, expected)) {
    return std::unexpected(change->damaged()
                               ? change->commit().error()
                               : fail(Code::lost, "compare value", region_.name(), "it holds something else"));
  }
  replace(*change, wanted, wanted.size());
  return change->commit();
}

Result<std::uint64_t> TextValue::append(Bytes more, Presence presence) noexcept {
  if (auto fits = check_content(more); !fits) {
    return std::unexpected(fits.error());
  }
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  const TextState state = state_of(*change);
  if (auto may = check(state, presence); !may) {
    return std::unexpected(may.error());
  }
  const bool there = state == TextState::present;
  const std::uint64_t before = there ? change->get_root(length) : 0;
  const Ref old = change->ref_root(block);
  if (!there) {
    replace(*change, more, more.size());
    set_expiry(*change, {});
  } else if (const std::uint64_t room = old ? change->size_of(old) : 0;
             before <= room && more.size() <= room - before) {
    add_in_place(*change, old, before, more);
  } else {
    auto all = content(*change);
    if (all) {
      all = joined(std::move(*all), more, region_.name());
    }
    if (!all) {
      return std::unexpected(all.error());
    }
    replace(*change, all->bytes(), ample(all->size()));
  }
  if (auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return before + more.size();
}

// What lies behind the content's end is of no meaning to anybody until the length says otherwise. Only the last word
// that has content already is seen by others.
void TextValue::add_in_place(Transaction& change, Ref old, std::uint64_t before, Bytes more) noexcept {
  const std::uint64_t used = before % 8;
  const std::size_t first = used == 0 ? 0 : std::min<std::size_t>(8 - used, more.size());
  if (first != 0) {
    std::uint64_t word = change.get(old + before / 8);
    std::memcpy(reinterpret_cast<std::byte*>(&word) + used, more.data(), first);
    change.set(old + before / 8, word);
  }
  change.spare(old, before).put_bytes(0, more.subspan(first));
  change.set_root(length, before + more.size());
}

Result<Buffer> TextValue::take() noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (auto may = check(state_of(*change), Presence::existing); !may) {
    return std::unexpected(may.error());
  }
  auto held = content(*change);
  if (held) {
    if (auto removed = remove(*store_, *change, region_.name()); !removed) {
      return std::unexpected(removed.error());
    }
  }
  return held;
}

Result<bool> TextValue::remove_absent() noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (state_of(*change) == TextState::present) {
    return false;
  }
  if (auto removed = remove(*store_, *change, region_.name()); !removed) {
    return std::unexpected(removed.error());
  }
  return true;
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
