// Getting items out of a queue, list or dict and to standard output, so that none is lost on the way: what can't be
// written goes back, and a signal that would end the program waits until all is where it belongs. For pop, take and
// getdel. In a line of `exec`, they go out with the answers of other lines (Deliveries). Single-threaded.
#pragma once
#include <functional>
#include <optional>
#include "hot/queue.hpp"
#include "hot/taking.hpp"
#include "object/dict.hpp"
#include "object/list.hpp"
#include "object/queue.hpp"
#include "os/delivery.hpp"
#include "store/store.hpp"
#include "verbs/common.hpp"
#include "verbs/deliveries.hpp"

namespace shm::verbs {

/// What is handed out of an object.
template <class Object>
struct Handed;
template <>
struct Handed<object::Queue> {
  using Items = std::vector<object::Item>;
  static constexpr auto back = hot::back_in_queue;
};
template <>
struct Handed<object::List> {
  using Items = object::ListItems;
  static constexpr auto back = "what could not be written is back in the list";
};
template <>
struct Handed<object::Dict> {
  using Items = std::vector<object::DictValue>;
  static constexpr auto back = "what could not be written is back in the dict";
};

template <class Object>
class Handout {
 public:
  using Items = typename Handed<Object>::Items;
  /// One attempt, which may wait until the deadline.
  using Get = std::function<os::Result<Items>(Object& object, std::int64_t deadline_ns)>;
  /// Adds item `number` to the call's output.
  using Print = std::function<void(const Items& items, std::size_t number)>;
  /// Undoes what `Get` did to the items from number `first` on; how many it could not. It may be called when the call
  /// is over: nothing that it refers to may be the call's.
  using PutBack = std::function<std::size_t(Object& object, const Items& items, std::size_t first)>;

  /// Opens the store. Throws Failure if standard output can't be written, so that nothing is taken then.
  Handout(cli::Call& call, std::int64_t deadline_ns);

  /// Items, as soon as there are any; throws Failure. With patience, an object that is not there is made, so that it
  /// can be waited for; one that is removed meanwhile is waited for too, but not made again.
  Items wait(const Get& get);
  /// Prints them; returns the exit status.
  int hand_out(Items items, const Print& print, const PutBack& put_back);

 private:
  void hand_over(Items items, std::vector<std::size_t> ends, const PutBack& put_back);
  int give_back(const os::Error& why, const Items& items, std::size_t first, const PutBack& put_back);

  cli::Call& call_;
  const std::string& name_;
  Deliveries* later_;  ///< null: all is written at once
  bool check_;
  std::optional<os::Delivery> own_;
  os::Delivery* delivery_;  ///< null: of a call that neither waits nor writes
  const store::Store& store_;
  hot::Taking<Object> taking_;
};

}  // namespace shm::verbs
