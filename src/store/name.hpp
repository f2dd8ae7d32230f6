// What may be a name: `[A-Za-z0-9_][A-Za-z0-9._:@-]{0,127}`. A name can't be a path, an option, a hidden file or one of
// the store's own files, which all have a comma or a plus. Pure functions.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::store {

inline constexpr std::size_t max_name = 128;                   ///< bytes
inline constexpr std::size_t max_name_storage = max_name + 1;  ///< with the NUL

bool valid_name(std::string_view name) noexcept;
/// Code::usage, with what a name may be, unless the name is valid.
os::Result<void> check_name(std::string_view name) noexcept;

/// The lock file of the object whose header carries `id`. It goes by the id alone: whoever opened one before and the
/// other after a removal and a new creation can't pair them, and an object that gets another name keeps its lock.
os::FileName lock_name(std::uint64_t id) noexcept;
/// The id in the name of a lock file; 0: it is none's.
std::uint64_t id_of_lock(std::string_view file) noexcept;

/// A name for an object that is being made: no user can say it, and doctor knows what to think of it.
os::FileName building_name(std::uint64_t id) noexcept;
bool is_building_name(std::string_view file) noexcept;

/// What the name of a socket has between the job's name and a number: a run of the job answers on it (guard).
inline constexpr std::string_view socket_infix = ",job.socket.";
bool is_socket_name(std::string_view file) noexcept;
/// The same of one that takes what a run's command says to the service manager.
inline constexpr std::string_view notify_infix = ",job.notify.";
bool is_notify_name(std::string_view file) noexcept;

/// A name for the queue of what is forwarded to a job. No user can say it.
os::FileName inbox_name(std::string_view job) noexcept;
bool is_inbox_name(std::string_view file) noexcept;

}  // namespace shm::store
