#include "systemd/scope.hpp"
#include "os/clock.hpp"
#include "systemd/escape.hpp"

namespace shm::systemd {

namespace {
constexpr const char* attempt = "make scope";
constexpr std::uint64_t patience_us = 90'000'000;  // a unit's usual time to start

// Calls in a row on one message, of which the first that fails counts.
class Writer {
 public:
  explicit Writer(sd_bus_message* message) noexcept : message_(message) {}
  [[nodiscard]] int result() const noexcept { return result_; }

  Writer& open(char type, const char* contents) {
    return note([&] { return sd_bus_message_open_container(message_, type, contents); });
  }
  Writer& close() {
    return note([&] { return sd_bus_message_close_container(message_); });
  }
  Writer& text(const std::string& value) { return basic('s', value.c_str()); }
  Writer& basic(char type, const void* value) {
    return note([&] { return sd_bus_message_append_basic(message_, type, value); });
  }
  Writer& bytes(const std::vector<std::uint8_t>& value) {
    return note([&] { return sd_bus_message_append_array(message_, 'y', value.data(), value.size()); });
  }

 private:
  Writer& note(const auto& call) {
    result_ = result_ < 0 ? result_ : call();
    return *this;
  }
  sd_bus_message* message_;
  int result_ = 0;
};

// One for each type of Value: the variant on the bus.
struct Variant {
  Writer& writer;

  void number(const char* type, const void* value) const { writer.open('v', type).basic(*type, value).close(); }
  void operator()(const std::string& value) const { writer.open('v', "s").text(value).close(); }
  void operator()(bool value) const {
    const int word = value ? 1 : 0;
    number("b", &word);
  }
  void operator()(std::uint64_t value) const { number("t", &value); }
  void operator()(std::uint32_t value) const { number("u", &value); }
  void operator()(std::int32_t value) const { number("i", &value); }
  void operator()(const std::vector<std::uint8_t>& value) const { writer.open('v', "ay").bytes(value).close(); }
  void operator()(const std::vector<std::string>& value) const {
    writer.open('v', "as").open('a', "s");
    for (const auto& word : value) {
      writer.text(word);
    }
    writer.close().close();
  }
  void operator()(const std::vector<DeviceLimit>& value) const {
    writer.open('v', "a(st)").open('a', "(st)");
    for (const auto& [path, limit] : value) {
      writer.open('r', "st").text(path).basic('t', &limit).close();
    }
    writer.close().close();
  }
};

void write_scope(Writer& writer, const Scope& scope) {
  const std::uint32_t caller = 0;  // by its pid it might be another one, in the manager's pid namespace
  writer.text(scope.name).text("fail");
  writer.open('a', "(sv)");
  writer.open('r', "sv").text("PIDs").open('v', "au").open('a', "u").basic('u', &caller).close().close().close();
  for (const auto& property : scope.properties) {
    writer.open('r', "sv").text(property.name);
    std::visit(Variant{writer}, property.value);
    writer.close();
  }
  writer.close();
  writer.open('a', "(sa(sv))").close();  // no further units
}

// The job of the manager that makes the scope; its end is told by a signal.
struct Making {
  std::string path;
  std::vector<std::pair<std::string, std::string>> ended;  // paths of jobs, and how they ended
};

// The text of type `type` that comes next in the message, as long as that lasts; null: none does.
const char* next_text(sd_bus_message* message, char type) noexcept {
  const char* text = nullptr;
  return sd_bus_message_read_basic(message, type, static_cast<void*>(&text)) > 0 ? text : nullptr;
}

int note_end(sd_bus_message* message, void* context, sd_bus_error* /*error*/) {
  std::uint32_t id = 0;
  const bool has_id = sd_bus_message_read_basic(message, 'u', &id) > 0;
  const char* const path = next_text(message, 'o');
  const char* const unit = next_text(message, 's');
  const char* const result = next_text(message, 's');
  if (has_id && path != nullptr && unit != nullptr && result != nullptr) {
    static_cast<Making*>(context)->ended.emplace_back(path, result);
  }
  return 0;
}

os::Result<void> wait_for_end(sd_bus* bus, const Scope& scope, const Making& making) {
  const std::int64_t deadline = os::after(static_cast<std::int64_t>(patience_us) * 1000);
  while (true) {
    for (const auto& [path, result] : making.ended) {
      if (path != making.path) {
        continue;
      }
      if (result != "done") {
        return std::unexpected(os::fail(os::Code::system, attempt, scope.name,
                                        lasting("the service manager could not: " + result),
                                        "its log says more: journalctl, or journalctl --user"));
      }
      return {};
    }
    const std::int64_t left_us = (deadline - os::monotonic_ns()) / 1000;
    if (left_us <= 0) {
      return std::unexpected(
          os::fail(os::Code::system, attempt, scope.name, "the service manager did not say that it is done"));
    }
    int result = sd_bus_process(bus, nullptr);
    if (result == 0) {
      result = sd_bus_wait(bus, static_cast<std::uint64_t>(left_us));
    }
    if (result < 0 && result != -EINTR) {
      return std::unexpected(os::fail_errno(-result, attempt, scope.name));
    }
  }
}

os::Result<void> ask(sd_bus* bus, const Scope& scope, Making& making) {
  sd_bus_message* call = nullptr;
  int result =
      sd_bus_message_new_method_call(bus, &call, manager_name, manager_path, manager_interface, "StartTransientUnit");
  if (result < 0) {
    return std::unexpected(os::fail_errno(-result, attempt, scope.name));
  }
  Writer writer(call);
  write_scope(writer, scope);
  sd_bus_error error = SD_BUS_ERROR_NULL;
  sd_bus_message* reply = nullptr;
  result = writer.result() < 0 ? writer.result() : sd_bus_call(bus, call, patience_us, &error, &reply);
  const char* const path = result < 0 ? nullptr : next_text(reply, 'o');
  if (path == nullptr && result >= 0) {
    result = -EBADMSG;
  }
  os::Result<void> done;
  if (path == nullptr) {
    done = std::unexpected(refusal(attempt, scope.name, error, result));
  } else {
    making.path = path;
  }
  sd_bus_error_free(&error);
  sd_bus_message_unref(call);
  sd_bus_message_unref(reply);
  return done;
}
}  // namespace

std::string unit_name_of(std::string_view text) { return escaped(text, ":_.-", "\\x"); }

os::Result<void> enter_scope(const ManagerBus& bus, const Scope& scope) {
  Making making;
  sd_bus_slot* slot = nullptr;
  // Before the call: the end may be told before its answer. On a bus the manager tells it to who has asked.
  const int result = sd_bus_match_signal(bus.get(), &slot, manager_name, manager_path, manager_interface, "JobRemoved",
                                         note_end, &making);
  if (result < 0) {
    return std::unexpected(os::fail_errno(-result, attempt, scope.name));
  }
  auto done = ask(bus.get(), scope, making);
  if (done) {
    done = wait_for_end(bus.get(), scope, making);
  }
  sd_bus_slot_unref(slot);
  return done;
}

}  // namespace shm::systemd
