#include "guard/job_files.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
constexpr std::string_view record_suffix = ",job";
constexpr std::string_view lock_suffix = ",job.lock";
constexpr std::string_view slot_suffix = ",job.slot.";
constexpr std::string_view queue_suffix = ",job.slot.queue";

std::string_view without(std::string_view name, std::string_view suffix) noexcept {
  if (!name.ends_with(suffix)) {
    return {};
  }
  name.remove_suffix(suffix.size());
  return store::valid_name(name) ? name : std::string_view();
}
}  // namespace

os::FileName record_name(std::string_view job) noexcept { return os::FileName(job).add(record_suffix); }
os::FileName lock_name(std::string_view job) noexcept { return os::FileName(job).add(lock_suffix); }
os::FileName slot_name(std::string_view job, std::uint32_t slot) noexcept {
  return os::FileName(job).add(slot_suffix).add_decimal(slot);
}
os::FileName queue_name(std::string_view job) noexcept { return os::FileName(job).add(queue_suffix); }
os::FileName socket_name(std::string_view job, std::size_t entry) noexcept {
  return os::FileName(job).add(store::socket_infix).add_decimal(entry);
}
os::FileName notify_name(std::string_view job, std::size_t entry) noexcept {
  return os::FileName(job).add(store::notify_infix).add_decimal(entry);
}

std::string_view job_of_record(std::string_view name) noexcept { return without(name, record_suffix); }
std::string_view job_of_lock(std::string_view name) noexcept { return without(name, lock_suffix); }

bool is_slot_file(std::string_view name, std::string_view job) noexcept {
  return name.starts_with(job) && name.substr(job.size()).starts_with(slot_suffix);
}

bool is_socket_file(std::string_view name, std::string_view job) noexcept {
  return name.starts_with(job) && name.substr(job.size()).starts_with(store::socket_infix);
}

}  // namespace shm::guard
