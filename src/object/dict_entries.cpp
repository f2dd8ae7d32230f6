#include "object/dict_entries.hpp"
#include <charconv>
#include <cstring>

namespace shm::object::dict {

namespace {
using os::Code;
using os::Result;

// Longer values, and blocks that would be left half empty, are not worth being changed where they are.
constexpr std::uint64_t most_words_in_place = 8;
constexpr std::uint64_t slack = 64;

std::uint64_t meta_of(std::uint64_t key_size, bool is_number, bool has_end) noexcept {
  return key_size << 8 | (is_number ? number_flag : 0) | (has_end ? end_flag : 0);
}

std::uint64_t amount_of(const NewValue& value) noexcept {
  return value.is_number ? static_cast<std::uint64_t>(value.number) : value.bytes.size();
}

void set(Transaction& change, Ref at, std::uint64_t word) noexcept {
  if (change.get(at) != word) {
    change.set(at, word);
  }
}

void set_bytes(Transaction& change, Ref at, Bytes bytes) noexcept {
  for (std::uint64_t i = 0; i * 8 < bytes.size(); ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i * 8, std::min<std::size_t>(8, bytes.size() - i * 8));
    set(change, at + i, word);
  }
}

// Each word through the log, those behind the old value's end too: an operation before this one in the same
// transaction may have made the value shorter.
bool put_in_place(Transaction& change, const Entry& old, const NewValue& value, const Expiry& end) noexcept {
  const bool has_end = end.boottime_ns != 0;
  Entry wanted = old;
  wanted.flags = meta_of(0, value.is_number, has_end) & 0xff;
  wanted.held = amount_of(value);
  const std::uint64_t size = change.size_of(old.at);
  if (has_end != old.has_end() || wanted.size() > size || size > 2 * wanted.size() + slack ||
      words_of(value.bytes.size()) > most_words_in_place) {
    return false;
  }
  set(change, old.at + meta, meta_of(old.key_size, value.is_number, has_end));
  set(change, old.at + amount, wanted.held);
  if (has_end) {
    set(change, old.at + head_words, static_cast<std::uint64_t>(end.boottime_ns));
    set(change, old.at + head_words + 1, end.boot);
    set(change, old.at + head_words + 2, static_cast<std::uint64_t>(end.realtime_ns));
  }
  set_bytes(change, wanted.value(), value.bytes);
  return true;
}

Ref put_fresh(Transaction& change, Bytes key, const NewValue& value, const Expiry& end) noexcept {
  const bool has_end = end.boottime_ns != 0;
  const std::uint64_t key_at = head_words + (has_end ? end_words : 0);
  const std::uint64_t value_at = key_at + words_of(key.size());
  const auto fresh = change.allocate((value_at + words_of(value.bytes.size())) * 8);
  fresh.put(meta, meta_of(key.size(), value.is_number, has_end));
  fresh.put(amount, amount_of(value));
  if (has_end) {
    fresh.put(head_words, static_cast<std::uint64_t>(end.boottime_ns));
    fresh.put(head_words + 1, end.boot);
    fresh.put(head_words + 2, static_cast<std::uint64_t>(end.realtime_ns));
  }
  fresh.put_bytes(key_at, key);
  fresh.put_bytes(value_at, value.bytes);
  return fresh.ref();
}

// What is known of when the next one ends, after one more was given an end. `before`: how many had one.
void note_end(Transaction& change, const Expiry& end, std::uint64_t before) noexcept {
  const auto ends = static_cast<std::uint64_t>(end.boottime_ns);
  if (before == 0) {
    set(change, Reader::root(due), ends);
    set(change, Reader::root(due_boot), end.boot);
    set(change, Reader::root(sweep_at), 0);
    set(change, Reader::root(sweep_due), INT64_MAX);
    return;
  }
  for (const Root word : {due, sweep_due}) {
    if (change.get_root(word) > ends) {
      change.set_root(word, ends);
    }
  }
}

// Frees what is over in a bucket; `least` comes down to when the next of the others ends.
void purge_bucket(Transaction& change, std::uint64_t number, const Expiry& now, std::uint64_t& least) noexcept {
  Entry over;
  do {
    over = {};
    by_key.visit(change, number, [&](Ref block, bool marked) {
      if (!marked || over) {
        return;
      }
      const Entry entry = entry_at(change, block);
      const Expiry end = end_of(change, entry);
      if (end.over_at(now)) {
        over = entry;
      } else {
        // What ends by the calendar may end at any time: people set it.
        least = std::min(least, static_cast<std::uint64_t>(end.boot == now.boot ? end.boottime_ns : now.boottime_ns));
      }
    });
    os::Buffer key;
    if (over && change.copy(over.key(), over.key_size, key)) {
      remove(change, segment::hash_of(key.bytes(), change.seed()), over);
    } else if (over) {
      least = 0;  // no memory now: later
      return;
    }
  } while (over && !change.failed());
}

// The next bucket. False: that was the last one, and the next search begins anew.
bool sweep(Transaction& change, const Expiry& now) noexcept {
  const std::uint64_t number = change.get_root(sweep_at);
  if (number >= by_key.buckets(change)) {
    set(change, Reader::root(due), change.get_root(sweep_due));
    set(change, Reader::root(due_boot), now.boot);
    set(change, Reader::root(sweep_at), 0);
    set(change, Reader::root(sweep_due), INT64_MAX);
    return false;
  }
  std::uint64_t least = change.get_root(sweep_due);
  purge_bucket(change, number, now, least);
  set(change, Reader::root(sweep_due), least);
  set(change, Reader::root(sweep_at), number + 1);
  return true;
}

bool none_over_at(const Reader& reader, const Expiry& now) noexcept {
  return now.boot != 0 && reader.get_root(due_boot) == now.boot &&
         static_cast<std::uint64_t>(now.boottime_ns) < reader.get_root(due);
}
}  // namespace

