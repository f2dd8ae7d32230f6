// Any bytes as what strangers and users say about metrics: an HTTP request, whole and in pieces, which must be
// understood alike; a field Accept; what `export --as` says, of which a text of metrics is made that has as many lines
// as it should.
//   fuzz_requests --seeds DIRECTORY    writes some of each there
#include "cli/http.hpp"
#include "fuzz/kinds.hpp"
#include "verbs/export_rule.hpp"

namespace {
using namespace shm;

std::vector<fuzz::Bytes> seeds() {
  std::vector<fuzz::Bytes> all;
  for (const std::string_view text :
       {"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: text/plain;q=0.5, */*\r\n\r\n",
        "POST http://h/x?y HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "PUT / HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "application/openmetrics-text;version=\"1.0.0\",text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "requests_total{path=\"%*\",n=\"%n\\\"\\\\\\n%%\"}", "%n"}) {
    all.emplace_back(text.begin(), text.end());
  }
  return all;
}

void check(bool holds) {
  if (!holds) {
    __builtin_trap();
  }
}

void try_request(std::string_view text) {
  cli::HttpRequest whole;
  whole.feed(text);
  const std::size_t piece = text.empty() ? 1 : 1 + static_cast<unsigned char>(text.back()) % 16U;
  cli::HttpRequest pieces;
  for (std::size_t i = 0; i < text.size() && pieces.feed(text.substr(i, piece)); i += piece) {
  }
  check((whole.refusal() == 0) == (pieces.refusal() == 0));
  if (whole.refusal() == 0) {
    check(whole.method() == pieces.method() && whole.path() == pieces.path() && whole.accept() == pieces.accept());
    check(whole.accept().find_first_of("\r\n") == std::string_view::npos);
  }
  check(!cli::http_text({whole.refusal() == 0 ? 200 : whole.refusal(), "", "", ""}, false, 0).empty());
}

void try_rule(std::string_view as) {
  verbs::ExportRule rule;
  rule.pattern = "a*";
  rule.as = as;
  rule.help = as;
  if (verbs::settle(rule)) {
    return;
  }
  const std::string text = verbs::text_of(rule);
  const auto again = verbs::rule_of({store::MarkWhat::exported, false, rule.pattern, text});
  check(again && again->as == rule.as && again->help == rule.help);
  const auto made = verbs::exported(rule, "abc");
  if (!made) {
    return;
  }
  cli::MetricSet set;
  check(set.add(made->family, made->labels, "1") == cli::MetricSet::Added::yes);
  const std::string whole = set.text(cli::MetricFormat::openmetrics);
  const auto lines = std::count(whole.begin(), whole.end(), '\n');
  check(lines == 4 || (made->family.help.empty() && lines == 3));
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_request(text);
  (void)cli::format_for(text);
  try_rule(text);
  return 0;
}
