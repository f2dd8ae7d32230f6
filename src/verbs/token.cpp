#include "verbs/token.hpp"
#include <fmt/core.h>
#include <charconv>
#include "guard/record.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
std::uint64_t read_token(const cli::Call& call, std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) {
    refuse(call, fmt::format("'{}': not a token (say \"$SHMCTL_TOKEN\")", text));
  }
  return number;
}

/// Of the newest run. Throws where there is no job of that name, or it never ran: nobody's token is good then.
std::uint64_t newest(const cli::Call& call, const std::string& name) {
  const auto& store = open_store(call, store::Missing::refuse);
  using_object(name);
  auto record = guard::Record::open(store, name, os::Access::read);
  if (!record && record.error().code == os::Code::absent) {
    throw cli::Failure(os::fail(os::Code::absent, "look up the token of", name, "there is no job of that name"));
  }
  const auto job = cli::must(std::move(record));
  return job.summary().runs.load() == 0 ? 0 : job.summary().token.load();
}

int get(cli::Call& call, const std::string& name) {
  const std::uint64_t token = newest(call, name);
  if (token == 0) {
    throw cli::Failure(os::fail(os::Code::absent, "look up the token of", name, "it never ran"));
  }
  call.output.result(fmt::format("{}", token), cli::Json().add("name", name).add("token", token));
  return 0;
}

int check(cli::Call& call, const std::string& name) {
  const std::uint64_t own = read_token(call, call.operands[2]);
  const std::uint64_t token = newest(call, name);
  if (call.output.json()) {
    call.output.write(cli::Json().add("name", name).add("token", token).add("newest", own == token));
  }
  if (own == token) {
    return 0;
  }
  if (!call.quiet() && !call.output.json()) {
    cli::complain(own < token ? fmt::format("token check {}: a newer run has begun, with token {}", name, token)
                              : fmt::format("token check {}: no run of it ever had token {}", name, own));
  }
  return 1;
}
}  // namespace

int token(cli::Call& call) {
  const auto& what = call.operands[0];
  const auto& name = call.operands[1];
  if (what != "get" && what != "check") {
    refuse(call, fmt::format("'{}': it is get or check", what));
  }
  const bool checks = what == "check";
  if (checks != (call.operands.size() == 3)) {
    refuse(call, checks ? "check needs a TOKEN to compare" : fmt::format("unexpected '{}'", call.operands[2]));
  }
  cli::must(store::check_name(name));
  return checks ? check(call, name) : get(call, name);
}

}  // namespace shm::verbs
