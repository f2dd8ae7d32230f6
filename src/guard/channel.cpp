#include "guard/channel.hpp"
#include <sys/resource.h>
#include <algorithm>
#include "guard/job_files.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/local_socket.hpp"
#include "os/random.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Result;

// Enough for everybody who means it well; beyond that, who said nothing of use gives way to who comes.
constexpr std::ptrdiff_t most_silent = 64;
constexpr std::ptrdiff_t most_strangers = 64;  // who may only look
constexpr int most_at_once = 16;               // packets of one peer, or callers, before the command is looked after
constexpr int spare_descriptors = 24;          // for finding and signalling processes, whoever connects
constexpr std::int64_t rest_ns = 100'000'000;

Reply reply_of(Answer what, std::int64_t value = 0) noexcept {
  Reply reply;
  reply.what = what;
  reply.value = value;
  return reply;
}

Reply refusal(Refused why) noexcept { return reply_of(Answer::refused, static_cast<std::int64_t>(why)); }

// False: the peer does not read what it asked for.
bool send(const os::Fd& socket, const Reply& reply, int file = -1) noexcept {
  MessageRoom room;
  const auto sent = os::send_packet(socket, write_message(reply, room), file);
  return sent && *sent;
}

int most_descriptors() noexcept {
  rlimit limit{};
  const long done = os::sys::call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit);
  return done == 0 && limit.rlim_cur < INT32_MAX ? static_cast<int>(limit.rlim_cur) : INT32_MAX;
}

bool may_command(std::uint32_t uid) noexcept { return uid == 0 || uid == os::effective_uid(); }
}  // namespace

Channel::~Channel() { close(); }

Result<void> Channel::listen() noexcept {
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(id.error());
  }
  const auto building = store::building_name(*id);
  auto listener = os::listen_at(store_.dir(), building.view(), store_.private_mode());
  if (!listener) {
    return std::unexpected(listener.error());
  }
  const auto name = socket_name(job_, *hold_.entry());
  const auto file = os::info_at(store_.dir(), building.view());
  auto named = file ? os::rename_at(store_.dir(), building.view(), name.view(), os::Taken::replace)
                    : Result<void>(std::unexpected(file.error()));
  if (!named) {
    (void)os::remove_file_at(store_.dir(), building.view());
    return named;
  }
  // The lowest number that is free is as good as the count of those in use.
  most_peers_ = static_cast<std::size_t>(std::max(most_descriptors() - spare_descriptors - listener->get(), 4));
  file_ = *file;
  listener_ = std::move(*listener);
  return {};
}

void Channel::close() noexcept {
  if (!listener_) {
    return;
  }
  const auto name = socket_name(job_, *hold_.entry());
  const auto file = os::info_at(store_.dir(), name.view());
  if (file && file->same_file(file_)) {
    (void)os::remove_file_at(store_.dir(), name.view());
  }
  listener_.reset();
  peers_.clear();
}

Result<void> Channel::prepare(os::Command& /*command*/) noexcept {
  if (!hold_.via_socket() || listener_) {
    return {};
  }
  if (!hold_.entry()) {
    return std::unexpected(
        os::fail(os::Code::limit, "run", job_, "too many runs of it for one more socket", "leave --via socket out"));
  }
  if (auto done = listen(); !done) {
    return done;
  }
  // Whoever finds the files gone and makes new ones finds this socket: unless they were gone before it was there.
  if (!hold_.has_names()) {
    return std::unexpected(os::fail(os::Code::busy, "run", job_, "its files were removed a moment ago", "try again"));
  }
  return {};
}

void Channel::started(Control& control, int pid) noexcept {
  control_ = &control;
  command_pid_ = pid;
  waits_to_listen_ = pid != 0 && !listener_ && hold_.entry();
  if (waits_to_listen_ && output_ != nullptr && output_->spool()) {
    on_time();  // the output is there for others: however short the run is, who finds it sees all of it
  }
}

std::int64_t Channel::quiet_ns() const noexcept {
  return listener_ ? 0 : waits_to_listen_ ? listen_after_ns : INT64_MAX;
}

void Channel::on_time() noexcept {
  time_ns_ = -1;
  if (waits_to_listen_) {
    waits_to_listen_ = false;
    (void)listen();  // where that can't be, there are the signals
  }
}

void Channel::poll_for(std::vector<pollfd>& list) noexcept {
  if (waits_to_listen_ && time_ns_ < 0) {
    time_ns_ = os::after(listen_after_ns);
  }
  if (!listener_) {
    return;
  }
  tell_growth();
  list.push_back({time_ns_ < 0 ? listener_.get() : -1, POLLIN, 0});
  for (const Peer& peer : peers_) {
    list.push_back({peer.socket.get(), static_cast<short>(peer.waits_to_send ? POLLIN | POLLOUT : POLLIN), 0});
  }
}

void Channel::ready(const pollfd* list) noexcept {
  const bool callers = list->revents != 0;
  for (Peer& peer : peers_) {
    ++list;
    if ((list->revents & POLLOUT) != 0) {
      peer.waits_to_send = false;  // poll_for() tries again
    }
    if ((list->revents & ~POLLOUT) != 0 && !hear(peer)) {
      peer.socket.reset();
    }
  }
  std::erase_if(peers_, [](const Peer& peer) { return !peer.socket; });
  if (callers) {
    take_callers();
  }
}

