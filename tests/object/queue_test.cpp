// Every operation of a queue, from one process.
#include "object/queue.hpp"
#include <string>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/own_store.hpp"
#include "object/queue_user.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::QueueUser;
using Words = std::vector<std::string>;

TEST_CASE("items come in the order of their priority, then of their coming", "[queue]") {
  QueueUser q;
  CHECK(q.push("a") == 1);
  CHECK(q.push("b") == 2);
  CHECK(q.push("urgent", 5) == 3);
  CHECK(q.push("later", -5) == 4);
  CHECK(q.push("medium", 2) == 5);
  CHECK(q.push("first", 0, End::front) == 6);
  CHECK(q->len() == 6);
  CHECK(q.peek() == Words{"urgent", "medium", "first", "a", "b", "later"});
  CHECK(q.peek(End::back, 2) == Words{"later", "b"});
  CHECK(q.pop(End::back, 2) == Words{"later", "b"});
  CHECK(q.pop(End::front, 3) == Words{"urgent", "medium", "first"});
  CHECK(q.push("x", 2) == 7);
  CHECK(q.pop(End::front, 9) == Words{"x", "a"});
  CHECK(q.code_of_pop() == Code::empty);
  CHECK(q->stats()->pushed == 7);
  CHECK(q->stats()->popped == 7);
  CHECK(q->stats()->bytes == 0);
}

TEST_CASE("an item is any bytes", "[queue]") {
  QueueUser q;
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 100U, 5000U, 3'000'000U}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
    q.push(bytes);
    REQUIRE(q.peek() == Words{bytes});
    REQUIRE(q.pop() == Words{bytes});
  }
}
