// The output of a run as others may look at it: a file of frames (spool.hpp) that is kept from the start of the run,
// and how much of it is whole. For the channel, which hands the file to onlookers. The supervisor's thread.
#pragma once
#include <cstdint>
#include "os/error.hpp"

namespace shm::guard {

class OutputSource {
 public:
  /// The file's descriptor, open for reading only. Who is given it reads at places of its own (pread): its position is
  /// everybody's. It stays the same, and open, as long as this lives. Code::absent: the output is not kept.
  virtual os::Result<int> spool() noexcept = 0;
  /// How many bytes of it there are by now: whole frames. Look again in each Companion::poll_for(): what has changed it
  /// since has made the supervisor go round.
  [[nodiscard]] virtual std::uint64_t spool_size() const noexcept = 0;

 protected:
  ~OutputSource() = default;
};

}  // namespace shm::guard
