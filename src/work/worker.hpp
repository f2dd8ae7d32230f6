// Running a command for each item of a queue, several at a time, until the queue is empty or this program is told to
// end. For the main thread of a single-threaded program; it takes over the signals of that program while it works.
// Invariant: a command runs only while its item is held: by the command from before its first instruction until its end
// has been judged here, so that nobody else is given the item as long as the command lives, even if this program does
// not. An item leaves the queue only when its command has ended with status 0.
#pragma once
#include <optional>
#include "object/queue.hpp"

namespace shm::work {

struct Plan {
  char* const* words = nullptr;        ///< the command, then null; `{}` in them is the item, else it is the input
  char* const* environment = nullptr;  ///< the command's, then null
  std::uint32_t at_once = 1;           ///< commands at a time, at most
  std::int64_t retries = -1;  ///< after so many further attempts an item is buried; -1: when the queue says, or at once
  std::int64_t ttr_ns = -1;   ///< as Queue::take() takes it; a command that runs longer keeps its item
  std::int64_t wait_ns = 0;   ///< how long to wait for further items; -1: without end
  std::int64_t kill_after_ns = 10'000'000'000;  ///< from asking commands to end to killing them
  std::int64_t tell_ns = 0;                     ///< how often Listener::counts() is called, at most; 0: never
};

struct Counts {
  std::uint64_t done = 0;        ///< items
  std::uint64_t failed = 0;      ///< attempts
  std::uint64_t buried = 0;      ///< items
  std::uint64_t given_back = 0;  ///< times that an item was given back with its attempt not counted
  std::uint64_t ready = 0;       ///< items in the queue
  std::uint32_t running = 0;     ///< commands
};

enum class What : std::uint8_t {
  started,
  done,
  failed,      ///< and will be tried again
  buried,      ///< failed, and will not be tried again
  unfit,       ///< the item can't be a word of a command, and is buried
  given_back,  ///< the command was ended because this program ends; the attempt is not counted
  strayed,     ///< it ended, but by then its item was not held any more
  stopping,    ///< a signal has come: no more items are taken (id, attempt: 0; status: the signal)
};

struct Event {
  What what;
  std::uint64_t id = 0;
  std::uint64_t attempt = 0;  ///< from 1
  int status = 0;             ///< the command's, as a shell has it
  std::uint32_t running = 0;  ///< commands, now
};

/// Who wants to hear what happens. Is called between two steps of the work.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;
  virtual void event(const Event& event) = 0;
  virtual void counts(const Counts& counts) = 0;
};

struct Ended {
  Counts counts;
  bool all_done = true;              ///< of the items that were begun, none was buried or has failed last
  int signal = 0;                    ///< that ended the work
  int exec_errno = 0;                ///< not 0: the command could not be run, which ended the work
  std::optional<os::Error> failure;  ///< of the queue, or of starting commands, which ended the work
};

/// `queue` is open for writing; its name is `name`.
Ended work(object::Queue& queue, std::string_view name, const Plan& plan, Listener& listener);

/// How many processors this program may use.
std::uint32_t processors() noexcept;

}  // namespace shm::work
