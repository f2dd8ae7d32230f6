#include "full/notifier.hpp"
#include <fmt/core.h>
#include <cstdlib>
#include "cli/failure.hpp"
#include "full/relay.hpp"
#include "full/waiting_news.hpp"
#include "systemd/listen.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_request.hpp"

namespace shm::full {

namespace {
constexpr int first_socket = 3;  // of those that a manager opens
constexpr std::size_t most_command = 200;
// What a command has to become ready that is started after a wait: as much as systemd gives each by default.
constexpr std::string_view time_to_start = "EXTEND_TIMEOUT_USEC=90000000";

std::string command_line(const cli::Call& call) {
  std::string line;
  for (std::size_t i = 1; i < call.operands.size() && line.size() < most_command; ++i) {
    line += (i > 1 ? " " : "") + call.operands[i];
  }
  if (line.size() > most_command) {
    line.resize(most_command);
    line += "...";
  }
  return line;
}

// NAME=, with room for a pid.
std::string place_for_pid(std::string_view name) { return std::string(name) + std::string(os::pid_room, '\0'); }

class Notifier final : public verbs::Manager {
 public:
  Notifier(const cli::Call& call, verbs::RunRequest& request, const verbs::Managed& managed)
      : job_(call.operands[0]),
        want_(request.want),
        managed_(managed),
        ready_by_command_(call.argument("notify") == "command"),
        busy_is_well_(request.busy_status == 0),
        teller_(open_teller(call, managed)) {
    Relay::Plan plan;
    plan.ready_by_command = ready_by_command_;
    plan.is_main = managed.main;
    plan.command = command_line(call);
    plan.tries_again = request.plan.retries != 0;
    plan.outlived = request.plan.until == guard::Until::tree || request.plan.min_hold_ns != 0;
    relay_.emplace(teller_ ? &*teller_ : nullptr, std::move(plan));
    request.plan.passes_abort = managed.watchdog;
    for (int i = 0; i < (managed.sockets ? systemd::listening_descriptors() : 0); ++i) {
      relay_->add_descriptor(first_socket + i);
    }
  }

  void waiting(const store::Store& store, std::string_view /*job*/, const guard::Want& want) override {
    store_ = &store;
    if (teller_ && (want.wait || want.replace || want.jitter_ns > 0)) {
      news_.emplace(teller_->socket(), &store, job_, want);
    }
  }

  void refused(const guard::Busy& busy) override {
    end_news();
    // To end well without having been ready is a failure to systemd, and this was said to be none.
    if (busy_is_well_ && busy.why != guard::Busy::Why::nested) {
      say("READY=1");  // of one message, systemd takes the last word about that
    }
    say("STOPPING=1\n" + status_line("not run: " + verbs::why_busy(busy, want_)));
  }

  void instead(std::string_view what) override {
    end_news();
    say("READY=1\n" + status_line(what));
    if (teller_ && systemd::watchdog_ns() > 0) {
      news_.emplace(teller_->socket(), nullptr, job_, want_);
    }
  }

  void adopted(const store::Store& store, const guard::Hold& hold) override { relay_->listen(store, job_, hold); }

  void taken(const guard::Hold& hold) override {
    if (end_news() && ready_by_command_) {
      say(std::string(time_to_start));
    }
    relay_->listen(*store_, job_, hold);
  }

  // What a caller has changed by options is left as it is.
  void set_environment(std::vector<char*>& environment) override {
    for (char*& variable : environment) {
      const std::string_view text(variable);
      if (!relay_->address().empty() && is_own(text, "NOTIFY_SOCKET=")) {
        socket_variable_ = fmt::format("NOTIFY_SOCKET={}", relay_->address());
        variable = socket_variable_.data();
      } else if (managed_.watchdog && is_own(text, "WATCHDOG_PID=")) {
        give_pid(variable, watchdog_variable_, "WATCHDOG_PID=");
      } else if (managed_.sockets && is_own(text, "LISTEN_PID=")) {
        give_pid(variable, sockets_variable_, "LISTEN_PID=");
      }
    }
    // Says which process is meant once more, in a way that can't be put down here.
    std::erase_if(environment, [this](const char* variable) {
      return managed_.sockets && std::string_view(variable).starts_with("LISTEN_PIDFDID=");
    });
  }

  guard::Companion* companion() noexcept override { return &*relay_; }

  void ended(const guard::Ended& ended) override {
    say("STOPPING=1\n" + status_line(fmt::format("has ended: {}, status {}", name_of(ended.ending), ended.status)));
  }

 private:
  // A manager that can't be reached is no reason not to run; who asks for it by an option is told.
  static std::optional<Teller> open_teller(const cli::Call& call, const verbs::Managed& managed) {
    if (!managed.notify) {
      return {};
    }
    auto socket = systemd::ManagerSocket::open();
    if (socket) {
      return Teller(std::move(*socket));
    }
    if (call.has("notify")) {
      cli::complain(cli::message_of(socket.error()));
    }
    return {};
  }

  void say(std::string message) {
    if (teller_) {
      teller_->say(std::move(message));
    }
  }

  // True: there was something to tell.
  bool end_news() {
    const bool told = news_ && news_->end();
    news_.reset();
    return told;
  }

  static bool is_own(std::string_view variable, std::string_view name) {
    const char* const value = std::getenv(std::string(name.substr(0, name.size() - 1)).c_str());
    return value != nullptr && variable.starts_with(name) && variable.substr(name.size()) == value;
  }

  void give_pid(char*& variable, std::string& kept, std::string_view name) {
    if (kept.empty()) {
      kept = place_for_pid(name);
      relay_->add_pid_text(kept.data() + name.size());
    }
    variable = kept.data();
  }

  std::string job_;
  guard::Want want_;
  verbs::Managed managed_;
  bool ready_by_command_;
  bool busy_is_well_;
  std::optional<Teller> teller_;
  const store::Store* store_ = nullptr;
  std::optional<Relay> relay_;
  std::optional<WaitingNews> news_;  // gone before what it uses
  std::string socket_variable_;
  std::string watchdog_variable_;
  std::string sockets_variable_;
};
}  // namespace

std::unique_ptr<verbs::Manager> notifier_of(const cli::Call& call, verbs::RunRequest& request) {
  const auto managed = verbs::managed(call);
  return managed.any() ? std::make_unique<Notifier>(call, request, managed) : nullptr;
}

}  // namespace shm::full
