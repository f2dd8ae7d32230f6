#include "verbs/run_journal.hpp"
#include <fmt/core.h>
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
std::vector<char*> command_of(const cli::Call& call) {
  std::vector<char*> words;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    words.push_back(const_cast<char*>(call.operands[i].c_str()));
  }
  words.push_back(nullptr);
  return words;
}

void complain(const os::Error& error) { cli::complain(cli::message_of(error)); }
}  // namespace

RunJournal::RunJournal(const cli::Call& call)
    : command_(command_of(call)), journal_({call.operands[0], command_.data()}, complain) {
  const auto option = call.argument("journal");
  if (!journal_.choose(option)) {
    refuse(call, fmt::format("SHMCTL_JOURNAL '{}': not one of all|failures|none", hot::RunJournal::said(option)));
  }
}

}  // namespace shm::verbs
