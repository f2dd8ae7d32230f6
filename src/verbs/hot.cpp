#include "verbs/hot.hpp"
#include <algorithm>
#include "cli/duration.hpp"
#include "verbs/common.hpp"
#include "verbs/dict_words.hpp"
#include "verbs/value_text.hpp"

namespace shm::verbs {

namespace {
class CallHost final : public hot::Host {
 public:
  explicit CallHost(cli::Call& call) : call_(call) {}

  os::Result<const store::Store*> open_store(store::Missing missing) override {
    try {
      return &verbs::open_store(call_, missing);
    } catch (const cli::Failure& failure) {
      return std::unexpected(failure.error());
    }
  }
  void using_object(std::string_view name) override { verbs::using_object(name); }
  void answer(std::string_view name, std::string_view kind, object::Scalar number) override {
    print_number(call_, name, kind, number);
  }
  void answer_content(std::string_view name, object::Type type, std::string_view content) override {
    print_content(call_, name, type, content);
  }
  void answer_default(std::string_view name, std::string_view words) override { print_default(call_, name, words); }
  void answer_key(std::string_view name, std::string_view key, std::string_view value) override {
    print_pair(call_, name, key, value);
  }
  void answer_done(std::string_view name, std::string_view kind, std::string_view field,
                   object::Scalar number) override {
    if (call_.output.json()) {
      call_.output.result(
          {}, cli::Json().add("name", name).add("kind", kind).add_raw(field, object::format_scalar(number).view()));
    }
  }
  [[nodiscard]] hot::Printing printing() const override {
    using cli::Format;
    const auto format = call_.output.format;
    return {call_.quiet(), format == Format::raw    ? std::string_view()
                           : format == Format::null ? std::string_view("\0", 1)
                                                    : std::string_view("\n")};
  }
  void report(const os::Error& error) override { call_.report(error); }
  int refuse(std::string_view why) override { verbs::refuse(call_, why); }
  std::int64_t time_said(std::string_view option, std::string_view text) override {
    return option == "wait" ? cli::parse_patience(text, option) : cli::parse_duration(text, option);
  }

 private:
  cli::Call& call_;
};
}  // namespace

std::optional<int> do_hot(cli::Call& call, const HotVerb& verb) {
  const std::vector<std::string_view> operands(call.operands.begin(), call.operands.end());
  std::vector<hot::Given> options;
  options.reserve(call.options.size());
  for (const auto& given : call.options) {
    options.push_back({given.name, given.argument});
  }
  CallHost host(call);
  const int status = cli::must(verb({operands, options}, host));
  return status == hot::not_mine ? std::nullopt : std::optional(std::max(status, call.status()));
}

int do_all_hot(cli::Call& call, const HotVerb& verb) { return do_hot(call, verb).value_or(cli::exit_usage); }

}  // namespace shm::verbs
