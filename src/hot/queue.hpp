// The verbs of queues that shells call most: shmctl(1) says what each does. Freestanding. One thread.
#pragma once
#include <vector>
#include "cli/message.hpp"
#include "hot/host.hpp"
#include "hot/words.hpp"
#include "object/queue.hpp"

namespace shm::hot {

// Each returns the exit status (0, or what the host was reported is worse), not_mine, or an error that ends the call.
os::Result<int> queue_len(const Words& words, Host& host);
os::Result<int> queue_pop(const Words& words, Host& host);
os::Result<int> queue_push(const Words& words, Host& host);

// What these are made of, for programs that have more ways to get items and to hand them out.

struct Push {
  std::vector<object::NewItem> items;  ///< in the order in which they are pushed
  bool may_create = true;
  std::int64_t deadline_ns = 0;  ///< as Queue::push()
  bool want_length = false;
  std::vector<std::uint64_t> ids;  ///< becomes theirs
  std::uint64_t length = 0;        ///< of the queue then, if wanted
};
/// When all are added: the first of them shall come out first, at whatever end they are pushed.
void order_items(Push& push);
/// Pushes them into a queue that is made if it is not there, unless the push says otherwise.
os::Result<void> do_push(const store::Store& store, std::string_view name, Push& push);

inline constexpr const char* back_in_queue = "what could not be written is back in the queue";
/// Puts popped items back where they came from, in the order they had; returns how many are lost.
std::size_t put_back(object::Queue& queue, std::span<const object::Item> items, object::End end);
/// "put back into 'NAME': LOST of ALL items are lost".
cli::Message lost_text(std::string_view name, std::size_t lost, std::size_t all) noexcept;

}  // namespace shm::hot
