// metrics --http: one request on standard input, its answer on standard output, as a service has them that systemd
// starts for each connection. Anybody may be at the other end: nothing that comes makes this fail, wait for long or
// take much memory.
#include <fmt/core.h>
#include <array>
#include "cli/http.hpp"
#include "os/clock.hpp"
#include "os/connection.hpp"
#include "verbs/common.hpp"
#include "verbs/metrics_parts.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t patience_ns = 10 * second_ns;  // for the request, and again for taking the answer
constexpr std::int64_t last_patience_ns = 2 * second_ns;
constexpr std::size_t most_left_over = 1U << 20U;  // bytes of a body that are waited for and thrown away
constexpr std::size_t read_at_once = 4096;

constexpr int found = 200;
constexpr int not_found = 404;
constexpr int wrong_method = 405;
constexpr int too_slow = 408;
constexpr int own_failure = 500;

constexpr std::string_view front_page =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>shmctl</title></head><body><h1>shmctl</h1>"
    "<p><a href=\"/metrics\">Metrics</a></p></body></html>\n";

cli::HttpAnswer say(int status) {
  cli::HttpAnswer answer;
  answer.status = status;
  answer.body = fmt::format("{} {}\n", status, cli::http_reason(status));
  return answer;
}

/// Reads until the request is complete, or will never be. 0: the other end has gone without a word.
int read_request(cli::HttpRequest& request) {
  const std::int64_t deadline = os::after(patience_ns);
  std::array<std::byte, read_at_once> room{};
  bool anything = false;
  for (;;) {
    const auto got = os::receive(room, deadline);
    if (!got) {
      return got.error().code == os::Code::timed_out ? too_slow : 0;
    }
    if (*got == 0) {
      return anything ? request.refusal() : 0;
    }
    anything = true;
    if (!request.feed({reinterpret_cast<const char*>(room.data()), *got})) {
      return request.refusal() != 0 ? request.refusal() : found;
    }
  }
}

cli::HttpAnswer metrics_for(cli::Call& call, std::string_view accept) {
  cli::HttpAnswer answer;
  const auto format = cli::format_for(accept);
  try {
    answer.body = gather(call).text(format);
    answer.content_type = cli::content_type(format);
    answer.fields = "Vary: Accept\r\n";
    return answer;
  } catch (const cli::Failure& failure) {
    call.report(failure.error());
    return say(own_failure);
  }
}

cli::HttpAnswer answer_to(cli::Call& call, const cli::HttpRequest& request) {
  if (request.path() != "/metrics" && request.path() != "/") {
    return say(not_found);
  }
  if (request.method() != "GET" && request.method() != "HEAD") {
    auto answer = say(wrong_method);
    answer.fields = "Allow: GET, HEAD\r\n";
    return answer;
  }
  if (request.path() == "/metrics") {
    return metrics_for(call, request.accept());
  }
  cli::HttpAnswer answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.body = front_page;
  return answer;
}
}  // namespace

int answer_http(cli::Call& call) {
  cli::HttpRequest request;
  const int status = read_request(request);
  if (status == 0) {
    return 0;
  }
  const auto answer = status == found ? answer_to(call, request) : say(status);
  const auto text = cli::http_text(answer, request.method() == "HEAD", os::realtime_ns());
  if (os::send(text, os::after(patience_ns))) {  // else there is nobody any more to tell it to
    os::finish_connection(most_left_over, os::after(last_patience_ns));
  }
  return call.status();
}

}  // namespace shm::verbs
