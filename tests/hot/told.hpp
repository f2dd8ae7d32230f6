// A caller of hot verbs that notes what it is told, and words for them.
#pragma once
#include <string>
#include <vector>
#include "hot/host.hpp"
#include "hot/words.hpp"
#include "support/own_store.hpp"

namespace test {

/// What a verb told its caller, one entry each: "NAME KIND: NUMBER", "NAME TYPE: CONTENT", "NAME default: WORDS",
/// "NAME[KEY]: VALUE", "NAME FIELD: NUMBER", "error NAME", "refused".
class Told final : public shm::hot::Host {
 public:
  explicit Told(const OwnStore& store) : store_(store) {}

  shm::os::Result<const shm::store::Store*> open_store(shm::store::Missing /*missing*/) override { return &*store_; }
  void using_object(std::string_view name) override { used = name; }
  void answer(std::string_view name, std::string_view kind, shm::object::Scalar number) override {
    add(std::string(name).append(" ").append(kind), shm::object::format_scalar(number).view());
  }
  void answer_content(std::string_view name, shm::object::Type type, std::string_view content) override {
    add(std::string(name).append(" ").append(shm::object::type_name(type)), content);
  }
  void answer_default(std::string_view name, std::string_view words) override {
    add(std::string(name).append(" default"), words);
  }
  void answer_key(std::string_view name, std::string_view key, std::string_view value) override {
    add(std::string(name).append("[").append(key).append("]"), value);
  }
  void answer_done(std::string_view name, std::string_view /*kind*/, std::string_view field,
                   shm::object::Scalar number) override {
    add(std::string(name).append(" ").append(field), shm::object::format_scalar(number).view());
  }
  [[nodiscard]] shm::hot::Printing printing() const override { return {}; }
  void report(const shm::os::Error& error) override { lines.push_back(std::string("error ") + &error.object[0]); }
  int refuse(std::string_view /*why*/) override {
    lines.emplace_back("refused");
    return shm::hot::not_mine;
  }
  std::int64_t time_said(std::string_view /*option*/, std::string_view text) override {
    return std::stoll(std::string(text));
  }

  std::vector<std::string> lines;
  std::string used;

 private:
  void add(std::string what, std::string_view value) { lines.push_back(what.append(": ").append(value)); }
  const OwnStore& store_;
};

/// What a call came to: the verb's status, or -2 where it ended with an error, and what was told.
struct Call {
  using Verb = shm::os::Result<int> (*)(const shm::hot::Words& words, shm::hot::Host& host);
  using Lines = std::vector<std::string>;
  static constexpr int failed = -2;

  Call(const OwnStore& store, Verb verb, std::vector<std::string_view> operands,
       std::vector<shm::hot::Given> options = {}) {
    Told host(store);
    const auto done = verb({operands, options}, host);
    status = done ? *done : failed;
    code = done ? shm::os::Code::system : done.error().code;
    lines = host.lines;
    used = host.used;
  }
  int status = 0;
  shm::os::Code code;  ///< of the error
  Lines lines;
  std::string used;  ///< the object last in use
};

}  // namespace test
