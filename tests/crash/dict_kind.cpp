// The workloads of kind dict: one for each way in which a dict is changed, and for what changes do besides: splitting
// buckets, replacing values by others of other sizes, freeing keys that are over.
#include <memory>
#include "kinds.hpp"
#include "object/dict_entries.hpp"
#include "report.hpp"
#include "state.hpp"
#include "steps.hpp"

namespace crash {

using shm::object::Dict;
using shm::os::Access;
using shm::os::Code;
using shm::segment::Reader;
using shm::segment::Ref;
using shm::segment::Region;
using shm::segment::Walk;
using shm::store::Store;
namespace words = shm::object::dict;

namespace {
constexpr std::int64_t long_ns = 3'600'000'000'000;
constexpr std::int64_t past_ns = 1;  // an end that is over at once

using Step = StepOf<Dict>;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using When = Dict::When;

Dict::Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

Step set(Pairs pairs, std::int64_t ttl_ns = 0, When when = When::always) {
  return [=](Dict& dict) {
    std::vector<Dict::Pair> all;
    for (const auto& [key, value] : pairs) {
      all.push_back({bytes_of(key), bytes_of(value)});
    }
    return outcome_of(dict.set(all, ttl_ns, when));
  };
}

// So many keys, from number `from` on: numbers, texts and some that have an end.
Step filled(std::uint64_t from, std::uint64_t to, std::int64_t ttl_ns = 0) {
  Pairs pairs;
  for (std::uint64_t i = from; i < to; ++i) {
    pairs.emplace_back("key " + std::to_string(i), i % 2 == 0 ? std::to_string(i) : std::string(i % 30, 'v'));
  }
  return set(pairs, ttl_ns);
}

Step added(std::vector<std::pair<std::string, std::int64_t>> amounts) {
  return [=](Dict& dict) {
    std::vector<Dict::Amount> all;
    for (const auto& [key, amount] : amounts) {
      all.push_back({bytes_of(key), amount});
    }
    std::vector<std::int64_t> sums(all.size());
    return outcome_of(dict.add(all, sums));
  };
}

Step removed(std::vector<std::string> keys) {
  return [=](Dict& dict) {
    std::vector<Dict::Bytes> all;
    for (const auto& key : keys) {
      all.push_back(bytes_of(key));
    }
    return outcome_of(dict.remove(all, 0));
  };
}

Step taken(std::string key) {
  return [=](Dict& dict) { return outcome_of(dict.take(bytes_of(key), 0)); };
}
Step set_default(std::string key, std::string value) {
  return [=](Dict& dict) { return outcome_of(dict.set_default(bytes_of(key), bytes_of(value), 0)); };
}
Step swapped(std::string key, std::string value, std::int64_t ttl_ns = 0) {
  return [=](Dict& dict) { return outcome_of(dict.swap(bytes_of(key), bytes_of(value), ttl_ns)); };
}
Step compared(std::string key, std::string expected, std::string wanted) {
  return
      [=](Dict& dict) { return outcome_of(dict.compare_and_set(bytes_of(key), bytes_of(expected), bytes_of(wanted))); };
}
Step expiring(std::string key, std::int64_t ttl_ns) {
  return [=](Dict& dict) { return outcome_of(dict.expire(bytes_of(key), ttl_ns)); };
}
Outcome clear(Dict& dict) { return outcome_of(dict.clear()); }

// It is refused, and changes nothing.
Step refused(Code with, Step step) { return refused_step<Dict>(with, std::move(step)); }

Workload workload(std::string name, std::vector<Step> before, Step act, bool quick = false, bool again = true) {
  return workload_of<Dict>(std::move(name), std::move(before), std::move(act), quick, again);
}

std::string content(const Store& store, Access access) {
  const auto seen_as = [](const shm::os::Error& error) {
    return error.code == Code::absent ? std::string(absent) : "error: " + text(error);
  };
  const auto dict = Dict::open(store, object_name, access);
  if (!dict) {
    return seen_as(dict.error());
  }
  const auto items = dict->items("");
  const auto length = dict->len();
  if (!items || !length) {
    return seen_as(!items ? items.error() : length.error());
  }
  std::string seen = std::to_string(*length) + ":";
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto value = items->value(i);
    seen += " " + std::string(items->key(i)) + "=" + std::string(value.substr(0, 20)) + "/" +
            std::to_string(value.size()) + (items->end(i).boottime_ns != 0 ? " ends" : "");
  }
  return seen;
}

std::vector<Block> blocks(const Reader& reader) {
  std::vector<Block> found;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t ending = 0;
  const auto right = [&](bool so) {
    if (!so) {
      reader.mark_damaged();
    }
  };
  Walk walk(reader);
  for (std::uint64_t number = 0; number < words::by_key.buckets(reader) && walk.step(); ++number) {
    words::by_key.visit(reader, number, [&](Ref at, bool marked) {
      const auto entry = words::entry_at(reader, at);
      found.push_back({at, entry.size()});
      right(entry.has_end() == marked);
      shm::os::Buffer key;
      right(reader.copy(entry.key(), entry.key_size, key));
      right(words::find_any(reader, shm::segment::hash_of(key.bytes(), reader.seed()), key.bytes()).at == at);
      const auto due = static_cast<std::uint64_t>(words::end_of(reader, entry).boottime_ns);
      right(!marked || (reader.get_root(words::due) <= due));
      ++entries;
      bytes += entry.key_size + entry.value_size();
      ending += marked ? 1 : 0;
    });
  }
  right(entries == words::by_key.size(reader) && bytes == reader.get_root(words::bytes) &&
        ending == reader.get_root(words::ending));
  add_index_blocks(reader, words::index_root, found);
  return found;
}

void add_setting(std::vector<Workload>& all) {
  const Step some = set({{"a", "1"}, {"b", "text"}, {"c", std::string(100, 'c')}});
  all.push_back(workload("set first", {}, set({{"a", "1"}}), true));
  all.push_back(workload("set a number", {some}, set({{"a", "2"}}), true));
  all.push_back(workload("set the same", {some}, set({{"a", "1"}})));
  all.push_back(workload("set another", {some}, set({{"d", "some text"}})));
  all.push_back(workload("set a text in place", {some}, set({{"b", "other text"}}), true));
  all.push_back(workload("set a number to text", {some}, set({{"a", "a text that is longer"}})));
  all.push_back(workload("set a text to number", {some}, set({{"c", "5"}})));
  all.push_back(workload("set longer", {some}, set({{"b", std::string(200, 'l')}}), true));
  all.push_back(workload("set shorter", {some}, set({{"c", "s"}})));
  all.push_back(workload("set empty", {some}, set({{"c", ""}})));
  all.push_back(workload("set large", {some}, set({{"b", std::string(9000, 'L')}})));
  all.push_back(
      workload("set several", {some}, set({{"a", "3"}, {"d", "new"}, {"c", std::string(300, 'd')}, {"a", "4"}})));
  all.push_back(
      workload("set shorter, then longer", {some},
               set({{"c", std::string(20, 's')}, {"c", std::string(60, 't')}, {"b", "1"}, {"b", "text again"}}), true));
  all.push_back(workload("set with a split", {filled(0, 16)}, set({{"x", "1"}, {"y", "2"}}), true));
  all.push_back(workload("set with a chunk", {filled(0, 32)}, set({{"x", "1"}})));
  all.push_back(workload("set reuse", {filled(0, 10), removed({"key 3", "key 4"})}, set({{"x", "1"}, {"y", "text"}})));
  all.push_back(workload("set new", {some}, set({{"d", "1"}}, 0, When::absent)));
  all.push_back(
      workload("set what is there", {some}, refused(Code::lost, set({{"d", "1"}, {"a", "2"}}, 0, When::absent))));
  all.push_back(
      workload("set what is not there", {some}, refused(Code::empty, set({{"a", "2"}, {"d", "1"}}, 0, When::present))));
  all.push_back(workload("set an empty key", {some}, refused(Code::usage, set({{"a", "2"}, {"", "1"}}))));
  all.push_back(workload("setdefault", {some}, set_default("d", "value")));
  all.push_back(workload("setdefault of what is there", {some}, set_default("b", "value")));
  all.push_back(workload("swap", {some}, swapped("b", std::string(70, 'w'))));
  all.push_back(workload("swap nothing", {some}, refused(Code::empty, swapped("d", "x"))));
  all.push_back(workload("cas", {some}, compared("b", "text", "15")));
  all.push_back(workload("cas lost", {some}, refused(Code::lost, compared("b", "other", "15"))));
}

void add_numbers(std::vector<Workload>& all) {
  const Step some = set({{"a", "1"}, {"b", "text"}, {"m", "9223372036854775807"}});
  all.push_back(workload("incr", {some}, added({{"a", 5}}), true, false));
  all.push_back(workload("incr new", {some}, added({{"d", 5}}), false, false));
  all.push_back(workload("incr several", {some}, added({{"a", 5}, {"d", -1}, {"a", 2}}), true, false));
  all.push_back(workload("incr text", {some}, refused(Code::wrong_kind, added({{"a", 5}, {"d", 1}, {"b", 1}}))));
  all.push_back(workload("incr too far", {some}, refused(Code::range, added({{"a", 5}, {"m", 1}}))));
}

void add_removing(std::vector<Workload>& all) {
  const Step some = set({{"a", "1"}, {"b", "text"}, {"c", std::string(100, 'c')}});
  all.push_back(workload("del", {some}, removed({"b"}), true));
  all.push_back(workload("del several", {some}, removed({"a", "absent", "c"})));
  all.push_back(workload("del the last", {set({{"a", "1"}})}, removed({"a"})));
  all.push_back(workload("del the last of many",
                         {filled(0, 20),
                          [](Dict& dict) {
                            Outcome outcome;
                            for (int i = 1; i < 20 && !outcome; ++i) {
                              outcome = removed({"key " + std::to_string(i)})(dict);
                            }
                            return outcome;
                          }},
                         removed({"key 0"}), true));
  all.push_back(workload("del nothing", {some}, refused(Code::empty, removed({"x"}))));
  all.push_back(workload("getdel", {some}, taken("c")));
  all.push_back(workload("clear", {filled(0, 20)}, clear, true));
  all.push_back(workload("clear empty", {}, clear));
}

void add_ends(std::vector<Workload>& all) {
  const Step some = set({{"a", "1"}, {"b", "text"}});
  const Step ends = set({{"e", "5"}, {"f", "ends"}}, long_ns);
  const Step over = set({{"o", "7"}, {"p", "over"}}, past_ns);
  all.push_back(workload("set with an end", {some}, set({{"b", "ends"}, {"d", "1"}}, long_ns), true));
  all.push_back(workload("set without an end", {some, ends}, set({{"e", "6"}, {"f", "stays"}})));
  all.push_back(workload("set with another end", {some, ends}, set({{"e", "6"}, {"f", "other"}}, 2 * long_ns)));
  all.push_back(workload("set so that it is over", {some, ends}, set({{"b", "x"}}, past_ns)));
  all.push_back(workload("set what is over", {some, over}, set({{"o", "8"}}), true));
  all.push_back(workload("incr what ends", {some, ends}, added({{"e", 1}}), false, false));
  all.push_back(workload("incr what is over", {some, over}, added({{"o", 1}}), true, false));
  all.push_back(workload("cas what ends", {ends}, compared("f", "ends", std::string(90, 'x'))));
  all.push_back(workload("expire", {some}, expiring("b", long_ns)));
  all.push_back(workload("expire never", {some, ends}, expiring("f", 0)));
  all.push_back(workload("expire what is over", {some, over}, refused(Code::empty, expiring("o", long_ns))));
  all.push_back(
      workload("free some that are over", {filled(0, 20), over, filled(20, 30, past_ns)}, set({{"a", "1"}}), true));
  all.push_back(
      workload("free the last that is over", {some, over, set({{"b", "1"}}), set({{"b", "2"}})}, set({{"b", "3"}})));
  all.push_back(workload("clear what is over", {some, ends, over}, clear));
}

void add_full(std::vector<Workload>& all) {
  // A dict that has room for 4 keys of 60 bytes: made anew with these limits.
  const auto limited = [](Workload made) {
    made.prepare = [prepare = std::move(made.prepare)](const Store& store) {
      must(outcome_of(shm::object::remove(store, object_name)));
      shm::object::DictLimits limits;
      limits.max_items = 4;
      limits.max_bytes = 60;
      must(outcome_of(Dict::create(store, object_name, limits, {})));
      prepare(store);
    };
    return made;
  };
  const Step four = set({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  const Step two = set({{"a", "1"}, {"b", "2"}});
  const Step two_over = set({{"o", "1"}, {"p", "2"}}, past_ns);
  all.push_back(limited(workload("full of keys", {four}, refused(Code::limit, set({{"a", "5"}, {"e", "1"}})))));
  all.push_back(limited(workload("full of bytes", {four}, refused(Code::limit, set({{"a", std::string(50, 'x')}})))));
  all.push_back(
      limited(workload("full of what is over", {two_over, two}, set({{"c", "1"}, {"d", std::string(15, 'x')}}), true)));
}
}  // namespace

Kind dict_kind() {
  Kind kind;
  kind.name = "dict";
  kind.create = [](const Store& store) { must(outcome_of(Dict::create(store, object_name, {}, {}))); };
  kind.content = content;
  kind.blocks = blocks;
  add_setting(kind.workloads);
  add_numbers(kind.workloads);
  add_removing(kind.workloads);
  add_ends(kind.workloads);
  add_full(kind.workloads);
  return kind;
}

}  // namespace crash
