#include "work/command_line.hpp"

namespace shm::work {

namespace {
constexpr std::string_view place = "{}";

bool has_place(const char* word) noexcept { return std::string_view(word).find(place) != std::string_view::npos; }

std::string with_item(std::string_view word, std::string_view item) {
  std::string text;
  for (auto at = word.find(place); at != std::string_view::npos; at = word.find(place)) {
    text += word.substr(0, at);
    text += item;
    word.remove_prefix(at + place.size());
  }
  return text += word;
}
}  // namespace

bool takes_words(char* const* words) noexcept {
  while (*words != nullptr && !has_place(*words)) {
    ++words;
  }
  return *words != nullptr;
}

bool runs_item(char* const* words) noexcept { return has_place(words[0]); }

CommandLine::CommandLine(char* const* words, char* const* environment, std::string_view queue,
                         const object::Item& item) {
  const std::string own[] = {"SHMCTL_QUEUE=", "SHMCTL_ITEM_ID=", "SHMCTL_ATTEMPT="};
  for (; *environment != nullptr; ++environment) {
    const std::string_view variable(*environment);
    if (!variable.starts_with(own[0]) && !variable.starts_with(own[1]) && !variable.starts_with(own[2])) {
      environment_.push_back(*environment);
    }
  }
  for (char* const* word = words; *word != nullptr; ++word) {
    texts_.push_back(with_item(*word, item.bytes.view()));
  }
  const std::size_t count = texts_.size();
  texts_.push_back(own[0] + std::string(queue));
  texts_.push_back(own[1] + std::to_string(item.id));
  texts_.push_back(own[2] + std::to_string(item.attempts));
  for (std::size_t i = 0; i < texts_.size(); ++i) {  // only now: a text moves while others join it
    (i < count ? words_ : environment_).push_back(texts_[i].data());
  }
  words_.push_back(nullptr);
  environment_.push_back(nullptr);
}

}  // namespace shm::work
