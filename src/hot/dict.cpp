#include "hot/dict.hpp"
#include "cli/printable.hpp"
#include "hot/creation.hpp"
#include "hot/dict_words.hpp"
#include "os/buffer.hpp"
#include "os/standard_streams.hpp"
#include "os/text.hpp"

namespace shm::hot {

namespace {
using object::Dict;
using object::DictValue;
using object::Scalar;
using os::Access;
using os::Code;
using os::Result;

os::Error no_key(std::string_view name, std::string_view key) noexcept {
  os::Text<sizeof os::Error::object> which(name);
  which.add("[");
  cli::for_each_printable(key, [&which](char c) { which.add({&c, 1}); });
  return os::fail(Code::empty, "get from dict", which.add("]").view(), "it has no such key");
}

/// What --ttl says, in nanoseconds; 0 without it, -1 if it makes no sense: then the host was told.
std::int64_t ttl_of(const Words& words, Host& host) {
  const auto said = words.argument("ttl");
  const std::int64_t ttl_ns = said ? host.time_said("ttl", *said) : 0;
  if (said && ttl_ns == 0) {
    (void)host.refuse("--ttl must be more than 0 ('shmctl dict del' removes a key now)");
    return -1;
  }
  return ttl_ns;
}

Dict::When when_of(Creation creation) noexcept {
  return creation == Creation::existing ? Dict::When::present
         : creation == Creation::fresh  ? Dict::When::absent
                                        : Dict::When::always;
}

/// What is wrong with words KEY=VALUE; nothing, if neither.
struct Misread {
  bool value = false;  ///< `word` has none
  bool key = false;    ///< a key is empty
  std::string_view word;
};

Misread read_pairs(std::span<const std::string_view> words, Several<Dict::Pair>& pairs) noexcept {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    if (equals == std::string_view::npos) {
      return {true, false, words[i]};
    }
    if (equals == 0) {
      return {false, true, {}};
    }
    pairs[i] = {bytes_of(words[i].substr(0, equals)), bytes_of(words[i].substr(equals + 1))};
  }
  return {};
}

/// NAME KEY...: calls `act(name, keys)`, which returns the verb's result, if these are words for it.
template <class Act>
Result<int> with_keys(const Words& words, Host& host, Act act) {
  if (auto valid = store::check_name(words.operands[0]); !valid) {
    return std::unexpected(valid.error());
  }
  const auto given = behind_name(words);
  Several<Dict::Bytes> keys(given.size());
  return read_keys(given, keys) ? act(words.operands[0], keys.get()) : Result<int>(host.refuse(empty_key));
}

/// KEY, and its value from standard input.
Result<int> set_from_input(const Words& words, Host& host, std::int64_t ttl_ns, Dict::When when) {
  if (words.operands[1].empty()) {
    return host.refuse(empty_key);
  }
  os::Buffer input;
  if (auto read = os::read_input(input); !read) {
    return std::unexpected(read.error());
  }
  const Dict::Pair pair = {bytes_of(words.operands[1]), input.bytes()};
  return dict_set_pairs(words, host, std::span(&pair, 1), ttl_ns, when);
}
}  // namespace

Result<int> dict_set_pairs(const Words& words, Host& host, std::span<const Dict::Pair> pairs, std::int64_t ttl_ns,
                           Dict::When when) {
  const auto done = change_dict(words, host, [&](Dict& dict) { return dict.set(pairs, ttl_ns, when); });
  if (!done) {
    return std::unexpected(done.error());
  }
  host.answer_done(words.operands[0], "dict", "set", Scalar::of(static_cast<std::int64_t>(pairs.size())));
  return 0;
}

Result<int> dict_set(const Words& words, Host& host) {
  if (auto valid = store::check_name(words.operands[0]); !valid) {
    return std::unexpected(valid.error());
  }
  const auto creation = creation_of(words);
  if (!creation) {
    return host.refuse(both_said);
  }
  const std::int64_t ttl_ns = ttl_of(words, host);
  const auto given = behind_name(words);
  if (ttl_ns < 0 || (given.size() == 1 && given[0] == "-")) {
    return not_mine;
  }
  if (given.size() == 2 && given[1] == "-") {
    return set_from_input(words, host, ttl_ns, when_of(*creation));
  }
  Several<Dict::Pair> pairs(given.size());
  if (const auto bad = read_pairs(given, pairs); bad.value) {
    return host.refuse(os::Text<1000>("'").add(bad.word).add("': its value is missing (say KEY=VALUE)").view());
  } else if (bad.key) {
    return host.refuse(empty_key);
  }
  return dict_set_pairs(words, host, pairs.get(), ttl_ns, when_of(*creation));
}

Result<int> dict_get(const Words& words, Host& host) {
  return with_keys(words, host, [&](std::string_view name, std::span<const Dict::Bytes> keys) -> Result<int> {
    const auto given = behind_name(words);
    const std::int64_t deadline = deadline_of(words, host);
    const auto otherwise = words.argument("default");
    const auto store = host.open_store(otherwise || deadline == 0 ? store::Missing::refuse : store::Missing::create);
    if (!store && !(otherwise && store.error().code == Code::absent)) {
      return std::unexpected(store.error());
    }
    Several<std::optional<DictValue>> values(given.size());
    const auto look = [&](Dict& dict) {
      return deadline == 0 ? dict.get(keys, values.get()) : dict.wait_for(keys, values.get(), deadline);
    };
    const auto found = store ? wait_for_dict(host, **store, name, Access::read, deadline, look)
                             : std::unexpected(os::fail(Code::absent, "open", name, "there is no such object"));
    if (!found && !(otherwise && (found.error().code == Code::absent || found.error().code == Code::timed_out))) {
      return std::unexpected(found.error());
    }
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (found && values[i]) {
        host.answer_key(name, given[i], values[i]->view());
      } else if (otherwise) {
        host.answer_key(name, given[i], *otherwise);
      } else {
        host.report(no_key(name, given[i]));
      }
    }
    return 0;
  });
}

Result<int> dict_contains(const Words& words, Host& host) {
  return with_keys(words, host, [&](std::string_view name, std::span<const Dict::Bytes> keys) -> Result<int> {
    const auto store = host.open_store(store::Missing::refuse);
    if (!store) {
      return std::unexpected(store.error());
    }
    host.using_object(name);
    const auto dict = Dict::open(**store, name, Access::read);
    const auto all = dict ? dict->contains(keys) : std::unexpected(dict.error());
    if (!all) {
      return std::unexpected(all.error());
    }
    host.answer_done(name, "dict", "contains", {object::Type::boolean, *all ? 1U : 0U});
    return *all ? 0 : 1;
  });
}

Result<int> dict_del(const Words& words, Host& host) {
  return with_keys(words, host, [&](std::string_view name, std::span<const Dict::Bytes> keys) -> Result<int> {
    const std::int64_t deadline = deadline_of(words, host);
    const auto store = host.open_store(deadline == 0 ? store::Missing::refuse : store::Missing::create);
    if (!store) {
      return std::unexpected(store.error());
    }
    std::uint64_t deleted = 0;
    const auto done = wait_for_dict(host, **store, name, Access::write, deadline, [&](Dict& dict) -> Result<void> {
      const auto removed = dict.remove(keys, deadline);
      if (!removed) {
        return std::unexpected(removed.error());
      }
      deleted = *removed;
      return {};
    });
    if (!done) {
      return std::unexpected(done.error());
    }
    host.answer_done(name, "dict", "deleted", {object::Type::uint64, deleted});
    return 0;
  });
}

}  // namespace shm::hot
