// Datagrams between processes of one machine, with descriptors, and with what the kernel says of who sent them. Nothing
// here blocks. Any thread may call these.
#pragma once
#include <span>
#include <vector>
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/text.hpp"

namespace shm::os {

using SocketAddress = Text<108>;  ///< a path, or `@` and the name of a socket that has no file

/// A socket without a file, by a name that the kernel chooses.
Result<Fd> receive_anywhere() noexcept;
SocketAddress address_of_receiver(const Fd& receiver) noexcept;
/// From now on each datagram says who sent it.
Result<void> ask_for_senders(const Fd& receiver) noexcept;

/// A socket that sends there: ready to be written to when the receiver has room.
Result<Fd> connect_to_receiver(std::string_view address) noexcept;
/// The receiver takes another datagram now, or never will: then sending says so.
bool has_room(const Fd& sender) noexcept;

struct Datagram {
  std::size_t size = 0;
  bool cut = false;           ///< it was larger than the room for it, or had more with it than can be had
  int pid = 0;                ///< of who sent it; 0: not known here
  std::uint32_t uid = 65534;  ///< likewise
  std::vector<Fd> files;
};
/// Takes one into `room`. Code::empty: there is none.
Result<Datagram> receive_datagram(const Fd& receiver, std::span<char> room) noexcept;

}  // namespace shm::os
