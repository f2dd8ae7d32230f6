// The front door's side of a hot verb: it opens the one store of the call, and gathers what is printed until the end.
// Single-threaded.
#pragma once
#include "front/parse.hpp"
#include "front/process.hpp"
#include "hot/host.hpp"
#include "os/buffer.hpp"

namespace shm::front {

class FrontHost final : public hot::Host {
 public:
  FrontHost(const Process& process, const Parsed& parsed) noexcept : process_(process), parsed_(parsed) {}

  os::Result<const store::Store*> open_store(store::Missing missing) override;
  void using_object(std::string_view name) override;
  void answer(std::string_view name, std::string_view kind, object::Scalar number) override;
  void answer_content(std::string_view name, object::Type type, std::string_view content) override;
  void answer_default(std::string_view name, std::string_view words) override;
  void answer_key(std::string_view name, std::string_view key, std::string_view value) override;
  void answer_done(std::string_view name, std::string_view kind, std::string_view field,
                   object::Scalar number) override;
  [[nodiscard]] hot::Printing printing() const override;
  void report(const os::Error& error) override;
  int refuse(std::string_view why) override;
  std::int64_t time_said(std::string_view option, std::string_view text) override;

  /// What is printed, as the call's format says.
  void line(std::string_view text) noexcept;
  /// Writes what was gathered; the call's exit status, `status` unless something was reported.
  int finish(int status) noexcept;

 private:
  void put(std::string_view text) noexcept;

  const Process& process_;
  const Parsed& parsed_;
  os::Result<store::Store> store_ = std::unexpected(os::Error());
  bool opened_ = false;
  int worst_ = 0;
  std::size_t size_ = 0;
  os::Buffer more_;  // once the first lines are full
  char first_[512];
};

}  // namespace shm::front
