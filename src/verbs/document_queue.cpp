// How queues are written down and made again. What is held is written as ready: who held it does not hold the copy.
#include <memory>
#include "object/queue.hpp"
#include "os/clock.hpp"
#include "verbs/document.hpp"
#include "verbs/queue_words.hpp"

namespace shm::verbs {

namespace {
using object::Item;
using object::ItemState;
using object::Queue;
using object::QueueContent;
using object::QueueLimits;
using object::QueueStats;
using os::Result;

struct Count {
  std::string_view key;
  std::uint64_t QueueStats::* member;
};
constexpr Count counts[] = {{"pushed", &QueueStats::pushed},
                            {"popped", &QueueStats::popped},
                            {"acknowledged", &QueueStats::acknowledged},
                            {"released", &QueueStats::released},
                            {"returned", &QueueStats::returned},
                            {"expired", &QueueStats::expired}};

// A delayed item's moment is one of the clock that counts suspend; another machine, or boot, knows only the calendar's.
// The two drift: rounded, the same moment is written again.
constexpr std::int64_t grain_ns = 10'000'000;
std::int64_t calendar_of(std::int64_t boottime_ns) {
  const std::int64_t ns = boottime_ns - os::boottime_ns() + os::realtime_ns();
  return (ns + grain_ns / 2) / grain_ns * grain_ns;
}
std::int64_t boottime_of(std::int64_t calendar_ns) {
  return std::max<std::int64_t>(1, calendar_ns - os::realtime_ns() + os::boottime_ns());
}

cli::Json json_of(const Item& item) {
  cli::Json line;
  line.add("id", item.id).add("state", state_name(item.state));
  if (item.state == ItemState::delayed) {
    line.add("until_ns", calendar_of(item.due_ns));
  }
  line.add("priority", item.priority).add("attempts", item.attempts);
  if (!item.key.empty()) {
    line.add_bytes("key", item.key.view());
  }
  return line.add_bytes("item", item.bytes.view());
}

Result<void> write_queue(const store::Store& store, std::string_view name, const object::Description& found,
                         cli::Json& line) {
  const auto queue = Queue::open(store, name, os::Access::read);
  if (!queue || queue->object_id() != found.header.id) {
    return std::unexpected(queue || queue.error().code == os::Code::wrong_kind ? changed_hands(name) : queue.error());
  }
  const auto content = queue->content();
  if (!content) {
    return std::unexpected(content.error());
  }
  const auto& limits = queue->limits();
  add_limit(line, "max_items", limits.max_items);
  add_limit(line, "max_bytes", limits.max_bytes);
  add_limit(line, "ttr_ns", static_cast<std::uint64_t>(limits.ttr_ns));
  add_limit(line, "max_attempts", limits.max_attempts);
  line.add("last_id", content->last_id);
  for (const auto& count : counts) {
    line.add(count.key, content->ever.*count.member);
  }
  std::vector<cli::Json> items;
  items.reserve(content->items.size());
  for (const auto& item : content->items) {
    items.push_back(json_of(item));
  }
  line.add("items", items);
  return {};
}

Item read_item(const cli::JsonValue& value, std::size_t number) {
  Fields fields(value, "item " + std::to_string(number) + ": ");
  Item item;
  item.id = fields.natural("id");
  const std::string state = fields.text("state");
  item.state = state == "ready" ? ItemState::ready : state == "delayed" ? ItemState::delayed : ItemState::buried;
  if (state != state_name(item.state)) {
    fields.refuse("state", "not ready, delayed or buried");
  }
  if (item.state == ItemState::delayed) {
    item.due_ns = boottime_of(fields.integer("until_ns"));
  }
  item.priority = fields.some_integer("priority").value_or(0);
  item.attempts = fields.some_natural("attempts").value_or(0);
  if (!item.key.add(fields.some_bytes("key").value_or("")) || !item.bytes.add(fields.bytes("item"))) {
    throw std::bad_alloc();
  }
  fields.finish();
  return item;
}

Build read_queue(Fields& fields) {
  QueueLimits limits;
  limits.max_items = limit_in(fields, "max_items");
  limits.max_bytes = limit_in(fields, "max_bytes");
  const std::uint64_t ttr_ns = limit_in(fields, "ttr_ns");
  if (ttr_ns > INT64_MAX) {
    fields.refuse("ttr_ns", "too long");
  }
  limits.ttr_ns = static_cast<std::int64_t>(ttr_ns);
  limits.max_attempts = limit_in(fields, "max_attempts");
  auto content = std::make_shared<QueueContent>();
  for (const auto& value : fields.list("items")) {
    content->items.push_back(read_item(value, content->items.size() + 1));
    content->last_id = std::max(content->last_id, content->items.back().id);
  }
  if (const auto last = fields.some_natural("last_id")) {
    if (*last < content->last_id) {
      fields.refuse("last_id", "below the id of an item");
    }
    content->last_id = *last;
  }
  for (const auto& count : counts) {
    content->ever.*count.member = fields.some_natural(count.key).value_or(0);
  }
  if (const char* why = object::why_no_content(limits, *content)) {
    fields.refuse("items", why);
  }
  return [=](const store::Store& store, std::string_view name, const object::Permissions& permissions) -> Result<void> {
    if (auto made = Queue::create(store, name, limits, permissions); !made) {
      return made;
    }
    auto queue = Queue::open(store, name, os::Access::write);
    return queue ? queue->restore(*content) : std::unexpected(queue.error());
  };
}
}  // namespace

const DocumentKind queue_document = {object::Kind::queue, write_queue, read_queue};

}  // namespace shm::verbs
