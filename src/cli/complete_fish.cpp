#include <fmt/core.h>
#include "cli/complete.hpp"
#include "cli/complete_words.hpp"

namespace shm::cli {

namespace {
constexpr std::string_view functions = R"sh(
# __shmctl_head WORD...: how many words stand before the command, as VERB NAME or KIND VERB NAME, where the verb takes
# one; else 0
function __shmctl_head
    for entry in $__shmctl_runs
        set -l verb (string replace -r ' [0-9]+$' '' -- $entry)
        if string match -q -- "$verb *" "$argv "
            string replace "$verb " '' -- $entry
            return
        end
    end
    echo 0
end

# The words before the cursor that are no options: KIND VERB NAME..., or VERB NAME... The words of a command follow NAME
# as they are. Fails if the cursor is at an option's argument. Some hundred conditions ask for the same line: what was
# found is kept.
function __shmctl_words
    set -l tokens (commandline -opc)
    set -l line (string join \x1f -- $tokens)
    if test "$line" = "$__shmctl_line"
        string join \n -- $__shmctl_found
        return $__shmctl_at_argument
    end
    set -e tokens[1]
    set -l words
    set -l takes 0
    while set -q tokens[1]
        set -l token $tokens[1]
        set -l at_command no
        test (count $words) -gt 0; and test (count $words) = (__shmctl_head $words); and set at_command yes
        set -e tokens[1]
        if test $takes = 1
            set takes 0
        else if test $at_command = yes; and test "$token" = --
            set words $words $tokens
            break
        else if contains -- $token $__shmctl_takes
            set takes 1
        else if string match -qr -- '^-[^0-9]' $token
            continue
        else if test $at_command = yes
            set words $words $token $tokens
            break
        else
            set -a words $token
        end
    end
    set -g __shmctl_line $line
    set -g __shmctl_found $words
    set -g __shmctl_at_argument $takes
    string join \n -- $words
    return $takes
end

# The path of the verb ("counter incr"), or the kind alone, or nothing.
function __shmctl_verb
    set -l words (__shmctl_words)
    if contains -- "$words[1]" $__shmctl_kinds
        echo $words[1..2]
    else
        echo $words[1]
    end
end

# __shmctl_in VERB: whether the line is one of that verb, and the cursor not in a command
function __shmctl_in
    test "$argv[1]" = (__shmctl_verb; or echo); and not __shmctl_command
end

# __shmctl_operand VERB N [MORE]: whether the cursor is at its operand N, from 0, or with MORE at a later one
function __shmctl_operand
    set -l words (__shmctl_words); or return 1
    __shmctl_in $argv[1]; or return 1
    set -l at (math (count $words) - (count (string split ' ' -- $argv[1])))
    test $at = $argv[2]; or test $at -ge $argv[2] -a -n "$argv[3]"
end

# Whether the cursor is in the command of a verb that takes one, or where it begins.
function __shmctl_command
    test "$argv[1]" = ''; or test "$argv[1]" = (__shmctl_verb; or echo); or return 1
    set -l words (__shmctl_words); or return 1
    set -l head (__shmctl_head $words)
    test $head != 0 -a (count $words) -ge $head; or return 1
    test (count $words) -gt $head; or not string match -q -- '-*' (commandline -ct)
end

function __shmctl_complete_command
    set -l words (__shmctl_words)
    set -l head (__shmctl_head $words)
    set -l command
    test (count $words) -gt $head; and set command (string escape -- $words[(math $head + 1)..])
    complete -C (string join ' ' -- $command (commandline -ct))
end

# __shmctl_names [KIND]: what the store of this line has of that kind
function __shmctl_names
    set -l tokens (commandline -opc)
    set -l kind
    set -q argv[1]; and set kind --kind $argv[1]
    set -l store
    for i in (seq 2 (count $tokens))
        if test $tokens[$i] = --store
            set -q tokens[(math $i + 1)]; and set store --store $tokens[(math $i + 1)]
        else if string match -q -- '--store=*' $tokens[$i]
            set store --store (string replace -- --store= '' $tokens[$i])
        end
    end
    set -l program (string replace -r '^~/' "$HOME/" -- $tokens[1])
    $program ls --names $store $kind 2>/dev/null
end

# __shmctl_help_verbs: the verbs of the kind that `help` has been given, or what it can be given
function __shmctl_help_verbs
    set -l words (__shmctl_words)
    switch "$words[2]"
)sh";

std::string quoted(std::string_view text) { return fmt::format("'{}'", escaped(text, "'\\", "\\")); }

// What `complete -a` takes; empty where nothing can be offered.
std::string what(Complete complete, std::string_view kind, std::string_view choices, const Program& program) {
  switch (complete) {
    case Complete::object: return kind.empty() ? "(__shmctl_names)" : fmt::format("(__shmctl_names {})", kind);
    case Complete::job: return "(__shmctl_names job)";
    case Complete::directory: return "(__fish_complete_directories (commandline -ct))";
    case Complete::file: return "(__fish_complete_path (commandline -ct))";
    case Complete::group: return "(__fish_complete_groups)";
    case Complete::kind: return joined(kinds_of(program), " ");
    case Complete::choice: return joined(split_choices(choices), " ");
    case Complete::verb: return "(__shmctl_help_verbs)";
    case Complete::command: return "(__shmctl_complete_command)";
    case Complete::nothing: break;
  }
  return "";
}

std::string option_lines(std::string_view condition, std::span<const Option> options, const Program& program) {
  std::string made;
  for (const auto& option : options) {
    made += fmt::format("complete -c shmctl -n {} -l {}", quoted(condition), option.name);
    if (option.letter != '\0') made += fmt::format(" -s {}", option.letter);
    if (!option.argument.empty()) {
      const auto offered = what(option.complete, "", option.choices, program);
      made += " -x" + (offered.empty() ? std::string() : fmt::format(" -a {}", quoted(offered)));
    }
    made += fmt::format(" -d {}\n", quoted(option.help));
  }
  return made;
}

std::string operand_lines(const Verb& verb, const Program& program) {
  std::string made;
  for (std::size_t i = 0; i < verb.operands.size(); ++i) {
    const auto& operand = verb.operands[i];
    const auto offered = what(operand.complete, verb.group, operand.name, program);
    if (offered.empty()) continue;
    const auto condition =
        operand.complete == Complete::command
            ? fmt::format("__shmctl_command \"{}\"", path_of(verb))
            : fmt::format("__shmctl_operand \"{}\" {}{}", path_of(verb), i, operand.repeated ? " more" : "");
    made += fmt::format("complete -c shmctl -n {} -a {}\n", quoted(condition), quoted(offered));
  }
  return made;
}

std::string word_line(std::string_view condition, std::string_view word, std::string_view summary) {
  return fmt::format("complete -c shmctl -n {} -a {} -d {}\n", quoted(condition), word, quoted(summary));
}

// Options with an argument, of any verb.
std::string takers(const Program& program) {
  std::string made;
  const auto add = [&](std::span<const Option> options) {
    for (const auto& option : options) {
      if (option.argument.empty()) continue;
      if (option.letter != '\0') made += fmt::format(" -{}", option.letter);
      made += fmt::format(" --{}", option.name);
    }
  };
  add(global_options());
  for (const auto& verb : program.verbs) add(verb.options);
  return made;
}
}  // namespace

