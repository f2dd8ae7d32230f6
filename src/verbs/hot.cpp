#include "verbs/hot.hpp"
#include <algorithm>
#include "verbs/common.hpp"

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
    if (!call_.output.json()) {
      call_.output.line(object::format_scalar(number).view());
      return;
    }
    cli::Json line;
    line.add("name", name).add("kind", kind);
    if (kind == "value") {
      line.add("type", object::type_name(number.type));
    }
    // A number's text is JSON, and so are true and false.
    call_.output.result({}, line.add_raw("value", object::format_scalar(number).view()));
  }
  void report(const os::Error& error) override { call_.report(error); }

 private:
  cli::Call& call_;
};
}  // namespace

std::optional<int> do_hot(cli::Call& call, HotVerb verb) {
  const std::vector<std::string_view> operands(call.operands.begin(), call.operands.end());
  std::vector<hot::Given> options;
  for (const auto& given : call.options) {
    options.push_back({given.name, given.argument});
  }
  CallHost host(call);
  const int status = cli::must(verb({operands, options}, host));
  return status == hot::not_mine ? std::nullopt : std::optional(std::max(status, call.status()));
}

}  // namespace shm::verbs
