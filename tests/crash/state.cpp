#include "state.hpp"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <cstdlib>
#include <cstring>
#include "report.hpp"

namespace crash {

using shm::segment::Control;

namespace {
constexpr std::size_t most = std::size_t{1} << 28;  // of an object's file here
constexpr std::size_t beyond_top = 256;             // bytes that are about to become part of the heap

void require(bool done, const char* what) {
  if (!done) {
    give_up(std::string(what) + ": " + std::strerror(errno));
  }
}
}  // namespace

Place::Place() {
  std::string pattern = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/crash-XXXXXX" : "/tmp/crash-XXXXXX";
  require(::mkdtemp(pattern.data()) != nullptr, "make a directory");
  directory_ = pattern;
  auto opened = shm::store::Store::open(directory_ + "/store", ::geteuid(), shm::store::Missing::create);
  if (!opened) {
    give_up("no store can be had in " + directory_);
  }
  store_ = std::move(*opened);
}

Place::~Place() {
  clear();
  ::rmdir((directory_ + "/store").c_str());
  ::rmdir(directory_.c_str());
}

std::string Place::path(std::string_view name) const { return directory_ + "/store/" + std::string(name); }
std::string Place::lock_path() const { return path(shm::store::lock_name(id_).view()); }

void Place::unmap() {
  if (bytes_ != nullptr) {
    ::munmap(bytes_, most);
    ::close(file_);
    bytes_ = nullptr;
    file_ = -1;
  }
}

void Place::clear() {
  unmap();
  ::unlink(path(object_name).c_str());
  if (id_ != 0) {
    ::unlink(lock_path().c_str());
  }
}

void Place::attach() {
  map();
  id_ = reinterpret_cast<const shm::store::Header*>(bytes_)->id;
  look_around();
}

void Place::map() {
  unmap();
  file_ = ::open(path(object_name).c_str(), O_RDWR | O_CLOEXEC);
  require(file_ >= 0, "open the object");
  void* at = ::mmap(nullptr, most, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file_, 0);
  require(at != MAP_FAILED, "map the object");
  bytes_ = static_cast<std::byte*>(at);
}

void Place::look_around() {
  struct stat mine{};
  struct stat named{};
  require(::fstat(file_, &mine) == 0, "look at the object");
  size_ = static_cast<std::size_t>(mine.st_size);
  named_ = ::stat(path(object_name).c_str(), &named) == 0 && named.st_ino == mine.st_ino;
  lock_named_ = ::stat(lock_path().c_str(), &named) == 0;
}

Control& Place::control() const { return *reinterpret_cast<Control*>(bytes_ + shm::store::first_payload_offset); }

bool Place::differs(const State& state) const {
  if (size_ != state.file.size() || named_ != state.named || lock_named_ != state.lock_named) {
    return true;
  }
  std::size_t compared = size_;
  if (size_ >= shm::store::first_payload_offset + sizeof(Control) && control().capacity >= sizeof(Control)) {
    const std::uint64_t top = std::min<std::uint64_t>(control().top, size_);
    compared = std::min<std::size_t>(
        size_, shm::store::first_payload_offset + std::max<std::uint64_t>(top, sizeof(Control)) + beyond_top);
  }
  return std::memcmp(bytes_, state.file.data(), compared) != 0;
}

State Place::state() const { return {{bytes_, bytes_ + size_}, named_, lock_named_}; }

void Place::load(const State& state) {
  id_ = reinterpret_cast<const shm::store::Header*>(state.file.data())->id;
  struct stat there{};
  struct stat mine{};
  const bool same = bytes_ != nullptr && ::stat(path(object_name).c_str(), &there) == 0 && ::fstat(file_, &mine) == 0 &&
                    there.st_ino == mine.st_ino;
  if (!same) {
    unmap();
    ::unlink(path(object_name).c_str());
    const int fresh = ::open(path(object_name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    require(fresh >= 0, "make a copy of the object");
    ::close(fresh);
    map();
  }
  require(::ftruncate(file_, static_cast<off_t>(state.file.size())) == 0, "size the copy of the object");
  std::memcpy(bytes_, state.file.data(), state.file.size());
  if (state.lock_named) {
    const int lock = ::open(lock_path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    require(lock >= 0, "make the lock file");
    ::close(lock);
  } else {
    ::unlink(lock_path().c_str());
  }
  if (!state.named) {
    ::unlink(path(object_name).c_str());
  }
  look_around();
}

}  // namespace crash
