#include "guard/talk.hpp"
#include <sys/stat.h>
#include "guard/job_files.hpp"
#include "os/clock.hpp"
#include "os/local_socket.hpp"
#include "os/poll.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t answer_within_ns = 10'000'000'000;  // a supervisor does nothing else for long
constexpr std::int64_t listens_within_ns = 5'000'000'000;  // after its command has started (channel.hpp)
constexpr std::int64_t look_again_ns = 2'000'000;          // whether it does
constexpr std::int64_t look_after_ns = 50'000'000;         // whether it is stopped

constexpr const char* go_on = "let it go on (SIGCONT)";

bool stopped(int pid) noexcept {
  const auto process = pid > 0 ? os::process_state(pid) : std::unexpected(os::Error());
  return process && (process->state == 'T' || process->state == 't');
}

// A socket that somebody put there who may not is not talked to.
bool trusted(const store::Store& store, const os::FileInfo& file) noexcept {
  return S_ISSOCK(file.mode) && (store.shared() ? file.gid == store.group() : file.uid == store.owner());
}

// What the record says of a run whose supervisor does not listen: nothing, or why it never will.
Result<void> check_lives(const Record& record, std::string_view job, const Holder& run) noexcept {
  Snapshot snapshot;
  const bool there = run.entry < record.entries() && read_entry(record.entry(run.entry), snapshot);
  if (!there || snapshot.token != run.token) {
    return std::unexpected(os::fail(Code::absent, "reach the run of", job, "it is over"));
  }
  if (!record.taken(run.entry)) {
    return std::unexpected(os::fail(Code::lost, "reach the run of", job, "its supervisor was killed"));
  }
  if (run.same_namespace && stopped(snapshot.supervisor_pid)) {
    return std::unexpected(os::fail(Code::lost, "reach the run of", job, "its supervisor is stopped", go_on));
  }
  return {};
}
}  // namespace

Result<Talk> Talk::open_now(const store::Store& store, std::string_view job, std::size_t entry) noexcept {
  const auto file = os::open_socket_at(store.dir(), socket_name(job, entry).view());
  if (!file) {
    return std::unexpected(file.error());
  }
  const auto info = os::info(*file);
  if (!info || !trusted(store, *info)) {
    return std::unexpected(info ? os::fail(Code::untrusted, "reach the run of", job, "its socket is none of shmctl's",
                                           "look who put it there, then remove it")
                                : info.error());
  }
  auto socket = os::connect_to(*file);
  if (!socket) {
    return std::unexpected(socket.error());
  }
  return Talk(std::move(*socket), job);
}

Result<Talk> Talk::open(const store::Store& store, std::string_view job, const Holder& run,
                        std::int64_t deadline_ns) noexcept {
  const auto record = Record::open(store, job, os::Access::read);
  if (!record) {
    return std::unexpected(record.error());
  }
  const std::int64_t patience = os::after(listens_within_ns);
  for (;;) {
    auto talk = open_now(store, job, run.entry);
    if (talk) {
      const auto state = talk->state();
      if (state && state->token == run.token) {
        return talk;
      }
      if (!state && state.error().code != Code::lost) {
        return std::unexpected(state.error());
      }
    } else if (talk.error().code != Code::absent && talk.error().code != Code::busy) {
      return std::unexpected(talk.error());
    }
    if (auto lives = check_lives(*record, job, run); !lives) {
      return std::unexpected(lives.error());
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns >= 0 && now >= deadline_ns) {
      return std::unexpected(os::fail(Code::timed_out, "reach the run of", job, "it did not answer in time"));
    }
    if (now >= patience) {
      return std::unexpected(os::fail(Code::lost, "reach the run of", job, "its supervisor does not answer"));
    }
    os::sleep_until(now + look_again_ns);
  }
}

os::Error Talk::lost(const char* why) const noexcept {
  return os::fail(Code::lost, "reach the run of", job_.view(), why);
}

int Talk::supervisor() const noexcept { return os::peer_of(socket_).pid; }

// The next message; it may be another thing than what is waited for.
Result<Reply> Talk::hear(For what, std::int64_t deadline_ns, os::Fd* file) noexcept {
  const int supervisor = os::peer_of(socket_).pid;
  for (;;) {
    MessageRoom room;
    auto packet = os::receive_packet(socket_, room, file != nullptr);
    if (packet) {
      Reply reply;
      if (packet->size == 0) {
        return std::unexpected(lost("its supervisor was killed"));
      }
      if (packet->cut || read_message({&room[0], packet->size}, reply) == Read::none) {
        return std::unexpected(lost("what answers there is no supervisor"));
      }
      if (file != nullptr) {
        *file = std::move(packet->file);
      }
      return reply;
    }
    if (packet.error().code != Code::empty) {
      return std::unexpected(packet.error());
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns >= 0 && now >= deadline_ns) {
      return std::unexpected(os::fail(Code::timed_out, "reach the run of", job_.view(), "nothing came in time"));
    }
    pollfd wanted{socket_.get(), POLLIN, 0};
    const std::int64_t look = now + look_after_ns;
    const bool asked = what == For::answer;  // who waits for news does so whether the run is stopped or not
    os::poll_until({&wanted, 1}, asked && deadline_ns > look ? look : deadline_ns);
    if (asked && wanted.revents == 0 && stopped(supervisor)) {
      return std::unexpected(os::fail(Code::lost, "reach the run of", job_.view(), "its supervisor is stopped", go_on));
    }
  }
}

