// Catch2 in the version at hand, and what every test of this tree adds to it: SKIP, and names for error codes.
#pragma once
#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
using Catch::Approx;
#endif
#include <optional>
#include "os/error.hpp"

// Ends the case as one that could not be tried here. Catch2 2 has no word for it: there it passes, with a warning that
// tests/suites/unit-tap takes for a skip.
#ifndef SKIP
#define SKIP(reason)               \
  do {                             \
    WARN("skipped: " << (reason)); \
    return;                        \
  } while (false)
#endif

namespace test {

/// The error's code; nothing for a success. What tests compare.
template <class T>
std::optional<shm::os::Code> code_of(const shm::os::Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

inline constexpr std::optional<shm::os::Code> ok = std::nullopt;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace test

namespace Catch {
template <>
struct StringMaker<std::optional<shm::os::Code>> {
  static std::string convert(const std::optional<shm::os::Code>& code) {
    constexpr const char* names[] = {"absent",    "exists",  "lost", "empty", "usage", "wrong_kind", "range", "denied",
                                     "untrusted", "corrupt", "full", "limit", "busy",  "timed_out",  "system"};
    return code ? names[static_cast<std::size_t>(*code)] : "success";
  }
};
}  // namespace Catch
