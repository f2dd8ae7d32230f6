#include "cli/man.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <vector>
#include "cli/complete_words.hpp"
#include "cli/failure.hpp"
#include "cli/help.hpp"
#include "cli/roff.hpp"

namespace shm::cli {

namespace {
/// A directive of the prose ("@verb counter incr") and the text up to the next one.
struct Block {
  std::size_t line;
  std::string_view directive;
  std::string_view argument;
  std::string_view text;
};

std::vector<Block> blocks_of(std::string_view prose) {
  std::vector<Block> blocks;
  std::size_t number = 0;
  for (std::size_t at = 0; at < prose.size();) {
    const auto end = std::min(prose.find('\n', at), prose.size());
    const auto line = prose.substr(at, end - at);
    ++number;
    at = std::min(end + 1, prose.size());
    if (line.starts_with('@')) {
      const auto space = std::min(line.find(' '), line.size());
      const auto argument = line.substr(std::min(space + 1, line.size()));
      blocks.push_back({number, line.substr(1, space - 1), argument, prose.substr(at, 0)});
    } else if (!blocks.empty()) {
      const char* begin = blocks.back().text.data();
      blocks.back().text = std::string_view(begin, static_cast<std::size_t>(prose.data() + at - begin));
    } else if (!line.empty() && !line.starts_with('#')) {
      throw Usage(fmt::format("line {}: text before the first @directive", number));
    }
  }
  return blocks;
}

/// `sentence` and then `prose`, which goes on in the same paragraph if it begins with one.
std::string sentence_and(const std::string& sentence, const std::string& prose) {
  if (prose.empty()) return sentence + ".\n";
  return sentence + (prose[0] == '.' ? ".\n" : ". ") + prose;
}

std::string option_entry(const Option& option, std::vector<std::string_view> placeholders, const std::string& prose) {
  std::string made = ".TP\n";
  if (option.letter != '\0') made += fmt::format("\\fB\\-{}\\fR, ", option.letter);
  made += fmt::format("\\fB{}\\fR", roff_literal(fmt::format("--{}", option.name)));
  if (!option.argument.empty()) made += fmt::format(" \\fI{}\\fR", option.argument);
  placeholders.push_back(option.argument);
  std::string sentence = '\n' + roff_words(option.help, placeholders);
  std::string_view before = ": ";
  for (const auto& choice : split_choices(option.choices)) {
    sentence += fmt::format("{}\\fB{}\\fR", before, roff_literal(choice));
    before = ", ";
  }
  return made + sentence_and(sentence, prose);
}

// Without the end, so that several stand close together.
std::string synopsis_of(const Verb& verb) {
  std::string made = fmt::format(".SY \"shmctl {}\"\n[\\fIoptions\\fR]\n", roff_literal(path_of(verb)));
  for (const auto& operand : verb.operands) {
    const auto word = roff_operand(operand.name) + (operand.repeated ? "\\&..." : "");
    made += operand.optional ? fmt::format("[{}]\n", word) : word + '\n';
  }
  return made;
}

/// Writes one page, block by block.
class Writer {
 public:
  Writer(const Program& program, const ManPage& page) : page_(page) {
    for (const auto& verb : program.verbs) {
      if (verb.page == page.name && page.section == "1") verbs_.push_back(&verb);
    }
  }

  std::string write() {
    for (const auto& block : blocks_of(page_.prose)) {
      here_ = block.line;
      add(block);
    }
    here_ = 0;
    end_verb();
    finish();
    return std::move(out_);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Usage(here_ == 0 ? why : fmt::format("line {}: {}", here_, why));
  }

  void add(const Block& block) {
    if (block.directive == "option") {
      add_option(block);
      return;
    }
    end_verb();
    if (block.directive == "date") {
      head(block);
    } else if (block.directive == "name") {
      out_ += fmt::format(".SH NAME\n{} \\- {}\n", roff_literal(page_.name), block.argument);
    } else if (block.directive == "synopsis") {
      out_ += ".SH SYNOPSIS\n";
      for (const auto* verb : verbs_) out_ += synopsis_of(*verb);
      out_ += ".YS\n";
    } else if (block.directive == "section") {
      out_ += fmt::format(".SH \"{}\"\n", block.argument);
    } else if (block.directive == "verb") {
      add_verb(block);
      return;
    } else if (block.directive == "options") {
      out_ += ".SH \"OPTIONS OF EVERY VERB\"\n";
      for (const auto& option : global_options()) out_ += option_entry(option, {}, "");
    } else if (block.directive == "exit-status") {
      add_statuses();
    } else {
      refuse(fmt::format("unknown directive @{}", block.directive));
    }
    note(block.directive);
    const auto text = roff_prose(block.text, block.line + 1);
    const bool list = block.directive == "options" || block.directive == "exit-status";
    if ((list || block.directive == "synopsis") && !text.empty() && text[0] != '.') out_ += ".PP\n";
    out_ += text;
  }

