// Names of users and groups. A static program has no name service switch of its own, so these read /etc/passwd and
// /etc/group and ask getent(1) for what is not there (LDAP, SSSD). Never on the way of a counter. Any thread.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::os {

std::uint32_t effective_uid() noexcept;
/// The gid of `group`, a name or a number. Code::absent when there is none of that name.
Result<std::uint32_t> group_id(std::string_view group) noexcept;
/// The name of a group or user; its number, in decimal, when it has none.
FileName group_name(std::uint32_t gid) noexcept;
FileName user_name(std::uint32_t uid) noexcept;
/// Where the user's home is by the accounts, whatever the environment says. Code::absent: nobody has that uid, or has
/// no home.
Result<Path> home_of(std::uint32_t uid) noexcept;

}  // namespace shm::os
