// What the completion scripts of all shells need of the verb table. Pure. Only complete_*.cpp include this.
#pragma once
#include <string>
#include <vector>
#include "cli/verb.hpp"

namespace shm::cli {

using WordList = std::vector<std::string>;

std::string joined(const WordList& words, std::string_view between);
/// "a|b|c" in pieces.
WordList split_choices(std::string_view choices);
/// "counter incr", or "run".
std::string path_of(const Verb& verb);
/// What `--kind` takes: the kinds, and job.
WordList kinds_of(const Program& program);
/// What a line may begin with: the verbs of no group, then the groups.
WordList first_words(const Program& program);
WordList verbs_of(const Program& program, std::string_view group);
/// "--store", "-q", "--quiet" ...
WordList option_names(std::span<const Option> options);
/// `text` with `escape` before each of `chars`.
std::string escaped(std::string_view text, std::string_view chars, std::string_view escape);

}  // namespace shm::cli
