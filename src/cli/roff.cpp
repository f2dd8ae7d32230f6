#include "cli/roff.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/failure.hpp"

namespace shm::cli {

namespace {
bool capital(char c) { return c >= 'A' && c <= 'Z'; }
bool letter(char c) { return capital(c) || (c >= 'a' && c <= 'z') || c == '-'; }

// What a reader may copy and paste must come out as typed; `typed`: so must quotes and dashes.
std::string escaped(char c, bool typed) {
  switch (c) {
    case '\\': return "\\e";
    case '-': return typed ? "\\-" : "-";
    case '\'': return typed ? "\\(aq" : "'";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    default: return {c};
  }
}

// A line that begins with one of these would be taken for a request.
std::string shielded(std::string line) {
  if (!line.empty() && (line[0] == '.' || line[0] == '\'')) line.insert(0, "\\&");
  return line;
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// One stretch of prose on its way to roff.
class Prose {
 public:
  Prose(std::size_t line, bool item) : line_(line), paragraph_(item ? ".IP\n" : ".PP\n") {}

  void take(std::string_view line) {
    if (line.starts_with("    ")) {
      example(line.substr(4));
    } else if (line.empty()) {
      close();
      gap_ = true;
    } else {
      end_example();
      text(line);
      gap_ = false;
    }
    ++line_;
  }

  std::string finish() {
    end_example();
    close();
    return std::move(out_);
  }

 private:
  void text(std::string_view line) {
    if (line.starts_with("- ")) {
      close();
      out_ += ".IP \\(bu 2\n" + inline_markup(line.substr(2));
    } else if (line.starts_with(": ")) {
      close();
      out_ += ".TP\n" + inline_markup(line.substr(2));
      close();
    } else {
      if (gap_ && !out_.empty()) out_ += paragraph_;
      out_ += inline_markup(line.substr(std::min(line.find_first_not_of(' '), line.size())));
    }
  }

  void example(std::string_view line) {
    if (!in_example_) {
      close();
      out_ += ".PP\n.RS 4\n.EX\n";
      in_example_ = true;
    } else if (gap_) {
      out_ += '\n';
    }
    out_ += shielded(roff_literal(line)) + '\n';
    gap_ = false;
  }

  void end_example() {
    if (in_example_) out_ += ".EE\n.RE\n";
    gap_ = gap_ || in_example_;
    in_example_ = false;
  }

  /// At the end of a paragraph nothing may be open.
  void close() const {
    if (bold_) throw Usage(fmt::format("line {}: a ` before it is not closed", line_));
  }

  [[nodiscard]] std::string_view font() const { return bold_ ? "\\fB" : "\\fR"; }

  std::string inline_markup(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '`') {
        bold_ = !bold_;
        made += font();
      } else if (text[i] == '<') {
        const auto end = text.find('>', i);
        if (end == std::string_view::npos) throw Usage(fmt::format("line {}: a < is not closed", line_));
        made += fmt::format("\\fI{}{}", roff_literal(text.substr(i + 1, end - i - 1)), font());
        i = end;
      } else {
        i += text[i] == '\\' && i + 1 < text.size() ? 1 : 0;
        made += escaped(text[i], bold_);
      }
    }
    made = shielded(std::move(made));
    // roff would take the end of a line for the end of a sentence, and put two spaces there and only there.
    const bool sentence = made.find_last_of(".?!") != std::string::npos &&
                          made.find_first_not_of(")\"'", made.find_last_of(".?!") + 1) == std::string::npos;
    return made + (sentence ? "\\&\n" : "\n");
  }

  std::string out_;
  std::size_t line_;
  std::string_view paragraph_;
  bool bold_ = false;
  bool gap_ = false;  ///< a blank line came before
  bool in_example_ = false;
};
}  // namespace

std::string roff_literal(std::string_view text) {
  std::string made;
  for (const char c : text) made += escaped(c, true);
  return made;
}

std::string roff_words(std::string_view text, std::span<const std::string_view> placeholders) {
  std::string made;
  while (!text.empty()) {
    const auto length = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), letter) - text.begin());
    const auto word = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(word.size());
    if (word.starts_with("--")) {
      made += fmt::format("\\fB{}\\fR", roff_literal(word));
    } else if (std::find(placeholders.begin(), placeholders.end(), word) != placeholders.end()) {
      made += fmt::format("\\fI{}\\fR", word);
    } else {
      for (const char c : word) made += escaped(c, false);
    }
  }
  return shielded(std::move(made));
}

std::string roff_operand(std::string_view text) {
  std::string made;
  bool italic = false;
  for (const char c : text) {
    if (capital(c) != italic) {
      italic = !italic;
      made += italic ? "\\fI" : "\\fR";
    }
    made += escaped(c, true);
  }
  return italic ? made + "\\fR" : made;
}

std::string roff_prose(std::string_view prose, std::size_t line, bool item) {
  Prose made(line, item);
  while (!prose.empty()) made.take(take_line(prose));
  return made.finish();
}

}  // namespace shm::cli
