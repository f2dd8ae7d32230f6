// What the tests of large items share: items of known content, and processes that are stopped while they copy one.
#pragma once
#include <sched.h>
#include <sys/wait.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <memory>
#include <random>
#include "catch.hpp"
#include "object/queue_transit.hpp"
#include "object/queue_user.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

namespace test {
using namespace shm::object;
using shm::object::queue::large_item;
using shm::os::Code;
using Expected = std::optional<Code>;
constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t scale = sanitized ? 10 : 1;
constexpr std::size_t huge = std::size_t{32} << 20U;  // copying takes long enough to be met at it

// Bytes that can be told from any others, by their number.
inline std::string content(std::uint64_t number, std::size_t size) {
  std::string bytes(size, '\0');
  std::mt19937_64 random(number);
  for (std::size_t at = 0; at < size; at += 8) {
    const std::uint64_t word = at == 0 ? number : random();
    std::memcpy(bytes.data() + at, &word, std::min<std::size_t>(8, size - at));
  }
  return bytes;
}

inline Expected push(Queue& queue, std::string_view bytes, End end = End::back, std::int64_t deadline_ns = 0) {
  const NewItem item{bytes_of(bytes), {}, 0, end};
  std::vector<std::uint64_t> ids;
  return code_of(queue.push(std::span(&item, 1), deadline_ns, ids));
}

template <class Condition>
bool soon(Condition condition) {
  for (const auto end = shm::os::monotonic_ns() + 20 * second; !condition();) {
    if (shm::os::monotonic_ns() > end) return false;
    ::sched_yield();
  }
  return true;
}

inline std::uint64_t on_their_way(const QueueUser& q) {
  auto region = open_region(*q.store(), "jobs", Kind::queue, shm::os::Access::read);
  if (!region) {
    FAIL("the queue can't be opened");
  }
  const auto seen = region->read([](const shm::segment::Reader& reader) -> shm::os::Result<std::uint64_t> {
    return reader.get_root(queue::transit_count);
  });
  if (!seen) {
    FAIL("the queue can't be read");
  }
  return *seen;
}

// A process that was stopped while it copied.
class Stopped {
 public:
  /// `prepare` is called before each attempt to meet it.
  Stopped(const QueueUser& q, const std::function<void()>& prepare, const test::Act& act) {
    for (int tries = 0; tries < 100; ++tries) {
      prepare();
      const std::uint64_t before = on_their_way(q);
      crowd_ = std::make_unique<test::Crowd>();
      crowd_->add(act);
      crowd_->go();
      siginfo_t info{};
      while (info.si_pid == 0 && on_their_way(q) == before) {
        if (::waitid(P_PID, static_cast<id_t>(pid()), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
          FAIL("a child is lost");
        }
      }
      ::kill(pid(), SIGSTOP);
      REQUIRE(::waitid(P_PID, static_cast<id_t>(pid()), &info, WSTOPPED | WEXITED | WNOWAIT) == 0);
      if (on_their_way(q) > before) return;
      ::kill(pid(), SIGCONT);
      (void)crowd_->wait();
    }
    FAIL("nobody could be stopped while copying");
  }
  [[nodiscard]] int pid() const { return crowd_->pids()[0]; }
  bool go_on() {
    ::kill(pid(), SIGCONT);
    return crowd_->wait();
  }
  void kill() {
    ::kill(pid(), SIGKILL);
    CHECK(WIFSIGNALED(crowd_->wait_for(0)));
  }

 private:
  std::unique_ptr<test::Crowd> crowd_;
};

inline Stopped stopped_pusher(QueueUser& q, const std::string& bytes, End end = End::back, Expected expected = ok) {
  return {q,
          [&q, size = bytes.size()] {
            if (*q->len() > 0 && q->peek(End::back, 1)->at(0).bytes.size() == size) (void)q->pop(End::back, 1, 0);
          },
          [&q, &bytes, end, expected] {
            auto queue = q.open();
            CHILD_REQUIRE(push(queue, bytes, end) == expected);
            return 0;
          }};
}
inline Stopped stopped_popper(QueueUser& q, const std::string& bytes, End end = End::front, Expected expected = ok) {
  return {q,
          [&q, &bytes, end] {
            const auto there = q->peek(end, 1);
            if (there->empty() || there->at(0).bytes.size() != bytes.size()) REQUIRE(push(*q, bytes, end) == ok);
          },
          [&q, &bytes, end, expected] {
            auto queue = q.open();
            const auto items = queue.pop(end, 1, 0);
            CHILD_REQUIRE(code_of(items) == expected);
            CHILD_REQUIRE(!items || items->at(0).bytes.view() == bytes);
            return 0;
          }};
}
}  // namespace test
