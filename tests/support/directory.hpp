// Temporary directories and the small crimes committed in them.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// An empty directory of mode 0755 that everybody can reach, by its real path; removed with all in it.
class Directory {
 public:
  Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// Each of these fails the test when it can't be done.
void make_directory(const std::string& path, unsigned mode);
void make_file(const std::string& path, std::string_view content, unsigned mode = 0600);
/// Names of the files in it, sorted.
std::vector<std::string> files_in(const std::string& path);
std::string content_of(const std::string& path);
void make_link(const std::string& target, const std::string& path);
void make_hard_link(const std::string& target, const std::string& path);
void make_fifo(const std::string& path);
void change_mode(const std::string& path, unsigned mode);
void change_owner(const std::string& path, unsigned uid, unsigned gid);
void cut_file(const std::string& path, std::size_t size);
void remove_file(const std::string& path);
bool exists(const std::string& path);

}  // namespace test
