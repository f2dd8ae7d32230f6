#include "work/inbox.hpp"
#include <unistd.h>
#include "os/accounts.hpp"
#include "store/name.hpp"

namespace shm::work {

namespace {
using object::Queue;
using os::Code;
using os::Result;

constexpr std::uint64_t most_messages = 10000;
constexpr std::int64_t as_long_as_it_lives = 0;

Result<std::unique_ptr<store::Store>> open_store(std::string_view said, store::Missing missing) {
  auto store = store::Store::open(said, os::effective_uid(), missing);
  if (!store) {
    return std::unexpected(store.error());
  }
  store->allow_inboxes();
  return std::make_unique<store::Store>(std::move(*store));
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
}  // namespace

Result<Inbox> Inbox::open(std::string_view said, std::string_view job, store::Missing missing) {
  auto store = open_store(said, missing);
  if (!store) {
    return std::unexpected(store.error());
  }
  const auto self = object::owner_of(::getpid());
  if (!self) {
    return std::unexpected(self.error());
  }
  const auto name = store::inbox_name(job);
  for (;;) {
    auto queue = Queue::open(**store, name.view(), os::Access::write);
    if (queue) {
      return Inbox(std::move(*store), std::move(*queue), job, *self);
    }
    if (queue.error().code != Code::absent || missing == store::Missing::refuse) {
      return std::unexpected(queue.error());
    }
    object::QueueLimits limits;
    limits.max_items = most_messages;
    const auto created = Queue::create(**store, name.view(), limits, object::Permissions());
    if (!created && created.error().code != Code::exists) {
      return std::unexpected(created.error());
    }
  }
}

Result<std::uint64_t> Inbox::send(const Message& message) {
  const std::string bytes = pack(message);
  const object::NewItem item{bytes_of(bytes), {}};
  std::vector<std::uint64_t> ids;
  if (const auto pushed = queue_.push({&item, 1}, 0, ids); !pushed) {
    return std::unexpected(pushed.error());
  }
  return ids.front();
}

// A queue gives what comes first. So all are taken, and the others put back to where they were.
Result<bool> Inbox::withdraw(std::uint64_t id) {
  const auto items = queue_.take(self_, UINT64_MAX, as_long_as_it_lives, 0);
  if (!items) {
    return items.error().code == Code::empty ? Result<bool>(false) : std::unexpected(items.error());
  }
  bool found = false;
  for (auto item = items->rbegin(); item != items->rend(); ++item) {
    const auto settled = item->id == id ? done(id) : give_back(item->id);
    if (!settled) {
      return std::unexpected(settled.error());
    }
    found = found || item->id == id;
  }
  return found;
}

Result<Inbox::Letter> Inbox::take(std::int64_t deadline_ns) {
  auto items = queue_.take(self_, 1, as_long_as_it_lives, deadline_ns);
  if (!items) {
    return std::unexpected(items.error());
  }
  const auto& item = items->front();
  auto message = unpack(item.bytes.view(), job_);
  if (!message) {
    (void)done(item.id);
    return std::unexpected(message.error());
  }
  return Letter{item.id, std::move(*message)};
}

Result<void> Inbox::done(std::uint64_t id) noexcept { return queue_.acknowledge({&id, 1}); }

Result<void> Inbox::give_back(std::uint64_t id) noexcept {
  const auto state = queue_.release(id, 0, false);
  return state ? Result<void>() : std::unexpected(state.error());
}

Result<void> Inbox::remove(std::string_view said, std::string_view job) {
  auto store = open_store(said, store::Missing::refuse);
  return store ? object::remove(**store, store::inbox_name(job).view()) : std::unexpected(store.error());
}

}  // namespace shm::work
