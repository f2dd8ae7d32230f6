// Large items of a queue, whose bytes are copied while others use it: who copies is stopped, killed or overtaken.
#include "object/queue_copier.hpp"

using namespace test;

TEST_CASE("large items come out as they went in, in their order", "[queue][transit]") {
  QueueUser q;
  const std::size_t sizes[] = {large_item - 1, 1, large_item, large_item + 1, 0, 100'003, 3U << 20U};
  std::uint64_t last = 0;
  std::uint64_t sum = 0;
  for (const std::size_t size : sizes) {
    const std::uint64_t id = q.push(content(size, size));
    CHECK(id > last);
    last = id;
    sum += size;
  }
  CHECK(q->len() == std::size(sizes));
  CHECK(q->stats()->bytes == sum);
  CHECK(q.peek()[2] == content(large_item, large_item));
  const auto back = q->pop(End::back, 1, 0);
  REQUIRE(code_of(back) == ok);
  CHECK(back->at(0).id == last);
  CHECK(back->at(0).state == ItemState::ready);
  CHECK(back->at(0).bytes.view() == content(3U << 20U, 3U << 20U));
  for (const std::size_t size : std::span(sizes).first(std::size(sizes) - 1)) {
    CHECK(q.pop() == std::vector{content(size, size)});
  }
  const auto stats = *q->stats();
  CHECK((stats.pushed == std::size(sizes) && stats.popped == std::size(sizes)));
  CHECK((stats.bytes == 0 && stats.ready == 0));
  CHECK(on_their_way(q) == 0);
}

TEST_CASE("large items keep to priorities and ends, beside several at once, taken ones and those with keys",
          "[queue][transit]") {
  QueueUser q;
  const std::string large[] = {content(1, 50'000), content(2, 60'000), content(3, 70'000), content(4, 50'000)};
  q.push(large[0], 0);
  q.push(large[1], 5);
  q.push(large[2], 5, End::front);
  CHECK(q.push_with_key(large[3], "k") == ok);
  CHECK(q.push_with_key(large[3], "k") == Code::lost);
  CHECK(q.peek() == std::vector{large[2], large[1], large[0], large[3]});
  const std::uint64_t held = q.take();
  CHECK(q.pop(End::back) == std::vector{large[3]});
  CHECK(q.push_with_key(large[3], "k") == ok);
  CHECK(code_of(q->release(held, 0)) == ok);
  CHECK(q.pop(End::front, 2) == std::vector{large[2], large[1]});
  CHECK(q.pop() == std::vector{large[0]});
  CHECK(q.pop() == std::vector{large[3]});
  CHECK(q->stats()->bytes == 0);
  CHECK(q->stats()->popped == 5);
}

TEST_CASE("an item that is arriving is not there, but counts for the limits", "[queue][transit]") {
  QueueLimits limits;
  (GENERATE(true, false) ? limits.max_items : limits.max_bytes) = GENERATE(1U, 2U) == 1 ? 1 : huge;
  if (limits.max_bytes == 1) limits.max_bytes = huge;
  if (limits.max_items == huge) limits.max_items = 1;
  QueueUser q(limits);
  const std::string bytes = content(7, huge);
  auto pusher = stopped_pusher(q, bytes);
  CHECK(q->len() == 0);
  CHECK(q->stats()->bytes == 0);
  CHECK(q->stats()->pushed == 0);
  CHECK(q.code_of_pop() == Code::empty);
  CHECK(push(*q, "x") == Code::limit);
  CHECK(push(*q, content(8, large_item)) == Code::limit);
  CHECK(q->clear() == 0U);
  SECTION("it goes on") {
    CHECK(pusher.go_on());
    CHECK(q->len() == 1);
    CHECK(push(*q, "x") == Code::limit);
    CHECK(q.pop() == std::vector{bytes});
    CHECK(push(*q, "x") == ok);
  }
  SECTION("it is killed: there is room at once") {
    pusher.kill();
    CHECK(push(*q, "x") == ok);
    CHECK(on_their_way(q) == 0);
    CHECK(q->stats()->pushed == 1);
    CHECK(q.pop() == std::vector<std::string>{"x"});
  }
}

TEST_CASE("an item that is leaving is gone, and is back if who popped it is killed", "[queue][transit]") {
  const End end = GENERATE(End::front, End::back);
  QueueLimits limits;
  limits.max_items = 3;
  QueueUser q(limits);
  const std::string bytes = content(7, huge);
  q.push("one");
  q.push("two");
  auto popper = stopped_popper(q, bytes, end);
  CHECK(q.peek() == std::vector<std::string>{"one", "two"});
  CHECK(q->len() == 2);
  CHECK(q->stats()->bytes == 6);
  CHECK(q->stats()->ready == 2);
  CHECK(push(*q, "x") == Code::limit);
  const std::uint64_t popped = q->stats()->popped;
  SECTION("it goes on") {
    CHECK(popper.go_on());
    CHECK(push(*q, "x") == ok);
    CHECK(q->stats()->popped == popped + 1);
    CHECK(q.pop(End::front, 3) == std::vector<std::string>{"one", "two", "x"});
  }
  SECTION("it is killed") {
    popper.kill();
    // Where others are ready, who has copied for a moment only is not asked for.
    shm::os::sleep_until(shm::os::monotonic_ns() + second / 25);
    CHECK(q.pop(end) == std::vector{bytes});
    CHECK(q->stats()->popped == popped + 1);
    CHECK(q.pop(End::front, 3) == std::vector<std::string>{"one", "two"});
    CHECK(on_their_way(q) == 0);
  }
  SECTION("it is killed, and nothing else is there") {
    CHECK(q.pop(End::front, 3) == std::vector<std::string>{"one", "two"});
    popper.kill();
    CHECK(q.pop(end) == std::vector{bytes});
  }
  SECTION("it is killed after the queue was cleared") {
    CHECK(q->clear() == 2U);
    popper.kill();
    CHECK(q.code_of_pop() == Code::empty);
    CHECK(on_their_way(q) == 0);
    CHECK(q->stats()->popped == popped);
    CHECK(push(*q, "x") == ok);
    CHECK(push(*q, "x") == ok);
    CHECK(push(*q, "x") == ok);
  }
  SECTION("it goes on after the queue was cleared") {
    CHECK(q->clear() == 2U);
    CHECK(push(*q, "x") == ok);
    CHECK(popper.go_on());
    CHECK(q->stats()->popped == popped + 1);
    CHECK(q.pop() == std::vector<std::string>{"x"});
    CHECK(on_their_way(q) == 0);
  }
}

TEST_CASE("a queue is removed while somebody copies", "[queue][transit]") {
  QueueUser q;
  const std::string bytes = content(7, huge);
  auto copier = GENERATE(true, false) ? stopped_pusher(q, bytes, End::back, Code::absent)
                                      : stopped_popper(q, bytes, End::front, Code::absent);
  {
    auto region = open_region(*q.store(), "jobs", Kind::queue, shm::os::Access::write);
    REQUIRE(code_of(region) == ok);
    auto change = region->begin();
    REQUIRE(code_of(change) == ok);
    CHECK(code_of(change->remove()) == ok);
  }
  CHECK(copier.go_on());
  CHECK(q.store().files().empty());
}

TEST_CASE("who waits is woken when a large item is there, and when it has left", "[queue][transit][crowd]") {
  QueueLimits limits;
  limits.max_items = 1;
  QueueUser q(limits);
  constexpr int each = 500 / static_cast<int>(scale);
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = q.open();
    for (int n = 0; n < each; ++n) {
      CHILD_REQUIRE(push(queue, content(static_cast<std::uint64_t>(n), 50'000), End::back, -1) == ok);
    }
    return 0;
  });
  crowd.add([&] {
    auto queue = q.open();
    for (int n = 0; n < each; ++n) {
      const auto items = queue.pop(End::front, 1, -1);
      CHILD_REQUIRE(items && items->at(0).bytes.view() == content(static_cast<std::uint64_t>(n), 50'000));
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait());
  CHECK(q->len() == 0);
}
