// Where stores are saved when nobody says where (save --persisted), and which of them there are. Root's and the groups'
// stores: /var/lib/shmctl; another user's: .local/state/shmctl in the home that the accounts know, whatever the
// environment says. And what a store knows of its own past: whether it has what was saved there. Any process.
#pragma once
#include "store/store.hpp"

namespace shm::store {

inline constexpr std::string_view saved_root = "/var/lib/shmctl";

/// place_of() as Store::open() asks it.
os::Result<Place> place_said(std::string_view said, std::uint32_t euid) noexcept;

/// Of the store at `place`: /var/lib/shmctl/sys.save, .../+NAME.save, .../g/GROUP.save, ~/.local/state/shmctl/own.save,
/// .../+NAME.save. Code::usage for a directory that the user has named: it has no such place.
os::Result<os::Path> saved_path(const Place& place, std::uint32_t euid) noexcept;
/// Makes the directories above that path that are missing, and checks that nobody else may write to them. Code::denied,
/// untrusted, absent (the user's home).
os::Result<void> make_saved_directory(const Place& place, std::uint32_t euid) noexcept;

/// Calls `visit(context, said)` with what --store says for each default, named and group's store that this user saves:
/// those that are there now, or those that have been saved. Root has the groups' stores.
os::Result<void> each_store(std::uint32_t euid, void (*visit)(void* context, std::string_view said),
                            void* context) noexcept;
os::Result<void> each_saved_store(std::uint32_t euid, void (*visit)(void* context, std::string_view said),
                                  void* context) noexcept;

/// Whether the store has all that was saved of it: it was restored, or saved for the first time, since it was made. A
/// store that has not must not take the place of what was saved.
os::Result<bool> has_its_past(const Store& store) noexcept;
os::Result<void> note_past(const Store& store) noexcept;

}  // namespace shm::store
