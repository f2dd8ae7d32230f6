#include "raw.hpp"
#include <cstring>
#include <memory>
#include "state.hpp"

namespace crash {

using shm::os::Access;
using shm::segment::Fresh;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;
using shm::segment::Transaction;
using shm::segment::Walk;

namespace raw {

void create(const shm::store::Store& store) {
  shm::store::NewObject object;
  object.kind = 99;
  must(outcome_of(Region::create(store, object_name, object)));
}

std::string describe(const Reader& reader, const std::function<void()>& between) {
  std::string seen;
  const auto get = [&](Ref at) {
    if (between) {
      between();
    }
    return reader.get(at);
  };
  for (std::size_t i = 0; i < words; ++i) {
    seen += std::to_string(get(Reader::root(i))) + " ";
  }
  Walk walk(reader);
  for (Ref each{get(Reader::root(list_root))}; each && walk.step(); each = {get(each + next_word)}) {
    const std::uint64_t used = get(each + used_word);
    seen += "| " + std::to_string(used) + ": ";
    shm::os::Buffer copied;  // read in both ways that there are
    const bool whole = reader.copy(each + first_word, used * 8, copied);
    for (std::uint64_t i = 0; i < used && walk.step(); ++i) {
      const std::uint64_t word = get(each + first_word + i);
      seen += std::to_string(word) + (whole && std::memcmp(copied.data() + i * 8, &word, 8) == 0 ? " " : "! ");
    }
  }
  return seen;
}

void add(Transaction& change, std::uint64_t size, std::uint64_t number) {
  const Fresh fresh = change.allocate((first_word + size) * 8);
  if (!change.failed() && fresh.size() < (first_word + size) * 8) {
    change.fail(shm::os::fail(shm::os::Code::corrupt, "allocate", object_name, "the block is too small"));
  }
  fresh.put(next_word, change.get_root(list_root));
  fresh.put(used_word, size);
  for (std::uint64_t i = 0; i < size; ++i) {
    fresh.put(first_word + i, number + i);
  }
  change.set_root(list_root, fresh.ref());
}

Ref block(const Transaction& change, std::uint64_t index) {
  Ref each = change.ref_root(list_root);
  for (; each && index > 0; --index) {
    each = change.ref(each + next_word);
  }
  return each;
}

void drop(Transaction& change, std::uint64_t index) {
  const Ref dropped = block(change, index);
  if (!dropped) {
    return;
  }
  change.set(index == 0 ? Reader::root(list_root) : block(change, index - 1) + next_word,
             change.get(dropped + next_word));
  change.free(dropped);
}

void append(Transaction& change, std::uint64_t index, std::uint64_t count, std::uint64_t number) {
  const Ref at = block(change, index);
  if (!at) {
    return;
  }
  const std::uint64_t used = change.get(at + used_word);
  const Fresh spare = change.spare(at, (first_word + used) * 8);
  count = std::min(count, spare.size() / 8);
  for (std::uint64_t i = 0; i < count; ++i) {
    spare.put(i, number + i);
  }
  if (count > 0) {
    change.set(at + used_word, used + count);
  }
}

std::function<Act(const shm::store::Store&)> change(std::function<Outcome(Transaction&)> act) {
  return [act = std::move(act)](const shm::store::Store& store) -> Act {
    auto opened = Region::open(store, object_name, Access::write);
    if (!opened) {
      return [error = opened.error()] { return Outcome(error); };
    }
    const auto region = std::make_shared<Region>(std::move(*opened));
    return [region, act]() -> Outcome {
      auto transaction = region->begin();
      if (!transaction) {
        return transaction.error();
      }
      return act(*transaction);
    };
  };
}

}  // namespace raw
}  // namespace crash
