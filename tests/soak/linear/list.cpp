// Lists of small items: added and popped at both ends, inserted, replaced and removed in between.
#include "object/list.hpp"
#include <algorithm>
#include "soak/linear/objects.hpp"

namespace soak::linear {

namespace {
using shm::object::End;
using shm::object::List;
using shm::object::ListItems;
using shm::object::ListPart;
using shm::os::Code;
using shm::os::Result;

constexpr std::uint64_t long_enough = 12;  // then more is popped than added

constexpr std::string_view verbs[] = {"add", "insert", "get", "set", "pop", "pop at", "remove", "len"};
enum Verb : std::uint8_t { add, insert, get, set, pop, pop_at, remove, len };

// Every third one is too long for a slot.
std::string word_of(std::uint64_t number) {
  return std::to_string(number) + (number % 3 == 0 ? " is one in a block" : "");
}
std::uint64_t number_of(std::string_view word) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < word.size() && word[i] >= '0' && word[i] <= '9'; ++i) {
    number = number * 10 + static_cast<std::uint64_t>(word[i] - '0');
  }
  return word == word_of(number) ? number : ~std::uint64_t{0};
}
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
End end_of(std::uint64_t number) { return number % 2 == 0 ? End::front : End::back; }

class ListObject : public Object {
 public:
  explicit ListObject(List list) : list_(std::move(list)) {}

  // What goes in: [0] an item, or one to be removed; [1] an index or an end; for `add`, [2] a second item or 0.
  void perform(Operation& operation) override {
    if (length_ > long_enough && (operation.verb == add || operation.verb == insert)) {
      operation.verb = pop;
    }
    if (operation.verb == remove) {
      operation.in.at[0] = known_;
    }
    const std::string words[] = {word_of(operation.in[0]), word_of(operation.in[2])};
    const List::Bytes items[] = {bytes_of(words[0]), bytes_of(words[1])};
    const std::span added(items, operation.verb == add && operation.in[2] != 0 ? 2 : 1);
    const auto index = static_cast<std::int64_t>(operation.in[1]);
    switch (operation.verb) {
      case add: note_length(operation, list_.add(end_of(operation.in[1]), added, 0)); break;
      case insert: note_length(operation, list_.insert(index, added, 0)); break;
      case set: do_set(operation, items[0]); break;
      case get: do_get(operation); break;
      case pop: note_item(operation, do_pop(end_of(operation.in[1]))); break;
      case pop_at: note_item(operation, list_.pop(index, 0)); break;
      case remove: note(operation, list_.remove(items[0], false)); break;
      default: note_length(operation, list_.len()); break;
    }
  }

  State observe(std::span<const int> /*pids*/) override {
    ListPart all;
    State state;
    if (!list_.get(std::span(&all, 1), true)) {
      return {~std::uint64_t{0}};
    }
    for (std::size_t i = 0; i < all.items.size(); ++i) {
      state.push_back(number_of(all.items[i]));
    }
    return state;
  }

 protected:
  virtual Result<ListItems> do_pop(End end) { return list_.pop(end, 1, 0); }

  List list_;

 private:
  template <class Outcome>
  static void note(Operation& operation, const Outcome& result) {
    operation.outcome = result ? done : outcome_of(result.error());
  }

  void note_length(Operation& operation, const Result<std::uint64_t>& length) {
    note(operation, length);
    if (length) {
      length_ = *length;
      operation.out.add(*length);
    }
  }

  void note_item(Operation& operation, const Result<ListItems>& items) {
    note(operation, items);
    if (items) {
      length_ -= length_ == 0 ? 0 : 1;
      operation.out.add(number_of((*items)[0]));
    }
  }

  void do_set(Operation& operation, List::Bytes item) {
    const List::Replacement replacement{static_cast<std::int64_t>(operation.in[1]), item};
    note(operation, list_.set(std::span(&replacement, 1)));
  }

  void do_get(Operation& operation) {
    ListPart part;
    part.one = true;
    part.index = static_cast<std::int64_t>(operation.in[1]);
    note(operation, list_.get(std::span(&part, 1), true));
    if (operation.outcome == done) {
      known_ = number_of(part.items[0]);
      operation.out.add(known_);
    }
  }

  std::uint64_t length_ = 0;  // about, when last seen
  std::uint64_t known_ = 1;   // an item that may be there
};

bool create(const shm::store::Store& store, std::string_view name) {
  return List::create(store, name, {}, {}).has_value();
}

void draw(Random& random, std::uint64_t unique, Operation& operation) {
  constexpr Verb usual[] = {add, add, add, insert, insert, get, get, set, set, pop, pop, pop_at, remove, len};
  operation.verb = usual[random() % std::size(usual)];
  const auto index = static_cast<std::int64_t>(random() % 12) - 6;
  operation.in = {unique * 2, static_cast<std::uint64_t>(index), random() % 3 == 0 ? unique * 2 + 1 : 0};
}

/// The place of an index, or the length if there is none.
std::size_t place_of(const State& state, std::uint64_t index) {
  const auto signed_index = static_cast<std::int64_t>(index);
  const std::uint64_t place = index + (signed_index < 0 ? state.size() : 0);
  return place < state.size() ? place : state.size();
}

bool step(State& state, const Operation& operation) {
  const auto at = [&](std::size_t place) { return state.begin() + static_cast<std::ptrdiff_t>(place); };
  const bool front = end_of(operation.in[1]) == End::front;
  const auto index = static_cast<std::int64_t>(operation.in[1]);
  switch (operation.verb) {
    case add: {
      State more = {operation.in[0]};
      if (operation.in[2] != 0) {
        more.push_back(operation.in[2]);
      }
      state.insert(front ? state.begin() : state.end(), more.begin(), more.end());
      return seen(operation, done, {state.size()});
    }
    case insert: {
      const auto length = static_cast<std::int64_t>(state.size());
      const auto place = index < 0 ? std::max<std::int64_t>(0, index + length) : std::min(index, length);
      state.insert(at(static_cast<std::size_t>(place)), operation.in[0]);
      return seen(operation, done, {state.size()});
    }
    case len: return seen(operation, done, {state.size()});
    case remove: {
      const auto found = std::find(state.begin(), state.end(), operation.in[0]);
      if (found == state.end()) {
        return seen(operation, failed(Code::lost));
      }
      state.erase(found);
      return seen(operation, done);
    }
    default: break;
  }
  const std::size_t place = operation.verb != pop    ? place_of(state, operation.in[1])
                            : front || state.empty() ? 0
                                                     : state.size() - 1;
  if (place == state.size()) {
    return seen(operation, failed(Code::empty));
  }
  const std::uint64_t item = state[place];
  if (operation.verb == set) {
    state[place] = operation.in[0];
    return seen(operation, done);
  }
  if (operation.verb != get) {
    state.erase(at(place));
  }
  return seen(operation, done, {item});
}

// Looks at an item, and then takes what is in its place.
class HastyList : public ListObject {
 public:
  using ListObject::ListObject;

 protected:
  Result<ListItems> do_pop(End end) override {
    ListPart part;
    part.one = true;
    part.index = end == End::front ? 0 : -1;
    if (const auto got = list_.get(std::span(&part, 1), true); !got) {
      return std::unexpected(got.error());
    }
    if (auto popped = list_.pop(end, 1, 0); !popped) {
      return popped;
    }
    return std::move(part.items);
  }
};
}  // namespace

const Kind list_kind = {"list", verbs, create, open_as<List, ListObject>, draw, step};
const Kind hasty_list = {"list that pops in two steps", verbs, create, open_as<List, HastyList>, draw, step};

}  // namespace soak::linear
