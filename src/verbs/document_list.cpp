// How lists are written down and made again.
#include <fmt/core.h>
#include "object/list.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

namespace {
using object::List;
using object::ListLimits;
using os::Result;

Result<void> write_list(const store::Store& store, std::string_view name, const object::Description& found,
                        cli::Json& line) {
  const auto list = List::open(store, name, os::Access::read);
  if (!list || list->object_id() != found.header.id) {
    return std::unexpected(list || list.error().code == os::Code::wrong_kind ? changed_hands(name) : list.error());
  }
  object::ListPart all;  // a slice of everything
  if (const auto got = list->get(std::span(&all, 1), true); !got) {
    return got;
  }
  add_limit(line, "max_items", list->limits().max_items);
  add_limit(line, "max_bytes", list->limits().max_bytes);
  std::string items = "[";
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    items += i == 0 ? "" : ",";
    items += item_json_of(all.items[i]);
  }
  line.add_raw("items", items += "]");
  return {};
}

Build read_list(Fields& fields) {
  ListLimits limits;
  limits.max_items = limit_in(fields, "max_items");
  limits.max_bytes = limit_in(fields, "max_bytes");
  std::vector<std::string> items;
  std::uint64_t bytes = 0;
  for (const auto& value : fields.list("items")) {
    auto item = as_bytes(value);
    if (!item) {
      fields.refuse("items", fmt::format("item {}: neither a string nor {{\"base64\":...}}", items.size() + 1));
    }
    bytes += item->size();
    items.push_back(std::move(*item));
  }
  if ((limits.max_items != 0 && items.size() > limits.max_items) ||
      (limits.max_bytes != 0 && bytes > limits.max_bytes)) {
    fields.refuse("items", "more than its limits allow");
  }
  return [limits, items = std::move(items)](const store::Store& store, std::string_view name,
                                            const object::Permissions& permissions) -> Result<void> {
    if (auto made = List::create(store, name, limits, permissions); !made) {
      return made;
    }
    auto list = List::open(store, name, os::Access::write);
    if (!list) {
      return std::unexpected(list.error());
    }
    std::vector<List::Bytes> all;
    all.reserve(items.size());
    for (const auto& item : items) {
      all.push_back(bytes_of(item));
    }
    const auto added = list->add(object::End::back, all, 0);
    return added ? Result<void>() : std::unexpected(added.error());
  };
}
}  // namespace

const DocumentKind list_document = {object::Kind::list, write_list, read_list};

}  // namespace shm::verbs
