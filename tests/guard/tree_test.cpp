#include "guard/tree.hpp"
#include <sys/prctl.h>
#include <algorithm>
#include "support.hpp"

using namespace shm;
using namespace shm::guard;

namespace {
// A child with `depth` descendants in a line, all of which sleep; their pids, the child first.
class Line {
 public:
  explicit Line(int depth) : pids_(&test::shared<Pids>()) {
    grow(depth);
    until([&] { return count() == depth; });
    depth_ = depth;
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    for (int i = 0; i < depth_; ++i) {
      ::kill((*pids_)[i], SIGKILL);
    }
    ::waitpid((*pids_)[0], nullptr, 0);
  }
  [[nodiscard]] int operator[](int i) const { return (*pids_)[i]; }

  template <class Condition>
  static void until(Condition holds) {
    while (!holds()) {
      ::sched_yield();
    }
  }

 private:
  using Pids = int[8];
  [[nodiscard]] int count() const {
    return static_cast<int>(std::count_if(&(*pids_)[0], &(*pids_)[8],
                                          [](int& pid) { return __atomic_load_n(&pid, __ATOMIC_ACQUIRE) != 0; }));
  }
  void grow(int depth) {
    if (::fork() != 0) {
      return;
    }
    ::signal(SIGTERM, SIG_DFL);
    __atomic_store_n(&(*pids_)[count()], ::getpid(), __ATOMIC_RELEASE);
    if (depth > 1) {
      grow(depth - 1);
    }
    for (;;) {
      ::pause();
    }
  }
  Pids* pids_;
  int depth_ = 0;
};

std::vector<int> pids_of(const std::vector<os::ProcessState>& tree) {
  std::vector<int> pids;
  for (const auto& process : tree) {
    pids.push_back(process.pid);
  }
  return pids;
}
}  // namespace

TEST_CASE("a tree is the command and all below it, parents first", "[tree]") {
  const Line line(4);
  Roots roots;
  roots.command = line[0];
  CHECK(pids_of(find_tree(roots)) == std::vector<int>{line[0], line[1], line[2], line[3]});
  CHECK(in_tree(roots, line[3]));
  CHECK_FALSE(in_tree(roots, ::getpid()));
  CHECK_FALSE(in_tree(roots, 1));
  roots.command = line[2];
  CHECK(pids_of(find_tree(roots)) == std::vector<int>{line[2], line[3]});
  CHECK(find_tree(Roots()).empty());
}

TEST_CASE("adopted orphans belong to it, strangers do not", "[tree]") {
  const Line stranger(2);
  const Line own(2);
  Roots roots;
  roots.adopted = true;
  CHECK(find_tree(roots).size() >= 4);
  roots.strangers = {stranger[0]};
  CHECK_FALSE(in_tree(roots, stranger[0]));
  CHECK_FALSE(in_tree(roots, stranger[1]));
  CHECK(in_tree(roots, own[1]));
}

TEST_CASE("a signal reaches every one of them; who has ended is left out", "[tree]") {
  const Line line(4);
  Roots roots;
  roots.command = line[0];
  signal_tree(roots, SIGSTOP);
  for (int i = 0; i < 4; ++i) {
    Line::until([&] { return os::process_state(line[i])->state == 'T'; });
  }
  signal_tree(roots, SIGCONT);
  ::kill(line[3], SIGKILL);
  Line::until([&] { return find_tree(roots).size() == 3; });  // a zombie: its parent sleeps
  signal_command(roots, SIGTERM);
  Line::until([&] { return os::process_state(line[0])->ended(); });
  CHECK_FALSE(os::process_state(line[1])->ended());
  CHECK(find_tree(roots).empty());  // its children are somebody else's now
}
