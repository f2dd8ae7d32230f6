// What `run` writes to systemd's journal, one message an outcome: its word (SHMCTL_OUTCOME), its MESSAGE_ID and its
// priority. An id means the same for ever: programs match it, and the catalog (units/shmctl.catalog) explains it. A new
// outcome gets a new one (systemd-id128 new). Constants.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::hot {

/// As syslog(3) numbers them.
enum class Priority : std::uint8_t { error = 3, warning = 4, notice = 5, info = 6 };

/// What sort of outcome it is: what `run --journal` and `logs --outcome` choose by.
enum class Sort : std::uint8_t { done, skip, failure };

struct JournalMessage {
  std::string_view outcome;
  std::string_view id;
  Priority priority;
  Sort sort;
};

inline constexpr JournalMessage journal_messages[] = {
    {"succeeded", "cb6e255165cd4c77a3d2c5bb80b22bee", Priority::info, Sort::done},
    {"failed", "77ef16a6c45e4976bbf0c18585be1f31", Priority::warning, Sort::failure},
    {"signal", "4bacaa38ee3f4e2ba0a98c86196966f7", Priority::warning, Sort::failure},
    {"timeout", "28185cdeeffa49c6962a168b97237c53", Priority::warning, Sort::failure},
    {"stopped", "6f1f646a2f98490fbdf5e57e6cf9bf8d", Priority::notice, Sort::done},
    {"not-runnable", "ca577e1c65b14783b2965d2c013750f2", Priority::error, Sort::failure},
    {"lost", "372ad03484f94da9b1cf2207c377c7cd", Priority::warning, Sort::failure},
    {"busy", "99016f512106434fb301eddd397e3795", Priority::notice, Sort::skip},
    {"nested", "d6b0284f82aa455cb84d9ac66ae9859f", Priority::error, Sort::failure},
    {"displaced", "2a7713f5ac274e7f8dea9d673a69f4ef", Priority::notice, Sort::skip},
    {"paused", "5342da4cb8144392a3234e1fde7651dd", Priority::notice, Sort::skip},
    {"too-soon", "82e9b4fad4944f24aeaf6bdbf59d1c70", Priority::notice, Sort::skip},
    {"too-late", "dcfe7b57850c419fbdbf63e2163cd8bc", Priority::notice, Sort::skip},
    {"joined", "f31a8affbaff43449a3c6ad09042a861", Priority::info, Sort::done},
    {"forwarded", "f3a192ce65cc438cbea5cbbe6de6b080", Priority::info, Sort::done},
    {"error", "8a37ed901a254f22b47ddef04d817a4a", Priority::error, Sort::failure},
};

/// The message of that outcome; null where no outcome has that name.
constexpr const JournalMessage* journal_message(std::string_view outcome) noexcept {
  for (const auto& message : journal_messages) {
    if (message.outcome == outcome) {
      return &message;
    }
  }
  return nullptr;
}

}  // namespace shm::hot
