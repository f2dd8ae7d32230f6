// How arrays are written down and made again.
#include <fmt/core.h>
#include "object/array.hpp"
#include "verbs/document.hpp"

namespace shm::verbs {

namespace {
using object::Array;
using object::Bits;
using object::Element;
using os::Result;

bool is_real(Element type) { return type == Element::float32 || type == Element::float64; }

Result<void> write_array(const store::Store& store, std::string_view name, const object::Description& found,
                         cli::Json& line) {
  const auto array = Array::open(store, name, os::Access::read);
  if (!array || array->region().header().id != found.header.id) {
    return std::unexpected(array || array.error().code == os::Code::wrong_kind ? changed_hands(name) : array.error());
  }
  const Array::Range all{0, array->length(), 1};
  os::Buffer bytes;
  if (const auto got = array->get(std::span(&all, 1), bytes); !got) {
    return got;
  }
  const std::size_t size = object::size_of(array->type());
  std::string items = "[";
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    Bits bits = 0;
    __builtin_memcpy(&bits, bytes.data() + at, size);
    const auto digits = object::format_element(array->type(), bits);
    if (digits.view().find_first_of("nN") != std::string_view::npos) {
      return std::unexpected(no_number(name));
    }
    items += at == 0 ? "" : ",";
    items += is_real(array->type()) ? real_digits(digits.view()) : std::string(digits.view());
  }
  line.add("type", object::element_name(array->type())).add_raw("items", items += "]");
  return {};
}

Build read_array(Fields& fields) {
  const Element type = object::element_of_name(fields.text("type"));
  if (type == Element::none) {
    fields.refuse("type", "no type of numbers");
  }
  const auto& values = fields.list("items");
  std::vector<Bits> numbers;
  numbers.reserve(values.size());
  for (const auto& value : values) {
    const auto bits = value.is_number() ? object::parse_element(type, value.digits()) : std::unexpected(os::Error());
    if (!bits) {
      fields.refuse("items", fmt::format("item {}: not of its type", numbers.size() + 1));
    }
    numbers.push_back(*bits);
  }
  return [type, numbers = std::move(numbers)](const store::Store& store, std::string_view name,
                                              const object::Permissions& permissions) {
    return Array::create(store, name, type, numbers, permissions);
  };
}
}  // namespace

const DocumentKind array_document = {object::Kind::array, write_array, read_array};

}  // namespace shm::verbs
