#include "store/change_file.hpp"
#include <fcntl.h>
#include <charconv>
#include "os/flock.hpp"
#include "os/random.hpp"

namespace shm::store {

namespace {
using os::Result;

constexpr std::string_view prefix = ",change,";
constexpr std::uint64_t life_byte = 0;  // locked while who decides lives

// The whole content: one byte.
constexpr std::byte undecided{'0'};
constexpr std::byte decided{'1'};

Result<bool> says_happened(const os::Fd& file) noexcept {
  std::byte content{};
  const auto got = os::read_at(file, {&content, 1}, 0);
  return got ? Result<bool>(*got == 1 && content == decided) : std::unexpected(got.error());
}
}  // namespace

Result<ChangeFile> ChangeFile::create(const Store& store) noexcept {
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(id.error());
  }
  ChangeFile record;
  record.id_ = *id | least_change_id;
  // Whoever may read one of the objects must be able to read this, and there is nothing to hide in it.
  auto fresh = os::create_unnamed(store.dir(), 0644);
  if (!fresh) {
    return std::unexpected(fresh.error());
  }
  const auto written = os::write_at(fresh->file, {&undecided, 1}, 0);
  const auto locked = os::try_byte(fresh->file, life_byte);
  if (!written || !locked) {
    if (!fresh->temporary.empty()) {
      (void)os::remove_file_at(store.dir(), fresh->temporary.view());
    }
    return std::unexpected(written ? locked.error() : written.error());
  }
  if (const auto named = os::publish(*fresh, store.dir(), change_name(record.id_).view()); !named) {
    return std::unexpected(named.error());
  }
  record.file_ = std::move(fresh->file);
  return record;
}

Result<void> ChangeFile::decide() noexcept { return os::write_at(file_, {&decided, 1}, 0); }

void ChangeFile::remove(const Store& store) noexcept {
  if (id_ != 0) {
    (void)os::remove_file_at(store.dir(), change_name(id_).view());
    file_.reset();
    id_ = 0;
  }
}

Result<Decision> decision_of(const Store& store, std::uint64_t id) noexcept {
  os::FileInfo found;
  const auto file = store.open_file(change_name(id).view(), O_RDONLY, &found);
  if (!file) {
    return file.error().code == os::Code::absent ? Result<Decision>(Decision::abandoned)
                                                 : std::unexpected(file.error());
  }
  // Its life is looked at first: what a process that has ended did not write, it will not write.
  const auto lives = os::byte_taken(*file, life_byte);
  const auto happened = lives ? says_happened(*file) : std::unexpected(lives.error());
  if (!happened) {
    return std::unexpected(happened.error());
  }
  return *happened ? Decision::happened : *lives ? Decision::none : Decision::abandoned;
}

bool maker_is_dead(const Store& store, std::uint64_t id) noexcept {
  os::FileInfo found;
  const auto file = store.open_file(change_name(id).view(), O_RDONLY, &found);
  const auto lives = file ? os::byte_taken(*file, life_byte) : std::unexpected(file.error());
  return lives && !*lives;
}

os::FileName change_name(std::uint64_t id) noexcept { return os::FileName(prefix).add_hex(id); }

std::uint64_t id_of_change(std::string_view file) noexcept {
  std::uint64_t id = 0;
  if (file.starts_with(prefix)) {
    file.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), id, 16);
    if (error != std::errc() || end != file.data() + file.size()) {
      return 0;
    }
  }
  return id;
}

}  // namespace shm::store
