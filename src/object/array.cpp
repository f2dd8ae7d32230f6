#include "object/array.hpp"
#include <cstring>
#include "segment/region_word.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;
using segment::Reader;
using segment::Region;

constexpr std::size_t config_length = 0;
constexpr std::uint64_t word_size = 8;

Result<void> create_array(const store::Store& store, std::string_view name, Element type, std::uint64_t length,
                          std::span<const std::byte> content, const Permissions& permissions) noexcept {
  const std::uint64_t size = size_of(type);
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::array);
  object.type = static_cast<std::uint16_t>(type);
  object.config[config_length] = length;
  permissions.apply_to(object);
  const std::uint64_t most = ~std::uint64_t{0} / word_size;  // refused by create(), as all that is too large
  return create_named(store, name, [&] {
    return Region::create(store, name, object, {}, length > most ? ~std::uint64_t{0} : length * size, content);
  });
}
}  // namespace

Result<void> Array::create(const store::Store& store, std::string_view name, Element type, std::uint64_t length,
                           const Permissions& permissions) noexcept {
  return create_array(store, name, type, length, {}, permissions);
}

Result<void> Array::create(const store::Store& store, std::string_view name, Element type,
                           std::span<const Bits> numbers, const Permissions& permissions) noexcept {
  const std::uint64_t size = size_of(type);
  os::Buffer content;
  if (!content.reserve(numbers.size() * size)) {
    return std::unexpected(fail(Code::full, "create", name, "there is not enough memory"));
  }
  for (const Bits& bits : numbers) {
    (void)content.add(std::as_bytes(std::span(&bits, 1)).first(size));
  }
  return create_array(store, name, type, numbers.size(), content.bytes(), permissions);
}

Result<std::uint64_t> array_length(const store::Header& header, std::string_view name) noexcept {
  const std::uint64_t size = size_of(static_cast<Element>(header.type));
  if (size == 0) {
    return std::unexpected(fail(Code::corrupt, "open array", name, "its type is not one that this version knows",
                                "use the shmctl that made it, or 'shmctl rm' it"));
  }
  const std::uint64_t length = header.config[config_length];
  if (length > header.payload_size / size) {
    return std::unexpected(fail(Code::corrupt, "open array", name, "it says it is larger than its file",
                                "look at it, then 'shmctl rm' it"));
  }
  return length;
}

Result<Array> Array::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto region = open_region(store, name, Kind::array, access);
  if (!region) {
    return std::unexpected(region.error());
  }
  auto length = array_length(region->header(), name);
  const auto type = static_cast<Element>(region->header().type);
  if (length && *length * size_of(type) > region->fixed_room()) {
    length = std::unexpected(fail(Code::corrupt, "open array", name, "it says it is larger than its file",
                                  "look at it, then 'shmctl rm' it"));
  }
  if (!length) {
    return std::unexpected(length.error());
  }
  Array array;
  array.region_ = std::move(*region);
  array.type_ = type;
  array.size_ = size_of(type);
  array.length_ = *length;
  return array;
}

Result<std::uint64_t> Array::place_of(std::int64_t index) const noexcept {
  const auto place = static_cast<std::uint64_t>(index) + (index < 0 ? length_ : 0);
  if (place >= length_) {  // what is still below 0 is very large
    return std::unexpected(
        fail(Code::absent, "use element of", region_.name(), "it has none of that index", "see 'shmctl array len'"));
  }
  return place;
}

Array::Range Array::range_of(const Slice& slice) const noexcept {
  const auto part = slice.of(length_);
  return {static_cast<std::uint64_t>(part.first), part.count, slice.step};
}

Array::At Array::at(std::uint64_t place) const noexcept {
  const std::uint64_t byte = place * size_;
  return {Region::fixed() + byte / word_size, byte % word_size};
}

Bits Array::element_in(std::uint64_t word, std::size_t byte) const noexcept {
  Bits bits = 0;
  std::memcpy(&bits, reinterpret_cast<const std::byte*>(&word) + byte, size_);
  return bits;
}

std::uint64_t Array::with_element(std::uint64_t word, std::size_t byte, Bits bits) const noexcept {
  std::memcpy(reinterpret_cast<std::byte*>(&word) + byte, &bits, size_);
  return word;
}

Result<Bits> Array::get(std::uint64_t place) const noexcept {
  const At here = at(place);
  const auto word = region_.read_word(here.word);
  return word ? Result<Bits>(element_in(*word, here.byte)) : std::unexpected(word.error());
}

Result<void> Array::get(std::span<const Range> ranges, os::Buffer& into) const noexcept {
  const std::uint64_t before = into.size();
  const auto no_memory = [&] {
    return std::unexpected(fail(Code::full, "read", region_.name(), "there is not enough memory"));
  };
  return region_.read([&](const Reader& reader) -> Result<void> {
    (void)into.resize(before);
    for (const auto& range : ranges) {
      if (range.count == 0) {
        continue;
      }
      if (range.step == 1) {  // whole words, of which those at the ends may be others' in part
        const At first = at(range.first);
        const std::uint64_t begin = into.size();
        if (!reader.copy(first.word, (first.byte + range.count * size_ + word_size - 1) / word_size * word_size,
                         into)) {
          return reader.damaged() ? Result<void>() : no_memory();
        }
        std::memmove(into.data() + begin, into.data() + begin + first.byte, range.count * size_);
        (void)into.resize(begin + range.count * size_);
        continue;
      }
      if (!into.reserve(into.size() + range.count * size_)) {
        return no_memory();
      }
      std::uint64_t place = range.first;
      for (std::uint64_t i = 0; i < range.count; ++i, place += static_cast<std::uint64_t>(range.step)) {
        const At here = at(place);
        const Bits bits = element_in(reader.get(here.word), here.byte);
        (void)into.add(std::as_bytes(std::span(&bits, 1)).first(size_));
      }
    }
    return {};
  });
}

}  // namespace shm::object