// Whether it is news.
bool Talk::note(const Reply& reply) noexcept {
  if (reply.what != Answer::grown && reply.what != Answer::ended) {
    return false;
  }
  const auto size = static_cast<std::uint64_t>(reply.value);
  grown_ = grown_ || size > size_;
  size_ = size > size_ ? size : size_;
  if (reply.what == Answer::ended) {
    ended_ = reply.ended;
  }
  return true;
}

Result<Reply> Talk::ask(const Request& request, const char* attempt, os::Fd* file) noexcept {
  const auto over = [&] { return std::unexpected(os::fail(Code::absent, attempt, job_.view(), "the run is over")); };
  if (ended_) {
    return over();
  }
  MessageRoom room;
  const auto sent = os::send_packet(socket_, write_message(request, room));
  if (!sent || !*sent) {
    return std::unexpected(lost("its supervisor does not listen any more"));
  }
  const std::int64_t deadline = os::after(answer_within_ns);
  for (;;) {
    const auto reply = hear(For::answer, deadline, file);
    if (!reply) {
      if (ended_) {
        return over();
      }
      return std::unexpected(reply.error().code == Code::timed_out ? lost("its supervisor does not answer")
                                                                   : reply.error());
    }
    if (note(*reply)) {
      continue;
    }
    if (reply->what != Answer::refused) {
      return reply;
    }
    switch (static_cast<Refused>(reply->value)) {
      case Refused::denied:
        return std::unexpected(
            os::fail(Code::denied, attempt, job_.view(), "another user runs it", "root may, and who runs it"));
      case Refused::absent:
        return std::unexpected(os::fail(Code::absent, attempt, job_.view(), "the run does not keep its output",
                                        "start it with --attachable"));
      case Refused::range:
        return std::unexpected(os::fail(Code::range, attempt, job_.view(), "no signal has that number"));
      case Refused::unknown: break;
    }
    return std::unexpected(
        os::fail(Code::wrong_kind, attempt, job_.view(), "its supervisor is another version of this program"));
  }
}

Result<RunState> Talk::state() noexcept {
  const auto reply = ask({Ask::state, 0}, "ask");
  if (!reply) {
    return std::unexpected(reply.error());
  }
  return reply->what == Answer::state ? Result<RunState>(reply->state) : std::unexpected(lost("it answers nonsense"));
}

Result<Talk::Spool> Talk::output() noexcept {
  Spool spool;
  const auto reply = ask({Ask::output, 0}, "look at the output of", &spool.file);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if (reply->what != Answer::output || !spool.file) {
    return std::unexpected(lost("it answers nonsense"));
  }
  spool.size = static_cast<std::uint64_t>(reply->value);
  size_ = spool.size > size_ ? spool.size : size_;
  return spool;
}

Result<void> Talk::ask_for_end() noexcept {
  const auto reply = ask({Ask::end, 0}, "wait for");
  return reply ? Result<void>() : std::unexpected(reply.error());
}

Result<void> Talk::signal(int signal) noexcept {
  const auto reply = ask({Ask::signal, signal}, "signal");
  return reply ? Result<void>() : std::unexpected(reply.error());
}

Result<void> Talk::stop(std::int64_t kill_after_ns) noexcept {
  const auto reply = ask({Ask::stop, kill_after_ns}, "stop");
  return reply ? Result<void>() : std::unexpected(reply.error());
}

Result<Talk::News> Talk::news(std::int64_t deadline_ns) noexcept {
  while (!ended_ && !grown_) {
    const auto reply = hear(For::news, deadline_ns, nullptr);
    if (!reply) {
      return std::unexpected(reply.error());
    }
    (void)note(*reply);
  }
  grown_ = false;
  return News{ended_, size_};
}

Result<Ended> Talk::wait_for_end(std::int64_t deadline_ns) noexcept {
  for (;;) {
    const auto heard = news(deadline_ns);
    if (!heard) {
      return std::unexpected(heard.error());
    }
    if (heard->ended) {
      return *heard->ended;
    }
  }
}

}  // namespace shm::guard
