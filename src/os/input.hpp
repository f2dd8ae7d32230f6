// Bytes that come from somewhere when they come: standard input or a file, read as far as there is something. For who
// answers while more is still to come. One thread at a time.
#pragma once
#include <cstddef>
#include <span>
#include "os/error.hpp"
#include "os/fd.hpp"

namespace shm::os {

class Input {
 public:
  /// Standard input, which stays open when this ends.
  static Input standard() noexcept { return Input(0, Fd()); }
  /// The file at `path`, as any program opens it.
  static Result<Input> open(std::string_view path) noexcept;

  /// Waits until there is something and reads what there is, up to the size of `into`; 0 at its end.
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) noexcept;
  /// Whether read() would not wait now.
  [[nodiscard]] bool ready() const noexcept;

 private:
  Input(int number, Fd file) noexcept : number_(number), file_(std::move(file)) {}
  int number_;
  Fd file_;
};

}  // namespace shm::os
