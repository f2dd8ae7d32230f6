// What --as may say, and what comes of it.
#include "verbs/export_rule.hpp"
#include "catch.hpp"

using namespace shm::verbs;
using shm::cli::MetricType;

namespace {
ExportRule rule(const char* pattern, const char* as) {
  ExportRule made;
  made.pattern = pattern;
  made.as = as;
  return made;
}

/// "name{a=b,c=d} type", or why not.
std::string made_of(ExportRule rule, std::string_view object) {
  if (const auto why = settle(rule)) {
    return "refused";
  }
  const auto found = exported(rule, object);
  if (!found) {
    return "unfit";
  }
  std::string text = found->family.name + "{";
  for (const auto& label : found->labels) {
    text += label.name + "=" + label.value + ";";
  }
  return text + "} " + std::string(type_word(found->family.type));
}
}  // namespace

TEST_CASE("an object is shown under its own name", "[export]") {
  CHECK(made_of(rule("hits", ""), "hits") == "hits{} gauge");
  CHECK(made_of(rule("web.*", ""), "web.hits-2") == "web_hits_2{} gauge");
  CHECK(made_of(rule("hits_total", ""), "hits_total") == "hits{} counter");
  CHECK(made_of(rule("_total", ""), "_total") == "unfit");
  CHECK(made_of(rule("shmctl*", ""), "shmctl.x") == "unfit");
}

TEST_CASE("or as it is said", "[export]") {
  CHECK(made_of(rule("x", "requests_total{path=\"/a\"}"), "x") == "requests{path=/a;} counter");
  CHECK(made_of(rule("x", "a{}"), "x") == "a{} gauge");
  CHECK(made_of(rule("x", "a{b=\"1\",c=\"2\"}"), "x") == "a{b=1;c=2;} gauge");
  CHECK(made_of(rule("x", "a{b=\"q\\\"\\\\\\n,}\"}"), "x") == "a{b=q\"\\\n,};} gauge");
  CHECK(made_of(rule("x", "a{b=\"100%%\"}"), "x") == "a{b=100%;} gauge");
}

TEST_CASE("placeholders", "[export]") {
  CHECK(made_of(rule("req.*", "r{path=\"%*\",n=\"%n\"}"), "req.index") == "r{path=index;n=req.index;} gauge");
  CHECK(made_of(rule("a*z", "r{x=\"<%*>\"}"), "amz") == "r{x=<m>;} gauge");
  CHECK(made_of(rule("a*z", "r{x=\"<%*>\"}"), "az") == "r{x=<>;} gauge");
  CHECK(made_of(rule("*", "r{x=\"%*%*\"}"), "b") == "r{x=bb;} gauge");
  CHECK(made_of(rule("req.*", "req_%*_total"), "req.a-b") == "req_a_b{} counter");
  CHECK(made_of(rule("*", "%n"), "9to5") == "_9to5{} gauge");
  CHECK(made_of(rule("r?", "r{x=\"%n\"}"), "r1") == "r{x=r1;} gauge");
}

TEST_CASE("a key of a dict is a placeholder too", "[export]") {
  auto keyed = rule("visits", "visits_total{user=\"%k\"}");
  REQUIRE_FALSE(settle(keyed));
  CHECK(keyed.by_key);
  const auto made = exported(keyed, "visits", "a\"b");
  REQUIRE(made);
  CHECK(made->labels[0].value == "a\"b");
  auto named = rule("d", "d_%k");
  REQUIRE_FALSE(settle(named));
  CHECK(exported(named, "d", "x.y")->family.name == "d_x_y");
  auto plain = rule("d", "d{a=\"%%k\"}");
  REQUIRE_FALSE(settle(plain));
  CHECK_FALSE(plain.by_key);
  CHECK(made_of(rule("d*", "x{k=\"%k\"}"), "d") == "refused");  // of several dicts, keys would be the same
  CHECK(made_of(rule("d*", "x{k=\"%k\",d=\"%n\"}"), "d1") == "x{k=;d=d1;} gauge");
}

TEST_CASE("the type is told by the name, or said", "[export]") {
  auto counted = rule("x", "a");
  counted.type = MetricType::counter;
  CHECK(made_of(counted, "x") == "a{} counter");
  auto gauged = rule("x", "a_total");
  gauged.type = MetricType::gauge;
  CHECK(made_of(gauged, "x") == "a_total{} gauge");
}

TEST_CASE("what is refused", "[export]") {
  for (const auto* as : {"a b",
                         "9a",
                         "{a=\"b\"}",
                         "a{",
                         "a{b}",
                         "a{b=c}",
                         "a{b=\"c\"",
                         "a{b=\"c}",
                         "a{b=\"c\"}x",
                         "a{b=\"c\" }",
                         "a{b=\"1\"c=\"2\"}",
                         "a{,b=\"1\"}",
                         "a{b=\"1\",}",
                         "a{b=\"1\",b=\"2\"}",
                         "a{__b=\"1\"}",
                         "a{b=\"\\x\"}",
                         "a{b=\"%x\"}",
                         "a{b=\"%\"}",
                         "a{b=\"%*\"}",
                         "a%",
                         "a-%n",
                         "\xff"}) {
    CAPTURE(as);
    CHECK(made_of(rule("x", as), "x") == "refused");
  }
  for (const auto* pattern : {"*", "a?", "[ab]"}) {  // several objects would be one metric
    CHECK(made_of(rule(pattern, "name"), "a1") == "refused");
    CHECK(made_of(rule(pattern, "name{a=\"%%\"}"), "a1") == "refused");
  }
  for (const auto* pattern : {"a*b*", "a?*", "[ab]*"}) {  // which asterisk?
    CHECK(made_of(rule(pattern, "name{a=\"%*\"}"), "a1") == "refused");
  }
}

TEST_CASE("what a mark keeps is what was said", "[export]") {
  auto said = rule("req.*", "r{path=\"%*\"}");
  said.help = "Some \"help\",\nof two lines";
  said.type = MetricType::counter;
  for (const auto& each : {said, rule("x", "")}) {
    const std::string text = text_of(each);
    CHECK(text.find('\n') == std::string::npos);
    const auto read = rule_of({shm::store::MarkWhat::exported, false, each.pattern, text});
    REQUIRE(read);
    CHECK(read->pattern == each.pattern);
    CHECK(read->as == each.as);
    CHECK(read->help == each.help);
    CHECK(read->type == each.type);
  }
  for (const auto* text : {"", "[]", "{\"as\":1}", "{\"as\":\"a b\"}", "{\"type\":\"info\"}", "{\"new\":\"x\"}"}) {
    CAPTURE(text);
    CHECK_FALSE(rule_of({shm::store::MarkWhat::exported, false, "x", text}));
  }
}
