// The workloads of kind list: one for each way in which a list is changed; within a chunk, from chunk to chunk towards
// either end, and where chunks or the directory come and go.
#include <memory>
#include "kinds.hpp"
#include "object/list.hpp"
#include "object/list_chunks.hpp"
#include "report.hpp"
#include "state.hpp"
#include "steps.hpp"

namespace crash {

using shm::object::End;
using shm::object::List;
using shm::object::ListPart;
using shm::object::Slice;
using shm::os::Access;
using shm::os::Code;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;
using shm::store::Store;
namespace words = shm::object::list;

namespace {
constexpr std::uint64_t chunk = words::chunk_slots;
constexpr std::uint64_t least_directory = 8;
constexpr std::uint64_t most_items = least_directory * chunk + 9;

// ---- what is done

using Step = StepOf<List>;
using Words = std::vector<std::string>;

std::vector<List::Bytes> bytes_of(const Words& items) {
  std::vector<List::Bytes> all;
  for (const auto& item : items) {
    all.push_back(std::as_bytes(std::span(item)));
  }
  return all;
}

Step added(End end, Words items) {
  return [=](List& list) { return outcome_of(list.add(end, bytes_of(items), 0)); };
}
Step appended(Words items) { return added(End::back, std::move(items)); }

// So many items, of which every third is in a block of its own.
Words many(std::uint64_t count) {
  Words all;
  for (std::uint64_t i = 0; i < count; ++i) {
    all.push_back(std::to_string(i * 7 % 1000) + (i % 3 == 0 ? " is in a block" : ""));
  }
  return all;
}

Step inserted(std::int64_t index, Words items) {
  return [=](List& list) { return outcome_of(list.insert(index, bytes_of(items), 0)); };
}

Step set(std::vector<std::pair<std::int64_t, std::string>> pairs) {
  return [=](List& list) {
    std::vector<List::Replacement> items;
    for (const auto& [index, item] : pairs) {
      items.push_back({index, std::as_bytes(std::span(item))});
    }
    return outcome_of(list.set(items));
  };
}

Step set_slice(Slice slice, Words items) {
  return [=](List& list) { return outcome_of(list.set(slice, bytes_of(items))); };
}

Step popped(End end, std::uint64_t count = 1) {
  return [=](List& list) { return outcome_of(list.pop(end, count, 0)); };
}

Step popped_at(std::int64_t index) {
  return [=](List& list) { return outcome_of(list.pop(index, 0)); };
}

Step removed(std::string item, bool all) {
  return [=](List& list) { return outcome_of(list.remove(std::as_bytes(std::span(item)), all)); };
}

Step sorted(List::Order order, bool reverse) {
  return [=](List& list) { return outcome_of(list.sort(order, reverse)); };
}

Outcome reverse(List& list) { return outcome_of(list.reverse()); }

Outcome clear(List& list) { return outcome_of(list.clear()); }

// It is refused, and changes nothing.
Step refused(Code with, Step step) { return refused_step<List>(with, std::move(step)); }

Workload workload(std::string name, std::vector<Step> before, Step act, bool quick = false) {
  return workload_of<List>(std::move(name), std::move(before), std::move(act), quick);
}

// ---- what is seen

// The first and the last items as they are, and all of them as one number.
std::string content(const Store& store, Access access) {
  constexpr std::size_t shown = 12;
  const auto seen_as = [](const shm::os::Error& error) {
    return error.code == Code::absent ? std::string(absent) : "error: " + text(error);
  };
  const auto list = List::open(store, object_name, access);
  if (!list) {
    return seen_as(list.error());
  }
  ListPart all;
  const auto got = list->get(std::span(&all, 1), true);
  const auto stats = list->stats();
  if (!got || !stats) {
    return seen_as(!got ? got.error() : stats.error());
  }
  std::string seen = std::to_string(stats->items) + " items of " + std::to_string(stats->bytes) + " bytes:";
  std::uint64_t hash = 14695981039346656037U;
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    const auto item = all.items[i];
    if (i < shown || i + shown >= all.items.size()) {
      seen += " '" + std::string(item.substr(0, 10)) + "'";
    }
    for (const char each : item) {
      hash = (hash ^ static_cast<unsigned char>(each)) * 1099511628211U;
    }
    hash = (hash ^ (256 + item.size())) * 1099511628211U;
  }
  return seen + " " + std::to_string(hash);
}

std::vector<Block> blocks(const Reader& reader) {
  std::vector<Block> found;
  const words::Shape shape(reader);
  if (!shape.entries) {
    return found;
  }
  found.push_back({shape.entries, shape.size * 8});
  const std::uint64_t used = shape.start + shape.length;
  const std::uint64_t needed = (used + chunk - 1) / chunk;
  if (shape.length == 0 ? shape.chunks > 1 : shape.chunks != needed) {
    reader.mark_damaged();
  }
  for (std::uint64_t i = 0; i < shape.chunks; ++i) {
    found.push_back({shape.chunk(reader, i), (chunk + 1) * 8});
  }
  std::uint64_t bytes = 0;
  words::for_each(reader, shape, 0, shape.length, [&](std::uint64_t, std::uint64_t slot) {
    const std::uint64_t size = words::size_of(reader, slot);
    bytes += size;
    if (!words::is_inline(slot)) {
      found.push_back({Ref{slot}, 8 + size});
      if (size <= words::inline_most) {
        reader.mark_damaged();
      }
    }
    return true;
  });
  if (bytes != reader.get_root(words::bytes)) {
    reader.mark_damaged();
  }
  return found;
}

// ---- the workloads

const Step abc = appended({"a", "b in a block", "c"});
const Step one_chunk = appended(many(chunk));
const Step three_chunks = appended(many(2 * chunk + 40));

void add_ends(std::vector<Workload>& all) {
  all.push_back(workload("append first", {}, appended({"a"}), true));
  all.push_back(workload("append", {abc}, appended({"d"}), true));
  all.push_back(workload("append long", {abc}, appended({"a longer one"})));
  all.push_back(workload("append several", {abc}, appended({"d", "", "and one in a block", "1234567"})));
  all.push_back(workload("append grow", {abc}, appended({std::string(6000, 'x')})));
  all.push_back(workload("append chunk", {one_chunk}, appended({"d"})));
  all.push_back(workload("append directory", {appended(many(least_directory * chunk))}, appended({"d"})));
  all.push_back(workload("append where a chunk was", {one_chunk, appended({"d"}), popped(End::back)}, appended({"e"})));
  all.push_back(workload("front first", {}, added(End::front, {"a"})));
  all.push_back(workload("front", {abc, popped(End::front)}, added(End::front, {"e", "f in a block"})));
  all.push_back(workload("front chunk", {abc}, added(End::front, {"e"}), true));
  all.push_back(workload("front of empty", {abc, popped(End::front, 3)}, added(End::front, {"e"})));
  all.push_back(workload("pop", {abc}, popped(End::back), true));
  all.push_back(workload("pop front", {abc}, popped(End::front)));
  all.push_back(workload("pop block", {abc}, popped(End::back, 2)));
  all.push_back(workload("pop all", {abc}, popped(End::back, 9)));
  all.push_back(workload("pop chunk", {one_chunk, appended({"d"})}, popped(End::back)));
  all.push_back(
      workload("pop front chunk", {one_chunk, appended({"d"}), popped(End::front, chunk - 1)}, popped(End::front)));
  all.push_back(workload("pop two chunks", {one_chunk, added(End::front, {"d"})}, popped(End::front, 3)));
  all.push_back(workload("pop none", {abc, clear}, refused(Code::empty, popped(End::back))));
}

void add_middle(std::vector<Workload>& all) {
  all.push_back(workload("insert", {abc}, inserted(1, {"d"}), true));
  all.push_back(workload("insert several", {abc}, inserted(-1, {"d", "e in a block", "f"})));
  all.push_back(workload("insert towards the front", {three_chunks}, inserted(20, {"d"})));
  all.push_back(workload("insert through a chunk", {three_chunks, added(End::front, many(3))}, inserted(560, {"d"})));
  all.push_back(workload("insert towards the back", {three_chunks}, inserted(540, {"d in a block"}), true));
  all.push_back(workload("insert with a new chunk", {one_chunk, one_chunk}, inserted(chunk + 7, {"d"})));
  all.push_back(workload("insert many", {appended(many(chunk + 60))}, inserted(400, many(140))));
  all.push_back(workload("pop at", {abc}, popped_at(1)));
  all.push_back(workload("pop at towards the front", {three_chunks}, popped_at(20)));
  all.push_back(workload("pop at through a chunk", {three_chunks, added(End::front, many(3))}, popped_at(500)));
  all.push_back(workload("pop at towards the back", {three_chunks}, popped_at(540)));
  all.push_back(workload("pop at with a chunk", {one_chunk, appended({"d"})}, popped_at(chunk - 5)));
  all.push_back(workload("pop at none", {abc}, refused(Code::empty, popped_at(3))));
}

void add_places(std::vector<Workload>& all) {
  all.push_back(workload("set", {abc}, set({{0, "d"}}), true));
  all.push_back(workload("set block", {abc}, set({{1, "another block"}})));
  all.push_back(workload("set several", {abc}, set({{-1, "d in a block"}, {1, "e"}, {0, ""}})));
  all.push_back(workload("set none", {abc}, refused(Code::empty, set({{0, "d"}, {3, "e"}}))));
  all.push_back(workload("slice shorter", {abc, abc}, set_slice({1, 5}, {"d"})));
  all.push_back(workload("slice longer", {abc}, set_slice({1, 2}, {"d", "e", "f in a block"})));
  all.push_back(workload("slice deleted", {appended(many(chunk + 60))}, set_slice({100, 400}, {})));
  all.push_back(workload("slice of steps", {abc, abc}, set_slice({{}, {}, -2}, {"d", "e in a block", "f"})));
  all.push_back(workload("slice refused", {abc}, refused(Code::range, set_slice({{}, {}, 2}, {"d"}))));
  all.push_back(workload("remove", {abc, abc}, removed("c", false)));
  all.push_back(workload("remove all", {abc, abc, abc}, removed("b in a block", true)));
  all.push_back(workload("remove many", {abc, appended(Words(chunk, "x")), abc}, removed("x", true)));
  all.push_back(workload("remove none", {abc}, refused(Code::lost, removed("x", true))));
}

void add_rest(std::vector<Workload>& all) {
  all.push_back(workload("reverse", {abc}, reverse, true));
  all.push_back(workload("reverse chunks", {appended(many(chunk + 30))}, reverse));
  all.push_back(workload("sort", {abc, appended({"", "ab", "B"}), abc}, sorted(List::Order::bytes, false)));
  all.push_back(workload("sort by number", {appended({"10", "9", "a", "-1", "2.50 in a block"})},
                         sorted(List::Order::number, true)));
  all.push_back(workload("sort chunks", {abc, appended(Words(chunk + 30, "b"))}, sorted(List::Order::bytes, true)));
  all.push_back(workload("sort sorted", {appended({"a", "b", "c"})}, sorted(List::Order::bytes, false)));
  all.push_back(workload("clear", {abc}, clear, true));
  all.push_back(workload("clear chunks", {three_chunks}, clear));
  all.push_back(workload("clear empty", {}, clear));
  all.push_back(workload("full", {appended(many(most_items - 1))}, refused(Code::limit, appended({"d", "e"}))));
  Workload gone = workload("object removed", {three_chunks}, clear);
  gone.operation = removal();
  all.push_back(gone);
}
}  // namespace

Kind list_kind() {
  Kind kind;
  kind.name = "list";
  kind.create = [](const Store& store) {
    shm::object::ListLimits limits;
    limits.max_items = most_items;
    must(outcome_of(List::create(store, object_name, limits, {})));
  };
  kind.content = content;
  kind.blocks = blocks;
  add_ends(kind.workloads);
  add_middle(kind.workloads);
  add_places(kind.workloads);
  add_rest(kind.workloads);
  return kind;
}

}  // namespace crash
