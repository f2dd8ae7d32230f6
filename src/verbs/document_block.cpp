// How blocks are written down and made again: their size, and their bytes up to the last that is not 0.
#include <algorithm>
#include "cli/base64.hpp"
#include "object/block.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

namespace {
using object::Block;
using os::Result;

Result<void> write_block(const store::Store& store, std::string_view name, const object::Description& found,
                         cli::Json& line) {
  const auto block = Block::open(store, name, os::Access::read);
  if (!block || block->header().id != found.header.id) {
    return std::unexpected(block || block.error().code == os::Code::wrong_kind ? changed_hands(name) : block.error());
  }
  os::Buffer bytes;
  if (!bytes.resize(block->size())) {
    return std::unexpected(os::fail(os::Code::full, "read block", name, "there is not enough memory for a copy of it"));
  }
  if (const auto read = block->read(0, {bytes.data(), bytes.size()}); !read) {
    return read;
  }
  const auto content = bytes.view();
  const auto last = content.find_last_not_of('\0');
  line.add("size", block->size());
  line.add("content_base64", cli::base64(content.substr(0, last == std::string_view::npos ? 0 : last + 1)));
  return {};
}

Build read_block(Fields& fields) {
  const std::uint64_t size = fields.natural("size");
  std::string content = fields.some_bytes("content").value_or("");
  if (size == 0 || content.size() > size) {
    fields.refuse("size", "0, or less than its content");
  }
  return [size, content = std::move(content)](const store::Store& store, std::string_view name,
                                              const object::Permissions& permissions) {
    return Block::create(store, name, size, bytes_of(content), permissions);
  };
}
}  // namespace

const DocumentKind block_document = {object::Kind::block, write_block, read_block};

}  // namespace shm::verbs
