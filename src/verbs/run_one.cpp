#include "verbs/run_one.hpp"
#include <fmt/core.h>
#include "os/accounts.hpp"
#include "verbs/run.hpp"

namespace shm::verbs {

namespace {
constexpr std::size_t most_shown = 40;  // of the command's name

// FNV-1a. Two commands of one number would exclude each other; it is no secret.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char c : bytes) {
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

// The command's name without its directory, of characters that a job's name may have.
std::string shown(std::string_view command) {
  command.remove_prefix(command.rfind('/') + 1);
  std::string name(command.substr(0, most_shown));
  for (char& c : name) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    c = fits ? c : '_';
  }
  return name;
}
}  // namespace

std::string job_of_command(const std::vector<std::string>& words, std::uint32_t uid) {
  Hash hash;
  hash.add(fmt::format("{}", uid));
  for (const auto& word : words) {
    hash.add({"\0", 1});  // no word has one
    hash.add(word);
  }
  return fmt::format("run-one:{}:{:016x}", shown(words[0]), hash.value());
}

int run_one(cli::Call& call) {
  call.operands.insert(call.operands.begin(), job_of_command(call.operands, os::effective_uid()));
  return run(call);
}

}  // namespace shm::verbs
