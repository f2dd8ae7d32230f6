// Times keys and values that processes share:
//   dicts labels
//   dicts get|incr|set|bytes KEYS ROUNDS DIRECTORY SOCKET 3>TIMES
// get, incr, set: one key, drawn at random, of KEYS that hold numbers; each call is one change by itself. bytes:
// prints, a line a candidate, how many bytes of memory a key takes above its own and its number's. DIRECTORY is where
// the objects of the run are; SOCKET is Redis', or "". LMDB takes part where its header is installed.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <boost/functional/hash.hpp>
#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/string.hpp>
#include <boost/interprocess/managed_mapped_file.hpp>
#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/scoped_lock.hpp>
#include <boost/unordered_map.hpp>
#include <memory>
#include <optional>
#include "object/dict.hpp"
#include "turns.hpp"
#if __has_include(<lmdb.h>)
#include <lmdb.h>
#define HAVE_LMDB 1
#endif

namespace bip = boost::interprocess;
using shm::object::Dict;

namespace {
constexpr std::size_t key_size = 10;
constexpr std::size_t number_size = 8;
long keys = 0;
std::string directory;
std::mt19937_64 chance(7);

struct Key {
  char bytes[key_size + 1];
};
Key key_of(std::uint64_t number) {
  Key key;
  std::snprintf(key.bytes, sizeof key.bytes, "k%09lu", static_cast<unsigned long>(number % 1'000'000'000));
  return key;
}
// Drawn before they are used: neither drawing nor printing them is timed more than once for all.
std::vector<Key> drawn;
const Key& next_key() {
  static std::size_t at = 0;
  at = (at + 1) % drawn.size();
  return drawn[at];
}

struct Map {
  std::function<void(const Key&)> get;
  std::function<void(const Key&)> incr;
  std::function<void(const Key&, std::int64_t)> set;
  std::function<void()> flush = [] {};
  std::function<std::uint64_t()> bytes;
};

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(1);
}
std::uint64_t file_size(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_blocks) * 512 : 0;
}

std::optional<shm::store::Store> store;
Map shmctl_dict() {
  store = sure(shm::store::Store::open(directory + "/dicts", geteuid(), shm::store::Missing::create));
  (void)shm::store::remove_object(*store, "numbers");
  sure(Dict::create(*store, "numbers", {}, {}));
  const auto dict = std::make_shared<Dict>(sure(Dict::open(*store, "numbers", shm::os::Access::write)));
  const auto bytes_of = [](const Key& key) { return std::as_bytes(std::span(key.bytes, key_size)); };
  Map map;
  map.get = [=](const Key& key) { (void)sure(dict->get(bytes_of(key))); };
  map.incr = [=](const Key& key) {
    const Dict::Amount one = {bytes_of(key), 1};
    std::int64_t sum = 0;
    sure(dict->add(std::span(&one, 1), std::span(&sum, 1)));
  };
  map.set = [=](const Key& key, std::int64_t number) {
    char digits[24];
    const int size = std::snprintf(digits, sizeof digits, "%ld", static_cast<long>(number));
    const Dict::Pair pair = {bytes_of(key), std::as_bytes(std::span(digits, static_cast<std::size_t>(size)))};
    sure(dict->set(std::span(&pair, 1), 0));
  };
  map.bytes = [] { return file_size(directory + "/dicts/numbers"); };
  return map;
}

std::optional<Map> lmdb() {
#ifdef HAVE_LMDB
  const std::string path = directory + "/lmdb";
  std::remove(path.c_str());
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  static MDB_dbi numbers;
  static MDB_txn* reading = nullptr;
  mdb_env_create(&env);
  mdb_env_set_mapsize(env, std::size_t{1} << 30U);
  if (mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOSYNC | MDB_WRITEMAP, 0600) != 0 ||
      mdb_txn_begin(env, nullptr, 0, &txn) != 0 || mdb_dbi_open(txn, nullptr, 0, &numbers) != 0 ||
      mdb_txn_commit(txn) != 0 || mdb_txn_begin(env, nullptr, MDB_RDONLY, &reading) != 0) {
    give_up("lmdb");
  }
  mdb_txn_reset(reading);
  const auto value_of = [](const Key& key) { return MDB_val{key_size, const_cast<char*>(key.bytes)}; };
  Map map;
  map.get = [=](const Key& key) {
    MDB_val name = value_of(key);
    MDB_val value;
    mdb_txn_renew(reading);
    if (mdb_get(reading, numbers, &name, &value) != 0) {
      give_up("lmdb get");
    }
    mdb_txn_reset(reading);
  };
  map.set = [=](const Key& key, std::int64_t number) {
    MDB_txn* change = nullptr;
    MDB_val name = value_of(key);
    MDB_val value{sizeof number, &number};
    if (mdb_txn_begin(env, nullptr, 0, &change) != 0 || mdb_put(change, numbers, &name, &value, 0) != 0 ||
        mdb_txn_commit(change) != 0) {
      give_up("lmdb set");
    }
  };
  map.incr = [=](const Key& key) {
    MDB_txn* change = nullptr;
    MDB_val name = value_of(key);
    MDB_val value;
    std::int64_t number = 0;
    if (mdb_txn_begin(env, nullptr, 0, &change) != 0 || mdb_get(change, numbers, &name, &value) != 0) {
      give_up("lmdb incr");
    }
    std::memcpy(&number, value.mv_data, sizeof number);
    ++number;
    value = {sizeof number, &number};
    if (mdb_put(change, numbers, &name, &value, 0) != 0 || mdb_txn_commit(change) != 0) {
      give_up("lmdb incr");
    }
  };
  map.bytes = [path] { return file_size(path); };
  return map;
#else
  return std::nullopt;
#endif
}

