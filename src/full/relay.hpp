// Beside the command: takes what it says to the service manager, and says it on as the supervisor, the one process that
// a unit's manager listens to (NotifyAccess=main). The command's NOTIFY_SOCKET is a socket of the supervisor's, in the
// store as `NAME,job.notify.ENTRY`: so it is there for whoever takes the run over. Where that can't be, or a group
// shares the store, it has no file. It is heard who is of the supervisor's user or root, or in its control group. While
// the manager does not read, nothing is taken from the command, which waits then as it would for the manager itself.
// Until the command has shown the watchdog itself that it lives, the supervisor does so for it.
#pragma once
#include <string>
#include "full/notify_message.hpp"
#include "full/teller.hpp"
#include "guard/companion.hpp"
#include "guard/hold.hpp"
#include "os/file.hpp"
#include "store/store.hpp"

namespace shm::full {

class Relay final : public guard::Companion {
 public:
  struct Plan {
    bool ready_by_command = false;  ///< it says itself when it is ready; else it is by having been started
    bool is_main = false;           ///< this process is the unit's main one
    std::string command;            ///< for people to read
    bool tries_again = false;       ///< the end of the command may not be the end of the run
    bool outlived = false;          ///< likewise, by what the command leaves behind, or by --min-hold
  };

  /// `teller`: null, where there is nobody to tell.
  Relay(Teller* teller, Plan plan);
  ~Relay() override;
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// The socket; where it can't be had the command has the manager's own. `hold` has begun.
  void listen(const store::Store& store, std::string_view job, const guard::Hold& hold);
  /// The command's NOTIFY_SOCKET; empty: there is none.
  [[nodiscard]] std::string_view address() const noexcept { return address_.view(); }
  /// A place in the command's environment for its pid.
  void add_pid_text(char* place) { pid_texts_.push_back(place); }
  /// What the command inherits besides.
  void add_descriptor(int number) { descriptors_.push_back(number); }

  os::Result<void> prepare(os::Command& command) noexcept override;
  void started(guard::Control& control, int pid) noexcept override;
  [[nodiscard]] std::int64_t quiet_ns() const noexcept override;
  void poll_for(std::vector<pollfd>& list) noexcept override;
  void ready(const pollfd* list) noexcept override;
  [[nodiscard]] std::int64_t time_ns() const noexcept override;
  void on_time() noexcept override;
  void ending(std::int64_t kill_after_ns) noexcept override;
  void command_ended(const guard::Ended& ended) noexcept override;
  void run_ended(const guard::Ended& ended) noexcept override;

 private:
  void listen_at_file(const store::Store& store, std::string_view job, const guard::Hold& hold);
  void close() noexcept;
  void hear(int most);
  void pass_on(os::Datagram& datagram, std::string_view text);
  void ping();

  Teller* teller_;
  Plan plan_;
  Passing passing_;
  std::int64_t ping_every_ns_ = 0;  // 0: nobody waits for it
  std::int64_t next_ping_ns_ = 0;
  os::Fd socket_;
  os::SocketAddress address_;
  const store::Store* store_ = nullptr;  // with a file:
  os::FileName name_;
  os::FileInfo file_;
  std::vector<char*> pid_texts_;
  std::vector<int> descriptors_;
  std::vector<int> kept_;  // the command's, all of them
};

}  // namespace shm::full
