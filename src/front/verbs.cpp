#include "front/verbs.hpp"
#include "hot/counter.hpp"
#include "hot/dict.hpp"
#include "hot/queue.hpp"
#include "hot/run.hpp"
#include "hot/value.hpp"

namespace shm::front {

namespace {
constexpr Option globals[] = {{'\0', "store", true}, {'q', "quiet", false}, {'\0', "raw", false}, {'0', "null", false}};
constexpr Option creating[] = {{'\0', "existing", false}, {'\0', "new", false}};
constexpr Option reading[] = {{'\0', "default", true}};

constexpr Option running[] = {{'\0', "on-busy", true}, {'w', "wait", true},     {'s', "shared", false},
                              {'\0', "slots", true},   {'\0', "timeout", true}, {'\0', "kill-after", true},
                              {'\0', "journal", true}, {'\0', "trigger", true}};

constexpr Option pushing[] = {{'\0', "front", false},
                              {'\0', "priority", true},
                              {'\0', "unique", true},
                              {'w', "wait", true},
                              {'\0', "existing", false}};
constexpr Option popping[] = {{'\0', "back", false}, {'\0', "count", true}, {'w', "wait", true}};

constexpr Option dict_counting[] = {{'\0', "existing", false}};
constexpr Option dict_deleting[] = {{'w', "wait", true}};
constexpr Option dict_reading[] = {{'\0', "default", true}, {'w', "wait", true}};
constexpr Option dict_setting[] = {{'\0', "existing", false}, {'\0', "new", false}, {'\0', "ttl", true}};

constexpr Option value_setting[] = {
    {'\0', "type", true}, {'\0', "existing", false}, {'\0', "new", false}, {'\0', "ttl", true}};
constexpr Option value_swapping[] = {{'\0', "ttl", true}};

constexpr Verb all[] = {
    {"", "run", 2, 2, running, hot::run, true},
    {"counter", "incr", 1, most_operands, creating, hot::counter_incr, false, true},
    {"counter", "decr", 1, most_operands, creating, hot::counter_decr, false, true},
    {"counter", "get", 1, most_operands, reading, hot::counter_get, false, true},
    {"counter", "set", 1, most_operands, creating, hot::counter_set, false, true},
    {"counter", "swap", 1, most_operands, creating, hot::counter_swap, false, true},
    {"counter", "cas", 3, 3, {}, hot::counter_cas},
    {"counter", "max", 1, most_operands, creating, hot::counter_max, false, true},
    {"counter", "min", 1, most_operands, creating, hot::counter_min, false, true},
    {"counter", "reset", 1, most_operands, {}, hot::counter_reset, false, true},
    {"dict", "contains", 2, most_operands, {}, hot::dict_contains},
    {"dict", "decr", 2, most_operands, dict_counting, hot::dict_decr},
    {"dict", "del", 2, most_operands, dict_deleting, hot::dict_del},
    {"dict", "get", 2, most_operands, dict_reading, hot::dict_get},
    {"dict", "incr", 2, most_operands, dict_counting, hot::dict_incr},
    {"dict", "set", 2, most_operands, dict_setting, hot::dict_set},
    {"queue", "len", 1, most_operands, {}, hot::queue_len, false, true},
    {"queue", "pop", 1, 1, popping, hot::queue_pop},
    {"queue", "push", 2, most_operands, pushing, hot::queue_push},
    {"value", "add", 2, 2, {}, hot::value_add},
    {"value", "cas", 3, 3, {}, hot::value_cas},
    {"value", "get", 1, most_operands, reading, hot::value_get, false, true},
    {"value", "set", 2, 2, value_setting, hot::value_set},
    {"value", "swap", 2, 2, value_swapping, hot::value_swap},
};
}  // namespace

std::span<const Option> global_options() noexcept { return globals; }
std::span<const Verb> verbs() noexcept { return all; }

}  // namespace shm::front
