// Sockets between processes of one machine that have a file in a directory (SOCK_SEQPACKET: what is sent as one packet
// arrives as one). Nothing here blocks. Their paths may be longer than a socket's address can be, so they go by way of
// /proc/self/fd. Any thread may call these, but listen_at() and receive_at(), which change the umask for a moment.
#pragma once
#include <span>
#include "os/file.hpp"

namespace shm::os {

/// A socket that listens as the file `name` (at most 60 bytes) in `dir`, which must not exist; its mode is `mode`
/// whatever the umask. Code::exists, denied, full; Code::system where there is no /proc.
Result<Fd> listen_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept;

/// The same for one that receives datagrams (datagram.hpp).
Result<Fd> receive_at(const Fd& dir, std::string_view name, std::uint32_t mode) noexcept;
/// Whether somebody has bound the datagram socket whose file that is; true also where that can't be found out.
bool receives(const Fd& file) noexcept;

/// Opens the file `name` in `dir`, whatever it is, to look at it and to connect to it: the file that was looked at is
/// the one that is connected to.
Result<Fd> open_socket_at(const Fd& dir, std::string_view name) noexcept;
/// Code::absent: nobody listens there. Code::busy: too many want to connect at this moment. Code::denied.
Result<Fd> connect_to(const Fd& file) noexcept;

/// Who connected, or who listens there: at the moment when it did so.
struct Peer {
  int pid = 0;                ///< 0: this pid namespace does not see it
  std::uint32_t uid = 65534;  ///< effective, as this user namespace sees it; 65534: it does not
};
Peer peer_of(const Fd& socket) noexcept;

struct Caller {
  Fd socket;
  std::uint32_t uid = 0;  ///< as of Peer
};
/// Code::empty: there is none. Code::full: no descriptor can be had for it.
Result<Caller> accept_caller(const Fd& listener) noexcept;

/// Sends one packet, and a descriptor with it unless `file` is -1; false: there is no room for it now. Never SIGPIPE.
Result<bool> send_packet(const Fd& socket, std::span<const std::byte> packet, int file = -1) noexcept;

struct Packet {
  std::size_t size = 0;  ///< 0: the other end is closed
  bool cut = false;      ///< it was larger than the room for it
  Fd file;               ///< the descriptor that came with it, if one was wanted
};
/// Takes one packet into `room`; Code::empty: there is none yet. A descriptor that came along is `wanted` or closed.
Result<Packet> receive_packet(const Fd& socket, std::span<std::byte> room, bool wanted) noexcept;

}  // namespace shm::os
