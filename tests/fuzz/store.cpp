// The files of the store that the programs share.
#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include "fuzz/kinds.hpp"
#include "segment/region.hpp"
#include "store/header.hpp"
#include "store/name.hpp"

namespace fuzz {

namespace {
namespace files = std::filesystem;
using namespace shm;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::_Exit(2);
}

class OwnStore {
 public:
  OwnStore() : path_((files::temp_directory_path() / "fuzz-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      give_up("mkdtemp");
    }
    auto opened = store::Store::open(path_ + "/store", ::geteuid(), store::Missing::create);
    if (!opened) {
      give_up("the store");
    }
    store_ = std::move(*opened);
    directory_ = ::open((path_ + "/store").c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  }
  OwnStore(const OwnStore&) = delete;
  OwnStore& operator=(const OwnStore&) = delete;
  ~OwnStore() {
    std::error_code ignored;
    files::remove_all(path_, ignored);
  }
  [[nodiscard]] const store::Store& store() const { return *store_; }
  [[nodiscard]] int directory() const { return directory_; }
  [[nodiscard]] files::path path() const { return files::path(path_) / "store"; }

 private:
  std::string path_;
  std::optional<store::Store> store_;
  int directory_ = -1;
};

OwnStore& own() {
  static OwnStore store;
  return store;
}

// As a writer that is killed leaves it: locked, with a log that has to be undone.
Bytes interrupted(const std::string& name) {
  auto region = segment::Region::open(own_store(), name, os::Access::write);
  if (!region) {
    return {};
  }
  auto change = region->begin();
  if (!change) {
    return {};
  }
  const auto fresh = change->allocate(100);
  fresh.put(0, 1);
  for (std::size_t i = 0; i < segment::root_words; ++i) {
    change->set_root(i, fresh.ref());
  }
  return content_of(name);
}
}  // namespace

const store::Store& own_store() { return own().store(); }

void put_file(const std::string& name, const Bytes& content) {
  const int file = ::openat(own().directory(), name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || ::write(file, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
    give_up("write");
  }
  ::close(file);
  store::Header header;
  if (content.size() >= sizeof header) {
    std::memcpy(&header, content.data(), sizeof header);
    const auto lock_name = store::lock_name(header.id);
    ::close(::openat(own().directory(), lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  }
}

Bytes content_of(const std::string& name) {
  std::ifstream file(own().path() / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void remove_files() {
  for (const auto& entry : files::directory_iterator(own().path())) {
    files::remove(entry.path());
  }
}

std::vector<Bytes> good_files() {
  std::vector<Bytes> all;
  for (const auto& kind : kinds()) {
    for (unsigned state = 0; state < states; ++state) {
      const std::string name = "good";
      const std::string file = name + std::string(kind.suffix);
      kind.make(own_store(), name, state);
      all.push_back(content_of(file));
      if (kind.suffix.empty()) {
        if (Bytes left = interrupted(name); !left.empty()) {
          all.push_back(std::move(left));
        }
      }
      remove_files();
    }
  }
  return all;
}

void write_seeds_if_asked(int argc, char** argv, const std::function<std::vector<Bytes>()>& seeds) {
  if (argc != 3 || std::string_view(argv[1]) != "--seeds") {
    return;
  }
  int number = 0;
  for (const auto& seed : seeds()) {
    std::ofstream file(files::path(argv[2]) / ("seed-" + std::to_string(number++)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
  }
  std::exit(0);
}

}  // namespace fuzz
