#include "queue_survey.hpp"
#include <map>
#include "object/queue_items.hpp"

namespace crash {

using shm::object::ItemState;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Walk;
namespace words = shm::object::queue;

namespace {
class Survey {
 public:
  explicit Survey(const Reader& reader) : reader_(reader), walk_(reader) {}

  std::vector<Block> all() {
    Ref above;
    Ref level = reader_.ref_root(words::first_level);
    const bool only = level && !reader_.ref(level + words::lower);
    for (; level && walk_.step(); above = level, level = reader_.ref(level + words::lower)) {
      found_.push_back({level, std::uint64_t{words::level_words} * 8});
      right(reader_.ref(level + words::higher) == above);
      const Ref first = reader_.ref(level + words::level_first);
      right(first || only);
      list(first, reader_.ref(level + words::level_last), ItemState::ready);
    }
    right(reader_.ref_root(words::last_level) == above);
    for (const auto state : {ItemState::held, ItemState::delayed, ItemState::buried}) {
      const std::size_t root = words::first_of(state);
      list(reader_.ref_root(root), reader_.ref_root(root + 1), state);
    }
    for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
      right(reader_.get_root(words::count_of(state)) == counts_[state]);
    }
    right(reader_.get_root(words::bytes) == bytes_);
    transit();
    right(words::by_id.size(reader_) == aside_ && words::by_key.size(reader_) == keyed_);
    add_index_blocks(reader_, words::keys_root, found_);
    add_index_blocks(reader_, words::ids_root, found_);
    return std::move(found_);
  }

 private:
  // What is not so makes the audit fail.
  void right(bool so) const {
    if (!so) {
      reader_.mark_damaged();
    }
  }

  void list(Ref item, Ref last, ItemState state) {
    Ref before;
    for (; item && walk_.step(); before = item, item = reader_.ref(item + words::next)) {
      const std::uint64_t key = reader_.get(item + words::key_size);
      const std::uint64_t size = reader_.get(item + words::size);
      found_.push_back({item, (words::content + (key + 7) / 8 + (size + 7) / 8) * 8});
      right(reader_.ref(item + words::previous) == before);
      right(reader_.get(item + words::state) == static_cast<std::uint64_t>(state));
      if (state != ItemState::ready) {
        right(words::find(reader_, reader_.get(item + words::id), state) == item);
        ++aside_;
      }
      if (key != 0) {
        right(words::by_key.find(reader_, reader_.get(item + words::key_hash), [&](Ref at) { return at == item; }) ==
              item);
        ++keyed_;
      }
      bytes_ += size;
      ++counts_[state];
    }
    right(last == before);
  }

  // Large items on their way.
  void transit() {
    Ref before;
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
    for (Ref item = reader_.ref_root(words::first_transit); item && walk_.step();
         before = item, item = reader_.ref(item + words::next)) {
      const std::uint64_t size = reader_.get(item + words::size);
      found_.push_back({item, (words::content + (size + 7) / 8) * 8});
      right(reader_.ref(item + words::previous) == before);
      bytes += size;
      ++items;
    }
    right(reader_.ref_root(words::last_transit) == before);
    right(reader_.get_root(words::transit_count) == items && reader_.get_root(words::transit_bytes) == bytes);
  }

  const Reader& reader_;
  Walk walk_;
  std::vector<Block> found_;
  std::map<ItemState, std::uint64_t> counts_;
  std::uint64_t bytes_ = 0, aside_ = 0, keyed_ = 0;
};
}  // namespace

std::vector<Block> queue_blocks(const Reader& reader) { return Survey(reader).all(); }

}  // namespace crash
