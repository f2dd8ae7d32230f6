#include "hot/value_text.hpp"
#include "os/standard_streams.hpp"

namespace shm::hot {

namespace {
using object::Presence;
using object::TextState;
using object::TextValue;
using object::Type;
using os::Access;
using os::Code;
using os::fail;
using os::Result;

TextValue::Bytes bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span(text)); }
}  // namespace

Result<std::string_view> Content::view() noexcept {
  if (word_ != "-") {
    return word_;
  }
  if (!read_) {
    if (auto done = os::read_input(input_); !done) {
      return std::unexpected(done.error());
    }
    read_ = true;
  }
  return input_.view();
}

os::Error other_type(std::string_view name) noexcept {
  return fail(Code::wrong_kind, "set value", name, "it is of another type",
              "a value keeps its type; see 'shmctl stat'");
}

Result<void> check_free(const TextValue& value, std::string_view name) noexcept {
  const auto found = value.describe();
  if (!found && found.error().code != Code::absent) {
    return std::unexpected(found.error());
  }
  return found && found->state == TextState::present ? Result<void>(std::unexpected(other_type(name))) : Result<void>();
}

Result<void> get_text(Host& host, const store::Store& store, std::string_view name) {
  const auto value = TextValue::open(store, name, Access::read);
  if (!value) {
    return std::unexpected(value.error());
  }
  const auto content = value->get();
  if (!content) {
    return std::unexpected(content.error());
  }
  host.answer_content(name, value->type(), content->view());
  return {};
}

Result<Found> set_text(Host& host, const store::Store& store, const Setting& how, Content& content) {
  auto value = TextValue::open(store, how.name, Access::write);
  if (!value) {
    return value.error().code == Code::absent ? Result<Found>(Found::absent) : std::unexpected(value.error());
  }
  if (how.said != Type::none && how.said != value->type()) {
    const auto free = check_free(*value, how.name);
    return free ? Result<Found>(Found::absent) : std::unexpected(free.error());
  }
  const auto wanted = content.view();
  if (!wanted) {
    return std::unexpected(wanted.error());
  }
  // Who does not say a type can't mean to make one.
  const bool may_make = how.creation == Creation::either && how.said != Type::none;
  const auto done = value->set(bytes_of(*wanted), how.ttl_ns, may_make ? Presence::either : Presence::existing);
  if (!done) {
    return done.error().code == Code::absent ? Result<Found>(Found::absent) : std::unexpected(done.error());
  }
  host.answer_content(how.name, value->type(), *wanted);
  return Found::done;
}

Result<void> create_text(Host& host, const store::Store& store, const Setting& how, Content& content) {
  const auto wanted = content.view();
  if (!wanted) {
    return std::unexpected(wanted.error());
  }
  auto created = TextValue::create(store, how.name, how.said, bytes_of(*wanted), how.ttl_ns, object::Permissions());
  if (created) {
    host.answer_content(how.name, how.said, *wanted);
  }
  return created;
}

Result<void> swap_text(Host& host, const store::Store& store, std::string_view name, std::string_view word,
                       std::int64_t ttl_ns) {
  auto value = TextValue::open(store, name, Access::write);
  if (!value) {
    return std::unexpected(value.error());
  }
  Content content(word);
  const auto wanted = content.view();
  if (!wanted) {
    return std::unexpected(wanted.error());
  }
  const auto before = value->swap(bytes_of(*wanted), ttl_ns);
  if (!before) {
    return std::unexpected(before.error());
  }
  host.answer_content(name, value->type(), before->view());
  return {};
}

Result<int> cas_text(Host& host, const store::Store& store, std::string_view name, std::string_view expected,
                     std::string_view wanted) {
  if (expected == "-" && wanted == "-") {
    return host.refuse("standard input can't be both OLD and NEW");
  }
  auto value = TextValue::open(store, name, Access::write);
  if (!value) {
    return std::unexpected(value.error());
  }
  Content old_content(expected);
  Content new_content(wanted);
  const auto before = old_content.view();
  const auto after = before ? new_content.view() : before;
  if (!after) {
    return std::unexpected(after.error());
  }
  if (auto done = value->compare_and_set(bytes_of(*before), bytes_of(*after)); !done) {
    return std::unexpected(done.error());
  }
  host.answer_content(name, value->type(), *after);
  return 0;
}

}  // namespace shm::hot
