// What the verbs of queues read and print alike. Only queue*.cpp and stat.cpp include this. Single-threaded.
#pragma once
#include "object/queue.hpp"
#include "verbs/common.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

/// --priority, or 0.
std::int64_t priority_of(const cli::Call& call);
/// --back, or the front.
object::End end_of(const cli::Call& call);
/// The operands from the second on, as the ids of items. Throws Usage.
std::vector<std::uint64_t> ids_of(const cli::Call& call);

/// A queue that must be there. Throws Failure.
object::Queue open_queue(const store::Store& store, std::string_view name, os::Access access);

std::string_view state_name(object::ItemState state) noexcept;
/// {"name":...,"kind":"queue"}, to which what else there is to say is added.
cli::Json queue_json(std::string_view name);
/// The same of an item: id, item, attempts, priority, and its key if it has one.
cli::Json item_json(std::string_view name, const object::Item& item);

/// Something that is known of a queue, as text and as JSON.
struct QueueFact {
  std::string_view key;
  std::string text;
  std::string json;
};
/// A limit that there is not is "none", and null.
std::vector<QueueFact> facts_of(const object::QueueLimits& limits);
std::vector<QueueFact> facts_of(const object::QueueStats& stats);

}  // namespace shm::verbs
