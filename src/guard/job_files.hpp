// The names of a job's files in its store. None of them can be an object's name: all have a comma. Pure functions.
#pragma once
#include <cstdint>
#include <string_view>
#include "os/text.hpp"

namespace shm::guard {

os::FileName record_name(std::string_view job) noexcept;  ///< see layout.hpp
os::FileName lock_name(std::string_view job) noexcept;    ///< empty; whoever has it locked runs the job
os::FileName slot_name(std::string_view job, std::uint32_t slot) noexcept;  ///< empty; the same for one slot
os::FileName queue_name(std::string_view job) noexcept;  ///< empty; locked by who is next to get a slot
/// The socket of the run whose entry in the record has that index (channel.hpp).
os::FileName socket_name(std::string_view job, std::size_t entry) noexcept;
/// The socket that the command of that run tells the service manager's news to (full/relay.hpp).
os::FileName notify_name(std::string_view job, std::size_t entry) noexcept;

/// The job whose record is the file `name`; empty for any other file.
std::string_view job_of_record(std::string_view name) noexcept;
/// The job whose lock is the file `name`; likewise.
std::string_view job_of_lock(std::string_view name) noexcept;
/// Whether the file `name` is a slot of `job`, or its queue.
bool is_slot_file(std::string_view name, std::string_view job) noexcept;
/// Whether the file `name` is a socket of a run of `job`.
bool is_socket_file(std::string_view name, std::string_view job) noexcept;

}  // namespace shm::guard
