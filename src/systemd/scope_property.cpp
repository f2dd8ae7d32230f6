#include "systemd/scope_property.hpp"
#include <limits>
#include "systemd/property_value.hpp"

namespace shm::systemd {

namespace {
enum class Shape : std::uint8_t {
  text,
  words,
  yes_no,
  bytes,  ///< or a part of the machine's memory
  tasks,  ///< or a part of the processes that there may be
  weight,
  quota,
  time,
  signal,
  number_set,
  device_bytes,
  device_weight,
};

struct Known {
  std::string_view name;  ///< in a unit file
  Shape shape;
  std::string_view bus_name;  ///< empty: the same
};

// A scope has no command of its own, so nothing here is about how a process is started.
constexpr Known known[] = {
    {"After", Shape::words, ""},
    {"AllowedCPUs", Shape::number_set, ""},
    {"AllowedMemoryNodes", Shape::number_set, ""},
    {"Before", Shape::words, ""},
    {"BindsTo", Shape::words, ""},
    {"CPUAccounting", Shape::yes_no, ""},
    {"CPUQuota", Shape::quota, "CPUQuotaPerSecUSec"},
    {"CPUQuotaPeriodSec", Shape::time, "CPUQuotaPeriodUSec"},
    {"CPUWeight", Shape::weight, ""},
    {"CollectMode", Shape::text, ""},
    {"Conflicts", Shape::words, ""},
    {"Description", Shape::text, ""},
    {"DevicePolicy", Shape::text, ""},
    {"Documentation", Shape::words, ""},
    {"FinalKillSignal", Shape::signal, ""},
    {"IOAccounting", Shape::yes_no, ""},
    {"IODeviceWeight", Shape::device_weight, ""},
    {"IOReadBandwidthMax", Shape::device_bytes, ""},
    {"IOReadIOPSMax", Shape::device_bytes, ""},
    {"IOWeight", Shape::weight, ""},
    {"IOWriteBandwidthMax", Shape::device_bytes, ""},
    {"IOWriteIOPSMax", Shape::device_bytes, ""},
    {"IPAccounting", Shape::yes_no, ""},
    {"KillMode", Shape::text, ""},
    {"KillSignal", Shape::signal, ""},
    {"ManagedOOMMemoryPressure", Shape::text, ""},
    {"ManagedOOMPreference", Shape::text, ""},
    {"ManagedOOMSwap", Shape::text, ""},
    {"MemoryAccounting", Shape::yes_no, ""},
    {"MemoryHigh", Shape::bytes, ""},
    {"MemoryLow", Shape::bytes, ""},
    {"MemoryMax", Shape::bytes, ""},
    {"MemoryMin", Shape::bytes, ""},
    {"MemorySwapMax", Shape::bytes, ""},
    {"OOMPolicy", Shape::text, ""},
    {"OnFailure", Shape::words, ""},
    {"OnSuccess", Shape::words, ""},
    {"PartOf", Shape::words, ""},
    {"Requires", Shape::words, ""},
    {"RuntimeMaxSec", Shape::time, "RuntimeMaxUSec"},
    {"SendSIGHUP", Shape::yes_no, ""},
    {"SendSIGKILL", Shape::yes_no, ""},
    {"Slice", Shape::text, ""},
    {"StartupCPUWeight", Shape::weight, ""},
    {"StartupIOWeight", Shape::weight, ""},
    {"TasksAccounting", Shape::yes_no, ""},
    {"TasksMax", Shape::tasks, ""},
    {"TimeoutStopSec", Shape::time, "TimeoutStopUSec"},
    {"Wants", Shape::words, ""},
};

const char* why_not(Shape shape) {
  switch (shape) {
    case Shape::text:
    case Shape::words: return "it has no value";
    case Shape::yes_no: return "the value is neither yes nor no";
    case Shape::bytes: return "the value is no amount of memory (say 512M, 1.5G, 50% or infinity)";
    case Shape::tasks: return "the value is no number of tasks (say 100, 10% or infinity)";
    case Shape::weight: return "the value is no weight (say 1 to 10000, 100 is the usual one; or idle, for the CPU)";
    case Shape::quota: return "the value is no quota (say 50% of one CPU, 200% of two, or infinity)";
    case Shape::time: return "the value is no time (say 90, 5min, 1h 30min or infinity)";
    case Shape::signal: return "the value is no signal (say TERM, SIGINT or 9)";
    case Shape::number_set: return "the value is no list of numbers (say 0-3,7)";
    case Shape::device_bytes: return "the value is no device and limit (say '/dev/sda 10M')";
    case Shape::device_weight: return "the value is no device and weight (say '/dev/sda 200')";
  }
  return "";
}

// A part of something is a property of its own on the bus, in parts of the largest number.
std::optional<Property> share(const Known& property, std::string_view text) {
  constexpr std::uint64_t whole = 1'000'000;
  const auto millionths = read_percent(text);
  if (!millionths || *millionths > whole) {
    return std::nullopt;
  }
  const std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return Property{std::string(property.name) + "Scale", static_cast<std::uint32_t>(*millionths * most / whole)};
}

std::optional<Value> weight(std::string_view property, std::string_view text) {
  constexpr std::uint64_t most = 10000;
  if (property.ends_with("CPUWeight") && text == "idle") {
    return Value(std::uint64_t{0});
  }
  const auto number = read_count(text);
  return number && *number >= 1 && *number <= most ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<Value> device_limit(std::string_view property, Shape shape, std::string_view text) {
  const auto words = read_words(text);
  if (words.size() != 2 || !words[0].starts_with('/')) {
    return std::nullopt;
  }
  if (shape == Shape::device_weight) {
    const auto number = weight(property, words[1]);
    return number ? std::optional<Value>(std::vector<DeviceLimit>{{words[0], std::get<std::uint64_t>(*number)}})
                  : std::nullopt;
  }
  const auto limit = read_bytes(words[1]);
  return limit ? std::optional<Value>(std::vector<DeviceLimit>{{words[0], *limit}}) : std::nullopt;
}

template <class Read>
std::optional<Value> as_value(std::optional<Read> read) {
  return read ? std::optional<Value>(std::move(*read)) : std::nullopt;
}

std::optional<Value> read_value(const Known& property, std::string_view text) {
  switch (property.shape) {
    case Shape::text: return text.empty() ? std::nullopt : std::optional<Value>(std::string(text));
    case Shape::words: {
      auto words = read_words(text);
      return words.empty() ? std::nullopt : std::optional<Value>(std::move(words));
    }
    case Shape::yes_no: return as_value(read_yes_no(text));
    case Shape::bytes: return as_value(read_bytes(text));
    case Shape::tasks: return as_value(text == "infinity" ? std::optional(infinity) : read_count(text));
    case Shape::weight: return weight(property.name, text);
    case Shape::quota: return as_value(text == "infinity" ? std::optional(infinity) : read_percent(text));
    case Shape::time: return as_value(read_time_span(text));
    case Shape::signal: return as_value(read_signal(text));
    case Shape::number_set: return as_value(read_number_set(text));
    case Shape::device_bytes:
    case Shape::device_weight: return device_limit(property.name, property.shape, text);
  }
  return std::nullopt;
}
}  // namespace

os::Result<Property> read_property(std::string_view text) {
  const auto refuse = [&](const char* why, const char* advice = nullptr) {
    return std::unexpected(os::fail(os::Code::usage, "set property", text, why, advice));
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return refuse("this is not NAME=VALUE");
  }
  const auto name = text.substr(0, equals);
  const auto value = text.substr(equals + 1);
  for (const auto& property : known) {
    if (property.name != name) {
      continue;
    }
    if (property.shape == Shape::bytes || property.shape == Shape::tasks) {
      if (auto part = share(property, value)) {
        return *std::move(part);
      }
    }
    auto read = read_value(property, value);
    if (!read) {
      return refuse(why_not(property.shape));
    }
    return Property{std::string(property.bus_name.empty() ? name : property.bus_name), *std::move(read)};
  }
  return refuse("a scope has no such property, or it is not known here",
                "man shmctl-services names those that there are");
}

}  // namespace shm::systemd
