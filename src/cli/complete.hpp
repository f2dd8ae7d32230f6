// Completion scripts for shells, from the verb table. Pure. Only shmctl-gendoc calls this, while shmctl is built.
#pragma once
#include <string>
#include "cli/verb.hpp"

namespace shm::cli {

std::string complete_bash(const Program& program);
std::string complete_zsh(const Program& program);
std::string complete_fish(const Program& program);

}  // namespace shm::cli
