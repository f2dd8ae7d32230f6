// Writes what is made from the verb table while shmctl is built; not installed. stdout has the whole result or nothing.
//   shmctl-gendoc man PAGE.SECTION PROSE    a man page, merged with the prose in that file
//   shmctl-gendoc link VERB                 a man page that leads to the page of a verb
//   shmctl-gendoc completion bash|zsh|fish
//   shmctl-gendoc verbs                     a line `GROUP NAME` a verb; `- NAME` for a verb of no group
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>
#include "cli/complete.hpp"
#include "cli/man.hpp"
#include "verbs/table.hpp"

namespace {
using namespace shm;
using Words = std::vector<std::string>;

std::string read_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) throw std::runtime_error("can't be opened");
  std::string text;
  char piece[4096];
  while (const auto got = std::fread(&piece[0], 1, sizeof piece, file)) text.append(&piece[0], got);
  const bool bad = std::ferror(file) != 0;
  std::fclose(file);
  if (bad) throw std::runtime_error("can't be read");
  return text;
}

std::string man(const std::string& page, const std::string& path) {
  const auto dot = page.rfind('.');
  if (dot == std::string::npos) throw std::runtime_error(page + ": not PAGE.SECTION");
  try {
    const std::string prose = read_file(path);
    return cli::man_page(verbs::program(), {page.substr(0, dot), page.substr(dot + 1), SHMCTL_VERSION, prose});
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

std::string list_verbs() {
  std::string text;
  for (const auto& verb : verbs::program().verbs) {
    text += (verb.group.empty() ? "-" : std::string(verb.group)) + ' ' + std::string(verb.name) + '\n';
  }
  return text;
}

std::string make(const Words& words) {
  const std::string what = words.empty() ? "" : words[0];
  if (what == "man" && words.size() == 3) return man(words[1], words[2]);
  if (what == "link" && words.size() == 2) return cli::man_link(verbs::program(), words[1]);
  if (what == "verbs" && words.size() == 1) return list_verbs();
  if (what == "completion" && words.size() == 2) {
    if (words[1] == "bash") return cli::complete_bash(verbs::program());
    if (words[1] == "zsh") return cli::complete_zsh(verbs::program());
    if (words[1] == "fish") return cli::complete_fish(verbs::program());
  }
  throw std::runtime_error("usage: man PAGE.SECTION PROSE | link VERB | completion bash|zsh|fish | verbs");
}
}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string text = make(Words(argv + 1, argv + argc));
    const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (!whole || std::fflush(stdout) != 0) throw std::runtime_error("stdout: can't be written");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "shmctl-gendoc: %s\n", error.what());
    return 1;
  }
}
