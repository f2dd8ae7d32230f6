// One HTTP request (RFC 9112), as far as a program that answers one needs it, and the text of an answer. What reads the
// request is Boost.Beast's parser, which takes it in pieces and believes nothing. Verbs call this. Pure.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include "cli/open_metrics.hpp"

namespace shm::cli {

class HttpRequest {
 public:
  HttpRequest();
  HttpRequest(const HttpRequest&) = delete;
  HttpRequest& operator=(const HttpRequest&) = delete;
  ~HttpRequest();

  /// Takes what came next, until it returns false: then all fields have come, or it is clear that this is no request
  /// to be answered. What it may have for a body is nobody's business.
  bool feed(std::string_view bytes);

  /// 0: it can be answered. Else the status that says what is wrong with it: 400 also as long as it is not complete.
  [[nodiscard]] int refusal() const noexcept;
  [[nodiscard]] std::string_view method() const noexcept;
  /// Of the target: "/metrics", without what follows a question mark.
  [[nodiscard]] std::string_view path() const noexcept;
  /// All fields Accept, as one list.
  [[nodiscard]] std::string_view accept() const noexcept;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

/// Which of the two is wanted: that of OpenMetrics only by who asks for it by its name, and does not want text more.
MetricFormat format_for(std::string_view accept);

struct HttpAnswer {
  int status = 200;
  std::string_view content_type = "text/plain; charset=utf-8";
  std::string fields;  ///< further ones: "Allow: GET\r\n"
  std::string body;
};
/// All of it, as it is sent; without the body for a HEAD. The connection is closed behind it. `now_ns`: since 1970,
/// UTC.
std::string http_text(const HttpAnswer& answer, bool head_only, std::int64_t now_ns);
/// "Not Found"
std::string_view http_reason(int status) noexcept;

}  // namespace shm::cli
