#include "verbs/rows.hpp"
#include <algorithm>
#include <cstring>

namespace shm::verbs {

namespace {
constexpr std::size_t text_block = 65536;
constexpr std::size_t key_size = sizeof(std::uint64_t);
constexpr std::uint64_t last_byte = 0xff;
}  // namespace

std::string_view listed_kind(object::Kind kind) noexcept {
  if (kind == job_kind) {
    return "job";
  }
  const auto name = object::kind_name(kind);
  return name.empty() ? "?" : name;
}

const char* Rows::keep(std::string_view first, std::string_view second) {
  const std::size_t size = first.size() + second.size();
  if (size > left_) {
    left_ = std::max(text_block, size);
    free_ = texts_.emplace_back(new char[left_]).get();
  }
  const char* kept = free_;
  free_ = std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), free_));
  left_ -= size;
  return kept;
}

void Rows::add(const Row& row) {
  if (count_ % stored_a_block == 0) {
    stored_.emplace_back(new Stored[stored_a_block]);
  }
  Stored& stored = stored_.back()[count_ % stored_a_block];
  stored.text = keep(row.name, row.state);
  stored.name_size = static_cast<std::uint16_t>(row.name.size());
  stored.state_size = static_cast<std::uint32_t>(row.state.size());
  stored.size = row.size;
  stored.uid = row.uid;
  stored.mode = static_cast<std::uint16_t>(row.mode & 07777U);
  stored.kind = static_cast<std::uint8_t>(row.kind);
  ++count_;
}

Row Rows::row_of(std::uint32_t index) const noexcept {
  const Stored& found = stored(index);
  const std::string_view name(found.text, found.name_size);
  return {name,
          {name.data() + name.size(), found.state_size},
          static_cast<object::Kind>(found.kind),
          found.uid,
          found.mode,
          found.size};
}

// Compared as a number it is as those bytes are compared. No name has a NUL in it: one that is shorter is smaller.
std::uint64_t Rows::key_of(std::uint32_t index, std::size_t depth) const noexcept {
  const Stored& found = stored(index);
  std::uint64_t key = 0;
  for (std::size_t i = depth; i < depth + key_size; ++i) {
    const auto byte = i < found.name_size ? static_cast<unsigned char>(found.text[i]) : 0U;
    key = key << 8U | byte;
  }
  return key;
}

// The first `depth` bytes of all these names are the same.
void Rows::sort_part(std::size_t from, std::size_t to, std::size_t depth) {
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = order_.begin() + static_cast<std::ptrdiff_t>(to);
  bool same = true;
  for (auto entry = begin; entry != end; ++entry) {
    entry->key = key_of(entry->index, depth);
    same = same && entry->key == begin->key;
  }
  if (!same) {  // names of one family begin alike
    std::sort(begin, end, [](const Entry& left, const Entry& right) { return left.key < right.key; });
  }
  for (std::size_t at = from; at < to;) {
    const std::uint64_t key = order_[at].key;
    std::size_t next = at + 1;
    while (next < to && order_[next].key == key) {
      ++next;
    }
    if (next - at > 1 && (key & last_byte) != 0) {
      sort_part(at, next, depth + key_size);
    } else if (next - at > 1) {  // one and the same name
      std::sort(order_.begin() + static_cast<std::ptrdiff_t>(at), order_.begin() + static_cast<std::ptrdiff_t>(next),
                [this](const Entry& left, const Entry& right) {
                  return listed_kind(row_of(left.index).kind) < listed_kind(row_of(right.index).kind);
                });
    }
    at = next;
  }
}

void Rows::sort() {
  order_.resize(count_);
  for (std::uint32_t i = 0; i < count_; ++i) {
    order_[i] = {0, i};
  }
  if (count_ > 1) {
    sort_part(0, count_, 0);
  }
  const auto same = [this](const Entry& left, const Entry& right) {
    const Row one = row_of(left.index);
    const Row other = row_of(right.index);
    return left.key == right.key && one.name == other.name && one.kind == other.kind;
  };
  order_.erase(std::unique(order_.begin(), order_.end(), same), order_.end());
}

}  // namespace shm::verbs
