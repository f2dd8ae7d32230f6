// The workloads of kind text: one for each way in which a value of type text is changed.
#include <memory>
#include "kinds.hpp"
#include "object/text_value.hpp"
#include "object/text_words.hpp"
#include "report.hpp"
#include "state.hpp"

namespace crash {

using shm::object::Presence;
using shm::object::TextState;
using shm::object::TextValue;
using shm::object::Type;
using shm::os::Access;
using shm::os::Code;
using shm::segment::Reader;
using shm::segment::Region;
using shm::store::Store;
namespace words = shm::object::text;

namespace {
constexpr std::int64_t long_ns = 3'600'000'000'000;
constexpr std::int64_t past_ns = 1;  // an end that is over at once

using Step = std::function<Outcome(TextValue&)>;

TextValue::Bytes bytes_of(const std::string& content) { return std::as_bytes(std::span(content)); }

Step set(std::string content, std::int64_t ttl_ns = 0, Presence presence = Presence::either) {
  return [=](TextValue& value) { return outcome_of(value.set(bytes_of(content), ttl_ns, presence)); };
}

Step appended(std::string more) {
  return [=](TextValue& value) { return outcome_of(value.append(bytes_of(more), Presence::either)); };
}

Step swapped(std::string content, std::int64_t ttl_ns = 0) {
  return [=](TextValue& value) { return outcome_of(value.swap(bytes_of(content), ttl_ns)); };
}

Step compared(std::string expected, std::string wanted) {
  return [=](TextValue& value) { return outcome_of(value.compare_and_set(bytes_of(expected), bytes_of(wanted))); };
}

Outcome take(TextValue& value) { return outcome_of(value.take()); }

Outcome remove_absent(TextValue& value) { return outcome_of(value.remove_absent()); }

// It is refused, and changes nothing.
Step refused(Code with, Step step) {
  return [=](TextValue& value) -> Outcome {
    const auto outcome = step(value);
    if (!outcome) {
      return shm::os::fail(Code::system, "try", object_name, "it should be refused");
    }
    return outcome->code == with ? Outcome() : outcome;
  };
}

Workload workload(std::string name, std::vector<Step> before, Step act, bool quick = false) {
  const auto prepare = [before = std::move(before)](const Store& store) {
    TextValue value = must(TextValue::open(store, object_name, Access::write));
    for (const auto& step : before) {
      must(step(value));
    }
  };
  const auto operation = [act = std::move(act)](const Store& store) -> Act {
    auto opened = TextValue::open(store, object_name, Access::write);
    if (!opened) {
      return [error = opened.error()] { return Outcome(error); };
    }
    return [value = std::make_shared<TextValue>(std::move(*opened)), act] { return act(*value); };
  };
  return {std::move(name), prepare, operation, true, quick};
}

// Without content and without an end: what create() makes before its first set().
void create(const Store& store) {
  shm::store::NewObject object;
  object.kind = static_cast<std::uint16_t>(shm::object::Kind::value);
  object.type = static_cast<std::uint16_t>(Type::text);
  must(outcome_of(Region::create(store, object_name, object)));
}

std::string content(const Store& store, Access access) {
  const auto seen_as = [](const shm::os::Error& error) {
    return error.code == Code::absent ? std::string(absent) : "error: " + text(error);
  };
  const auto value = TextValue::open(store, object_name, access);
  if (!value) {
    return seen_as(value.error());
  }
  const auto description = value->describe();
  if (!description) {
    return seen_as(description.error());
  }
  const auto bytes = value->get();
  const std::string end = description->expires_ns != 0 ? ", with an end" : "";
  if (description->state != TextState::present) {
    // The object is there, and the value is not.
    return (bytes                                ? "told of as absent, and read: "
            : bytes.error().code == Code::absent ? ""
                                                 : seen_as(bytes.error())) +
           std::string(description->state == TextState::expired ? "expired" : "unfilled") + end;
  }
  return bytes ? "'" + std::string(bytes->view()) + "' " + std::to_string(description->length) + end
               : seen_as(bytes.error());
}

std::vector<Block> blocks(const Reader& reader) {
  const auto block = reader.ref_root(words::block);
  const std::uint64_t length = reader.get_root(words::length);
  if (!block && length != 0) {
    reader.mark_damaged();
  }
  return block ? std::vector<Block>{{block, length}} : std::vector<Block>{};
}
}  // namespace

Kind text_kind() {
  Kind kind;
  kind.name = "text";
  kind.create = create;
  kind.content = content;
  kind.blocks = blocks;
  const Step some = set("some text");
  const Step ends = set("some text", long_ns);
  const Step ended = set("some text", past_ns);
  const std::string longer(200, 'l');
  auto& all = kind.workloads;
  all.push_back(workload("create", {}, set("first", 0, Presence::fresh), true));
  all.push_back(workload("create with an end", {}, set("first", long_ns, Presence::fresh)));
  all.push_back(workload("set", {some}, set("same size"), true));
  all.push_back(workload("set longer", {some}, set(longer)));
  all.push_back(workload("set shorter", {set(longer)}, set("a")));
  all.push_back(workload("set empty", {some}, set("")));
  all.push_back(workload("set after empty", {some, set("")}, set("b")));
  all.push_back(workload("set reuse", {set(longer), set(longer), some}, set(longer + "m")));
  all.push_back(workload("set with an end", {some}, set("ends", long_ns)));
  all.push_back(workload("set without an end", {ends}, set("stays")));
  all.push_back(workload("set so that it is over", {some}, set("over", past_ns)));
  all.push_back(workload("set what is over", {ended}, set("anew")));
  all.push_back(workload("set large", {some}, set(std::string(17000, 'L'))));
  all.push_back(workload("set what is there", {some}, refused(Code::exists, set("x", 0, Presence::fresh))));
  all.push_back(workload("append", {some, appended(longer)}, appended(" and more of it"), true));
  all.push_back(workload("append in a word", {set("123456789")}, appended("0")));
  all.push_back(workload("append to a whole word", {set("12345678"), appended("12345678")}, appended("123")));
  all.push_back(workload("append more than room", {some}, appended(longer)));
  all.push_back(workload("append to empty", {set("")}, appended("a")));
  all.push_back(workload("append to nothing", {}, appended("a")));
  all.push_back(workload("append to what is over", {ended}, appended("a")));
  all.push_back(workload("append to what ends", {ends}, appended(longer)));
  all.push_back(workload("append after shorter", {set(longer), some}, appended("12345678901234567")));
  all.push_back(workload("cas", {ends}, compared("some text", "another")));
  all.push_back(workload("cas to empty", {some}, compared("some text", "")));
  all.push_back(workload("cas lost", {some}, refused(Code::lost, compared("some other", "another"))));
  all.push_back(workload("swap", {ends}, swapped("another")));
  all.push_back(workload("swap with an end", {some}, swapped(longer, long_ns)));
  all.push_back(workload("getdel", {some}, take, true));
  all.push_back(workload("getdel empty", {set("")}, take));
  all.push_back(workload("remove what is over", {ended}, remove_absent));
  all.push_back(workload("remove what is unfilled", {}, remove_absent));
  return kind;
}

}  // namespace crash
