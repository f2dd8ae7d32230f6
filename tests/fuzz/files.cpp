// Any bytes as an object's or a job's file: opened, read in every way there is, and changed.
//   fuzz_files --seeds DIRECTORY    writes good files there, to begin with; else as every libFuzzer program
#include <cstring>
#include "fuzz/kinds.hpp"
#include "fuzz/mutate.hpp"
#include "store/header.hpp"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, fuzz::good_files);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  return fuzz::mutate_file(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shm::store::Header header{};
  std::memcpy(&header, data, size < sizeof header ? size : sizeof header);
  const auto& kind = fuzz::kind_of(header.kind);
  fuzz::put_file("any" + std::string(kind.suffix), fuzz::Bytes(data, data + size));
  for (const auto& each : fuzz::kinds()) {
    if (each.number == kind.number || each.suffix == kind.suffix) {  // as what it is, and as what it is not
      each.use(fuzz::own_store(), "any", false);
    }
  }
  for (const auto& each : fuzz::kinds()) {
    if (each.number == kind.number) {
      each.use(fuzz::own_store(), "any", true);
    }
  }
  fuzz::remove_files();
  return 0;
}