Entry entry_at(const Reader& reader, Ref at) noexcept {
  const std::uint64_t word = reader.get(at + meta);
  return {at, word & 0xff, word >> 8, reader.get(at + amount)};
}

Expiry end_of(const Reader& reader, const Entry& entry) noexcept {
  if (!entry.has_end()) {
    return {};
  }
  return {static_cast<std::int64_t>(reader.get(entry.at + head_words)), reader.get(entry.at + head_words + 1),
          static_cast<std::int64_t>(reader.get(entry.at + head_words + 2))};
}

bool is_over(const Reader& reader, const Entry& entry) noexcept {
  return entry.has_end() && end_of(reader, entry).over();
}

Entry find_any(const Reader& reader, std::uint64_t hash, Bytes key) noexcept {
  Entry found;
  (void)by_key.find(reader, hash, [&](Ref block) {
    const Entry entry = entry_at(reader, block);
    if (entry.key_size != key.size() || !reader.equal(entry.key(), key.size(), key)) {
      return false;
    }
    found = entry;
    return true;
  });
  return found;
}

Entry find(const Reader& reader, std::uint64_t hash, Bytes key) noexcept {
  const Entry found = find_any(reader, hash, key);
  return found && is_over(reader, found) ? Entry{} : found;
}

Result<DictValue> value_of(const Reader& reader, const Entry& entry, std::string_view name) noexcept {
  os::Buffer bytes;
  if (!entry.is_number() && entry.held != 0 && !reader.copy(entry.value(), entry.held, bytes)) {
    return std::unexpected(
        reader.damaged()
            ? os::fail(Code::corrupt, "read dict", name, "its content is damaged", "look at it, then 'shmctl rm' it")
            : os::fail(Code::full, "read dict", name, "there is no memory for so large a value"));
  }
  DictValue value = entry.is_number() ? DictValue(entry.number()) : DictValue(std::move(bytes));
  value.set_end(end_of(reader, entry));
  return value;
}

