// The state of a supervise() under way; for supervise.cpp and signals.cpp alone.
#pragma once
#include "guard/supervise.hpp"
#include "guard/tree.hpp"
#include "os/signals.hpp"

namespace shm::guard {

class Supervisor {
 public:
  explicit Supervisor(const Plan& plan) noexcept : plan_(plan) {}

  os::Result<Ended> run(Hold& hold) noexcept;

 private:
  enum class Phase : std::uint8_t {
    running,
    ending,   ///< all of it was asked to end
    killing,  ///< all of it is being killed, again and again
  };

  // What is asked for only by some options: to be given the command's orphans.
  os::Result<void> adopt() noexcept;
  os::Result<Ended> start(Hold& hold) noexcept;
  void watch() noexcept;
  [[nodiscard]] bool over() noexcept;
  [[nodiscard]] bool all_gone() noexcept;
  void on_children() noexcept;
  void on_deadline() noexcept;
  void begin_ending() noexcept;
  void kill_all() noexcept;

  // signals.cpp
  void take_signals() noexcept;
  void on_signal(const os::Received& received) noexcept;
  void stop_with_the_command() noexcept;
  [[nodiscard]] bool reached_by_terminal() const noexcept;

  const Plan& plan_;
  Roots roots_;
  os::SignalSet taken_;     // those waited for
  os::SignalSet old_mask_;  // the command's
  bool child_ignored_ = false;
  Phase phase_ = Phase::running;
  std::int64_t deadline_ns_ = -1;  // of the phase
  std::int64_t pause_ns_ = 0;      // between two rounds of killing
  bool main_ended_ = false;
  bool none_left_ = false;  // the kernel said that there is no child
  int status_ = 0;
  bool timed_out_ = false;
};

}  // namespace shm::guard
