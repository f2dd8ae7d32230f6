#include "full/relay.hpp"
#include <fmt/core.h>
#include <unistd.h>
#include "guard/job_files.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/local_socket.hpp"
#include "os/process.hpp"
#include "os/random.hpp"
#include "store/name.hpp"

namespace shm::full {

namespace {
constexpr int most_at_once = 16;                   // messages, before the command is looked after
constexpr int most_at_the_end = 4096;              // more than a socket keeps, unless somebody goes on sending
constexpr std::int64_t spare_ns = 10'000'000'000;  // for what is done after the last process was killed
constexpr std::int64_t microsecond_ns = 1000;
constexpr std::uint32_t everybody = 0666;

bool is_heard(const os::Datagram& datagram) noexcept {
  return datagram.uid == 0 || datagram.uid == os::effective_uid() ||
         (datagram.pid != 0 && os::in_own_cgroup(datagram.pid));
}
}  // namespace

Relay::Relay(Teller* teller, Plan plan) : teller_(teller), plan_(std::move(plan)) {
  passing_.more_follows = plan_.tries_again || plan_.outlived;
  ping_every_ns_ = teller_ != nullptr ? systemd::watchdog_ns() / 2 : 0;
}

Relay::~Relay() { close(); }

void Relay::listen(const store::Store& store, std::string_view job, const guard::Hold& hold) {
  if (teller_ == nullptr) {
    return;
  }
  listen_at_file(store, job, hold);
  if (!socket_) {
    if (auto socket = os::receive_anywhere()) {
      address_ = os::address_of_receiver(*socket);
      socket_ = std::move(*socket);
    }
  }
  if (!socket_ || address_.empty() || !os::ask_for_senders(socket_)) {
    close();
  }
}

// As a Channel's: under the name of the run's entry, in place of what a killed supervisor left there. Others of a group
// could put a socket of theirs there, and get what is for the manager, descriptors too.
void Relay::listen_at_file(const store::Store& store, std::string_view job, const guard::Hold& hold) {
  const auto id = os::random_id();
  if (!hold.entry() || !id || store.shared()) {
    return;
  }
  name_ = guard::notify_name(job, *hold.entry());
  const auto address = os::SocketAddress(store::absolute_path(store).view()).add("/").add(name_.view());
  if (address.cut()) {
    return;
  }
  // Only root's command may be another user after its start.
  const auto mode = os::effective_uid() == 0 ? everybody : store.private_mode();
  const auto building = store::building_name(*id);
  auto socket = os::receive_at(store.dir(), building.view(), mode);
  if (!socket) {
    return;
  }
  const auto file = os::info_at(store.dir(), building.view());
  if (!file || !os::rename_at(store.dir(), building.view(), name_.view(), os::Taken::replace)) {
    (void)os::remove_file_at(store.dir(), building.view());
    return;
  }
  store_ = &store;
  file_ = *file;
  address_ = address;
  socket_ = std::move(*socket);
}

void Relay::close() noexcept {
  if (store_ != nullptr) {
    const auto file = os::info_at(store_->dir(), name_.view());
    if (file && file->same_file(file_)) {
      (void)os::remove_file_at(store_->dir(), name_.view());
    }
    store_ = nullptr;
  }
  socket_.reset();
  address_.clear();
}

os::Result<void> Relay::prepare(os::Command& command) noexcept {
  command.pid_texts = pid_texts_;
  if (!descriptors_.empty()) {
    kept_.assign(command.keep.begin(), command.keep.end());
    kept_.insert(kept_.end(), descriptors_.begin(), descriptors_.end());
    command.keep = kept_;
  }
  return {};
}

void Relay::started(guard::Control& /*control*/, int pid) noexcept {
  if (teller_ == nullptr || pid == 0) {
    return;
  }
  std::string message;
  if (!plan_.ready_by_command && !passing_.ready_told) {
    passing_.ready_told = true;
    message = "READY=1\n";
  }
  if (plan_.is_main) {
    message += fmt::format("MAINPID={}\n", ::getpid());
  }
  message += status_line(fmt::format("runs {} (pid {})", plan_.command, pid));
  teller_->say(std::move(message));
  passing_.pings = false;
  ping();
}

std::int64_t Relay::quiet_ns() const noexcept { return teller_ != nullptr ? 0 : INT64_MAX; }

void Relay::poll_for(std::vector<pollfd>& list) noexcept {
  if (teller_ != nullptr) {
    const bool all_said = teller_->all_said();
    list.push_back({all_said ? socket_.get() : -1, POLLIN, 0});
    list.push_back({all_said ? -1 : teller_->socket().room(), POLLOUT, 0});
  }
}

void Relay::ready(const pollfd* list) noexcept {
  if (list[1].revents != 0) {
    teller_->go_on();
  }
  if (list[0].revents != 0) {
    hear(most_at_once);
  }
}

void Relay::hear(int most) {
  char room[most_message + 1];  // one more: a NUL at the end is no part of it
  for (int i = 0; socket_ && i < most && teller_->all_said(); ++i) {
    auto datagram = os::receive_datagram(socket_, room);
    if (!datagram) {
      return;
    }
    if (!datagram->cut && is_heard(*datagram)) {
      pass_on(*datagram, {&room[0], datagram->size});
    }
  }
}

void Relay::pass_on(os::Datagram& datagram, std::string_view text) {
  auto passed = passed_on(text, passing_);
  if (!passed.empty()) {
    teller_->say(std::move(passed), std::move(datagram.files));
  }
}

std::int64_t Relay::time_ns() const noexcept { return ping_every_ns_ != 0 && !passing_.pings ? next_ping_ns_ : -1; }

void Relay::on_time() noexcept { ping(); }

void Relay::ping() {
  if (time_ns() >= 0 && os::monotonic_ns() >= next_ping_ns_) {
    next_ping_ns_ = os::after(ping_every_ns_);
    if (teller_->all_said()) {
      teller_->say("WATCHDOG=1");
    }
  }
}

// With more tries to come it is not the end of the unit.
void Relay::ending(std::int64_t kill_after_ns) noexcept {
  if (teller_ == nullptr) {
    return;
  }
  const std::int64_t most = kill_after_ns > INT64_MAX - spare_ns ? INT64_MAX : kill_after_ns + spare_ns;
  teller_->say(fmt::format("{}EXTEND_TIMEOUT_USEC={}\n{}", plan_.tries_again ? "" : "STOPPING=1\n",
                           most / microsecond_ns, status_line(fmt::format("ends {}", plan_.command))));
}

// What it said last is in the socket. Until there is another one, it does not ping.
void Relay::command_ended(const guard::Ended& /*ended*/) noexcept {
  if (teller_ != nullptr) {
    hear(most_at_the_end);
    passing_.pings = false;
    ping();
  }
}

// While the job is held: the next run has the same name for its socket.
void Relay::run_ended(const guard::Ended& /*ended*/) noexcept { close(); }

}  // namespace shm::full