bool holds(const Reader& reader, const Entry& entry, Bytes value) noexcept {
  const NewValue wanted = NewValue::of(value);
  if (entry.is_number() || wanted.is_number) {
    return entry.is_number() && wanted.is_number && entry.number() == wanted.number;
  }
  return entry.held == value.size() && reader.equal(entry.value(), entry.held, value);
}

NewValue NewValue::of(Bytes bytes) noexcept {
  constexpr std::size_t most_digits = 20;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::int64_t number = 0;
  if (text.empty() || text.size() > most_digits || text == "-0") {
    return {false, 0, bytes};
  }
  const auto digits = text.substr(text[0] == '-' ? 1 : 0);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || (digits[0] == '0' && digits.size() > 1)) {
    return {false, 0, bytes};
  }
  return of(number);
}

void put(Transaction& change, std::uint64_t hash, Bytes key, const Entry& old, const NewValue& value,
         const Expiry& end) noexcept {
  const bool has_end = end.boottime_ns != 0;
  if (!old || !put_in_place(change, old, value, end)) {
    const Ref fresh = put_fresh(change, key, value, end);
    if (change.failed()) {
      return;
    }
    if (old) {
      by_key.replace(change, hash, old.at, fresh, has_end);
      change.free(old.at);
    } else {
      by_key.insert(change, hash, fresh, has_end);
    }
  }
  change.add_root(bytes, value.size() - (old ? old.value_size() : 0 - key.size()));
  const std::uint64_t before = change.get_root(ending);
  change.add_root(ending, (has_end ? 1U : 0U) - std::uint64_t{old.has_end() ? 1U : 0U});
  if (has_end) {
    note_end(change, end, before);
  }
}

void remove(Transaction& change, std::uint64_t hash, const Entry& entry) noexcept {
  by_key.erase(change, hash, entry.at);
  change.add_root(bytes, 0 - entry.key_size - entry.value_size());
  change.add_root(ending, 0 - std::uint64_t{entry.has_end() ? 1U : 0U});
  change.free(entry.at);
}

std::uint64_t clear(Transaction& change) noexcept {
  std::uint64_t there = 0;
  const std::uint64_t buckets = by_key.buckets(change);
  for (std::uint64_t number = 0; number < buckets && !change.failed(); ++number) {
    by_key.visit(change, number, [&](Ref block, bool marked) {
      there += marked && is_over(change, entry_at(change, block)) ? 0 : 1;
      change.free(block);
    });
  }
  by_key.clear(change);
  set(change, Reader::root(bytes), 0);
  set(change, Reader::root(ending), 0);
  return there;
}

bool none_over(const Reader& reader) noexcept {
  return reader.get_root(ending) == 0 || none_over_at(reader, Expiry::now());
}

std::uint64_t live(const Reader& reader) noexcept {
  std::uint64_t all = by_key.size(reader);
  if (none_over(reader)) {
    return all;
  }
  const Expiry now = Expiry::now();
  Walk walk(reader);
  for (std::uint64_t number = 0; number < by_key.buckets(reader) && walk.step(); ++number) {
    by_key.visit(reader, number, [&](Ref block, bool marked) {
      all -= marked && end_of(reader, entry_at(reader, block)).over_at(now) ? 1 : 0;
    });
  }
  return all;
}

void purge_some(Transaction& change) noexcept {
  constexpr int steps = 2;
  if (change.get_root(ending) == 0) {
    return;
  }
  const Expiry now = Expiry::now();
  for (int i = 0; i < steps && !none_over_at(change, now) && sweep(change, now); ++i) {
  }
}

void purge(Transaction& change) noexcept {
  if (none_over(change)) {
    return;
  }
  const Expiry now = Expiry::now();
  set(change, Reader::root(sweep_at), 0);
  set(change, Reader::root(sweep_due), INT64_MAX);
  Walk walk(change);
  while (walk.step() && !change.failed() && sweep(change, now)) {
  }
}

}  // namespace shm::object::dict
