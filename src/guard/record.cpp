#include "guard/record.hpp"
#include <fcntl.h>
#include "guard/job_files.hpp"
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "os/random.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

std::uint64_t lock_byte(std::size_t index) noexcept { return entries_offset + index * sizeof(Entry); }

Result<void> damaged(std::string_view name, const char* why) noexcept {
  return std::unexpected(os::fail(Code::corrupt, "open", name, why, "look at it, then 'shmctl rm --job' the job"));
}

os::Error named(const os::Error& error, std::string_view name) noexcept {  // the steps below know no name
  return error.sys_errno != 0 ? os::fail_errno(error.sys_errno, "create", name) : error;
}

/// A whole record without a name.
Result<os::Unnamed> make_unnamed(const store::Store& store, std::string_view name) noexcept {
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(named(id.error(), name));
  }
  store::Header header = store::new_header(*id, os::realtime_ns());
  header.kind = job_kind;
  header.payload_size = first_size - summary_offset;
  header.check = store::checksum(header);
  auto fresh = os::create_unnamed(store.dir(), store.private_mode());
  if (!fresh) {
    return std::unexpected(named(fresh.error(), name));
  }
  auto done = os::allocate(fresh->file, 0, first_size);
  if (done) {
    done = os::write_at(fresh->file, std::as_bytes(std::span(&header, 1)), 0);
  }
  if (!done) {
    if (!fresh->temporary.empty()) {
      (void)os::remove_file_at(store.dir(), fresh->temporary.view());
    }
    return std::unexpected(named(done.error(), name));
  }
  return fresh;
}

// Only a whole record ever has the name. Code::exists when another process was first.
Result<void> create(const store::Store& store, std::string_view name) noexcept {
  const auto fresh = make_unnamed(store, name);
  if (!fresh) {
    return std::unexpected(fresh.error());
  }
  const auto published = os::publish(*fresh, store.dir(), name);
  return published ? published : std::unexpected(named(published.error(), name));
}
}  // namespace

Result<void> Record::map() noexcept {
  if (info_.size < first_size) {
    return damaged(name_.view(), "the file is too short to be a job's record");
  }
  const std::uint64_t size = info_.size < most_size ? info_.size : most_size;
  auto mapping = os::Mapping::open_lazily(file_, size, access_, name_.view());
  if (!mapping) {
    return std::unexpected(mapping.error());
  }
  mapping_ = std::move(*mapping);
  return {};
}

Result<Record> Record::open(const store::Store& store, std::string_view job, os::Access access) noexcept {
  Record record;
  record.name_ = record_name(job);
  record.access_ = access;
  auto file = store.open_file(record.name_.view(), access == os::Access::write ? O_RDWR : O_RDONLY, &record.info_);
  if (!file) {
    return std::unexpected(file.error());
  }
  record.file_ = std::move(*file);
  if (auto mapped = record.map(); !mapped) {
    return std::unexpected(mapped.error());
  }
  const auto header =
      store::read_header({record.mapping_.data(), sizeof(store::Header)}, record.info_.size, record.name_.view());
  if (!header) {
    auto error = header.error();
    error.advice = "look at it, then 'shmctl rm --job' the job";
    return std::unexpected(error);
  }
  if (header->kind != job_kind || header->payload_offset != summary_offset) {
    return std::unexpected(damaged(record.name_.view(), "the file is not a job's record").error());
  }
  return record;
}

Result<Record> Record::open_or_create(const store::Store& store, std::string_view job) noexcept {
  // Each turn means that another process made or removed the record in between, so a few turns are plenty.
  for (int turn = 0; turn < 100; ++turn) {
    auto record = open(store, job, os::Access::write);
    if (record || record.error().code != Code::absent) {
      return record;
    }
    const auto created = create(store, record_name(job).view());
    if (!created && created.error().code != Code::exists) {
      return std::unexpected(created.error());
    }
  }
  return std::unexpected(os::fail(Code::busy, "create", record_name(job).view(), "the record keeps vanishing"));
}

Result<Record> Record::make(const store::Store& store, std::string_view job, os::FileName* temporary) noexcept {
  Record record;
  record.name_ = record_name(job);
  record.access_ = os::Access::write;
  auto fresh = make_unnamed(store, record.name_.view());
  if (!fresh) {
    return std::unexpected(fresh.error());
  }
  *temporary = fresh->temporary;
  record.file_ = std::move(fresh->file);
  const auto info = os::info(record.file_);
  if (!info) {
    return std::unexpected(info.error());
  }
  record.info_ = *info;
  if (auto mapped = record.map(); !mapped) {
    return std::unexpected(mapped.error());
  }
  return record;
}

Result<void> Record::publish(const store::Store& store, const os::FileName& temporary) noexcept {
  const os::Unnamed unnamed = {std::move(file_), temporary};
  const auto published = os::publish(unnamed, store.dir(), name_.view());
  return published ? published : std::unexpected(named(published.error(), name_.view()));
}

Summary& Record::summary() const noexcept { return *reinterpret_cast<Summary*>(mapping_.data() + summary_offset); }

Entry& Record::entry(std::size_t index) const noexcept {
  return *reinterpret_cast<Entry*>(mapping_.data() + entry_offset(index));
}

const Cell* Record::cells(std::size_t offset) const noexcept {
  return reinterpret_cast<const Cell*>(mapping_.data() + offset);
}

Result<void> Record::refresh() noexcept {
  const auto now = os::info(file_);
  if (!now) {
    return std::unexpected(now.error());
  }
  if (now->size <= mapping_.size() || mapping_.size() >= most_size) {
    return {};
  }
  info_ = *now;
  return map();
}

Result<bool> Record::grow() noexcept {
  if (mapping_.size() >= most_size) {
    return false;
  }
  // Several may do this at once: the file is then as large as one of them made it, and the content is zero.
  if (auto done = os::allocate(file_, mapping_.size(), page_size); !done) {
    return std::unexpected(os::fail_errno(done.error().sys_errno, "enlarge", name_.view()));
  }
  if (auto done = refresh(); !done) {
    return std::unexpected(done.error());
  }
  return true;
}

Result<bool> Record::take(std::size_t index) const noexcept { return os::try_byte(file_, lock_byte(index)); }

void Record::give_back(std::size_t index) const noexcept { os::free_byte(file_, lock_byte(index)); }

bool Record::taken(std::size_t index) const noexcept {
  const auto used = os::byte_used(file_, lock_byte(index));
  return !used || *used;
}

}  // namespace shm::guard
