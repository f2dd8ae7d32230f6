// The verbs of dicts that a loop calls: shmctl(1) says what each does. Freestanding. One thread.
#pragma once
#include "hot/host.hpp"
#include "hot/words.hpp"
#include "object/dict.hpp"

namespace shm::hot {

// Each returns the exit status (0, or what the host was reported is worse), not_mine, or an error that ends the call.
os::Result<int> dict_contains(const Words& words, Host& host);
os::Result<int> dict_decr(const Words& words, Host& host);
os::Result<int> dict_del(const Words& words, Host& host);
os::Result<int> dict_get(const Words& words, Host& host);
os::Result<int> dict_incr(const Words& words, Host& host);
/// Not what is read from standard input as a whole: `dict set NAME -`.
os::Result<int> dict_set(const Words& words, Host& host);
/// What a verb that has read them from there goes on with.
os::Result<int> dict_set_pairs(const Words& words, Host& host, std::span<const object::Dict::Pair> pairs,
                               std::int64_t ttl_ns, object::Dict::When when);

}  // namespace shm::hot
