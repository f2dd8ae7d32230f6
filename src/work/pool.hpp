// The state of a work() under way; for src/work alone.
#pragma once
#include <vector>
#include "os/fd.hpp"
#include "os/signals.hpp"
#include "work/worker.hpp"

namespace shm::work {

class Pool {
 public:
  Pool(object::Queue& queue, std::string_view name, const Plan& plan, Listener& listener) noexcept;

  Ended run();

 private:
  enum class Phase : std::uint8_t {
    working,
    draining,  ///< no more items are taken; what runs may end by itself
    ending,    ///< what runs was asked to end
    killing,   ///< what runs is being killed, again and again
  };
  struct Running {
    int pid = 0;
    std::uint64_t id = 0;
    std::uint64_t attempt = 0;
    int exec_errno = 0;  ///< not 0: it could not be run
  };

  // pool.cpp: taking items, starting commands, sleeping
  [[nodiscard]] bool over() const noexcept;
  void fill();
  void start(const object::Item& item);
  void sleep();
  void on_time();
  void touch_all() noexcept;
  void tell();
  void give_up(const os::Error& error) noexcept;

  // settle.cpp: what becomes of an item when its command has ended
  void on_children();
  void settle(const Running& ended, int status);
  void settle_done(const Running& ended);
  void settle_failed(const Running& ended, int status);
  void settle_not_run(const Running& ended);
  void give_back(std::uint64_t id, std::uint64_t attempt, int status);
  void bury(What what, std::uint64_t id, std::uint64_t attempt, int status);
  [[nodiscard]] bool was_ended(int status) const noexcept;
  [[nodiscard]] bool last_attempt(std::uint64_t attempt) const noexcept;
  template <class Change>
  bool change(std::uint64_t id, std::uint64_t attempt, int status, Change change);
  void say(What what, std::uint64_t id, std::uint64_t attempt, int status);

  // signals.cpp
  void take_signals() noexcept;
  void on_signal(const os::Received& received);
  void await_own_signal();
  void begin_ending() noexcept;
  void kill_all() noexcept;
  void signal_all(int signal) const noexcept;

  object::Queue& queue_;
  std::string_view name_;
  const Plan& plan_;
  Listener& listener_;
  Ended result_;
  object::Owner self_;
  os::Fd no_input_;  // an empty file
  std::vector<Running> running_;
  std::vector<std::uint64_t> failing_;  // items that failed last and were not buried

  Phase phase_ = Phase::working;
  bool terminal_ = false;      // the signal came from the terminal, and has reached the commands as well
  std::int64_t phase_ns_ = 0;  // when on_time() goes on with the phase; of use from Phase::ending on
  std::int64_t pause_ns_ = 0;  // between two rounds of killing

  // What take() has seen last, by the monotonic clock.
  std::uint64_t seen_ = 0;           // the queue's generation then
  std::int64_t look_ns_ = 0;         // when to look again though no change tells of anything
  std::int64_t looked_ns_ = 0;       // when it found nothing
  std::int64_t idle_ns_ = -1;        // since when it has found nothing while nothing ran; -1: it did not
  std::int64_t retry_ns_ = 0;        // when the last item that failed here is ready again
  std::int64_t touch_every_ns_ = 0;  // 0: never
  std::int64_t touch_ns_ = 0;
  std::int64_t tell_ns_ = 0;
  std::uint64_t told_ = 0;  // the queue's generation when the counts were told
  bool news_ = true;        // something has happened since then

  os::SignalSet taken_;     // those waited for
  os::SignalSet ending_;    // those of them that end the work
  os::SignalSet old_mask_;  // the commands'
  bool child_ignored_ = false;
};

}  // namespace shm::work
