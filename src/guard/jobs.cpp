#include "guard/jobs.hpp"
#include <fcntl.h>
#include <string>
#include "guard/answering.hpp"
#include "guard/holder.hpp"
#include "guard/job_files.hpp"
#include "guard/token.hpp"
#include "os/flock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr const char* in_use = "it is running; 'shmctl who' says who runs it";

Result<void> remove_file(const store::Store& store, std::string_view name) noexcept {
  auto removed = os::remove_file_at(store.dir(), name);
  if (!removed && removed.error().code == Code::absent) {
    return {};
  }
  return removed;
}

// A lock that is taken for the time of the removal. What is no file of shmctl's can't be anybody's lock: it just goes.
Result<os::Fd> lock_for_removal(const store::Store& store, std::string_view file, std::string_view job,
                                os::FileInfo* info) noexcept {
  auto opened = store.open_file(file, O_RDONLY, info);
  if (!opened) {
    const Code code = opened.error().code;
    return code == Code::absent || code == Code::untrusted ? Result<os::Fd>() : std::unexpected(opened.error());
  }
  const auto taken = os::try_flock(*opened, os::Sharing::exclusive);
  if (!taken) {
    return std::unexpected(taken.error());
  }
  if (!*taken) {
    return std::unexpected(os::fail(Code::busy, "remove job", job, in_use));
  }
  return opened;
}

// Absent only if both files are: what can't be looked at may be there.
Result<void> check_there(const store::Store& store, std::string_view job) noexcept {
  for (const auto& file : {record_name(job), lock_name(job)}) {
    const auto found = os::info_at(store.dir(), file.view());
    if (found) {
      return {};
    }
    if (found.error().code != Code::absent) {
      return std::unexpected(found.error());
    }
  }
  return std::unexpected(os::fail(Code::absent, "remove job", job, "there is no job of that name"));
}

// `lock`: the lock file, which is taken.
Result<void> check_idle(const store::Store& store, std::string_view job, const os::FileInfo& lock) noexcept {
  const auto record = Record::open(store, job, os::Access::read);
  if (!record) {
    const Code code = record.error().code;
    const bool goes = code == Code::absent || code == Code::corrupt || code == Code::untrusted;
    return goes ? Result<void>() : std::unexpected(record.error());
  }
  for (const Holder& holder : live_holders(*record, Here::look())) {
    if (holder.recorded && !held_by_file(holder, lock)) {
      return std::unexpected(os::fail(Code::busy, "remove job", job, in_use));
    }
  }
  return {};
}

// The job may be made anew: its tokens go on from here.
Result<void> outlive(const store::Store& store, std::string_view job) noexcept {
  const auto record = Record::open(store, job, os::Access::read);
  const std::uint64_t token = record ? record->summary().token.load() : 0;
  return token != 0 ? outlive_job(store, token) : Result<void>();
}

Result<void> remove_slots(const store::Store& store, std::string_view job) noexcept {
  struct Removal {
    const store::Store& store;
    std::string_view job;
    Result<void> done;
  } removal{store, job, {}};
  auto listed = os::list_directory(
      store.dir(),
      [](void* context, std::string_view name) {
        auto& wanted = *static_cast<Removal*>(context);
        if (is_slot_file(name, wanted.job)) {
          wanted.done = remove_file(wanted.store, name);
        }
        return wanted.done.has_value();
      },
      &removal);
  return listed ? removal.done : listed;
}
}  // namespace

os::Text<64> state_text(const JobState& job) noexcept {
  os::Text<64> text;
  if (job.damaged) {
    return text.add("damaged");
  }
  if (job.hidden) {
    return text.add("(no permission)");
  }
  if (job.running) {
    text.add("running");
    if (job.holders > 1) {
      text.add(" ").add_decimal(job.holders).add(" times");
    }
    return text.add(job.pause ? ", paused" : "");
  }
  if (job.runs == 0) {
    return text.add(job.pause ? "paused, never run" : "never run");
  }
  text.add(job.pause ? "paused" : "idle");
  if (job.last_lost || job.last_status < 0) {
    return text.add(", last run lost");
  }
  return text.add(", last status ").add_decimal(static_cast<unsigned>(job.last_status));
}

Result<std::optional<JobState>> listed_job(const store::Store& store, std::string_view name) noexcept {
  const auto job = describe_job(store, name);
  if (job) {
    return *job;
  }
  const Code code = job.error().code;
  if (code == Code::absent) {
    return std::nullopt;
  }
  if (code == Code::full || code == Code::system) {
    return std::unexpected(job.error());  // which says nothing about the job
  }
  JobState unknown;
  unknown.name.add(name);
  unknown.hidden = code == Code::denied;
  unknown.damaged = !unknown.hidden;
  if (const auto info = os::info_at(store.dir(), record_name(name).view())) {
    unknown.info = *info;
  }
  return unknown;
}

Result<void> list_jobs(const store::Store& store, bool (*visit)(void*, const JobState&), void* context) noexcept {
  std::vector<std::string> names;
  auto listed = os::list_directory(
      store.dir(),
      [](void* found, std::string_view name) {
        if (const auto job = job_of_record(name); !job.empty()) {
          static_cast<std::vector<std::string>*>(found)->emplace_back(job);
        }
        return true;
      },
      &names);
  if (!listed) {
    return listed;
  }
  for (const auto& name : names) {
    const auto job = listed_job(store, name);
    if (!job) {
      return std::unexpected(job.error());
    }
    if (*job && !visit(context, **job)) {
      break;
    }
  }
  return {};
}

Result<void> remove_job(const store::Store& store, std::string_view name) noexcept {
  if (auto valid = store::check_name(name); !valid) {
    return valid;
  }
  if (auto there = check_there(store, name); !there) {
    return there;
  }
  os::FileInfo lock_info;
  const auto lock = lock_for_removal(store, lock_name(name).view(), name, &lock_info);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  os::FileInfo record_info;
  const auto record = lock_for_removal(store, record_name(name).view(), name, &record_info);
  if (!record) {
    return std::unexpected(record.error());
  }
  auto done = check_idle(store, name, lock_info);
  // The lock file last: as long as it has its name, a run that comes now waits for this removal, and then starts over.
  if (done) {
    done = outlive(store, name);
  }
  if (done) {
    done = remove_slots(store, name);
  }
  if (done) {
    (void)dead_sockets(store, name, true);
  }
  if (done) {
    done = remove_file(store, record_name(name).view());
  }
  if (done) {
    done = remove_file(store, lock_name(name).view());
  }
  return done;
}

}  // namespace shm::guard