// What a caller has sent already is answered before the next one comes.
void Channel::take_callers() noexcept {
  for (int i = 0; i < most_at_once; ++i) {
    auto caller = os::accept_caller(listener_);
    if (!caller && caller.error().code == os::Code::full && give_up_silent()) {
      caller = os::accept_caller(listener_);
    }
    if (!caller) {
      if (caller.error().code != os::Code::empty) {
        time_ns_ = os::after(rest_ns);  // it would be asked again at once, and for ever
      }
      return;
    }
    if (peers_.size() >= most_peers_ && !give_up_silent()) {
      continue;
    }
    Peer peer;
    peer.socket = std::move(caller->socket);
    peer.may_command = may_command(caller->uid);
    if (!hear(peer)) {
      continue;
    }
    const auto count = [this](auto which) { return std::count_if(peers_.begin(), peers_.end(), which); };
    if (!peer.may_command && count([](const Peer& other) { return !other.may_command; }) >= most_strangers) {
      continue;
    }
    if (!peer.looks && count([](const Peer& other) { return !other.looks; }) >= most_silent) {
      give_up_silent();
    }
    peers_.push_back(std::move(peer));
  }
}

bool Channel::give_up_silent() noexcept {
  const auto oldest = std::find_if(peers_.begin(), peers_.end(), [](const Peer& peer) { return !peer.looks; });
  if (oldest == peers_.end()) {
    return false;
  }
  peers_.erase(oldest);
  return true;
}

// False: there is nothing more to be said to it.
bool Channel::hear(Peer& peer) noexcept {
  for (int i = 0; i < most_at_once; ++i) {
    MessageRoom room;
    const auto packet = os::receive_packet(peer.socket, room, false);
    if (!packet) {
      return packet.error().code == os::Code::empty;
    }
    Request request;
    if (packet->size == 0 || packet->cut) {
      return false;
    }
    switch (read_message({&room[0], packet->size}, request)) {
      case Read::none: return false;
      case Read::other_version:
        if (!send(peer.socket, refusal(Refused::unknown))) {
          return false;
        }
        break;
      case Read::good:
        if (!answer(peer, request)) {
          return false;
        }
        break;
    }
  }
  return true;
}

bool Channel::answer(Peer& peer, const Request& request) noexcept {
  switch (request.what) {
    case Ask::state: {
      Reply reply = reply_of(Answer::state);
      reply.state = describe();
      return send(peer.socket, reply);
    }
    case Ask::output: return give_output(peer);
    case Ask::end: peer.looks = true; return send(peer.socket, reply_of(Answer::done));
    case Ask::signal:
    case Ask::stop: return obey(peer, request);
  }
  return false;
}

bool Channel::obey(Peer& peer, const Request& request) noexcept {
  if (!peer.may_command) {
    return send(peer.socket, refusal(Refused::denied));
  }
  if (request.what == Ask::signal && (request.argument < 1 || request.argument > os::most_signal)) {
    return send(peer.socket, refusal(Refused::range));
  }
  // Said first: a signal may stop or end this process too.
  if (!send(peer.socket, reply_of(Answer::done))) {
    return false;
  }
  if (control_ == nullptr) {
    return true;
  }
  if (request.what == Ask::signal) {
    control_->pass_on(static_cast<int>(request.argument));
  } else {
    control_->stop(request.argument >= 0 ? request.argument : -1);
  }
  return true;
}

bool Channel::give_output(Peer& peer) noexcept {
  const auto spool = output_ != nullptr ? output_->spool() : Result<int>(-1);
  if (!spool || *spool < 0) {
    return send(peer.socket, refusal(Refused::absent));
  }
  peer.looks = true;
  peer.has_output = true;
  peer.told = output_->spool_size();
  return send(peer.socket, reply_of(Answer::output, static_cast<std::int64_t>(peer.told)), *spool);
}

RunState Channel::describe() const noexcept {
  RunState state;
  Snapshot snapshot;
  if (hold_.look(snapshot)) {
    state.since_ns = snapshot.since_ns;
    state.command = snapshot.command;
  }
  state.mode = hold_.mode();
  state.slot = hold_.slot();
  state.token = hold_.token();
  state.supervisor_pid = os::own_pid();
  state.command_pid = command_pid_;
  state.keeps_output = output_ != nullptr && output_->spool().has_value();
  return state;
}

void Channel::tell_growth() noexcept {
  const std::uint64_t size = output_ != nullptr ? output_->spool_size() : 0;
  for (Peer& peer : peers_) {
    if (peer.has_output && !peer.waits_to_send && size > peer.told) {
      peer.waits_to_send = !send(peer.socket, reply_of(Answer::grown, static_cast<std::int64_t>(size)));
      peer.told = peer.waits_to_send ? peer.told : size;
    }
  }
}

void Channel::command_ended(const Ended& /*ended*/) noexcept { command_pid_ = 0; }

void Channel::run_ended(const Ended& ended) noexcept {
  if (!listener_) {
    return;
  }
  for (Peer& peer : peers_) {
    (void)hear(peer);  // what was asked before the end is answered
  }
  take_callers();
  Reply reply = reply_of(Answer::ended, static_cast<std::int64_t>(output_ != nullptr ? output_->spool_size() : 0));
  reply.ended = ended;
  for (const Peer& peer : peers_) {
    if (peer.looks) {
      (void)send(peer.socket, reply);
    }
  }
  close();
}

}  // namespace shm::guard
