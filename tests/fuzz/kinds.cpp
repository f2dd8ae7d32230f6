#include "fuzz/kinds.hpp"
#include <unistd.h>
#include <algorithm>
#include <array>
#include "guard/acquire.hpp"
#include "guard/history.hpp"
#include "guard/holder.hpp"
#include "guard/jobs.hpp"
#include "guard/pause.hpp"
#include "object/array.hpp"
#include "object/block.hpp"
#include "object/counter.hpp"
#include "object/queue.hpp"
#include "object/text_value.hpp"
#include "object/value.hpp"

namespace fuzz {

namespace {
using namespace shm;
using object::Counter;
using object::CounterLimits;
using object::End;
using object::ItemState;
using object::NewItem;
using object::Queue;
using object::Scalar;
using object::Value;
using os::Access;
using store::Store;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void describe(const Store& store, std::string_view name) { (void)object::describe(store, name); }

void make_counter(const Store& store, std::string_view name, unsigned state) {
  CounterLimits limits;
  if (state > 0) {
    limits.min = -5;
    limits.max = 5;
    limits.on_limit = static_cast<object::OnLimit>(state - 1);
  }
  (void)Counter::create(store, name, limits, 3, {});
}

void use_counter(const Store& store, std::string_view name, bool write) {
  describe(store, name);
  auto counter = Counter::open(store, name, write ? Access::write : Access::read);
  if (counter) {
    (void)counter->get();
  }
  if (!counter || !write) {
    return;
  }
  for (const std::int64_t number :
       {std::int64_t{1}, std::int64_t{-7}, INT64_MAX, INT64_MIN, counter->get().value_or(0)}) {
    (void)counter->add(number);
    (void)counter->compare_and_set(counter->get().value_or(0), number);
    (void)counter->raise_to(number);
    (void)counter->lower_to(number);
    (void)counter->set(number);
    (void)counter->swap(number);
  }
  (void)counter->reset();
}

void make_value(const Store& store, std::string_view name, unsigned state) {
  (void)Value::create(store, name, {static_cast<object::Type>(1 + state), 1}, {});
}

void use_value(const Store& store, std::string_view name, bool write) {
  describe(store, name);
  auto value = Value::open(store, name, write ? Access::write : Access::read);
  if (!value) {
    return;
  }
  const auto before = value->get().value_or(Scalar{value->type(), 0});
  (void)object::format_scalar(before);
  if (write) {
    (void)value->add(Scalar::of(-3));
    (void)value->add({value->type(), 5});
    (void)value->compare_and_set(before, before);
    (void)value->swap({value->type(), ~std::uint64_t{0}});
    (void)value->set(before);
  }
}

void make_text(const Store& store, std::string_view name, unsigned state) {
  const auto type = state == 3 ? object::Type::bytes : object::Type::text;
  const std::string content(state * state * 300, 't');
  (void)object::TextValue::create(store, name, type, bytes_of(content), state == 2 ? 1'000'000'000'000 : 0, {});
}

void use_text(const Store& store, std::string_view name, bool write) {
  describe(store, name);
  auto text = object::TextValue::open(store, name, write ? Access::write : Access::read);
  if (!text) {
    return;
  }
  (void)text->describe();
  const auto before = text->get();
  if (!write) {
    return;
  }
  const std::string large(3000, 'x');
  using object::Presence;
  (void)text->append(bytes_of("more"), Presence::existing);
  (void)text->append(bytes_of(large), Presence::either);
  if (before) {
    (void)text->compare_and_set(before->bytes(), bytes_of("other"));
  }
  (void)text->swap(bytes_of(large), 5'000'000'000);
  (void)text->append(bytes_of("end"), Presence::either);
  (void)text->set(bytes_of("last"), 0, Presence::either);
  (void)text->get();
  (void)text->remove_absent();
  (void)text->take();
}

void make_queue(const Store& store, std::string_view name, unsigned state) {
  object::QueueLimits limits;
  limits.max_attempts = state == 3 ? 1 : 0;
  limits.max_items = state == 2 ? 12 : 0;
  (void)Queue::create(store, name, limits, {});
  auto queue = Queue::open(store, name, Access::write);
  if (!queue || state == 0) {
    return;
  }
  const std::string large(700, 'l');
  std::vector<std::uint64_t> ids;
  const std::array<NewItem, 6> items = {{{bytes_of("one"), {}, 0, End::back},
                                         {bytes_of(large), {}, 0, End::front},
                                         {bytes_of("key"), bytes_of("k1"), 5, End::back},
                                         {bytes_of(""), bytes_of("k2"), -5, End::back},
                                         {bytes_of("held"), {}, 7, End::back},
                                         {bytes_of("aside"), {}, 7, End::back}}};
  (void)queue->push(items, 0, ids);
  const auto owner = object::owner_of(::getpid());
  if (state > 1 && owner) {
    const auto taken = queue->take(*owner, 2, 0, 0);
    (void)queue->bury(taken && taken->size() > 1 ? (*taken)[1].id : 0);
  }
  if (state == 3 && owner) {
    if (const auto taken = queue->take(*owner, 1, 0, 0)) {
      (void)queue->release(taken->front().id, 1'000'000'000'000, false);
    }
    (void)queue->take({owner->pid, owner->start + 1, owner->boot, owner->namespace_id}, 1, 0, 0);
  }
}

void read_queue(const Queue& queue) {
  (void)queue.len();
  (void)queue.stats();
  for (const auto end : {End::front, End::back}) {
    (void)queue.peek(end, 3);
    (void)queue.peek(end, ~std::uint64_t{0});
  }
  for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
    (void)queue.items(state);
  }
}

void use_queue(const Store& store, std::string_view name, bool write) {
  describe(store, name);
  auto queue = Queue::open(store, name, write ? Access::write : Access::read);
  if (!queue) {
    return;
  }
  read_queue(*queue);
  if (!write) {
    return;
  }
  std::vector<std::uint64_t> ids;
  const NewItem items[] = {{bytes_of("new"), bytes_of("k1"), 0, End::front}, {bytes_of("x"), {}, 6, End::back}};
  (void)queue->push(items, 0, ids);
  (void)queue->push(std::span(&items[1], 1), 0, ids);
  const auto owner = object::owner_of(::getpid());
  if (owner) {
    if (const auto taken = queue->take(*owner, 3, 1'000'000'000, 0)) {
      for (const auto& item : *taken) {
        ids.push_back(item.id);
      }
    }
  }
  for (std::uint64_t id = 0; id < 8; ++id) {
    ids.push_back(id);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint64_t id = ids[i];
    switch (i % 5) {
      case 0: (void)queue->touch(id, 5); break;
      case 1: (void)queue->release(id, 0); break;
      case 2: (void)queue->bury(id); break;
      case 3: (void)queue->acknowledge(std::span(&id, 1)); break;
      default: (void)queue->hand_over(id, owner.value_or(object::Owner())); break;
    }
  }
  (void)queue->kick({});
  (void)queue->kick(ids);
  (void)queue->pop(End::back, 1, 0);
  (void)queue->pop(End::front, 100, 0);
  (void)queue->push(items, 0, ids);
  (void)queue->clear();
  (void)queue->push(items, 0, ids);
  read_queue(*queue);
}

void make_array(const Store& store, std::string_view name, unsigned state) {
  constexpr object::Element types[] = {object::Element::int8, object::Element::uint16, object::Element::float32,
                                       object::Element::int64};
  const std::vector<object::Bits> numbers(state * state * 30, 1);
  (void)object::Array::create(store, name, types[state], numbers, {});
}

void use_array(const Store& store, std::string_view name, bool write) {
  using Operation = object::Array::Operation;
  describe(store, name);
  auto array = object::Array::open(store, name, write ? Access::write : Access::read);
  if (!array) {
    return;
  }
  os::Buffer bytes;
  const object::Array::Range ranges[] = {array->range_of({}), array->range_of({5, std::nullopt, -2})};
  if (array->length() < 100'000) {
    (void)array->get(ranges, bytes);
  }
  const auto last = array->place_of(-1);
  if (!last) {
    return;
  }
  (void)object::format_element(array->type(), array->get(*last).value_or(0));
  if (!write) {
    return;
  }
  const object::Array::Step steps[] = {{*last, {1, false}}, {0, {~object::Bits{0}, true}}, {*last / 2, {3, false}}};
  object::Bits results[3] = {};
  for (const auto operation : {Operation::set, Operation::add, Operation::max, Operation::min}) {
    (void)array->change(operation, steps, results);
    (void)array->change(operation, std::span(steps).first(1), results);
  }
  (void)array->swap(*last, 7);
  (void)array->compare_and_set(0, 7, 8);
  const object::Bits number = 9;
  (void)array->set(array->range_of({0, 200, 1}), std::span(&number, 1));
  (void)array->get(*last);
}

void make_block(const Store& store, std::string_view name, unsigned state) {
  const std::string content(state * 700, 'b');
  (void)object::Block::create(store, name, 1 + state * state * 1000, bytes_of(content), {});
}

void use_block(const Store& store, std::string_view name, bool write) {
  using Width = object::Block::Width;
  describe(store, name);
  auto block = object::Block::open(store, name, write ? Access::write : Access::read);
  if (!block) {
    return;
  }
  std::byte piece[300];
  for (const std::uint64_t offset : {std::uint64_t{0}, block->size() - 1, block->size() / 2, ~std::uint64_t{0}}) {
    (void)block->read(offset, piece);
    (void)block->read(offset, std::span(piece).first(1));
    if (write) {
      std::uint64_t expected = 0;
      (void)block->write(offset, piece);
      (void)block->fill(offset, 3, std::byte{1});
      (void)block->add(Width::bits32, offset / 4 * 4, 1);
      (void)block->compare_and_set(Width::bits64, offset / 8 * 8, expected, 2);
    }
  }
}

void make_record(const Store& store, std::string_view name, unsigned state) {
  auto record = guard::Record::open_or_create(store, name);
  if (!record || state == 0) {
    return;
  }
  record->summary().runs.add(state);
  record->summary().last_status.store(state);
  if (state == 3) {
    (void)record->grow();
  }
  for (std::size_t i = 0; i < state; ++i) {
    guard::Run run;
    run.mode = static_cast<guard::Mode>(1 + i);
    run.token = state;
    run.since_ns = 1;
    run.command = "sleep 1000";
    guard::fill_entry(record->entry(i), run, guard::Here::look());
  }
}

void use_record(const Store& store, std::string_view name, bool write) {
  (void)guard::describe_job(store, name);
  (void)guard::list_jobs(
      store,
      [](void*, const guard::JobState& job) {
        (void)guard::state_text(job);
        return true;
      },
      nullptr);
  auto record = write ? guard::Record::open_or_create(store, name) : guard::Record::open(store, name, Access::read);
  if (!record) {
    return;
  }
  const auto here = guard::Here::look();
  for (const auto& holder : guard::live_holders(*record, here)) {
    (void)guard::excludes(holder, guard::Mode::shared, 0);
    (void)guard::runs_inside(holder, 1);
  }
  (void)guard::runs_of(*record, here);
  (void)guard::unnoted_losses(*record, here);
  (void)guard::refusals_of(*record);
  (void)guard::pause_of(record->summary());
  guard::Snapshot snapshot;
  for (std::size_t i = 0; i < record->entries(); ++i) {
    (void)guard::read_entry(record->entry(i), snapshot);
  }
  if (write) {
    (void)record->refresh();
    if (const auto taken = record->take(0); taken && *taken) {
      guard::fill_entry(record->entry(0), {}, here);
      record->give_back(0);
    }
    (void)record->grow();
    guard::note_lost(*record, snapshot);
    guard::note_run(*record, {});
    guard::note_refusal(*record, {});
    (void)guard::pause_job(store, name, {});
    (void)guard::resume_job(store, name);
    guard::Want want;
    want.once_per_ns = 1;
    if (auto outcome = guard::acquire(store, name, want); outcome && outcome->hold) {
      if (outcome->hold->begin("a command")) {
        outcome->hold->end({});
      }
    }
    (void)guard::remove_job(store, name);
  }
}

constexpr std::uint16_t number(object::Kind kind) { return static_cast<std::uint16_t>(kind); }

constexpr Kind all[] = {
    {"counter", number(object::Kind::counter), "", make_counter, use_counter},
    {"value", number(object::Kind::value), "", make_value, use_value},
    {"text", number(object::Kind::value), "", make_text, use_text},
    {"queue", number(object::Kind::queue), "", make_queue, use_queue},
    {"list", number(object::Kind::list), "", make_list, use_list},
    {"dict", number(object::Kind::dict), "", make_dict, use_dict},
    {"array", number(object::Kind::array), "", make_array, use_array},
    {"block", number(object::Kind::block), "", make_block, use_block},
    {"job", guard::job_kind, ",job", make_record, use_record},
};
}  // namespace

std::span<const Kind> kinds() { return all; }

const Kind& kind_of(std::uint16_t number) {
  const auto* found =
      std::find_if(std::begin(all), std::end(all), [&](const Kind& kind) { return kind.number == number; });
  return found != std::end(all) ? *found : all[0];
}

}  // namespace fuzz
