// The socket on which a supervisor answers while its run lasts: who it is, its output, its end, and orders of who may
// give them (channel_message.hpp has what is said, talk.hpp the other end). It lies in the store as the file
// `NAME,job.socket.ENTRY`, ENTRY being the run's entry in the record. Whoever has that entry's byte lock may put its
// own socket in the place of an older one, so what a killed supervisor leaves is replaced, and never adds up.
// The file gets its name when it is listened on: a name that nobody answers on is a dead one.
// Its mode is the store's private one: in a group's store the group may look; only root and the supervisor's user may
// give orders, as the kernel tells who asks. A peer that says nothing, nonsense or too much loses its own connection.
// Without an option for it, nothing is set up before the command has run for a while: a short one pays nothing.
#pragma once
#include <vector>
#include "guard/channel_message.hpp"
#include "guard/companion.hpp"
#include "guard/hold.hpp"
#include "guard/output_source.hpp"
#include "store/store.hpp"

namespace shm::guard {

/// How long a command runs before its supervisor listens.
inline constexpr std::int64_t listen_after_ns = 20'000'000;

class Channel final : public Companion {
 public:
  /// `hold` has begun; it, `store` and `job` outlive this. `output`: the companion that keeps the output, or null.
  Channel(const store::Store& store, std::string_view job, const Hold& hold, OutputSource* output = nullptr) noexcept
      : store_(store), job_(job), hold_(hold), output_(output) {}
  ~Channel() override;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// With --via socket: listens before the command starts, and where it can't, the command does not start.
  os::Result<void> prepare(os::Command& command) noexcept override;
  void started(Control& control, int pid) noexcept override;
  [[nodiscard]] std::int64_t quiet_ns() const noexcept override;
  void poll_for(std::vector<pollfd>& list) noexcept override;
  void ready(const pollfd* list) noexcept override;
  [[nodiscard]] std::int64_t time_ns() const noexcept override { return time_ns_; }
  void on_time() noexcept override;
  void command_ended(const Ended& ended) noexcept override;
  void run_ended(const Ended& ended) noexcept override;

 private:
  struct Peer {
    os::Fd socket;
    bool may_command = false;
    bool looks = false;          // it gets news of the end
    bool has_output = false;     // and of the output's growth
    std::uint64_t told = 0;      // bytes of output that it knows of
    bool waits_to_send = false;  // news are waiting for room
  };

  os::Result<void> listen() noexcept;
  void close() noexcept;
  void take_callers() noexcept;
  bool give_up_silent() noexcept;
  bool hear(Peer& peer) noexcept;
  bool answer(Peer& peer, const Request& request) noexcept;
  bool obey(Peer& peer, const Request& request) noexcept;
  bool give_output(Peer& peer) noexcept;
  [[nodiscard]] RunState describe() const noexcept;
  void tell_growth() noexcept;

  const store::Store& store_;
  std::string_view job_;
  const Hold& hold_;
  OutputSource* output_;
  Control* control_ = nullptr;
  int command_pid_ = 0;
  bool waits_to_listen_ = false;
  std::int64_t time_ns_ = -1;   // when to begin to listen, or to accept callers again
  std::size_t most_peers_ = 0;  // what is left to the supervisor itself, it needs
  os::FileInfo file_;           // the socket's
  os::Fd listener_;
  std::vector<Peer> peers_;  // oldest first
};

}  // namespace shm::guard
