// A run whose command writes into pipes, and not into the program's own streams: what comes is passed on as it comes,
// kept (spool.hpp) for those who look at it and for a failure, and logged. Made before the run, it lives longer.
// Invariants: the supervisor never waits for a reader. While an own stream does not take what it has, no more is read,
// so that the command waits as it would without all this. What the command had written when it ended is passed on
// before the job is free, though a run that had to end does not wait for its reader for ever; what a process that it
// left behind writes later has no reader.
#pragma once
#include <optional>
#include "guard/companion.hpp"
#include "guard/log.hpp"
#include "guard/output_source.hpp"
#include "guard/own_stream.hpp"
#include "guard/spool.hpp"
#include "os/buffer.hpp"

namespace shm::guard {

struct OutputPlan {
  bool attachable = false;              ///< others may look: all of it is kept from the start
  bool quiet_unless_failed = false;     ///< nothing is passed on; see Output::show()
  std::uint64_t tail = UINT64_MAX;      ///< then: how many lines to show
  const char* directory = nullptr;      ///< where to keep it, if possible (TMPDIR)
  std::uint64_t most_kept = 1U << 30U;  ///< bytes
  /// How long a reader may let a run wait whose time was up, or that was stopped.
  std::int64_t patience_ns = 10'000'000'000;
  std::optional<LogPlan> log;
  /// Something went wrong that does not end the run; said once for each thing.
  void (*complain)(const os::Error& error) = nullptr;
};

class Output final : public Companion, public OutputSource {
 public:
  explicit Output(const OutputPlan& plan) noexcept;

  os::Result<void> prepare(os::Command& command) noexcept override;
  void started(Control& control, int pid) noexcept override;
  void poll_for(std::vector<pollfd>& list) noexcept override;
  void ready(const pollfd* list) noexcept override;
  [[nodiscard]] std::int64_t time_ns() const noexcept override;
  void on_time() noexcept override;
  void command_ended(const Ended& ended) noexcept override;
  [[nodiscard]] bool busy() const noexcept override;
  void run_ended(const Ended& ended) noexcept override;

  os::Result<int> spool() noexcept override;
  [[nodiscard]] std::uint64_t spool_size() const noexcept override { return spool_.size(); }

  /// After supervise(), with quiet_unless_failed: shows what was kept, if the run has failed.
  void show(const Ended& ended) noexcept;

 private:
  /// The way of one of the command's streams.
  struct Way {
    explicit Way(os::Stream stream) noexcept : name(stream), own(stream) {}
    os::Stream name;
    OwnStream own;
    os::Fd from;  ///< what the command writes into
    os::Fd to;    ///< its other end, while the command is being started
    os::Buffer buffer;
    std::uint64_t passed_on = 0;            ///< of the buffer
    std::uint64_t last_bytes = UINT64_MAX;  ///< once the command has ended: what it left in the pipe
    [[nodiscard]] bool waits_for_reader() const noexcept { return passed_on < buffer.size(); }
  };

  os::Result<void> begin() noexcept;
  os::Result<void> connect(Way& way) noexcept;
  bool read(Way& way) noexcept;
  void keep(os::Stream stream, std::span<const std::byte> bytes) noexcept;
  void pass_on(Way& way) noexcept;
  void flush_log() noexcept;
  [[nodiscard]] bool passes_on() const noexcept { return !plan_.quiet_unless_failed || spool_failed_; }
  void tell(const os::Error& error, bool& told) noexcept;

  OutputPlan plan_;
  Way ways_[2] = {Way(os::Stream::out), Way(os::Stream::error)};
  std::size_t ways_used_ = 2;  // 1: both streams have one way, which keeps their order
  bool begun_ = false;
  os::SignalSet old_mask_;  // as it was before the run
  Spool spool_;
  bool spool_failed_ = false;
  std::int64_t give_up_at_ns_ = -1;  // by the monotonic clock
  std::optional<Log> log_;
  bool told_spool_ = false;
  bool told_log_ = false;
  bool told_write_ = false;
};

}  // namespace shm::guard
