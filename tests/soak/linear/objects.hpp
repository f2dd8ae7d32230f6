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

extern const Kind counter_kind;
extern const Kind value_kind;
extern const Kind queue_kind;
extern const Kind forgetful_counter;
extern const Kind stale_value;
extern const Kind losing_queue;
extern const Kind swapping_queue;
extern const Kind doubling_queue;

}  // namespace soak::linear
