// Getting items out of a queue and to standard output, so that none is lost on the way: what can't be written goes
// back, and a signal that would end the program waits until all is where it belongs. For pop and take. Single-threaded.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include "object/queue.hpp"
#include "os/delivery.hpp"
#include "store/store.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

class Handout {
 public:
  using Items = std::vector<object::Item>;
  /// One attempt, which may wait until the deadline.
  using Get = std::function<os::Result<Items>(object::Queue& queue, std::int64_t deadline_ns)>;
  /// Adds an item to the call's output.
  using Print = std::function<void(const object::Item& item)>;
  /// Undoes what `Get` did to these; how many it could not. They are in the order in which `Get` returned them.
  using PutBack = std::function<std::size_t(object::Queue& queue, std::span<const object::Item> items)>;

  /// Opens the store. Throws Failure if standard output can't be written, so that nothing is taken then.
  Handout(cli::Call& call, std::int64_t deadline_ns);

  /// Items, as soon as there are any; throws Failure. With patience, a queue that is not there is made, so that it can
  /// be waited for; one that is removed meanwhile is waited for too, but not made again.
  Items wait(const Get& get);
  /// Prints them; returns the exit status.
  int hand_out(const Items& items, const Print& print, const PutBack& put_back);

 private:
  os::Result<Items> wait_open(const Get& get);
  void open();
  bool wait_for_name();
  void pause();
  [[nodiscard]] bool too_late() const noexcept;
  int give_back(const os::Error& why, std::span<const object::Item> items, const PutBack& put_back);

  cli::Call& call_;
  const std::string& name_;
  std::int64_t deadline_ns_;
  os::Delivery delivery_;
  const store::Store& store_;
  std::optional<object::Queue> queue_;
};

}  // namespace shm::verbs
