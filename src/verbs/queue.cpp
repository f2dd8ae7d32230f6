// The verbs of a queue as a whole: create, len, clear, stats.
#include "verbs/queue.hpp"
#include <fmt/core.h>
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using object::Queue;
using os::Access;
}  // namespace

int queue_create(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  object::QueueLimits limits;
  limits.max_items = number_of(call, "max-items", 1, 0);
  limits.max_bytes = size_of(call, "max-bytes");
  limits.ttr_ns = time_of(call, "ttr", 0);
  limits.max_attempts = number_of(call, "max-attempts", 1, 0);
  const auto permissions = permissions_of(call, name);
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(Queue::create(store, name, limits, permissions));
  if (call.output.json()) {
    cli::Json line = queue_json(name);
    for (const auto& fact : facts_of(limits)) {
      line.add_raw(fact.key, fact.json);
    }
    call.output.result({}, line);
  }
  return 0;
}

int queue_len(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    const auto queue = Queue::open(store, name, Access::read);
    const auto length = queue ? queue->len() : os::Result<std::uint64_t>(std::unexpected(queue.error()));
    if (length) {
      call.output.result(fmt::format("{}", *length), queue_json(name).add("len", *length));
    } else {
      call.report(length.error());
    }
  }
  return call.status();
}

int queue_clear(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  const std::uint64_t cleared = cli::must(open_queue(store, name, Access::write).clear());
  call.output.result(fmt::format("{}", cleared), queue_json(name).add("cleared", cleared));
  return 0;
}

int queue_stats(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::refuse);
  const auto queue = open_queue(store, name, Access::read);
  auto facts = facts_of(cli::must(queue.stats()));
  for (auto& limit : facts_of(queue.limits())) {
    facts.push_back(std::move(limit));
  }
  cli::Json line = queue_json(name);
  std::string text;
  for (const auto& fact : facts) {
    line.add_raw(fact.key, fact.json);
    text += fmt::format("{}: {}\n", fact.key, fact.text);
  }
  if (call.output.json()) {
    call.output.write(line);
  } else {
    call.output.write(text);
  }
  return 0;
}

}  // namespace shm::verbs
