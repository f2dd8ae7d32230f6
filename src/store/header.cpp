#include "store/header.hpp"

namespace shm::store {

namespace {
constexpr char magic[8] = {'s', 'h', 'm', 'c', 't', 'l', '\n', '\0'};
constexpr const char* remove_it = "it is damaged or not shmctl's: look at it, then 'shmctl rm' it";
}  // namespace

Header new_header(std::uint64_t id, std::int64_t created_ns) noexcept {
  Header header{};
  for (std::size_t i = 0; i < sizeof magic; ++i) {
    header.magic[i] = magic[i];
  }
  header.version = format_version;
  header.endian = endian_mark;
  header.payload_offset = first_payload_offset;
  header.id = id;
  header.created_ns = created_ns;
  return header;
}

// FNV-1a by words, folded so that every bit reaches the low ones: made to find damage, not malice.
std::uint64_t checksum(const Header& header) noexcept {
  std::uint64_t sum = 0xcbf29ce484222325U;
  std::uint64_t words[offsetof(Header, check) / sizeof(std::uint64_t)];
  __builtin_memcpy(&words[0], &header, sizeof words);
  for (const std::uint64_t word : words) {
    sum = (sum ^ word) * 0x100000001b3U;
    sum ^= sum >> 32U;
  }
  return sum;
}

os::Result<Header> read_header(std::span<const std::byte> bytes, std::uint64_t file_size,
                               std::string_view object) noexcept {
  const auto refuse = [&](const char* why, const char* advice = remove_it) {
    return std::unexpected(os::fail(os::Code::corrupt, "open", object, why, advice));
  };
  Header header;
  if (bytes.size() < sizeof header || file_size < sizeof header) {
    return refuse("the file is too short to be an object");
  }
  __builtin_memcpy(&header, bytes.data(), sizeof header);
  if (__builtin_memcmp(&header.magic[0], &magic[0], sizeof magic) != 0) {
    return refuse("the file is not an object of shmctl");
  }
  if (header.endian != endian_mark) {
    return refuse("the object was made on a machine of the other byte order");
  }
  if (header.version != format_version) {
    return refuse("the object has another format version", "use the shmctl that made it");
  }
  if (header.check != checksum(header) || header.kind == 0) {
    return refuse("the object's header is damaged");
  }
  if (header.payload_offset < sizeof header || header.payload_offset > file_size ||
      header.payload_size > file_size - header.payload_offset) {
    return refuse("the object's file is cut short");
  }
  return header;
}

}  // namespace shm::store
