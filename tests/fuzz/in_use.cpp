// A good object whose words somebody else overwrites while it is used: the input says which words, and with what.
//   fuzz_in_use --seeds DIRECTORY
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include "fuzz/kinds.hpp"
#include "fuzz/mutate.hpp"

namespace {
using fuzz::Bytes;

// Each input begins with the number of a good file; the rest seeds what is written over it.
std::vector<Bytes> seeds() {
  std::vector<Bytes> all;
  const std::size_t count = fuzz::good_files().size();
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back({static_cast<std::uint8_t>(i), 1, 2, 3, 4, 5, 6, 7, 8});
  }
  return all;
}

// The file as the hostile one has it mapped.
class Mapped {
 public:
  explicit Mapped(const std::string& name) {
    const int file = ::openat(fuzz::own_store().dir().get(), name.c_str(), O_RDWR | O_CLOEXEC);
    size_ = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
    memory_ = static_cast<std::uint64_t*>(::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    ::close(file);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() { ::munmap(memory_, size_); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::uint64_t* word(std::size_t index) const { return memory_ + index % (size_ / 8); }

 private:
  std::uint64_t* memory_ = nullptr;
  std::size_t size_ = 0;
};

void overwrite(const Mapped& mapped, const std::uint8_t* data, std::size_t size, const std::atomic<bool>& done) {
  std::seed_seq seed(data, data + size);
  std::mt19937 random(seed);
  while (!done.load()) {
    auto* word = mapped.word(random());
    const std::uint64_t old = __atomic_load_n(word, __ATOMIC_RELAXED);
    if (old != 0 || random() % 16 == 0) {
      __atomic_store_n(word, fuzz::likely_word(random, old, mapped.size()), __ATOMIC_RELAXED);
      for (unsigned pause = random() % 200; pause > 0; --pause) {
        __asm__ volatile("");
      }
      if (random() % 2 == 0) {
        __atomic_store_n(word, old, __ATOMIC_RELAXED);
      }
    }
  }
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Bytes> good = fuzz::good_files();
  if (size == 0) {
    return 0;
  }
  const Bytes& content = good[data[0] % good.size()];
  std::uint16_t number = 0;
  std::memcpy(&number, content.data() + 16, sizeof number);
  const auto& kind = fuzz::kind_of(number);
  const std::string file = "any" + std::string(kind.suffix);
  fuzz::put_file(file, content);
  {
    const Mapped mapped(file);
    std::atomic<bool> done = false;
    std::thread hostile([&] { overwrite(mapped, data, size, done); });
    for (int i = 0; i < 4; ++i) {
      for (const auto& each : fuzz::kinds()) {
        if (each.number == number) {
          each.use(fuzz::own_store(), "any", false);
          each.use(fuzz::own_store(), "any", true);
        }
      }
    }
    done = true;
    hostile.join();
  }
  fuzz::remove_files();
  return 0;
}
