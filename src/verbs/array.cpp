// The verbs of an array that change no element: create, get, len.
#include "verbs/array.hpp"
#include <fmt/core.h>
#include <charconv>
#include <cstring>
#include "verbs/array_words.hpp"
#include "verbs/item_input.hpp"

namespace shm::verbs {

using object::Array;
using object::Bits;
using object::Element;
using os::Access;
using os::Code;

Array open_array(const store::Store& store, std::string_view name, Access access) {
  using_object(name);
  return cli::must(Array::open(store, name, access));
}

cli::Json array_json(std::string_view name, const Array& array) {
  return cli::Json().add("name", name).add("kind", "array").add("type", object::element_name(array.type()));
}

void print_element(cli::Call& call, std::string_view name, const Array& array, std::uint64_t place, Bits bits) {
  const auto text = object::format_element(array.type(), bits);
  if (call.output.json()) {
    call.output.result({}, array_json(name, array).add("index", place).add_raw("value", text.view()));
  } else {
    call.output.line(text.view());
  }
}

namespace {
Element type_in(const cli::Call& call, std::string_view word) {
  const Element type = object::element_of_name(word);
  if (type == Element::none) {
    refuse(call, fmt::format("'{}': not a type of elements (say int8, uint8, int16, uint16, int32, uint32, int64, "
                             "uint64, float or double, or a letter as Python's array has them)",
                             word));
  }
  return type;
}

std::uint64_t length_in(const cli::Call& call, std::string_view word) {
  std::uint64_t length = 0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), length);
  if (error != std::errc() || stop != word.data() + word.size()) {
    refuse(call, fmt::format("'{}': not a number of elements (--values takes elements)", word));
  }
  return length;
}

/// What get() prints of the elements that were asked for: `count` of them from `at` on, or --default.
struct Found {
  bool there = true;
  std::uint64_t count = 0;
};

class Elements {
 public:
  Elements(const Array& array, const os::Buffer& bytes) : type_(array.type()), bytes_(bytes) {}
  os::Text<32> next() {
    Bits bits = 0;
    std::memcpy(&bits, bytes_.data() + at_, object::size_of(type_));
    at_ += object::size_of(type_);
    return object::format_element(type_, bits);
  }

 private:
  Element type_;
  const os::Buffer& bytes_;
  std::uint64_t at_ = 0;
};

std::string default_in_json(std::string_view text) {
  for (const auto type : {object::Type::int64, object::Type::uint64, object::Type::float64}) {
    if (const auto number = object::parse_scalar(type, text)) {
      return std::string(object::format_scalar(*number).view());
    }
  }
  const std::string whole = cli::Json().add("", text).text();  // {"":"text"}
  return whole.substr(4, whole.size() - 5);
}

void print_defaults(cli::Call& call, std::string_view name, std::string_view otherwise, std::size_t parts) {
  cli::Json line;
  line.add("name", name).add("kind", "array");
  std::string list;
  for (std::size_t i = 0; i < parts; ++i) {
    if (!call.output.json()) {
      call.output.line(otherwise);
    }
    list += (i == 0 ? "" : ",") + default_in_json(otherwise);
  }
  if (call.output.json()) {
    call.output.result({}, parts == 1 ? line.add_raw("value", list) : line.add_raw("values", "[" + list + "]"));
  }
}
}  // namespace

int array_create(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const Element type = type_in(call, call.operands[1]);
  const auto permissions = permissions_of(call, name);
  std::uint64_t length = 0;
  std::vector<Bits> numbers;
  const bool values = call.has("values");
  if (values) {
    const ItemInput input(call, 2);
    for (const auto item : input.items()) {
      numbers.push_back(cli::must(object::parse_element(type, item)));
    }
    length = numbers.size();
  } else if (call.operands.size() == 3) {
    length = length_in(call, call.operands[2]);
  } else {
    refuse(call, "say how many elements, or --values and the elements");
  }
  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  cli::must(values ? Array::create(store, name, type, numbers, permissions)
                   : Array::create(store, name, type, length, permissions));
  if (call.output.json()) {
    call.output.result(
        {},
        cli::Json().add("name", name).add("kind", "array").add("type", object::element_name(type)).add("len", length));
  }
  return 0;
}

int array_len(cli::Call& call) {
  for (const auto& name : call.operands) {
    cli::must(store::check_name(name));
  }
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& name : call.operands) {
    using_object(name);
    const auto array = Array::open(store, name, Access::read);
    if (array) {
      call.output.result(fmt::format("{}", array->length()), array_json(name, *array).add("len", array->length()));
    } else {
      call.report(array.error());
    }
  }
  return call.status();
}

int array_get(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  std::vector<Part> parts;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    parts.push_back(part_of(call, call.operands[i]));
  }
  const auto otherwise = call.argument("default");
  const store::Store* store = otherwise ? find_store(call) : &open_store(call, store::Missing::refuse);
  using_object(name);
  auto opened = store ? Array::open(*store, name, Access::read)
                      : std::unexpected(os::fail(Code::absent, "open", name, "there is no such object"));
  if (!opened && otherwise && opened.error().code == Code::absent) {
    print_defaults(call, name, *otherwise, std::max<std::size_t>(parts.size(), 1));
    return 0;
  }
  const Array array = cli::must(std::move(opened));
  const bool one = parts.size() == 1 && parts[0].one;
  if (parts.empty()) {
    parts.push_back({false, 0, {}});
  }
  std::vector<Array::Range> ranges;
  std::vector<Found> found;
  for (const auto& part : parts) {
    const auto place = part.one ? array.place_of(part.index) : 0;
    if (!place && !otherwise) {
      throw cli::Failure(place.error());
    }
    ranges.push_back(!part.one ? array.range_of(part.slice) : place ? Array::Range{*place, 1} : Array::Range{});
    found.push_back({place.has_value(), ranges.back().count});
  }
  os::Buffer bytes;
  cli::must(array.get(ranges, bytes));
  Elements elements(array, bytes);
  std::string list;
  for (const auto& each : found) {
    for (std::uint64_t i = 0; i < (each.there ? each.count : 1); ++i) {
      const auto text = each.there ? std::string(elements.next().view()) : std::string(*otherwise);
      if (call.output.json()) {
        list += (list.empty() ? "" : ",") + (each.there ? text : default_in_json(text));
      } else {
        call.output.line(text);
      }
    }
  }
  if (call.output.json()) {
    auto line = array_json(name, array);
    if (one) {
      line.add("index", found[0].there ? static_cast<std::int64_t>(ranges[0].first) : parts[0].index);
      line.add_raw("value", list);
    } else {
      line.add_raw("values", "[" + list + "]");
    }
    call.output.result({}, line);
  }
  return 0;
}

}  // namespace shm::verbs
