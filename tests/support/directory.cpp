#include "support/directory.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace test {

namespace {
void must(bool done, const std::string& what) {
  if (!done) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}
}  // namespace

Directory::Directory() {
  // In memory, as stores are; the disk is for those who ask for it.
  const char* wanted = std::getenv("TMPDIR");
  if (wanted == nullptr) {
    wanted = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  }
  char real[PATH_MAX];
  must(::realpath(wanted, &real[0]) != nullptr, wanted);
  path_ = std::string(real) + "/shmctl-test-XXXXXX";
  must(::mkdtemp(path_.data()) != nullptr, path_);
  change_mode(path_, 0755);
}

Directory::~Directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> files_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void make_directory(const std::string& path, unsigned mode) {
  must(::mkdir(path.c_str(), 0700) == 0, path);
  change_mode(path, mode);
}

void make_file(const std::string& path, std::string_view content, unsigned mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  must(file >= 0, path);
  const bool written = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  ::close(file);
  must(written, path);
  change_mode(path, mode);
}

std::string content_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  must(file >= 0, path);
  std::string content;
  char buffer[8192];
  for (ssize_t got = 0; (got = ::read(file, buffer, sizeof buffer)) > 0;) {
    content.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(file);
  return content;
}

void make_link(const std::string& target, const std::string& path) {
  must(::symlink(target.c_str(), path.c_str()) == 0, path);
}
void make_hard_link(const std::string& target, const std::string& path) {
  must(::link(target.c_str(), path.c_str()) == 0, path);
}
void make_fifo(const std::string& path) { must(::mkfifo(path.c_str(), 0600) == 0, path); }
void change_mode(const std::string& path, unsigned mode) { must(::chmod(path.c_str(), mode) == 0, path); }
void change_owner(const std::string& path, unsigned uid, unsigned gid) {
  must(::lchown(path.c_str(), uid, gid) == 0, path);
}
void cut_file(const std::string& path, std::size_t size) {
  must(::truncate(path.c_str(), static_cast<off_t>(size)) == 0, path);
}
void remove_file(const std::string& path) { must(::remove(path.c_str()) == 0, path); }
bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace test
