// While the main thread sleeps in the kernel's queue for a job, which no look around may make it leave, this thread
// tells the service manager what it waits for, who has it, and that its start takes longer, and shows the watchdog that
// the unit lives. It must be of the same process, for a manager listens to that alone. It has descriptors of its own:
// looking at a job opens and closes the files on which the main thread has its marks, which closing would take away. It
// takes no signal, and has ended before the command is started.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include "guard/acquire.hpp"
#include "systemd/notify.hpp"

namespace shm::full {

class WaitingNews {
 public:
  /// All of it must outlive this, which alone uses `manager` until end(). Where there can be no thread, nothing is
  /// told. `store`: null, where the job is not waited for; then there are but signs of life for the watchdog.
  WaitingNews(const systemd::ManagerSocket& manager, const store::Store* store, std::string job,
              const guard::Want& want);
  ~WaitingNews() { end(); }
  WaitingNews(const WaitingNews&) = delete;
  WaitingNews& operator=(const WaitingNews&) = delete;

  /// Ends the thread; true: it has told something.
  bool end();

 private:
  void work();
  void tell();
  void ping();
  [[nodiscard]] std::string what_it_waits_for() const;
  bool rest(std::int64_t ns);  // false: it is over

  const systemd::ManagerSocket& manager_;
  const store::Store* store_;
  std::string job_;
  guard::Want want_;
  bool may_look_ = false;
  std::string last_status_;
  std::int64_t extend_at_ns_ = 0;
  std::int64_t ping_every_ns_ = 0;  // 0: nobody waits for it
  bool told_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace shm::full
