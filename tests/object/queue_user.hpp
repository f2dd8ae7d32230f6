// A queue in a store of its own, in few words. For the tests of queues.
#pragma once
#include <unistd.h>
#include <string>
#include "bytes.hpp"
#include "catch.hpp"
#include "object/queue.hpp"
#include "support/own_store.hpp"

namespace test {

namespace object = shm::object;

inline std::vector<std::string> words_of(const std::vector<object::Item>& items) {
  std::vector<std::string> words;
  for (const auto& item : items) {
    words.emplace_back(item.bytes.view());
  }
  return words;
}

inline object::Owner self() { return *object::owner_of(::getpid()); }
/// A process that has ended.
inline object::Owner dead() {
  object::Owner owner = self();
  ++owner.start;
  return owner;
}

class QueueUser {
 public:
  explicit QueueUser(const object::QueueLimits& limits = {}) {
    REQUIRE(code_of(object::Queue::create(*store_, "jobs", limits, {})) == ok);
    queue_ = open();
  }
  [[nodiscard]] object::Queue open(shm::os::Access access = shm::os::Access::write) const {
    auto opened = object::Queue::open(*store_, "jobs", access);
    REQUIRE(code_of(opened) == ok);
    return std::move(*opened);
  }
  object::Queue* operator->() { return &queue_; }
  object::Queue& operator*() { return queue_; }
  [[nodiscard]] const OwnStore& store() const { return store_; }

  std::uint64_t push(std::string_view word, std::int64_t priority = 0, object::End end = object::End::back) {
    const object::NewItem item{bytes_of(word), {}, priority, end};
    std::vector<std::uint64_t> ids;
    REQUIRE(code_of(queue_.push(std::span(&item, 1), 0, ids)) == ok);
    REQUIRE(ids.size() == 1);
    return ids[0];
  }
  std::optional<shm::os::Code> push_with_key(std::string_view word, std::string_view key) {
    const object::NewItem item{bytes_of(word), bytes_of(key), 0, object::End::back};
    std::vector<std::uint64_t> ids;
    return code_of(queue_.push(std::span(&item, 1), 0, ids));
  }
  std::vector<std::string> pop(object::End end = object::End::front, std::uint64_t count = 1) {
    auto items = queue_.pop(end, count, 0);
    REQUIRE(code_of(items) == ok);
    return words_of(*items);
  }
  /// Takes one item for this process; returns its id.
  std::uint64_t take() {
    auto items = queue_.take(self(), 1, -1, 0);
    REQUIRE(code_of(items) == ok);
    REQUIRE(items->size() == 1);
    return items->at(0).id;
  }
  std::optional<shm::os::Code> code_of_pop() { return code_of(queue_.pop(object::End::front, 1, 0)); }
  std::vector<std::string> peek(object::End end = object::End::front, std::uint64_t count = ~std::uint64_t{0}) {
    auto items = queue_.peek(end, count);
    REQUIRE(code_of(items) == ok);
    return words_of(*items);
  }
  std::vector<std::string> words(object::ItemState state) {
    auto items = queue_.items(state);
    REQUIRE(code_of(items) == ok);
    return words_of(*items);
  }

 private:
  OwnStore store_;
  object::Queue queue_;
};

}  // namespace test
