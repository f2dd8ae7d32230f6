// Calls the program as a shell would, one process a call, and kills some of these processes at a moment of chance. Each
// worker of a soak has a Shell of its own, in a thread of its own; what they find goes to one Log.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace soak {

/// What became of a call. Acknowledged is what ended by itself with status 0: its output is then all there.
struct Outcome {
  int status = -1;        ///< exit status; -1: it was killed
  std::string output;     ///< what it wrote to stdout
  std::string complaint;  ///< and to stderr

  [[nodiscard]] bool acknowledged() const { return status == 0; }
  [[nodiscard]] bool killed() const { return status < 0; }
};

struct Figures {
  std::uint64_t calls = 0;
  std::uint64_t killed = 0;
  std::uint64_t stopped = 0;  ///< of those, stopped for a while before
  std::map<int, std::uint64_t> statuses;
  std::vector<std::int64_t> times_ns;  ///< of calls that ended by themselves, and were not told to wait
};

/// What all workers of one soak share. Any thread.
class Log {
 public:
  /// Something that must not be. All but the first few are only counted.
  void wrong(const std::string& what);
  void add(const Figures& figures);
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] Figures& figures() { return figures_; }

 private:
  std::mutex mutex_;
  std::vector<std::string> problems_;
  Figures figures_;
};

class Shell {
 public:
  /// Calls `program` on the store in `store`; kills until `until_ns` of the monotonic clock, 0: never.
  Shell(std::string program, std::string store, std::uint64_t seed, std::int64_t until_ns, Log& log);
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell();

  /// Whether there is time for another call.
  [[nodiscard]] bool go_on() const;
  /// Runs `shmctl WORDS...` with `input` on stdin. A status that is not in `usual` is wrong.
  Outcome call(const std::vector<std::string>& words, std::initializer_list<int> usual = {0},
               std::string_view input = {});
  void wrong(const std::string& what) { log_.wrong(what); }
  [[nodiscard]] const std::string& store() const { return store_; }
  std::uint64_t random(std::uint64_t below) { return random_() % below; }

 private:
  int start(const std::vector<std::string>& words, int in, int out, int err);
  /// Waits for the process, and maybe kills it; its wait status.
  int await(int pid, std::int64_t began_ns, bool sleeps);

  std::string program_;
  std::string store_;
  std::mt19937_64 random_;
  std::int64_t until_ns_;
  std::int64_t usual_ns_ = 1'000'000;  // how long a call takes, about
  Log& log_;
  Figures figures_;
};

}  // namespace soak
