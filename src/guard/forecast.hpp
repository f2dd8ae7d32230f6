// What acquire() would do at this moment, found out without taking, making or counting anything. Any process that may
// read the job's files. By the time somebody acts on it, it may be different.
#pragma once
#include "guard/acquire.hpp"
#include "guard/watch.hpp"

namespace shm::guard {

struct Forecast {
  enum class Turn : std::uint8_t { begins, waits, refused };
  Turn turn = Turn::begins;
  Busy busy;                ///< with `refused`, as acquire() would say it; with `waits`, who is in the way
  bool displaces = false;   ///< with `waits`: another caller loses the one place of those who wait
  std::optional<View> job;  ///< none: there is no job of that name yet
};

/// Code::denied, untrusted, corrupt: nothing would run, acquire() would fail alike.
os::Result<Forecast> forecast(const store::Store& store, std::string_view name, const Want& want) noexcept;

}  // namespace shm::guard
