#include "hot/journal_messages.hpp"
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include "catch.hpp"

using namespace shm::hot;

namespace {
std::string catalog() {
  std::ostringstream text;
  text << std::ifstream(SHMCTL_UNITS "/shmctl.catalog").rdbuf();
  return text.str();
}

/// What the catalog has under that id, up to the next one; empty: it has nothing.
std::string explanation_of(const std::string& text, std::string_view id) {
  const auto begin = text.find("\n-- " + std::string(id) + "\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find("\n-- ", begin + 1) - begin);
}
}  // namespace

TEST_CASE("each outcome has an id of its own, and keeps it", "[journal]") {
  std::set<std::string_view> ids;
  std::set<std::string_view> outcomes;
  for (const auto& message : journal_messages) {
    CAPTURE(message.outcome);
    CHECK(ids.insert(message.id).second);
    CHECK(outcomes.insert(message.outcome).second);
    CHECK(message.id.size() == 32);
    CHECK(message.id.find_first_not_of("0123456789abcdef") == std::string_view::npos);
    CHECK(journal_message(message.outcome) == &message);
  }
  CHECK(journal_message("nothing") == nullptr);
  // For ever: whoever filters the journal by these must not be let down by a later version.
  CHECK(journal_message("succeeded")->id == "cb6e255165cd4c77a3d2c5bb80b22bee");
  CHECK(journal_message("failed")->id == "77ef16a6c45e4976bbf0c18585be1f31");
  CHECK(journal_message("signal")->id == "4bacaa38ee3f4e2ba0a98c86196966f7");
  CHECK(journal_message("timeout")->id == "28185cdeeffa49c6962a168b97237c53");
  CHECK(journal_message("stopped")->id == "6f1f646a2f98490fbdf5e57e6cf9bf8d");
  CHECK(journal_message("not-runnable")->id == "ca577e1c65b14783b2965d2c013750f2");
  CHECK(journal_message("lost")->id == "372ad03484f94da9b1cf2207c377c7cd");
  CHECK(journal_message("busy")->id == "99016f512106434fb301eddd397e3795");
  CHECK(journal_message("nested")->id == "d6b0284f82aa455cb84d9ac66ae9859f");
  CHECK(journal_message("displaced")->id == "2a7713f5ac274e7f8dea9d673a69f4ef");
  CHECK(journal_message("paused")->id == "5342da4cb8144392a3234e1fde7651dd");
  CHECK(journal_message("too-soon")->id == "82e9b4fad4944f24aeaf6bdbf59d1c70");
  CHECK(journal_message("too-late")->id == "dcfe7b57850c419fbdbf63e2163cd8bc");
  CHECK(journal_message("joined")->id == "f31a8affbaff43449a3c6ad09042a861");
  CHECK(journal_message("forwarded")->id == "f3a192ce65cc438cbea5cbbe6de6b080");
  CHECK(journal_message("error")->id == "8a37ed901a254f22b47ddef04d817a4a");
}

TEST_CASE("the catalog explains each of them, and nothing else", "[journal]") {
  const std::string text = catalog();
  REQUIRE_FALSE(text.empty());
  for (const auto& message : journal_messages) {
    CAPTURE(message.outcome);
    const std::string explanation = explanation_of(text, message.id);
    CHECK(explanation.find("\nSubject: ") != std::string::npos);
    CHECK(explanation.find("\nDefined-By: shmctl\n") != std::string::npos);
    CHECK(explanation.find("\nDocumentation: man:") != std::string::npos);
    CHECK(explanation.find("@SHMCTL_JOB@") != std::string::npos);
    CHECK(explanation.size() > 300);
  }
  std::size_t count = 0;
  for (auto at = text.find("\n-- "); at != std::string::npos; at = text.find("\n-- ", at + 1)) {
    ++count;
  }
  CHECK(count == std::size(journal_messages));
}
