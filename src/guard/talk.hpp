// Talking to the supervisor of a run that somebody else has started, over its socket (channel.hpp). Any process that
// may connect; one thread has a Talk.
//
//   auto view = view_job(store, job);                          // or Record + live_holders
//   auto talk = Talk::open(store, job, view->holders[0], -1);
//   auto spool = talk->output();                               // then pread(spool->file, ...) up to spool->size
//   auto news = talk->news(-1);                                // until news->over
#pragma once
#include <optional>
#include "guard/channel_message.hpp"
#include "guard/holder.hpp"
#include "os/fd.hpp"
#include "store/store.hpp"

namespace shm::guard {

class Talk {
 public:
  /// Connects to the supervisor of `run`, waiting for it to listen: it does so a moment after its command has started.
  /// Code::absent: the run is over. Code::lost: nobody answers and nobody will, for the supervisor was killed, is
  /// stopped, or has no socket. Code::denied; Code::timed_out: `deadline_ns` of the monotonic clock (-1: none) passed.
  static os::Result<Talk> open(const store::Store& store, std::string_view job, const Holder& run,
                               std::int64_t deadline_ns) noexcept;
  /// As it is now, without waiting. Code::absent: nobody listens at entry `entry` of the job; Code::denied.
  static os::Result<Talk> open_now(const store::Store& store, std::string_view job, std::size_t entry) noexcept;

  // Each returns Code::lost when the supervisor is gone or does not answer, Code::denied when it refuses,
  // Code::wrong_kind when it is of another version of this program that does not know the request.

  os::Result<RunState> state() noexcept;
  struct Spool {
    os::Fd file;             ///< for reading at places (pread); its position is shared with everybody
    std::uint64_t size = 0;  ///< whole frames that there are by now
  };
  /// The run's output; news tell of its growth and of the end. Code::absent: the run does not keep it.
  os::Result<Spool> output() noexcept;
  /// Asks for news of the end.
  os::Result<void> ask_for_end() noexcept;
  os::Result<void> signal(int signal) noexcept;
  /// `kill_after_ns`: -1 as the run was told.
  os::Result<void> stop(std::int64_t kill_after_ns) noexcept;

  struct News {
    std::optional<Ended> ended;  ///< the run is over, and this is how; nothing more will come
    std::uint64_t size = 0;      ///< of the output by now; 0 without output()
  };
  /// Waits for the next news. Code::timed_out; Code::lost: the supervisor is gone without a word, so it was killed.
  os::Result<News> news(std::int64_t deadline_ns) noexcept;
  /// Waits for the end, whatever else there is to tell. As news().
  os::Result<Ended> wait_for_end(std::int64_t deadline_ns) noexcept;

  /// Readable when there are news, or the supervisor is gone: to be polled beside other things.
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
  /// The pid of the supervisor, as the kernel says it; 0: of another pid namespace.
  [[nodiscard]] int supervisor() const noexcept;

 private:
  Talk(os::Fd socket, std::string_view job) noexcept : socket_(std::move(socket)), job_(job) {}
  os::Result<Reply> ask(const Request& request, const char* attempt, os::Fd* file = nullptr) noexcept;
  enum class For : std::uint8_t { answer, news };
  os::Result<Reply> hear(For what, std::int64_t deadline_ns, os::Fd* file) noexcept;
  bool note(const Reply& reply) noexcept;
  [[nodiscard]] os::Error lost(const char* why) const noexcept;

  os::Fd socket_;
  os::FileName job_;
  std::optional<Ended> ended_;  // heard between an answer and another
  std::uint64_t size_ = 0;
  bool grown_ = false;
};

}  // namespace shm::guard
