#include "verbs/handout.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <new>
#include "os/clock.hpp"

namespace shm::verbs {

namespace {
using os::Code;
using os::Result;

// How long a signal may have to wait while nothing is under way.
constexpr std::int64_t slice_ns = 200'000'000;
// How long until a name is looked for again that is not there.
constexpr std::int64_t look_ns = 50'000'000;

/// While one lives, running out of memory is an exception: there is something to be put back.
class MemoryMayEnd {
 public:
  MemoryMayEnd() noexcept : before_(std::set_new_handler(nullptr)) {}
  ~MemoryMayEnd() { std::set_new_handler(before_); }
  MemoryMayEnd(const MemoryMayEnd&) = delete;
  MemoryMayEnd& operator=(const MemoryMayEnd&) = delete;

 private:
  std::new_handler before_;
};
}  // namespace

namespace {
void tell_lost(std::string_view name, std::size_t lost, std::size_t all) {
  if (lost > 0) {
    cli::complain(fmt::format("put back into '{}': {} of {} items are lost", name, lost, all));
  }
}
}  // namespace

template <class Object>
Handout<Object>::Handout(cli::Call& call, std::int64_t deadline_ns)
    : call_(call),
      name_(call.operands[0]),
      deadline_ns_(deadline_ns),
      later_(Deliveries::active()),
      // What holds signals already has looked.
      check_(!call.quiet() && (later_ == nullptr || !later_->holds_signals())),
      delivery_(later_ != nullptr ? later_->begin() : &own_.emplace()),
      store_(open_store(call, deadline_ns == 0 ? store::Missing::refuse : store::Missing::create)) {
  if (check_) {
    cli::must(os::Delivery::check());
  }
  using_object(name_);
}

template <class Object>
bool Handout<Object>::too_late() const noexcept {
  return deadline_ns_ >= 0 && os::monotonic_ns() >= deadline_ns_;
}

template <class Object>
void Handout<Object>::open() {
  for (;;) {
    auto opened = Object::open(store_, name_, os::Access::write);
    if (opened) {
      object_.emplace(std::move(*opened));
      return;
    }
    if (opened.error().code != Code::absent || deadline_ns_ == 0) {
      throw cli::Failure(opened.error());
    }
    const auto created = Object::create(store_, name_, {}, {});
    if (!created && created.error().code != Code::exists) {
      throw cli::Failure(created.error());
    }
  }
}

/// Of the object that is open.
template <class Object>
auto Handout<Object>::wait_open(const Get& get) -> Result<Items> {
  for (;;) {
    const std::int64_t slice = os::monotonic_ns() + slice_ns;
    const std::int64_t until = deadline_ns_ == 0 ? 0 : deadline_ns_ < 0 ? slice : std::min(slice, deadline_ns_);
    auto items = get(*object_, until);
    if (items || items.error().code != Code::timed_out || deadline_ns_ == 0 || too_late()) {
      return items;
    }
    pause();
  }
}

/// Between two looks: a signal may end the call, and so does the end of whoever reads what it prints. A script that was
/// killed must not leave somebody behind who waits for ever, and takes what nobody will get.
template <class Object>
void Handout<Object>::pause() {
  delivery_->let_signals_in();
  if (!call_.quiet()) {
    cli::must(os::Delivery::check());
  }
}

/// The object was removed. Somebody may make another of that name; until the deadline has passed: then false.
template <class Object>
bool Handout<Object>::wait_for_name() {
  for (;;) {
    auto opened = Object::open(store_, name_, os::Access::write);
    if (opened) {
      object_.emplace(std::move(*opened));
      return true;
    }
    if (opened.error().code != Code::absent) {
      throw cli::Failure(opened.error());
    }
    if (deadline_ns_ == 0 || too_late()) {
      return false;
    }
    pause();
    const std::int64_t next = os::monotonic_ns() + look_ns;
    os::sleep_until(deadline_ns_ < 0 ? next : std::min(next, deadline_ns_));
  }
}

template <class Object>
auto Handout<Object>::wait(const Get& get) -> Items {
  open();
  for (;;) {
    auto items = wait_open(get);
    if (items) {
      return std::move(*items);
    }
    if (items.error().code != Code::absent) {
      throw cli::Failure(items.error());
    }
    if (!wait_for_name()) {
      throw cli::Failure(os::fail(deadline_ns_ == 0 ? Code::absent : Code::timed_out, "wait for", name_,
                                  "it was removed, and nobody made it again"));
    }
  }
}

template <class Object>
int Handout<Object>::give_back(const os::Error& why, const Items& items, std::size_t first, const PutBack& put_back) {
  const std::size_t lost = put_back(*object_, items, first);
  os::Error error = why;
  error.advice = Handed<Object>::back;
  tell_lost(name_, lost, items.size() - first);
  call_.report(error);
  return call_.status();
}

/// The answers of the lines of `exec` are written together.
template <class Object>
void Handout<Object>::hand_over(Items items, std::vector<std::size_t> ends, const PutBack& put_back) {
  later_->add(std::move(ends), [items = std::move(items), put_back, &store = store_, name = name_](std::size_t first) {
    auto object = Object::open(store, name, os::Access::write);
    const std::size_t lost = object ? put_back(*object, items, first) : items.size() - first;
    tell_lost(name, lost, items.size() - first);
  });
}

template <class Object>
int Handout<Object>::hand_out(Items items, const Print& print, const PutBack& put_back) {
  std::vector<std::size_t> ends;  // of each item in what is written
  std::size_t written = 0;
  Result<void> done;
  const std::size_t before = call_.output.pending().size();
  try {
    const MemoryMayEnd careful;
    ends.reserve(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      print(items, i);
      ends.push_back(call_.output.pending().size());
    }
    if (later_ != nullptr) {
      if (call_.output.pending().size() > before) {
        hand_over(std::move(items), std::move(ends), put_back);
      }
      return call_.status();
    }
    done = delivery_->write(call_.output.pending(), written);
  } catch (const std::bad_alloc&) {
    done = std::unexpected(os::fail(Code::full, "print items of", name_, "there is not enough memory"));
  }
  call_.output.cut_to(before);
  if (done) {
    return call_.status();
  }
  const auto whole = std::find_if(ends.begin(), ends.end(), [&](std::size_t end) { return end > written; });
  return give_back(done.error(), items, static_cast<std::size_t>(whole - ends.begin()), put_back);
}

template class Handout<object::Queue>;
template class Handout<object::List>;
template class Handout<object::Dict>;

}  // namespace shm::verbs
