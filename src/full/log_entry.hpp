// An entry of the journal that a run has written (verbs/run_journal.cpp), as `logs` prints it. Its text is of unknown
// origin. Single-threaded.
#pragma once
#include <string>
#include "cli/output.hpp"
#include "systemd/journal.hpp"

namespace shm::full {

/// "2026-11-21 14:04:55  Job backup succeeded after 3.2 s", and by whom where that is not `own_uid`.
std::string line_of(const systemd::JournalReader& entry, std::uint32_t own_uid);
cli::Json json_of(const systemd::JournalReader& entry);

}  // namespace shm::full
