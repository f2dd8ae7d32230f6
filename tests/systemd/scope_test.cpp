// Scopes, made by a manager that is this test's own: it notes what it was asked, and answers as it is told.
#include "systemd/scope.hpp"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <cstring>
#include <thread>
#include "catch.hpp"
#include "support/directory.hpp"

using namespace shm;
using namespace shm::systemd;

namespace {
const char* const job_path = "/org/freedesktop/systemd1/job/7";

// Listens on a socket, and is the manager for one connection.
class TestManager {
 public:
  explicit TestManager(std::string result) : result_(std::move(result)) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = directory_ / "manager";
    std::memcpy(&address.sun_path[0], path.c_str(), path.size() + 1);
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  TestManager(const TestManager&) = delete;
  TestManager& operator=(const TestManager&) = delete;
  ~TestManager() {
    ::shutdown(listener_, SHUT_RDWR);  // nobody may have come
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::string address() const { return "unix:path=" + (directory_ / "manager"); }
  /// What was asked, once the connection is closed.
  std::string asked() {
    thread_.join();
    thread_ = std::thread([] {});
    return asked_;
  }

 private:
  void serve() {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) {
      return;
    }
    sd_id128_t id{};
    sd_bus* bus = nullptr;
    sd_bus_new(&bus);
    sd_bus_set_fd(bus, connection, connection);
    sd_bus_set_server(bus, 1, id);
    sd_bus_set_anonymous(bus, 1);
    sd_bus_set_sender(bus, manager_name);  // as systemd does where no bus says it
    sd_bus_start(bus);
    sd_bus_add_filter(bus, nullptr, on_message, this);
    while (sd_bus_process(bus, nullptr) >= 0 && sd_bus_wait(bus, UINT64_MAX) >= 0) {
    }
    sd_bus_flush_close_unref(bus);
  }

  static int on_message(sd_bus_message* message, void* context, sd_bus_error* /*error*/) {
    auto& self = *static_cast<TestManager*>(context);
    if (sd_bus_message_is_method_call(message, "org.freedesktop.systemd1.Manager", "StartTransientUnit") <= 0) {
      return 0;  // Ping is answered by the library
    }
    self.note(message);
    if (self.result_ == "refused") {
      sd_bus_error error = SD_BUS_ERROR_MAKE_CONST("org.freedesktop.DBus.Error.AccessDenied", "not on this machine");
      return sd_bus_reply_method_error(message, &error);
    }
    // The ends of another job, and of this one before its answer, as both may come.
    self.tell_end(message, "/org/freedesktop/systemd1/job/6", "failed");
    self.tell_end(message, job_path, self.result_.c_str());
    return sd_bus_reply_method_return(message, "o", job_path);
  }

  static void tell_end(sd_bus_message* call, const char* path, const char* result) {
    sd_bus_emit_signal(sd_bus_message_get_bus(call), manager_path, manager_interface, "JobRemoved", "uoss", 7U, path,
                       "x.scope", result);
  }

  // The message's content in busctl's way, without its own padding.
  void note(sd_bus_message* message) {
    char* text = nullptr;
    std::size_t size = 0;
    FILE* const file = ::open_memstream(&text, &size);
    sd_bus_message_rewind(message, 1);
    sd_bus_message_dump(message, file, 0);
    std::fclose(file);
    asked_.assign(text, size);
    std::free(text);
    sd_bus_message_rewind(message, 1);
  }

  test::Directory directory_;
  int listener_ = -1;
  std::string result_;
  std::string asked_;
  std::thread thread_;
};

os::Result<void> enter(TestManager& manager, const Scope& scope) {
  const auto bus = ManagerBus::open_at(manager.address(), true);
  if (!bus) {
    return std::unexpected(bus.error());
  }
  return enter_scope(*bus, scope);
}

// Whether all of these stand in the text, in this order.
bool in_order(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const auto word : words) {
    const auto at = text.find(word);
    if (at == std::string_view::npos) {
      UNSCOPED_INFO("missing: " << word);
      return false;
    }
    text.remove_prefix(at + word.size());
  }
  return true;
}
}  // namespace

TEST_CASE("the manager is asked for a scope of this process, with all properties in their types") {
  TestManager manager("done");
  Scope scope;
  scope.name = "shmctl-job-1.scope";
  for (const auto* const text :
       {"MemoryMax=1M", "TasksMax=50%", "KillSignal=INT", "SendSIGKILL=no", "AllowedCPUs=0", "Description=some text",
        "After=a.service b.service", "IOReadBandwidthMax=/dev/sda 5"}) {
    scope.properties.push_back(*read_property(text));
  }
  REQUIRE(enter(manager, scope));
  const auto asked = manager.asked();
  INFO(asked);
  CHECK(in_order(asked, {"shmctl-job-1.scope", "fail", "PIDs", "UINT32 0;", "MemoryMax", "UINT64 1048576;"}));
  CHECK(in_order(asked,
                 {"TasksMaxScale", "UINT32 2147483647;", "KillSignal", "INT32 2;", "SendSIGKILL", "BOOLEAN false;"}));
  CHECK(in_order(asked, {"AllowedCPUs", "ARRAY \"y\"", "BYTE 1;", "Description", "STRING \"some text\";"}));
  CHECK(
      in_order(asked, {"After", "\"a.service\"", "\"b.service\"", "IOReadBandwidthMax", "\"/dev/sda\"", "UINT64 5;"}));
}

TEST_CASE("what the manager says when it refuses is passed on") {
  TestManager manager("refused");
  const auto done = enter(manager, {.name = "x.scope", .properties = {}});
  REQUIRE(!done);
  CHECK(done.error().code == os::Code::denied);
  CHECK(std::string_view(done.error().why) == "the service manager says: not on this machine");
}

TEST_CASE("a scope that could not be made is an error, though it was begun") {
  TestManager manager("canceled");
  const auto done = enter(manager, {.name = "x.scope", .properties = {}});
  REQUIRE(!done);
  CHECK(std::string_view(done.error().why) == "the service manager could not: canceled");
}

TEST_CASE("where nobody answers there is no manager") {
  const test::Directory directory;
  CHECK(!ManagerBus::open_at("unix:path=" + (directory / "none"), true));
  CHECK(!ManagerBus::open_at("unix:path=" + (directory / "none"), false));
  CHECK(!ManagerBus::open_at("nonsense", true));
}

TEST_CASE("a text becomes a part of a unit's name") {
  CHECK(unit_name_of("backup") == "backup");
  CHECK(unit_name_of("a.b:c_d-e") == "a.b:c_d-e");
  CHECK(unit_name_of("a@b/c\xc3") == "a\\x40b\\x2fc\\xc3");
}
