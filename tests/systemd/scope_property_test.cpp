// What a user writes of a scope's properties, and what the bus gets.
#include "systemd/scope_property.hpp"
#include "catch.hpp"
#include "systemd/property_value.hpp"

using namespace shm;
using namespace shm::systemd;

namespace {
Property read(std::string_view text) {
  auto property = read_property(text);
  INFO(text);
  REQUIRE(property);
  return *property;
}

template <class T>
void is(std::string_view text, std::string_view name, const T& value) {
  const auto property = read(text);
  CHECK(property.name == name);
  REQUIRE(std::holds_alternative<T>(property.value));
  CHECK(std::get<T>(property.value) == value);
}

void refused(std::string_view text, std::string_view why) {
  const auto property = read_property(text);
  INFO(text);
  REQUIRE(!property);
  CHECK(property.error().code == os::Code::usage);
  CHECK(std::string_view(property.error().why).find(why) != std::string_view::npos);
}

constexpr std::uint64_t million = 1'000'000;
}  // namespace

TEST_CASE("properties have the bus's names and types") {
  is("MemoryMax=512M", "MemoryMax", std::uint64_t{512} << 20U);
  is("MemoryHigh=infinity", "MemoryHigh", UINT64_MAX);
  is("MemoryMax=50%", "MemoryMaxScale", std::uint32_t{UINT32_MAX / 2});
  is("MemorySwapMax=0", "MemorySwapMax", std::uint64_t{0});
  is("TasksMax=100", "TasksMax", std::uint64_t{100});
  is("TasksMax=100%", "TasksMaxScale", std::uint32_t{UINT32_MAX});
  is("CPUQuota=150%", "CPUQuotaPerSecUSec", 3 * million / 2);
  is("CPUWeight=idle", "CPUWeight", std::uint64_t{0});
  is("IOWeight=10000", "IOWeight", std::uint64_t{10000});
  is("AllowedCPUs=0-2,9", "AllowedCPUs", std::vector<std::uint8_t>{7, 2});
  is("RuntimeMaxSec=1h 30min", "RuntimeMaxUSec", 5400 * million);
  is("KillSignal=SIGINT", "KillSignal", std::int32_t{2});
  is("SendSIGKILL=no", "SendSIGKILL", false);
  is("Slice=batch.slice", "Slice", std::string("batch.slice"));
  is("Description=a=b", "Description", std::string("a=b"));
  is("After=a.service  b.service", "After", std::vector<std::string>{"a.service", "b.service"});
  is("IOReadBandwidthMax=/dev/sda 10M", "IOReadBandwidthMax",
     std::vector<DeviceLimit>{{"/dev/sda", std::uint64_t{10} << 20U}});
  is("IODeviceWeight=/dev/sda 7", "IODeviceWeight", std::vector<DeviceLimit>{{"/dev/sda", 7}});
}

TEST_CASE("what is no property, or no value of one, is refused") {
  for (const auto* const text :
       {"", "MemoryMax", "=1", "memorymax=1", "User=bob", "MemoryMaxScale=1", "MemoryMax =1"}) {
    const auto property = read_property(text);
    INFO(text);
    CHECK((!property && property.error().code == os::Code::usage));
  }
  refused("MemoryMax=", "no amount of memory");
  refused("MemoryMax=-1", "no amount of memory");
  refused("MemoryMax=1Q", "no amount of memory");
  refused("MemoryMax=1MB", "no amount of memory");
  refused("MemoryMax=101%", "no amount of memory");
  refused("MemoryMax=99999999E", "no amount of memory");
  refused("TasksMax=1K", "no number of tasks");
  refused("CPUQuota=50", "no quota");
  refused("CPUWeight=0", "no weight");
  refused("CPUWeight=10001", "no weight");
  refused("IOWeight=idle", "no weight");
  refused("RuntimeMaxSec=soon", "no time");
  refused("RuntimeMaxSec=", "no time");
  refused("KillSignal=0", "no signal");
  refused("KillSignal=NONE", "no signal");
  refused("AllowedCPUs=", "no list of numbers");
  refused("AllowedCPUs=3-1", "no list of numbers");
  refused("AllowedCPUs=0-99999", "no list of numbers");
  refused("SendSIGKILL=maybe", "neither yes nor no");
  refused("IOReadBandwidthMax=/dev/sda", "no device and limit");
  refused("IOReadBandwidthMax=sda 1M", "no device and limit");
  refused("Slice=", "no value");
  refused("After= ", "no value");
}

TEST_CASE("amounts, parts and times are as systemd has them") {
  CHECK(read_bytes("1.5G") == (std::uint64_t{3} << 29U));
  CHECK(read_bytes("18446744073709551615") == UINT64_MAX);
  CHECK(read_bytes("7B") == 7);
  CHECK(!read_bytes("1e3"));
  CHECK(!read_bytes("nan"));
  CHECK(read_percent("12.5%") == 125000);
  CHECK(!read_percent("12.5"));
  CHECK(read_time_span("90") == 90 * million);
  CHECK(read_time_span("1d2h") == 26 * 3600 * million);
  CHECK(read_time_span(" 500 ms ") == million / 2);
  CHECK(read_time_span("infinity") == UINT64_MAX);
  CHECK(!read_time_span("1 fortnight"));
  CHECK(!read_time_span("99999999999999w"));
  CHECK(read_signal("15") == 15);
  CHECK(read_signal("KILL") == 9);
  CHECK(read_words(" a\tb ") == std::vector<std::string>{"a", "b"});
}