// A mutex that a killed process leaves locked for ever, and a table that it leaves half changed.
struct Hash {
  template <class Text>
  std::size_t operator()(const Text& text) const {
    return boost::hash_range(text.begin(), text.end());
  }
};
Map boost_map() {
  using Manager = bip::managed_mapped_file::segment_manager;
  using Text = bip::basic_string<char, std::char_traits<char>, bip::allocator<char, Manager>>;
  using Pair = std::pair<const Text, std::int64_t>;
  using Table = boost::unordered_map<Text, std::int64_t, Hash, std::equal_to<Text>, bip::allocator<Pair, Manager>>;
  const std::string path = directory + "/boost";
  std::remove(path.c_str());
  const std::uint64_t room = 1 << 20U | static_cast<std::uint64_t>(keys) * 300;
  const auto file = std::make_shared<bip::managed_mapped_file>(bip::create_only, path.c_str(), room);
  auto* table = file->construct<Table>("table")(0, Hash(), std::equal_to<Text>(), file->get_segment_manager());
  auto* mutex = file->construct<bip::interprocess_mutex>("mutex")();
  using Guard = bip::scoped_lock<bip::interprocess_mutex>;
  const auto text_of = [file](const Key& key) { return Text(key.bytes, key_size, file->get_segment_manager()); };
  Map map;
  map.get = [=](const Key& key) {
    const Guard guard(*mutex);
    if (table->find(text_of(key)) == table->end()) {
      give_up("boost get");
    }
  };
  map.incr = [=](const Key& key) {
    const Guard guard(*mutex);
    ++(*table)[text_of(key)];
  };
  map.set = [=](const Key& key, std::int64_t number) {
    const Guard guard(*mutex);
    (*table)[text_of(key)] = number;
  };
  map.bytes = [file] { return file->get_size() - file->get_free_memory(); };
  return map;
}

