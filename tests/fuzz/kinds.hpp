// The kinds of files that a store has, for programs that feed them to the code that reads them: how to make good ones,
// and everything that can be done with one that may be bad. A new kind is one more entry of the table in kinds.cpp.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include "store/store.hpp"

namespace fuzz {

struct Kind {
  std::string_view name;
  std::uint16_t number;     ///< Header::kind; several may share one
  std::string_view suffix;  ///< of the file's name
  /// Makes the object, in a state of several.
  void (*make)(const shm::store::Store& store, std::string_view name, unsigned state);
  /// Does all that can be done to it; whatever comes of that is right, as long as it comes to an end. Reads only,
  /// unless `write`.
  void (*use)(const shm::store::Store& store, std::string_view name, bool write);
};
inline constexpr unsigned states = 4;

// Kinds in files of their own.
void make_dict(const shm::store::Store& store, std::string_view name, unsigned state);
void use_dict(const shm::store::Store& store, std::string_view name, bool write);
void make_list(const shm::store::Store& store, std::string_view name, unsigned state);
void use_list(const shm::store::Store& store, std::string_view name, bool write);

std::span<const Kind> kinds();
/// The first kind of that number; the first of the table if there is none.
const Kind& kind_of(std::uint16_t number);

using Bytes = std::vector<std::uint8_t>;

/// A store in a directory of its own, which is removed at the end; one a process.
const shm::store::Store& own_store();
/// Makes it a file of the store, in place of any other, and the lock file that its header asks for.
void put_file(const std::string& name, const Bytes& content);
Bytes content_of(const std::string& name);
void remove_files();

/// Good files of all kinds, and some that a killed process left in the middle of a change.
std::vector<Bytes> good_files();

/// For LLVMFuzzerInitialize: with `--seeds DIRECTORY` as the program's words it writes these there, and ends.
void write_seeds_if_asked(int argc, char** argv, const std::function<std::vector<Bytes>()>& seeds);

}  // namespace fuzz
