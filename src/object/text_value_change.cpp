// How a text value is changed; each of these is one transaction.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include "object/text_value.hpp"
#include "object/text_words.hpp"

namespace shm::object {

namespace {
using namespace text;
using os::Buffer;
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;
using segment::Ref;
using segment::Transaction;
using Bytes = TextValue::Bytes;

void set_expiry(Transaction& change, const Expiry& end) noexcept {
  const std::uint64_t words[] = {static_cast<std::uint64_t>(end.boottime_ns), end.boot,
                                 static_cast<std::uint64_t>(end.realtime_ns)};
  for (std::size_t i = 0; i < std::size(words); ++i) {
    if (change.get_root(expires_boottime + i) != words[i]) {
      change.set_root(expires_boottime + i, words[i]);
    }
  }
}

bool holds(const Reader& reader, Bytes bytes) noexcept {
  const std::uint64_t size = reader.get_root(length);
  return size == bytes.size() && (size == 0 || reader.equal(reader.ref_root(block), size, bytes));
}

// A quarter more than is needed now, so that appending takes time in proportion to what is appended.
std::uint64_t ample(std::uint64_t size) noexcept { return size + size / 4; }

Result<Buffer> joined(Buffer first, Bytes second, std::string_view name) noexcept {
  if (!first.add(second)) {
    return std::unexpected(no_memory(name));
  }
  return first;
}
}  // namespace

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

Result<void> TextValue::expire_at(std::int64_t realtime_ns) noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (auto may = check(state_of(*change), Presence::existing); !may) {
    return may;
  }
  set_expiry(*change, Expiry::at(realtime_ns));
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
  } else if (more.empty()) {
    return before;
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
    if (auto removed = change->remove(); !removed) {
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
  if (auto removed = change->remove(); !removed) {
    return std::unexpected(removed.error());
  }
  return true;
}

}  // namespace shm::object
