#include "verbs/queue_words.hpp"
#include <fmt/core.h>
#include <charconv>

namespace shm::verbs {

namespace {
/// False: `text` is no number of that type, or there is more to it.
template <class Number>
bool read_whole(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}
}  // namespace

std::int64_t priority_of(const cli::Call& call) {
  const auto text = call.argument("priority");
  std::int64_t number = 0;
  if (text && !read_whole(*text, number)) {
    refuse(call, fmt::format("--priority '{}': not a whole number of 64 bits", *text));
  }
  return number;
}

object::End end_of(const cli::Call& call) { return call.has("back") ? object::End::back : object::End::front; }

std::vector<std::uint64_t> ids_of(const cli::Call& call) {
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    std::uint64_t id = 0;
    if (!read_whole(std::string_view(call.operands[i]), id)) {
      refuse(call, fmt::format("'{}': not an item's id (a number, as 'queue take' prints it)", call.operands[i]));
    }
    ids.push_back(id);
  }
  return ids;
}

object::Queue open_queue(const store::Store& store, std::string_view name, os::Access access) {
  using_object(name);
  return cli::must(object::Queue::open(store, name, access));
}

std::string_view state_name(object::ItemState state) noexcept {
  switch (state) {
    case object::ItemState::ready: return "ready";
    case object::ItemState::held: return "held";
    case object::ItemState::delayed: return "delayed";
    case object::ItemState::buried: return "buried";
  }
  return "";
}

cli::Json queue_json(std::string_view name) { return cli::Json().add("name", name).add("kind", "queue"); }

cli::Json item_json(std::string_view name, const object::Item& item) {
  cli::Json line = queue_json(name);
  line.add("id", item.id).add_bytes("item", item.bytes.view());
  line.add("attempts", item.attempts).add("priority", item.priority);
  if (!item.key.empty()) {
    line.add_bytes("key", item.key.view());
  }
  return line;
}

std::vector<QueueFact> facts_of(const object::QueueLimits& limits) {
  const auto limit = [](std::string_view key, std::uint64_t number) {
    const std::string digits = fmt::format("{}", number);
    return number == 0 ? QueueFact{key, "none", "null"} : QueueFact{key, digits, digits};
  };
  const std::string seconds = fmt::format("{}", static_cast<double>(limits.ttr_ns) / 1e9);
  return {limit("max-items", limits.max_items), limit("max-bytes", limits.max_bytes),
          limits.ttr_ns == 0 ? QueueFact{"ttr", "none", "null"} : QueueFact{"ttr", seconds + " s", seconds},
          limit("max-attempts", limits.max_attempts)};
}

std::vector<QueueFact> facts_of(const object::QueueStats& stats) {
  const struct {
    std::string_view key;
    std::uint64_t number;
  } numbers[] = {
      {"ready", stats.ready},       {"held", stats.held},
      {"delayed", stats.delayed},   {"buried", stats.buried},
      {"bytes", stats.bytes},       {"pushed", stats.pushed},
      {"popped", stats.popped},     {"acknowledged", stats.acknowledged},
      {"released", stats.released}, {"returned", stats.returned},
      {"expired", stats.expired},
  };
  std::vector<QueueFact> facts;
  for (const auto& each : numbers) {
    const std::string digits = fmt::format("{}", each.number);
    facts.push_back({each.key, digits, digits});
  }
  return facts;
}

}  // namespace shm::verbs
