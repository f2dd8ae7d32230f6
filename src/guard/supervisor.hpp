// The state of a supervise() under way; for supervise.cpp, watching.cpp and signals.cpp alone.
#pragma once
#include <sys/resource.h>
#include "guard/supervise.hpp"
#include "guard/survivor.hpp"
#include "guard/tree.hpp"
#include "os/signals.hpp"

namespace shm::guard {

class Supervisor final : public Control {
 public:
  explicit Supervisor(const Plan& plan) noexcept : plan_(plan) {}

  os::Result<Ended> run(Hold& hold) noexcept;
  os::Result<Ended> run_unguarded(std::span<const int> keep) noexcept;
  Ended watch_survivor(const Survivor& survivor) noexcept;

  // For companions.
  void stop(std::int64_t kill_after_ns) noexcept override;
  void pass_on(int signal) noexcept override;

 private:
  enum class Phase : std::uint8_t {
    running,
    ending,   ///< all of it was asked to end
    killing,  ///< all of it is being killed, again and again
  };
  /// One try to run the command.
  struct Try {
    Phase phase = Phase::running;
    std::int64_t deadline_ns = -1;  // of the phase
    std::int64_t pause_ns = 0;      // between two rounds of killing
    bool main_ended = false;
    bool none_left = false;  // the kernel said that there is no child
    bool end_unseen = false;
    int waited = 0;  // the command's end, as wait4 tells it
    bool timed_out = false;
  };

  // What is asked for only by some options: to be given the command's orphans.
  os::Result<void> adopt() noexcept;
  void become_reaper() noexcept;
  os::Result<Ended> try_once(Hold* hold) noexcept;
  os::Result<Ended> start(Hold* hold) noexcept;
  [[nodiscard]] bool try_again(const Ended& ended) const noexcept;
  [[nodiscard]] std::int64_t backoff() const noexcept;
  void tell_end(Ended& ended) const noexcept;

  // watching.cpp
  os::Received first_event() noexcept;
  os::Received next_event(std::int64_t deadline_ns) noexcept;
  void serve_companions() noexcept;
  void watch() noexcept;
  void finish_companions() noexcept;
  [[nodiscard]] bool over() noexcept;
  [[nodiscard]] bool all_gone() noexcept;
  void on_children() noexcept;
  void on_deadline() noexcept;
  void begin_ending(std::int64_t kill_after_ns) noexcept;
  void kill_all() noexcept;
  bool wait_without_command(std::int64_t until_ns) noexcept;
  bool rest(std::int64_t until_ns) noexcept;
  void add_usage(const struct rusage& used) noexcept;

  // survivor_watch.cpp
  void wait_for_survivor_too() noexcept;
  void look_after_survivor() noexcept;
  void note_tree() noexcept;

  // signals.cpp
  void take_signals() noexcept;
  /// Nothing in place of a signal that this program ignores.
  [[nodiscard]] static os::Received without_ignored(const os::Received& received) noexcept;
  void on_signal(const os::Received& received) noexcept;
  void stop_with_the_command() noexcept;
  [[nodiscard]] bool reached_by_terminal() const noexcept;

  const Plan& plan_;
  std::span<const int> keep_;  // without a Hold: what the command inherits
  Roots roots_;
  const os::Watched* survivor_ = nullptr;  // of a command that is no child of this process
  os::SignalSet taken_;                    // those waited for
  os::SignalSet old_mask_;                 // the command's
  os::Fd wakes_;                           // readable when one of them has come; only where there are companions
  std::vector<pollfd> list_;
  std::size_t asked_for_[most_companions] = {};  // how many of the list are whose
  bool child_ignored_ = false;
  bool stop_asked_ = false;  // by a companion
  std::int64_t stop_after_ns_ = -1;
  unsigned failed_in_a_row_ = 0;
  bool asked_to_end_ = false;  // by a signal: nothing is to begin any more
  Try try_;
  Usage usage_;
};

}  // namespace shm::guard
