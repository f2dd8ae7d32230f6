#include "verbs/object_text.hpp"
#include <fmt/core.h>
#include "cli/output.hpp"
#include "cli/printable.hpp"

namespace shm::verbs {

namespace {
using object::TextState;

StateText state_of_text(const object::TextDescription& text) {
  if (text.state != TextState::present) {
    return {text.state == TextState::expired ? "(expired)" : "(absent)", "null"};
  }
  const auto beginning = text.beginning.view();
  const std::string size = fmt::format("({} {})", text.length, text.length == 1 ? "byte" : "bytes");
  if (beginning.empty()) {
    return {text.length == 0 ? "" : size, in_json(text.length == 0 ? "" : size)};
  }
  if (beginning.size() == text.length) {
    return {cli::printable(beginning), in_json(beginning)};
  }
  return {fmt::format("{}... {}", cli::printable(beginning), size), in_json(fmt::format("{}... {}", beginning, size))};
}

StateText state_of_queue(const object::Description& queue) {
  std::string text = fmt::format("{} {}", queue.ready, queue.ready == 1 ? "item" : "items");
  if (queue.other != 0) {
    text += fmt::format(", {} more held, delayed or buried", queue.other);
  }
  return {text, fmt::format("{}", queue.ready)};
}

StateText state_of_list(const object::Description& list) {
  return {fmt::format("{} {}", list.items, list.items == 1 ? "item" : "items"), fmt::format("{}", list.items)};
}
}  // namespace

std::string in_json(std::string_view text) {
  const std::string whole = cli::Json().add("", text).text();  // {"":"text"}
  return whole.substr(4, whole.size() - 5);
}

StateText state_of(const object::Description& object) {
  if (object.kind == object::Kind::queue) {
    return state_of_queue(object);
  }
  if (object.kind == object::Kind::list) {
    return state_of_list(object);
  }
  if (object.kind == object::Kind::dict) {
    const std::string keys = fmt::format("{}", object.keys);
    return {keys + (object.keys == 1 ? " key" : " keys"), keys};
  }
  if (object.kind == object::Kind::array || object.kind == object::Kind::block) {
    const std::string length = fmt::format("{}", object.length);
    const std::string_view what = object.kind == object::Kind::array ? "element" : "byte";
    return {fmt::format("{} {}{}", length, what, object.length == 1 ? "" : "s"), length};
  }
  if (object::is_text(object.type)) {
    return state_of_text(object.text);
  }
  const std::string number(object::format_scalar(object.state).view());
  return {number, number};
}

}  // namespace shm::verbs
