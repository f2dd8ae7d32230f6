// What the verbs of dicts read and do alike. Only hot/dict*.cpp and verbs/dict*.cpp include this. One thread.
#pragma once
#include <algorithm>
#include <optional>
#include "hot/host.hpp"
#include "hot/several.hpp"
#include "hot/words.hpp"
#include "object/dict.hpp"
#include "os/clock.hpp"

namespace shm::hot {

inline constexpr std::string_view empty_key = "a KEY is empty (it has one byte at least)";

inline object::Dict::Bytes bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span(text)); }

/// The operands behind the dict's name.
inline std::span<const std::string_view> behind_name(const Words& words) noexcept { return words.operands.subspan(1); }

/// Fills `keys` from words; false if one is empty.
inline bool read_keys(std::span<const std::string_view> words, Several<object::Dict::Bytes>& keys) noexcept {
  for (std::size_t i = 0; i < words.size(); ++i) {
    keys[i] = bytes_of(words[i]);
  }
  return std::none_of(words.begin(), words.end(), [](std::string_view word) { return word.empty(); });
}

/// Until when --wait says to wait, by the monotonic clock; 0: not at all, as without it; -1: without end.
inline std::int64_t deadline_of(const Words& words, Host& host) {
  const auto said = words.argument("wait");
  const std::int64_t patience = said ? host.time_said("wait", *said) : 0;
  return patience > 0 ? os::after(patience) : patience;
}

/// Calls `act(dict)`, which returns a Result<void>, with the dict, again while it is not there or was removed, until
/// the deadline.
template <class Act>
os::Result<void> wait_for_dict(Host& host, const store::Store& store, std::string_view name, os::Access access,
                               std::int64_t deadline_ns, Act act) {
  constexpr std::int64_t look_ns = 50'000'000;  // until a name is looked for again that is not there
  host.using_object(name);
  for (;;) {
    auto dict = object::Dict::open(store, name, access);
    const os::Result<void> done = dict ? act(*dict) : std::unexpected(dict.error());
    if (done || done.error().code != os::Code::absent || deadline_ns == 0) {
      return done;
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns > 0 && now >= deadline_ns) {
      return std::unexpected(os::fail(os::Code::timed_out, "wait for dict", name, "it is not there"));
    }
    os::sleep_until(deadline_ns < 0 ? now + look_ns : std::min(now + look_ns, deadline_ns));
  }
}

/// Makes a change, which returns a Result<void>, of the dict that the first operand names; that is made, unless there
/// is
/// --existing.
template <class Act>
os::Result<void> change_dict(const Words& words, Host& host, Act act) {
  const auto name = words.operands[0];
  const bool may_create = !words.has("existing");
  const auto store = host.open_store(may_create ? store::Missing::create : store::Missing::refuse);
  if (!store) {
    return std::unexpected(store.error());
  }
  host.using_object(name);
  // A name that comes and goes under other processes' hands is met again; each turn somebody else got something done.
  for (;;) {
    auto dict = object::Dict::open(**store, name, os::Access::write);
    const os::Result<void> done = dict ? act(*dict) : std::unexpected(dict.error());
    if (done || done.error().code != os::Code::absent || (!dict && !may_create)) {
      return done;
    }
    if (may_create) {
      auto created = object::Dict::create(**store, name, object::DictLimits(), object::Permissions());
      if (!created && created.error().code != os::Code::exists) {
        return created;
      }
    }
  }
}

}  // namespace shm::hot
