#include <fmt/core.h>
#include "cli/complete.hpp"
#include "cli/complete_words.hpp"

namespace shm::cli {

namespace {
constexpr std::string_view head = R"sh(#compdef shmctl
# zsh completion for shmctl, made from its verb table

# _shmctl_names [KIND]: what the store of this line has of that kind
_shmctl_names() {
  local -a names expl
  names=(${(f)"$(_call_program names ${(q)shmctl} ls --names ${(q)store} ${1:+--kind $1} 2>/dev/null)"})
  _wanted names expl "${1:-object or job}" compadd -a names
}

# The command of a verb that takes one: words begins with it.
_shmctl_command() {
  if ((CURRENT == 1)); then _command_names -e; else _normal; fi
}

# What `help` takes: a verb, or a kind and its verb.
_shmctl_topic() {
  if ((CURRENT == 1)); then _shmctl_first; else _shmctl_verbs_of $words[1]; fi
}

# A directory, or the store of a group.
_shmctl_stores() {
  if compset -P @; then _groups; else _directories; fi
}

)sh";

constexpr std::string_view tail = R"sh(
_shmctl() {
  local curcontext=$curcontext context state state_descr shmctl=$words[1] i
  local -a line store globals
  local -A opt_args
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --store) store=(--store ${(Q)~words[i+1]}) ;;
      --store=*) store=(--store ${(Q)words[i]#--store=}) ;;
    esac
  done
  _shmctl_globals
  _arguments -C -S $globals '1: :_shmctl_first' '*:: :->rest' && return
  [[ $state == rest ]] && _shmctl_verb $words[1]
}

_shmctl "$@"
)sh";

std::string quoted(std::string_view text) {
  std::string made = "'";
  for (const char c : text) made += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return made + '\'';
}

// The action of _arguments.
std::string action(Complete complete, std::string_view kind, std::string_view choices, const Program& program) {
  switch (complete) {
    case Complete::object: return fmt::format(" _shmctl_names {}", kind);
    case Complete::job: return " _shmctl_names job";
    case Complete::directory: return "_shmctl_stores";
    case Complete::file: return "_files";
    case Complete::group: return "_groups";
    case Complete::kind: return fmt::format("({})", joined(kinds_of(program), " "));
    case Complete::choice: return fmt::format("({})", joined(split_choices(choices), " "));
    case Complete::verb: return " _shmctl_topic";
    case Complete::command: return " _shmctl_command";
    case Complete::nothing: break;
  }
  return " ";
}

std::string option_specs(std::span<const Option> options, const Program& program) {
  std::string made;
  for (const auto& option : options) {
    const auto help = fmt::format("[{}]", escaped(option.help, "[]", "\\"));
    std::string spec = help;
    if (!option.argument.empty()) {
      spec += fmt::format(":{}:{}", option.argument, action(option.complete, "", option.choices, program));
    }
    const std::string equals = option.argument.empty() ? "" : "=";
    if (option.letter == '\0') {
      made += fmt::format(" \\\n      {}", quoted(fmt::format("--{}{}{}", option.name, equals, spec)));
    } else {
      made +=
          fmt::format(" \\\n      {}{{-{},--{}{}}}{}", quoted(fmt::format("(-{} --{})", option.letter, option.name)),
                      option.letter, option.name, equals, quoted(spec));
    }
  }
  return made;
}

std::string operand_specs(const Verb& verb, const Program& program) {
  std::string made;
  for (std::size_t i = 0; i < verb.operands.size(); ++i) {
    const auto& operand = verb.operands[i];
    const auto name = escaped(operand.name, ":\\", "\\");
    const auto offered = action(operand.complete, verb.group, operand.name, program);
    // Of a command, or a path of verbs, its function sees the words as a line of their own, and they take our options.
    const bool line = operand.complete == Complete::command || operand.complete == Complete::verb;
    const std::string at = operand.repeated ? (line ? "(-)*::" : "*") : fmt::format("{}", i + 1);
    made += fmt::format(
        " \\\n      {}",
        quoted(fmt::format("{}:{}{}:{}", at, operand.optional && !operand.repeated ? ":" : "", name, offered)));
  }
  return made;
}

std::string described(std::string_view name, std::string_view summary) {
  return fmt::format(" \\\n    {}", quoted(fmt::format("{}:{}", name, escaped(summary, ":\\", "\\"))));
}

std::string list_function(std::string_view name, const Program& program, std::string_view group) {
  std::string made = fmt::format("{}() {{\n  local -a list\n  list=(", name);
  for (const auto& verb : program.verbs) {
    if (verb.group == group) made += described(verb.name, verb.summary);
  }
  if (group.empty()) {
    for (const auto& each : program.groups) made += described(each.name, each.summary);
  }
  return made + ")\n  _describe verb list\n}\n\n";
}
}  // namespace

std::string complete_zsh(const Program& program) {
  std::string made(head);
  made += list_function("_shmctl_first", program, "");
  for (const auto& group : program.groups) {
    made += list_function(fmt::format("_shmctl_{}", group.name), program, group.name);
  }
  made += "_shmctl_verbs_of() {\n  case $1 in\n";
  for (const auto& group : program.groups) made += fmt::format("    {0}) _shmctl_{0} ;;\n", group.name);
  made += "  esac\n}\n\n";
  made += "_shmctl_globals() {\n  globals=(" + option_specs(global_options(), program) + ")\n}\n\n";
  made += "# _shmctl_verb VERB: words begins with it\n_shmctl_verb() {\n  case $1 in\n";
  for (const auto& group : program.groups) {
    made += fmt::format(
        "    {0})\n      _arguments -C -S $globals '1: :_shmctl_{0}' '*:: :->verb' && return\n"
        "      [[ $state == verb ]] && _shmctl_verb \"{0} $words[1]\"\n      ;;\n",
        group.name);
  }
  for (const auto& verb : program.verbs) {
    made += fmt::format("    {})\n      _arguments -S $globals{}{}\n      ;;\n", quoted(path_of(verb)),
                        option_specs(verb.options, program), operand_specs(verb, program));
  }
  return made + "  esac\n}\n" + std::string(tail);
}

}  // namespace shm::cli
