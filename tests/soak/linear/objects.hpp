// What the files of the kinds share, and what each of them has for the table.
#pragma once
#include "os/mapping.hpp"
#include "soak/linear/kinds.hpp"

namespace soak::linear {

/// Opens a `Core` of src/object for writing, in an `Own`.
template <class Core, class Own>
std::unique_ptr<Object> open_as(const shm::store::Store& store, std::string_view name) {
  auto opened = Core::open(store, name, shm::os::Access::write);
  return opened ? std::make_unique<Own>(std::move(*opened)) : nullptr;
}

/// The content that a text operation of that number writes.
std::string text_of(std::uint64_t number);
/// Of a text that has `before` for its beginning (FNV-1a): so a model of a text needs no text.
std::uint64_t text_hash(std::string_view text, std::uint64_t before = 0xcbf29ce484222325U);

extern const Kind counter_kind;
extern const Kind value_kind;
extern const Kind text_kind;
extern const Kind queue_kind;
extern const Kind array_kind;
extern const Kind dict_kind;
extern const Kind list_kind;
extern const Kind forgetful_counter;
extern const Kind stale_value;
extern const Kind forgetful_dict;
extern const Kind forgetful_text;
extern const Kind losing_queue;
extern const Kind swapping_queue;
extern const Kind doubling_queue;
extern const Kind hasty_array;
extern const Kind hasty_list;

}  // namespace soak::linear
