// A man page: what the verb table says, merged with the prose written by hand in man/*.prose (HACKING.md describes its
// format). Pure. Only shmctl-gendoc calls these, while shmctl is built.
#pragma once
#include <string>
#include "cli/verb.hpp"

namespace shm::cli {

struct ManPage {
  std::string_view name;     ///< "shmctl-run"
  std::string_view section;  ///< "1"; verbs are in section 1 only
  std::string_view version;
  std::string_view prose;
};

/// Throws Usage, with the line, for prose that does not fit the table: each verb of the page has one block, each block
/// names a verb of the page, and what the table says is put in once.
std::string man_page(const Program& program, const ManPage& page);

/// The page "shmctl-NAME" that leads to the page of a verb of no kind; throws Usage if the verb has none to lead to.
std::string man_link(const Program& program, std::string_view verb);

}  // namespace shm::cli