  void head(const Block& block) {
    if (!out_.empty()) refuse("@date must come first");
    out_ = fmt::format(
        ".\\\" Written by shmctl-gendoc from the verb table and man/{0}.{1}.prose\n"
        ".TH {2} {1} {3} \"shmctl {4}\" \"{5}\"\n.ad l\n",
        page_.name, page_.section, roff_literal(upper(page_.name)), block.argument, page_.version,
        page_.section == "1"   ? "User Commands"
        : page_.section == "5" ? "File Formats"
                               : "Miscellaneous");
  }

  static std::string upper(std::string_view text) {
    std::string made(text);
    for (char& c : made) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return made;
  }

  void add_verb(const Block& block) {
    const auto found =
        std::find_if(verbs_.begin(), verbs_.end(), [&](const Verb* verb) { return path_of(*verb) == block.argument; });
    if (found == verbs_.end()) refuse(fmt::format("@verb {}: the page has no such verb", block.argument));
    const Verb& verb = **found;
    if (std::find(described_.begin(), described_.end(), &verb) != described_.end()) {
      refuse(fmt::format("@verb {}: a second block", block.argument));
    }
    described_.push_back(&verb);
    verb_ = &verb;
    option_prose_.assign(verb.options.size(), "");
    placeholders_.clear();
    for (const auto& operand : verb.operands) {
      for (std::string_view rest = operand.name; !rest.empty();) {
        const auto end = std::min(rest.find_first_of(" []|="), rest.size());
        if (end > 0) placeholders_.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    const auto text = roff_prose(block.text, block.line + 1);
    if (text.empty()) refuse(fmt::format("@verb {}: its block is empty", block.argument));
    out_ += fmt::format(".SS {}\n{}.YS\n.PP\n", roff_literal(path_of(verb)), synopsis_of(verb));
    out_ += sentence_and(roff_words(verb.summary, placeholders_), text);
  }

  /// What there is to say about an option of the verb besides its sentence in the table.
  void add_option(const Block& block) {
    for (std::size_t i = 0; verb_ != nullptr && i < verb_->options.size(); ++i) {
      if (verb_->options[i].name != block.argument) continue;
      if (!option_prose_[i].empty()) refuse(fmt::format("@option {}: a second block", block.argument));
      option_prose_[i] = roff_prose(block.text, block.line + 1, true);
      return;
    }
    refuse(fmt::format("@option {}: no option of the verb before it", block.argument));
  }

  void end_verb() {
    for (std::size_t i = 0; verb_ != nullptr && i < verb_->options.size(); ++i) {
      out_ += option_entry(verb_->options[i], placeholders_, option_prose_[i]);
    }
    verb_ = nullptr;
  }

  void add_statuses() {
    out_ += ".SH \"EXIT STATUS\"\n";
    for (const auto& status : exit_statuses()) {
      out_ += fmt::format(".TP\n\\fB{}\\fR\n{}\n", status.number, roff_words(status.meaning, {}));
    }
  }

  void note(std::string_view directive) {
    if (directive == "section") return;
    if (std::find(seen_.begin(), seen_.end(), directive) != seen_.end()) {
      refuse(fmt::format("a second @{}", directive));
    }
    seen_.push_back(directive);
  }

  void finish() const {
    for (const auto* verb : verbs_) {
      if (std::find(described_.begin(), described_.end(), verb) == described_.end()) {
        refuse(fmt::format("no block '@verb {}'", path_of(*verb)));
      }
    }
    for (const std::string_view directive : {"date", "name", "synopsis", "options", "exit-status"}) {
      const bool always = directive == "date" || directive == "name";
      if ((always || !verbs_.empty()) && std::find(seen_.begin(), seen_.end(), directive) == seen_.end()) {
        refuse(fmt::format("no @{}", directive));
      }
    }
  }

  const ManPage& page_;
  std::vector<const Verb*> verbs_;              ///< of this page
  std::vector<const Verb*> described_;          ///< of those, the ones whose block came
  std::vector<std::string_view> seen_;          ///< directives that stand for one thing each
  const Verb* verb_ = nullptr;                  ///< under way
  std::vector<std::string_view> placeholders_;  ///< of its operands
  std::vector<std::string> option_prose_;       ///< of its options
  std::size_t here_ = 0;                        ///< line, 0: the whole
  std::string out_;
};
}  // namespace

std::string man_page(const Program& program, const ManPage& page) { return Writer(program, page).write(); }

std::string man_link(const Program& program, std::string_view verb) {
  const Verb* found = find_verb(program, "", verb);
  if (found == nullptr || found->page == fmt::format("shmctl-{}", verb)) {
    throw Usage(fmt::format("{}: a verb of no kind with a page of its own is needed", verb));
  }
  return fmt::format(".so man1/{}.1\n", found->page);
}

}  // namespace shm::cli
