#include "several_place.hpp"
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include "report.hpp"

namespace crash {

namespace {
void require(bool done, const std::string& what) {
  if (!done) {
    give_up(what + ": " + std::strerror(errno));
  }
}
}  // namespace

StorePlace::StorePlace() {
  std::string pattern = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/crash-XXXXXX" : "/tmp/crash-XXXXXX";
  require(::mkdtemp(pattern.data()) != nullptr, "make a directory");
  directory_ = pattern;
  auto opened = shm::store::Store::open(directory_ + "/store", ::geteuid(), shm::store::Missing::create);
  if (!opened) {
    give_up("no store can be had in " + directory_);
  }
  store_ = std::move(*opened);
}

StorePlace::~StorePlace() {
  for (auto& [name, file] : files_) {
    unmap(file);
  }
  for (const auto& name : names()) {
    ::unlink(path(name).c_str());
  }
  ::rmdir((directory_ + "/store").c_str());
  ::rmdir(directory_.c_str());
}

std::vector<std::string> StorePlace::names() const {
  std::vector<std::string> found;
  DIR* listing = ::opendir((directory_ + "/store").c_str());
  require(listing != nullptr, "list the store");
  while (const dirent* entry = ::readdir(listing)) {
    if (entry->d_type == DT_REG) {
      found.emplace_back(&entry->d_name[0]);
    }
  }
  ::closedir(listing);
  return found;
}

void StorePlace::unmap(Mapped& file) {
  if (file.bytes != nullptr) {
    ::munmap(file.bytes, file.size);
    file.bytes = nullptr;
  }
}

void StorePlace::look_around() {
  std::map<std::string, Mapped> now;
  for (const auto& name : names()) {
    const int fd = ::open(path(name).c_str(), O_RDWR | O_CLOEXEC);
    struct stat found{};
    require(fd >= 0 && ::fstat(fd, &found) == 0, "look at " + name);
    auto& file = now[name];
    const auto size = static_cast<std::size_t>(found.st_size);
    if (const auto known = files_.find(name);
        known != files_.end() && known->second.inode == found.st_ino && known->second.size == size) {
      file = std::exchange(known->second, Mapped());
    } else {
      file = {nullptr, size, found.st_ino};
      if (size != 0) {
        void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
        require(at != MAP_FAILED, "map " + name);
        file.bytes = static_cast<std::byte*>(at);
      }
    }
    ::close(fd);
  }
  for (auto& [name, file] : files_) {
    unmap(file);
  }
  files_ = std::move(now);
}

bool StorePlace::differs(const StoreState& state) const {
  if (state.size() != files_.size()) {
    return true;
  }
  auto before = state.begin();
  for (const auto& [name, file] : files_) {
    const auto& [old_name, bytes] = *before++;
    if (old_name != name || bytes.size() != file.size ||
        (file.size != 0 && std::memcmp(file.bytes, bytes.data(), file.size) != 0)) {
      return true;
    }
  }
  return false;
}

StoreState StorePlace::state() const {
  StoreState now;
  for (const auto& [name, file] : files_) {
    now.emplace(name, std::vector<std::byte>(file.bytes, file.bytes + file.size));
  }
  return now;
}

void StorePlace::load(const StoreState& state) {
  for (const auto& name : names()) {
    ::unlink(path(name).c_str());
  }
  for (const auto& [name, bytes] : state) {
    const mode_t mode = name.starts_with(",change,") ? 0644 : 0600;
    const int fd = ::open(path(name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    require(fd >= 0 && ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "copy " + name);
    ::close(fd);
  }
}

void StorePlace::remove_records() {
  for (const auto& name : names()) {
    if (name.starts_with(",change,")) {
      ::unlink(path(name).c_str());
    }
  }
}

}  // namespace crash
