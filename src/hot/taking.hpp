// Waiting for something that can be taken out of an object, so that a signal may end the wait and nothing is lost by
// that; for pop, take and getdel of all programs. What was taken is its caller's to bring to standard output, or back.
// Single-threaded.
#pragma once
#include <algorithm>
#include <optional>
#include "os/clock.hpp"
#include "os/delivery.hpp"
#include "os/mapping.hpp"
#include "store/store.hpp"

namespace shm::hot {

template <class Object>
class Taking {
 public:
  /// `deadline_ns`: of the monotonic clock; 0: no wait; -1: without end. `delivery` holds the signals; null for a call
  /// that does not wait. `heard`: what is taken will be printed. The store and the name must outlive it.
  Taking(const store::Store& store, std::string_view name, std::int64_t deadline_ns, os::Delivery* delivery,
         bool heard) noexcept
      : store_(store), name_(name), deadline_ns_(deadline_ns), delivery_(delivery), heard_(heard) {}

  /// Calls `get(object, deadline)`, which returns a Result, until it gives something. With patience, an object that is
  /// not there is made, so that it can be waited for; one that is removed meanwhile is waited for too, but not made
  /// again.
  template <class Get>
  auto wait(Get get) -> decltype(get(std::declval<Object&>(), std::int64_t{})) {
    if (auto opened = open(); !opened) {
      return std::unexpected(opened.error());
    }
    for (;;) {
      auto taken = wait_open(get);
      if (taken || taken.error().code != os::Code::absent) {
        return taken;
      }
      const auto again = wait_for_name();
      if (!again) {
        return std::unexpected(again.error());
      }
      if (!*again) {
        return std::unexpected(os::fail(deadline_ns_ == 0 ? os::Code::absent : os::Code::timed_out, "wait for", name_,
                                        "it was removed, and nobody made it again"));
      }
    }
  }
  /// What it was taken from.
  [[nodiscard]] Object& object() noexcept { return *object_; }

 private:
  // How long a signal may have to wait while nothing is under way.
  static constexpr std::int64_t slice_ns = 200'000'000;
  // How long until a name is looked for again that is not there.
  static constexpr std::int64_t look_ns = 50'000'000;

  [[nodiscard]] bool too_late() const noexcept { return deadline_ns_ >= 0 && os::monotonic_ns() >= deadline_ns_; }

  os::Result<void> open() {
    for (;;) {
      auto opened = Object::open(store_, name_, os::Access::write);
      if (opened) {
        object_.emplace(std::move(*opened));
        return {};
      }
      if (opened.error().code != os::Code::absent || deadline_ns_ == 0) {
        return std::unexpected(opened.error());
      }
      const auto created = Object::create(store_, name_, {}, {});
      if (!created && created.error().code != os::Code::exists) {
        return created;
      }
    }
  }

  // Of the object that is open.
  template <class Get>
  auto wait_open(Get& get) -> decltype(get(std::declval<Object&>(), std::int64_t{})) {
    for (;;) {
      const std::int64_t slice = deadline_ns_ == 0 ? 0 : os::monotonic_ns() + slice_ns;
      const std::int64_t until = deadline_ns_ < 0 ? slice : std::min(slice, deadline_ns_);
      auto taken = get(*object_, until);
      if (taken || taken.error().code != os::Code::timed_out || deadline_ns_ == 0 || too_late()) {
        return taken;
      }
      if (auto heard = pause(); !heard) {
        return std::unexpected(heard.error());
      }
    }
  }

  // Between two looks: a signal may end the call, and so does the end of whoever reads what it prints. A script that
  // was killed must not leave somebody behind who waits for ever, and takes what nobody will get.
  os::Result<void> pause() noexcept {
    delivery_->let_signals_in();
    return heard_ ? os::Delivery::check() : os::Result<void>();
  }

  // The object was removed. Somebody may make another of that name; until the deadline has passed: then false.
  os::Result<bool> wait_for_name() {
    for (;;) {
      auto opened = Object::open(store_, name_, os::Access::write);
      if (opened) {
        object_.emplace(std::move(*opened));
        return true;
      }
      if (opened.error().code != os::Code::absent) {
        return std::unexpected(opened.error());
      }
      if (deadline_ns_ == 0 || too_late()) {
        return false;
      }
      if (auto heard = pause(); !heard) {
        return std::unexpected(heard.error());
      }
      const std::int64_t next = os::monotonic_ns() + look_ns;
      os::sleep_until(deadline_ns_ < 0 ? next : std::min(next, deadline_ns_));
    }
  }

  const store::Store& store_;
  std::string_view name_;
  std::int64_t deadline_ns_;
  os::Delivery* delivery_;
  bool heard_;
  std::optional<Object> object_;
};

}  // namespace shm::hot
