#include "audit.hpp"
#include <map>
#include "report.hpp"
#include "segment/size_class.hpp"
#include "state.hpp"

namespace crash {

using namespace shm::segment;
using shm::os::Result;

namespace {

enum class Use : std::uint8_t { none, free, reachable, log };

struct Found {
  std::size_t size_class = 0;
  Use use = Use::none;
};

std::string at_text(std::uint64_t at) { return " at " + std::to_string(at); }

class Heap {
 public:
  Heap(const Memory& memory, std::uint64_t fixed)
      : memory_(memory), control_(memory.control()), begin_(heap_start + (fixed + 15) / 16 * 16) {}

  std::string check(const std::vector<Block>& blocks) {
    if (count_of(control_.head) != 0) {
      return "the log is not empty";
    }
    for (const auto& step : {walk(), lists(), log(), reachable(blocks)}) {
      if (!step.empty()) {
        return step;
      }
    }
    for (const auto& [at, block] : blocks_) {
      if (block.use == Use::none) {
        return "a block is lost" + at_text(at);
      }
    }
    return {};
  }

 private:
  std::string walk() {
    if (control_.top < begin_ || control_.top > control_.capacity || control_.top % 16 != 0) {
      return "the heap's top makes no sense";
    }
    std::uint64_t at = begin_;
    while (at < control_.top) {
      const std::size_t size_class = class_in(memory_.load(at));
      if (size_class >= size_classes) {
        return "what is no block" + at_text(at);
      }
      blocks_[at] = {size_class, Use::none};
      at += class_size(size_class);
    }
    return at == control_.top ? "" : "the last block ends behind the heap's top";
  }

  std::string lists() {
    for (std::size_t size_class = 0; size_class < size_classes; ++size_class) {
      for (std::uint64_t at = control_.free_blocks[size_class]; at != 0; at = next_of(memory_.load(at))) {
        if (auto wrong = use(at, Use::free, "free"); !wrong.empty()) {
          return wrong;
        }
        if (blocks_[at].size_class != size_class) {
          return "a free block in the list of another size" + at_text(at);
        }
      }
    }
    return {};
  }

  std::string log() {
    for (std::size_t chunk = 1; chunk < undo_chunks; ++chunk) {
      if (const std::uint64_t at = control_.chunks[chunk]; at != 0) {
        if (auto wrong = use(at - block_word, Use::log, "of the log"); !wrong.empty()) {
          return wrong;
        }
        if (class_size(blocks_[at - block_word].size_class) - block_word < (first_chunk_entries << chunk) * 16) {
          return "a part of the log is too small" + at_text(at);
        }
      }
    }
    return {};
  }

  std::string reachable(const std::vector<Block>& blocks) {
    for (const auto& block : blocks) {
      if (auto wrong = use(block.at.offset - block_word, Use::reachable, "in use"); !wrong.empty()) {
        return wrong;
      }
      if (class_size(blocks_[block.at.offset - block_word].size_class) - block_word < block.size) {
        return "a block is too small" + at_text(block.at.offset);
      }
    }
    return {};
  }

  std::string use(std::uint64_t at, Use as, const char* what) {
    const auto found = blocks_.find(at);
    if (found == blocks_.end()) {
      return std::string("a block that is ") + what + " is none" + at_text(at);
    }
    if (found->second.use != Use::none) {
      return std::string("a block that is ") + what + " is something else too" + at_text(at);
    }
    found->second.use = as;
    return {};
  }

  const Memory& memory_;
  const Control& control_;
  const std::uint64_t begin_;
  std::map<std::uint64_t, Found> blocks_;
};
}  // namespace

std::string audit(const shm::store::Store& store, const Kind& kind) {
  const auto region = Region::open(store, object_name, shm::os::Access::read);
  if (!region) {
    return region.error().code == shm::os::Code::absent ? "" : text(region.error());
  }
  const auto blocks =
      region->read([&](const Reader& reader) -> Result<std::vector<Block>> { return kind.blocks(reader); });
  if (!blocks) {
    return text(blocks.error());
  }
  return Heap(Inspector::memory(*region), kind.fixed).check(*blocks);
}

}  // namespace crash
