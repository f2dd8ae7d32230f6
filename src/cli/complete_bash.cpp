#include <fmt/core.h>
#include "cli/complete.hpp"
#include "cli/complete_words.hpp"

namespace shm::cli {

namespace {
constexpr std::string_view head = R"sh(# bash completion for shmctl, made from its verb table
# shellcheck shell=bash disable=SC2154  # the functions below _shmctl share its local variables

# The words as shmctl will get them: readline also splits at : = @, which names contain. starts[N] is the number of the
# readline word with which words[N] begins.
_shmctl_words() {
  local rest=$COMP_LINE i
  words=() starts=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    if [[ $i == 0 || $rest == [[:space:]]* ]]; then
      words+=("") starts+=("$i")
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    words[-1]+=${COMP_WORDS[i]}
    rest=${rest:${#COMP_WORDS[i]}}
  done
  cword=$((${#words[@]} - 1))
  cur=${words[cword]}
}

# Offers those of the words that the current one is the beginning of.
_shmctl_offer() {
  local word
  for word; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}

# _shmctl_names [KIND]: what the store of this line has of that kind
_shmctl_names() {
  local names=() program=${words[0]/#\~\//$HOME/}
  mapfile -t names < <("$program" ls --names "${store[@]}" ${1:+--kind "$1"} 2>/dev/null)
  _shmctl_offer "${names[@]}"
}

# _shmctl_paths ACTION [BEFORE]: files or directories; BEFORE is what stands before the path in the current word
_shmctl_paths() {
  local path paths=()
  mapfile -t paths < <(compgen -A "$1" -- "${cur#"${2-}"}")
  for path in "${paths[@]}"; do COMPREPLY+=("${2-}$path"); done
  compopt -o filenames 2>/dev/null
}

# The command of a verb that takes one begins at words[$1]: it is completed as on a line of its own.
_shmctl_command() {
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "${starts[$1]}"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "${starts[$1]}"
  elif [[ $1 == "$cword" ]]; then
    _shmctl_paths command
  else
    _shmctl_paths file
  fi
}

# _shmctl_complete WHAT [BEFORE]: WHAT is as the tables below say; BEFORE stands before it in the current word
_shmctl_complete() {
  local before=${2-} groups=() choices=()
  case $1 in
    objects\ *) _shmctl_names "${1#* }" ;;
    objects) _shmctl_names ;;
    jobs) _shmctl_names job ;;
    files) _shmctl_paths file "$before" ;;
    directories)
      if [[ ${cur#"$before"} == @* ]]; then
        mapfile -t groups < <(compgen -g)
        _shmctl_offer "${groups[@]/#/"$before"@}"
      else
        _shmctl_paths directory "$before"
      fi
      ;;
    groups)
      mapfile -t groups < <(compgen -g)
      _shmctl_offer "${groups[@]/#/"$before"}"
      ;;
    words\ *)
      read -ra choices <<<"${1#* }"
      _shmctl_offer "${choices[@]/#/"$before"}"
      ;;
    verbs)
      _shmctl_verbs "${topic-}"
      read -ra choices <<<"$REPLY"
      _shmctl_offer "${choices[@]}"
      ;;
  esac
}

# What follows comes from the table; each answers in REPLY.

)sh";

constexpr std::string_view tail = R"sh(
_shmctl() {
  local words=() starts=() cword cur verb='' group='' topic='' operands=0 dashes='' i word REPLY='' store=()
  local choices=() head breaks
  COMPREPLY=()
  _shmctl_words
  for ((i = 1; i < cword; i++)); do
    word=${words[i]}
    if [[ $word == -- && -z $dashes ]]; then
      if _shmctl_operand "$verb" "$operands" && [[ $REPLY == command ]]; then
        _shmctl_command $((i + 1))
        return
      fi
      dashes=1
    elif [[ $word == --store=* && -z $dashes ]]; then
      store=(--store "${word#*=}")
    elif [[ $word == -?* && $word != -[0-9]* && -z $dashes ]]; then
      if [[ $word != *=* ]] && _shmctl_argument "$verb" "$word"; then
        ((++i))
        if [[ $i == "$cword" ]]; then
          _shmctl_complete "$REPLY"
          break
        fi
        if [[ $word == --store ]]; then store=(--store "${words[i]/#\~\//$HOME/}"); fi
      fi
    elif [[ -z $verb && -z $group ]] && _shmctl_verbs "$word"; then
      group=$word
    elif [[ -z $verb ]]; then
      verb=${group:+$group }$word
    elif _shmctl_operand "$verb" "$operands" && [[ $REPLY == command ]]; then
      _shmctl_command "$i"
      return
    else
      ((++operands))
      topic=$word
    fi
  done
  if [[ $i != "$cword" || ${#COMPREPLY[@]} != 0 ]]; then
    :
  elif [[ $cur == --*=* && -z $dashes ]] && _shmctl_argument "$verb" "${cur%%=*}"; then
    _shmctl_complete "$REPLY" "${cur%%=*}="
  elif [[ $cur == -* && $cur != -[0-9]* && -z $dashes ]]; then
    _shmctl_options "$verb"
    read -ra choices <<<"$REPLY"
    _shmctl_offer "${choices[@]}"
  elif [[ -z $verb ]]; then
    _shmctl_verbs "$group"
    read -ra choices <<<"$REPLY"
    _shmctl_offer "${choices[@]}"
  elif _shmctl_operand "$verb" "$operands"; then
    if [[ $REPLY == command ]]; then
      _shmctl_command "$cword"
      return
    fi
    _shmctl_complete "$REPLY"
  fi
  # readline replaces only what follows the last of its own word breaks.
  breaks=${COMP_WORDBREAKS//[!:=@]/}
  if [[ -n $breaks ]]; then
    head=${cur%"${cur##*["$breaks"]}"}
    COMPREPLY=("${COMPREPLY[@]#"$head"}")
  fi
}
complete -F _shmctl shmctl
)sh";

// What _shmctl_complete takes; empty where nothing can be offered.
std::string what(Complete complete, std::string_view kind, std::string_view choices, const Program& program) {
  switch (complete) {
    case Complete::object: return kind.empty() ? "objects" : fmt::format("objects {}", kind);
    case Complete::job: return "jobs";
    case Complete::command: return "command";
    case Complete::directory: return "directories";
    case Complete::file: return "files";
    case Complete::group: return "groups";
    case Complete::kind: return "words " + joined(kinds_of(program), " ");
    case Complete::choice: return "words " + joined(split_choices(choices), " ");
    case Complete::verb: return "verbs";
    case Complete::nothing: break;
  }
  return "";
}

std::string arguments_of(std::string_view verb, std::string_view kind, std::span<const Option> options,
                         const Program& program) {
  std::string made;
  for (const auto& option : options) {
    if (option.argument.empty()) continue;
    made += fmt::format("    {}' --{}'", verb, option.name);
    if (option.letter != '\0') made += fmt::format(" | {}' -{}'", verb, option.letter);
    made += fmt::format(") REPLY='{}' ;;\n", what(option.complete, kind, option.choices, program));
  }
  return made;
}

std::string quoted(std::string_view text) { return fmt::format("'{}'", text); }
}  // namespace

std::string complete_bash(const Program& program) {
  std::string arguments = arguments_of("*", "", global_options(), program);
  std::string operands;
  std::string options;
  for (const auto& verb : program.verbs) {
    const auto path = path_of(verb);
    arguments += arguments_of(quoted(path), verb.group, verb.options, program);
    options += fmt::format("    '{}') REPLY='{}' ;;\n", path, joined(option_names(verb.options), " "));
    for (std::size_t i = 0; i < verb.operands.size(); ++i) {
      const auto& operand = verb.operands[i];
      const auto offered = what(operand.complete, verb.group, operand.name, program);
      if (!offered.empty()) {
        operands += operand.repeated ? fmt::format("    '{} '*) REPLY='{}' ;;\n", path, offered)
                                     : fmt::format("    '{} {}') REPLY='{}' ;;\n", path, i, offered);
      }
    }
  }
  std::string verbs = fmt::format("    '') REPLY='{}' ;;\n", joined(first_words(program), " "));
  for (const auto& group : program.groups) {
    verbs += fmt::format("    {}) REPLY='{}' ;;\n", group.name, joined(verbs_of(program, group.name), " "));
  }
  std::string made(head);
  made +=
      "# _shmctl_verbs KIND: the verbs of a kind; without one, kinds and the verbs of none\n"
      "_shmctl_verbs() {\n  case $1 in\n" +
      verbs + "    *) return 1 ;;\n  esac\n}\n\n";
  made +=
      "# _shmctl_options VERB: the options that it takes\n"
      "_shmctl_options() {\n  case $1 in\n" +
      options + "    *) REPLY= ;;\n  esac\n" +
      fmt::format("  REPLY+=' {}'\n}}\n\n", joined(option_names(global_options()), " "));
  made +=
      "# _shmctl_argument VERB OPTION: what its argument is; fails for an option without one\n"
      "_shmctl_argument() {\n  case \"$1 $2\" in\n" +
      arguments + "    *) return 1 ;;\n  esac\n}\n\n";
  made +=
      "# _shmctl_operand VERB N: what its operand N is, from 0; fails where nothing can be offered\n"
      "_shmctl_operand() {\n  case \"$1 $2\" in\n" +
      operands + "    *) return 1 ;;\n  esac\n}\n";
  return made += tail;
}

}  // namespace shm::cli
