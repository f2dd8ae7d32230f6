#include "verbs/attach.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include "guard/onlooker.hpp"
#include "guard/watch.hpp"
#include "os/standard_streams.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_output.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

namespace {
constexpr std::uint64_t last_lines = 10;  // as tail -f shows

guard::Look read_look(const cli::Call& call) {
  if (call.has("from-start") + call.has("new") + call.has("tail") > 1) {
    refuse(call, "--from-start, --new and --tail exclude each other");
  }
  guard::Look look;
  look.show = os::write_to;
  look.from = call.has("from-start") ? guard::From::start
              : call.has("new")      ? guard::From::now
                                     : guard::From::last_lines;
  look.lines = read_lines(call).value_or(last_lines);
  return look;
}

std::uint64_t read_token(const cli::Call& call) {
  const auto text = call.argument("token");
  if (!text) {
    return 0;
  }
  std::uint64_t token = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), token);
  if (error != std::errc() || end != text->data() + text->size() || token == 0) {
    refuse(call, fmt::format("--token '{}': not a run's number", *text));
  }
  return token;
}

int nothing_to_see(const cli::Call& call, std::string_view why) {
  if (!call.quiet()) {
    cli::complain(fmt::format("attach {}: {}", call.operands[0], why));
  }
  return 1;
}
}  // namespace

int attach(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const guard::Look look = read_look(call);
  const std::uint64_t token = read_token(call);
  const auto& store = open_store(call, store::Missing::refuse);
  auto holders = cli::must(guard::view_job(store, name)).holders;
  std::erase_if(holders, [&](const guard::Holder& holder) {
    return !holder.recorded || holder.descriptor >= 0 || (token != 0 && holder.token != token);
  });
  if (holders.empty()) {
    return nothing_to_see(call, token != 0 ? "that run is over" : "no run of it is under way");
  }
  for (const auto& holder : holders) {
    if (guard::runs_inside(holder, plain_want(name).outer_token)) {
      return nothing_to_see(call, "this is part of the run, and would see what it prints itself, for ever");
    }
  }
  const auto by_token = [](const auto& left, const auto& right) { return left.token < right.token; };
  auto talk =
      cli::must(guard::Talk::open(store, name, *std::max_element(holders.begin(), holders.end(), by_token), -1));
  const auto followed = cli::must(guard::follow_output(talk, look, -1));
  say_missed(call, followed.missed);
  return call.has("status") ? followed.ended.status : 0;
}

}  // namespace shm::verbs
