#include "front/verbs.hpp"
#include "hot/counter.hpp"
#include "hot/run.hpp"

namespace shm::front {

namespace {
constexpr Option globals[] = {{'\0', "store", true}, {'q', "quiet", false}, {'\0', "raw", false}, {'0', "null", false}};
constexpr Option creating[] = {{'\0', "existing", false}, {'\0', "new", false}};
constexpr Option reading[] = {{'\0', "default", true}};

constexpr Option running[] = {{'\0', "on-busy", true}, {'w', "wait", true},     {'s', "shared", false},
                              {'\0', "slots", true},   {'\0', "timeout", true}, {'\0', "kill-after", true},
                              {'\0', "journal", true}, {'\0', "trigger", true}};

constexpr Verb all[] = {
    {"", "run", 2, 2, running, hot::run, true},
    {"counter", "incr", 1, most_operands, creating, hot::counter_incr},
    {"counter", "decr", 1, most_operands, creating, hot::counter_decr},
    {"counter", "get", 1, most_operands, reading, hot::counter_get},
    {"counter", "set", 1, most_operands, creating, hot::counter_set},
    {"counter", "swap", 1, most_operands, creating, hot::counter_swap},
    {"counter", "cas", 3, 3, {}, hot::counter_cas},
    {"counter", "max", 1, most_operands, creating, hot::counter_max},
    {"counter", "min", 1, most_operands, creating, hot::counter_min},
    {"counter", "reset", 1, most_operands, {}, hot::counter_reset},
};
}  // namespace

std::span<const Option> global_options() noexcept { return globals; }
std::span<const Verb> verbs() noexcept { return all; }

}  // namespace shm::front
