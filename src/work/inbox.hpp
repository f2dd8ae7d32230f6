// What is forwarded to a job and has not been read yet: a queue of the store, which no user's name can mean. A message
// outlives its sender and the run it was sent to; who takes one holds it until it is done with it, or ends: then it is
// the first one again. Any process that may write it; one thread.
#pragma once
#include <memory>
#include "object/queue.hpp"
#include "work/message.hpp"

namespace shm::work {

class Inbox {
 public:
  /// `said`: the store, as for Store::open(). Code::absent, unless it is to be made: there is none.
  static os::Result<Inbox> open(std::string_view said, std::string_view job, store::Missing missing);

  /// The number that it has here.
  os::Result<std::uint64_t> send(const Message& message);
  /// Takes a message back that is here still; false: somebody has taken it. For who keeps others from taking any
  /// meanwhile, as who has the job does.
  os::Result<bool> withdraw(std::uint64_t id);

  struct Letter {
    std::uint64_t id = 0;
    Message message;
  };
  /// The first message. Code::empty: there was none until `deadline_ns` (as for Queue::pop()); corrupt: it was none,
  /// and is dropped; absent: the inbox was removed.
  os::Result<Letter> take(std::int64_t deadline_ns);
  os::Result<void> done(std::uint64_t id) noexcept;
  /// As if it had not been taken.
  os::Result<void> give_back(std::uint64_t id) noexcept;

  /// Code::absent: there is none.
  static os::Result<void> remove(std::string_view said, std::string_view job);

 private:
  Inbox(std::unique_ptr<store::Store> store, object::Queue queue, std::string_view job, const object::Owner& self)
      : store_(std::move(store)), queue_(std::move(queue)), job_(job), self_(self) {}

  std::unique_ptr<store::Store> store_;  // the queue refers to it
  object::Queue queue_;
  std::string job_;
  object::Owner self_;
};

}  // namespace shm::work
