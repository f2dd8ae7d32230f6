// Requests as clients send them, and as nobody should; which format a client gets; what an answer looks like.
#include "cli/http.hpp"
#include "catch.hpp"

using namespace shm::cli;

namespace {
/// What becomes of a request that comes whole, and byte by byte: the same.
int refusal_of(const std::string& text) {
  HttpRequest whole;
  whole.feed(text);
  HttpRequest slow;
  for (std::size_t i = 0; i < text.size() && slow.feed(text.substr(i, 1)); ++i) {
  }
  CHECK(slow.refusal() == whole.refusal());
  CHECK((whole.refusal() != 0 || slow.path() == whole.path()));
  return whole.refusal();
}

constexpr const char* prometheus =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
}  // namespace

TEST_CASE("a request is read", "[http]") {
  HttpRequest request;
  CHECK(request.feed("GET /metrics?a=b HTTP/1.1\r\nHost: x\r\nAcc"));
  CHECK_FALSE(request.feed("ept: text/plain\r\naccept:*/*\r\n\r\nwhat follows"));
  CHECK(request.refusal() == 0);
  CHECK(request.method() == "GET");
  CHECK(request.path() == "/metrics");
  CHECK(request.accept() == "text/plain,*/*");
}

TEST_CASE("paths", "[http]") {
  const auto path = [](const std::string& target) {
    HttpRequest request;
    request.feed("GET " + target + " HTTP/1.0\r\n\r\n");
    return std::string(request.path());
  };
  CHECK(path("/") == "/");
  CHECK(path("/a?b?c") == "/a");
  CHECK(path("http://host:1/metrics?x") == "/metrics");
  CHECK(path("http://host") == "/");
  CHECK(path("*") == "*");
}

TEST_CASE("requests that are good, and those that are none", "[http]") {
  const struct {
    const char* text;
    int refusal;
  } rows[] = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0},
      {"GET / HTTP/1.0\r\n\r\n", 0},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
      {"PURGE / HTTP/1.1\r\nHost: x\r\n\r\n", 0},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 0},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 0},
      {"", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x01", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/3.1\r\nHost: x\r\n\r\n", 505},
      {"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", 417},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(refusal_of(row.text) == row.refusal);
  }
}

TEST_CASE("a request without end does not take memory without end", "[http]") {
  for (const auto* beginning : {"", "GET /", "GET / HTTP/1.1\r\nHost: x\r\nX: "}) {
    HttpRequest request;
    request.feed(beginning);
    int fed = 0;
    while (fed < 1000 && request.feed(std::string(100, 'a'))) {
      ++fed;
    }
    CAPTURE(beginning);
    CHECK(fed < 400);
    CHECK((request.refusal() == 431 || request.refusal() == 400));
  }
  HttpRequest many;
  many.feed("GET / HTTP/1.1\r\nHost: x\r\n");
  int fed = 0;
  while (fed < 10000 && many.feed("A: b\r\n")) {
    ++fed;
  }
  CHECK(fed < 5000);
  CHECK(many.refusal() == 431);
}

TEST_CASE("OpenMetrics is for who asks for it", "[http]") {
  const struct {
    const char* accept;
    MetricFormat format;
  } rows[] = {
      {prometheus, MetricFormat::openmetrics},
      {"application/openmetrics-text", MetricFormat::openmetrics},
      {"Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8", MetricFormat::openmetrics},
      {"application/openmetrics-text; version=\"1.0.0\"", MetricFormat::openmetrics},
      {"text/plain;q=0.5, application/openmetrics-text;q=0.5", MetricFormat::openmetrics},
      {"application/openmetrics-text;q=0.5, */*", MetricFormat::prometheus},
      {"text/*;q=0.1, application/openmetrics-text;q=0.5, */*", MetricFormat::openmetrics},
      {"", MetricFormat::prometheus},
      {"*/*", MetricFormat::prometheus},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", MetricFormat::prometheus},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", MetricFormat::prometheus},
      {"text/plain, application/openmetrics-text;q=0.9", MetricFormat::prometheus},
      {"application/openmetrics-text;q=0", MetricFormat::prometheus},
      {"application/openmetrics-text;version=0.0.1", MetricFormat::prometheus},
      {"application/openmetrics-text;version=2.0.0, */*;q=0.1", MetricFormat::prometheus},
      {"application/openmetrics-text;q=2", MetricFormat::prometheus},
      {"application/openmetrics-text;q=x", MetricFormat::prometheus},
      {"x;a=\"application/openmetrics-text, text/plain\"", MetricFormat::prometheus},
      {"x;a=\"", MetricFormat::prometheus},
      {"x;a=\"\\", MetricFormat::prometheus},
      {",;,=;q,", MetricFormat::prometheus},
  };
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    CHECK(format_for(row.accept) == row.format);
  }
}

TEST_CASE("an answer says when, what, how long, and that it is the last", "[http]") {
  HttpAnswer answer;
  answer.body = "hello\n";
  constexpr std::int64_t moment = 784'111'777'000'000'000;  // of RFC 9110's examples
  const std::string text = http_text(answer, false, moment);
  CHECK(text.starts_with("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  CHECK(text.find("\r\nContent-Type: text/plain; charset=utf-8\r\n") != std::string::npos);
  CHECK(text.find("\r\nContent-Length: 6\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\nConnection: close\r\n\r\nhello\n"));
  const std::string head = http_text(answer, true, moment);
  CHECK(head + "hello\n" == text);
  answer.status = 405;
  answer.fields = "Allow: GET\r\n";
  CHECK(http_text(answer, false, moment).starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  CHECK(http_text(answer, false, moment).find("\r\nAllow: GET\r\n") != std::string::npos);
}