std::string complete_fish(const Program& program) {
  WordList kinds;
  std::string help_verbs;
  std::string runs;
  for (const auto& verb : program.verbs) {
    if (verb.runs_command) {
      const std::size_t words = (verb.group.empty() ? 1 : 2) + verb.operands.size() - 1;
      runs += ' ' + quoted(fmt::format("{} {}", path_of(verb), words));
    }
  }
  for (const auto& group : program.groups) {
    kinds.emplace_back(group.name);
    help_verbs += fmt::format("        case {}\n            string split ' ' -- {}\n", group.name,
                              quoted(joined(verbs_of(program, group.name), " ")));
  }
  std::string made = "# fish completion for shmctl, made from its verb table\n\n";
  made += fmt::format("set -g __shmctl_kinds {}\n", joined(kinds, " "));
  made += fmt::format("set -g __shmctl_takes{}\n", takers(program));
  made += fmt::format("set -g __shmctl_runs{}\n", runs);
  made += functions;
  made += help_verbs + fmt::format("        case ''\n            string split ' ' -- {}\n    end\nend\n\n",
                                   quoted(joined(first_words(program), " ")));
  made += "complete -c shmctl -f\n" + option_lines("not __shmctl_command", global_options(), program);
  for (const auto& group : program.groups) made += word_line("__shmctl_in \"\"", group.name, group.summary);
  for (const auto& verb : program.verbs) {
    made += '\n' + word_line(fmt::format("__shmctl_in \"{}\"", verb.group), verb.name, verb.summary);
    made += option_lines(fmt::format("__shmctl_in \"{}\"", path_of(verb)), verb.options, program);
    made += operand_lines(verb, program);
  }
  return made;
}

}  // namespace shm::cli
