// The verbs of blocks.
#include "verbs/block.hpp"
#include <fmt/core.h>
#include <charconv>
#include <limits>
#include "object/block.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
using object::Block;
using os::Access;
using Width = Block::Width;

Block open_block(const cli::Call& call, Access access) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  return cli::must(Block::open(store, name, access));
}

cli::Json block_json(std::string_view name) { return cli::Json().add("name", name).add("kind", "block"); }

/// Operand `index` as a number of bytes; `otherwise` without it.
std::uint64_t bytes_of(const cli::Call& call, std::size_t index, std::string_view what, std::uint64_t otherwise) {
  if (call.operands.size() <= index) {
    return otherwise;
  }
  const auto number = bytes_in(call.operands[index]);
  if (!number) {
    refuse(call, fmt::format("'{}': not {} (say 4096, 64K, 16M or 1G)", call.operands[index], what));
  }
  return *number;
}

/// Decimal, below 0 too, or hexadecimal after 0x: the bits of a number of that width.
std::uint64_t number_in(const cli::Call& call, std::string_view word, Width width) {
  const bool hexadecimal = word.starts_with("0x") || word.starts_with("0X");
  const bool below = word.starts_with('-');
  const auto digits = hexadecimal ? word.substr(2) : below ? word.substr(1) : word;
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, hexadecimal ? 16 : 10);
  if (stop != end || (error != std::errc() && error != std::errc::result_out_of_range)) {
    refuse(call, fmt::format("'{}': not a whole number, decimal or after 0x", word));
  }
  const std::uint64_t most =
      width == Width::bits32 ? std::numeric_limits<std::uint32_t>::max() : std::numeric_limits<std::uint64_t>::max();
  if (error != std::errc() || number > (below ? most / 2 + 1 : most)) {
    throw cli::Failure(os::fail(os::Code::range, "read number", word,
                                width == Width::bits32 ? "does not fit into 32 bits" : "does not fit into 64 bits"));
  }
  return (below ? 0 - number : number) & most;
}

void print_number(cli::Call& call, std::uint64_t offset, std::uint64_t number) {
  call.output.result(fmt::format("{}", number),
                     block_json(call.operands[0]).add("offset", offset).add("value", number));
}

int compare_and_set(cli::Call& call, Width width) {
  const std::uint64_t offset = bytes_of(call, 1, "an offset", 0);
  std::uint64_t expected = number_in(call, call.operands[2], width);
  const std::uint64_t wanted = number_in(call, call.operands[3], width);
  cli::must(open_block(call, Access::write).compare_and_set(width, offset, expected, wanted));
  print_number(call, offset, wanted);
  return 0;
}

int add(cli::Call& call, Width width) {
  const std::uint64_t offset = bytes_of(call, 1, "an offset", 0);
  const std::uint64_t more = call.operands.size() > 2 ? number_in(call, call.operands[2], width) : 1;
  print_number(call, offset, cli::must(open_block(call, Access::write).add(width, offset, more)));
  return 0;
}
}  // namespace

int block_cas32(cli::Call& call) { return compare_and_set(call, Width::bits32); }
int block_cas64(cli::Call& call) { return compare_and_set(call, Width::bits64); }
int block_add32(cli::Call& call) { return add(call, Width::bits32); }
int block_add64(cli::Call& call) { return add(call, Width::bits64); }

int block_create(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto permissions = permissions_of(call, name);
  os::Buffer content;
  std::uint64_t size = 0;
  if (call.operands[1] == "-") {
    cli::must(os::read_input(content));
    size = content.size();
  } else {
    size = bytes_of(call, 1, "a number of bytes", 0);
  }
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(Block::create(store, name, size, content.bytes(), permissions));
  if (call.output.json()) {
    call.output.result({}, block_json(name).add("size", size));
  }
  return 0;
}

int block_write(cli::Call& call) {
  const std::uint64_t offset = bytes_of(call, 1, "an offset", 0);
  auto block = open_block(call, Access::write);
  cli::must(block.check(offset, 0));
  os::Buffer content;
  cli::must(os::read_input(content));  // whole: what does not fit must not be begun
  cli::must(block.write(offset, content.bytes()));
  if (call.output.json()) {
    call.output.result({}, block_json(call.operands[0]).add("offset", offset).add("size", content.size()));
  }
  return 0;
}

int block_read(cli::Call& call) {
  const std::uint64_t offset = bytes_of(call, 1, "an offset", 0);
  const auto block = open_block(call, Access::read);
  cli::must(block.check(offset, 0));
  const std::uint64_t size = bytes_of(call, 2, "a number of bytes", block.size() - offset);
  cli::must(block.check(offset, size));  // before there is memory for it
  os::Buffer content;
  if (!content.resize(size)) {
    throw cli::Failure(os::fail(os::Code::full, "read", call.operands[0], "there is not enough memory"));
  }
  cli::must(block.read(offset, {content.data(), content.size()}));
  if (call.output.json()) {
    call.output.result(
        {}, block_json(call.operands[0]).add("offset", offset).add("size", size).add_bytes("value", content.view()));
  } else if (!call.output.quiet) {
    call.output.write(content.view());
  }
  return 0;
}

int block_fill(cli::Call& call) {
  std::uint64_t value = 0;
  value = number_in(call, call.operands[1], Width::bits32);
  if (value > 255 && value < 0xffffff80U) {
    throw cli::Failure(os::fail(os::Code::range, "read number", call.operands[1], "does not fit into a byte"));
  }
  const std::uint64_t offset = bytes_of(call, 2, "an offset", 0);
  auto block = open_block(call, Access::write);
  cli::must(block.check(offset, 0));
  const std::uint64_t size = bytes_of(call, 3, "a number of bytes", block.size() - offset);
  cli::must(block.fill(offset, size, static_cast<std::byte>(value)));
  if (call.output.json()) {
    call.output.result({}, block_json(call.operands[0]).add("offset", offset).add("size", size));
  }
  return 0;
}

int block_size(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    if (const auto block = Block::open(store, name, Access::read)) {
      call.output.result(fmt::format("{}", block->size()), block_json(name).add("size", block->size()));
    } else {
      call.report(block.error());
    }
  }
  return call.status();
}

int block_path(cli::Call& call) {
  const auto& name = call.operands[0];
  const auto block = open_block(call, Access::read);
  const std::string path = fmt::format("{}/{}", open_store(call, store::Missing::refuse).path(), name);
  call.output.result(
      path,
      block_json(name).add("path", path).add("offset", std::uint64_t{Block::payload_offset}).add("size", block.size()));
  return 0;
}

}  // namespace shm::verbs
