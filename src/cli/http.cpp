#include "cli/http.hpp"
#include <fmt/core.h>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <ctime>

namespace shm::cli {

namespace {
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint32_t most_bytes = 16384;  // of all fields: a browser's cookies for another service on this host

constexpr int bad_request = 400;
constexpr int bad_expectation = 417;
constexpr int fields_too_large = 431;
constexpr int bad_version = 505;

int status_of(const beast::error_code& error) {
  if (error == http::error::header_limit) {
    return fields_too_large;
  }
  return error == http::error::bad_version ? bad_version : bad_request;
}
}  // namespace

/// Beast calls it for each part as it comes.
class HttpRequest::Parser : public http::basic_parser<true> {
 public:
  Parser() {
    header_limit(most_bytes);
    eager(false);
    skip(true);
  }
  int refusal = bad_request;  // until all fields have come
  std::string method;
  std::string target;
  std::string accept;
  std::string rest;  // what came and was not understood yet: half a line

 private:
  using View = beast::string_view;
  using Error = beast::error_code;
  void on_request_impl(http::verb, View name, View what, int http_version, Error& error) override {
    error = {};
    method.assign(name.data(), name.size());
    target.assign(what.data(), what.size());
    version_ = http_version;
  }
  void on_field_impl(http::field field, View, View value, Error& error) override {
    error = {};
    if (field == http::field::accept) {
      accept += accept.empty() ? "" : ",";
      accept.append(value.data(), value.size());
    } else if (field == http::field::host) {
      ++hosts_;
    } else if (field == http::field::expect) {
      expects_ = true;
    }
  }
  void on_header_impl(Error& error) override {
    error = {};
    constexpr int with_host = 11;  // HTTP/1.1 asks for exactly one
    const bool host = version_ < with_host ? hosts_ < 2 : hosts_ == 1;
    refusal = !host ? bad_request : expects_ && method != "GET" && method != "HEAD" ? bad_expectation : 0;
  }
  void on_response_impl(int, View, int, Error& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error& error) override { error = {}; }
  std::size_t on_body_impl(View body, Error& error) override {
    error = {};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Error& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override {
    error = {};
    return body.size();
  }
  void on_finish_impl(Error& error) override { error = {}; }

  int version_ = 0;
  int hosts_ = 0;
  bool expects_ = false;
};

HttpRequest::HttpRequest() : parser_(std::make_unique<Parser>()) {}
HttpRequest::~HttpRequest() = default;

bool HttpRequest::feed(std::string_view bytes) {
  auto& parser = *parser_;
  parser.rest += bytes;
  while (!parser.rest.empty() && !parser.is_header_done()) {
    beast::error_code error;
    const auto taken = parser.put(boost::asio::buffer(parser.rest.data(), parser.rest.size()), error);
    parser.rest.erase(0, taken);
    if (error == http::error::need_more) {
      if (parser.rest.size() <= most_bytes) {
        return true;
      }
      error = http::error::header_limit;
    }
    if (error) {
      parser.refusal = status_of(error);
      return false;
    }
  }
  return !parser.is_header_done();
}

int HttpRequest::refusal() const noexcept { return parser_->refusal; }
std::string_view HttpRequest::method() const noexcept { return parser_->method; }
std::string_view HttpRequest::accept() const noexcept { return parser_->accept; }

// A target is a path, or for a proxy a whole address (RFC 9112, 3.2.2).
std::string_view HttpRequest::path() const noexcept {
  std::string_view target = parser_->target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.starts_with(scheme)) {
      const auto slash = target.find('/', scheme.size());
      target = slash == std::string_view::npos ? "/" : target.substr(slash);
      break;
    }
  }
  return target.substr(0, target.find('?'));
}

std::string_view http_reason(int status) noexcept {
  const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

namespace {
// RFC 9110, 5.6.7; strftime's names are those of a locale.
std::string date_of(std::int64_t now_ns) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t second_ns = 1'000'000'000;
  constexpr int first_year = 1900;
  const std::time_t seconds = now_ns / second_ns;
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) {
    return {};
  }
  return fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n", days[parts.tm_wday], parts.tm_mday,
                     months[parts.tm_mon], parts.tm_year + first_year, parts.tm_hour, parts.tm_min, parts.tm_sec);
}
}  // namespace

std::string http_text(const HttpAnswer& answer, bool head_only, std::int64_t now_ns) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\n{}Content-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\n{}Connection: close\r\n\r\n{}",
      answer.status, http_reason(answer.status), date_of(now_ns), answer.content_type, answer.body.size(),
      answer.fields, head_only ? "" : answer.body);
}

}  // namespace shm::cli