// A hundred commands a trip, of which the answers are waited for together.
class Redis {
 public:
  explicit Redis(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      give_up("redis");
    }
  }
  void add(const std::string& command, int answer_lines) {
    pending_ += command;
    lines_ += answer_lines;
    if (++count_ == 100) {
      flush();
    }
  }
  void flush() {
    std::string_view rest = pending_;
    while (!rest.empty()) {
      const ssize_t done = write(socket_, rest.data(), rest.size());
      if (done <= 0) {
        give_up("redis write");
      }
      rest.remove_prefix(static_cast<std::size_t>(done));
    }
    char answers[65536];
    while (lines_ > 0) {
      const ssize_t got = read(socket_, answers, sizeof answers);
      if (got <= 0) {
        give_up("redis read");
      }
      lines_ -= static_cast<int>(std::count(answers, answers + got, '\n'));
    }
    pending_.clear();
    count_ = 0;
  }

 private:
  int socket_ = -1;
  std::string pending_;
  int lines_ = 0;
  int count_ = 0;
};
Map redis(const char* path) {
  const auto server = std::make_shared<Redis>(path);
  const auto word = [](std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
  };
  Map map;
  map.get = [=](const Key& key) { server->add("*2\r\n$3\r\nGET\r\n" + word({key.bytes, key_size}), 2); };
  map.incr = [=](const Key& key) { server->add("*2\r\n$4\r\nINCR\r\n" + word({key.bytes, key_size}), 1); };
  map.set = [=](const Key& key, std::int64_t number) {
    server->add("*3\r\n$3\r\nSET\r\n" + word({key.bytes, key_size}) + word(std::to_string(number)), 1);
  };
  map.flush = [=] { server->flush(); };
  return map;
}

Map filled(Map map) {
  for (long i = 0; i < keys; ++i) {
    map.set(key_of(static_cast<std::uint64_t>(i)), i);
  }
  map.flush();
  return map;
}

std::vector<Candidate> candidates(const std::string& way, const char* socket) {
  const bool run = way != "labels" && way != "bytes";
  const auto turn_of = [&](const std::function<std::optional<Map>()>& make) -> std::function<void(long)> {
    auto made = run ? make() : std::nullopt;
    if (!made) {
      return {};
    }
    const Map map = filled(std::move(*made));
    return [map, way](long count) {
      for (long i = 0; i < count; ++i) {
        const Key& key = next_key();
        if (way == "get") {
          map.get(key);
        } else if (way == "incr") {
          map.incr(key);
        } else {
          map.set(key, i);
        }
      }
      map.flush();
    };
  };
  constexpr long calls = 20'000;
  return {
      {"LMDB, without syncing", "", calls, turn_of(lmdb)},
      {"shmctl dict", "1", calls, turn_of([] { return std::optional(shmctl_dict()); })},
      {"Redis, a hundred at a time", "", calls,
       turn_of([&] { return *socket != 0 ? std::optional(redis(socket)) : std::nullopt; })},
      {"Boost unordered_map and mutex", "", calls, turn_of([] { return std::optional(boost_map()); })},
  };
}

void print_bytes() {
  const auto print = [](const char* label, const Map& map) {
    const std::uint64_t own = static_cast<std::uint64_t>(keys) * (key_size + number_size);
    std::printf("%s\t%.1f\n", label, static_cast<double>(map.bytes() - own) / static_cast<double>(keys));
  };
  print("shmctl dict", filled(shmctl_dict()));
  if (auto map = lmdb()) {
    print("LMDB, without syncing", filled(std::move(*map)));
  }
  print("Boost unordered_map and mutex", filled(boost_map()));
}
}  // namespace

int main(int argc, char** argv) {
  const std::string way = argc > 1 ? argv[1] : "";
  if (way == "labels") {
    print_labels(candidates(way, ""));
    return 0;
  }
  if (argc != 6 || (way != "get" && way != "incr" && way != "set" && way != "bytes")) {
    std::fputs("usage: dicts labels | dicts get|incr|set|bytes KEYS ROUNDS DIRECTORY SOCKET\n", stderr);
    return 2;
  }
  keys = std::atol(argv[2]);
  directory = argv[4];
  for (int i = 0; i < 1'000'000; ++i) {
    drawn.push_back(key_of(chance() % static_cast<std::uint64_t>(keys)));
  }
  if (way == "bytes") {
    print_bytes();
    return 0;
  }
  take_turns(std::atol(argv[3]), candidates(way, argv[5]));
  return 0;
}
