#include "verbs/handout.hpp"
#include <algorithm>
#include <new>

namespace shm::verbs {

namespace {
using os::Code;
using os::Result;

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
    cli::complain(hot::lost_text(name, lost, all).view());
  }
}
}  // namespace

template <class Object>
Handout<Object>::Handout(cli::Call& call, std::int64_t deadline_ns)
    : call_(call),
      name_(call.operands[0]),
      later_(Deliveries::active()),
      // What holds signals already has looked.
      check_(!call.quiet() && (later_ == nullptr || !later_->holds_signals())),
      delivery_(later_ != nullptr ? later_->begin() : &own_.emplace()),
      store_(open_store(call, deadline_ns == 0 ? store::Missing::refuse : store::Missing::create)),
      taking_(store_, name_, deadline_ns, delivery_, !call.quiet()) {
  if (check_) {
    cli::must(os::Delivery::check());
  }
  using_object(name_);
}

template <class Object>
auto Handout<Object>::wait(const Get& get) -> Items {
  return cli::must(taking_.wait(get));
}

template <class Object>
int Handout<Object>::give_back(const os::Error& why, const Items& items, std::size_t first, const PutBack& put_back) {
  const std::size_t lost = put_back(taking_.object(), items, first);
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
