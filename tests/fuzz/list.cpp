// Lists, good and bad (kinds.hpp).
#include "object/list.hpp"
#include "fuzz/kinds.hpp"
#include "object/kind.hpp"

namespace fuzz {

namespace {
using namespace shm;
using object::End;
using object::List;
using object::ListPart;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void read_list(const List& list) {
  (void)list.len();
  (void)list.stats();
  std::vector<ListPart> parts(5);
  parts[1].one = parts[2].one = true;
  parts[2].index = -1;
  parts[3].slice.step = -1;
  parts[4].slice = {1, 600, 7};
  (void)list.get(parts, false);
  for (const auto* word : {"two", "one in a block"}) {
    (void)list.index(bytes_of(word), -3);
    (void)list.count(bytes_of(word));
  }
}
}  // namespace

void make_list(const store::Store& store, std::string_view name, unsigned state) {
  (void)List::create(store, name, {state == 2 ? 20U : 0U, 0}, {});
  auto list = List::open(store, name, os::Access::write);
  if (!list || state == 0) {
    return;
  }
  const List::Bytes items[] = {bytes_of("one in a block"), bytes_of("two"), bytes_of("")};
  (void)list->add(End::back, items, 0);
  (void)list->add(End::front, items, 0);
  if (state == 3) {
    const std::vector<List::Bytes> many(520, bytes_of("many"));
    (void)list->add(End::front, many, 0);
  }
}

void use_list(const store::Store& store, std::string_view name, bool write) {
  (void)object::describe(store, name);
  auto list = List::open(store, name, write ? os::Access::write : os::Access::read);
  if (!list) {
    return;
  }
  read_list(*list);
  if (!write) {
    return;
  }
  const List::Bytes items[] = {bytes_of("new"), bytes_of("and one in a block")};
  const List::Replacement replacement{-1, items[1]};
  (void)list->set(std::span(&replacement, 1));
  (void)list->insert(1, items, 0);
  (void)list->insert(-600, items, 0);
  (void)list->add(End::front, items, 0);
  (void)list->add(End::back, items, 0);
  (void)list->pop(2, 0);
  (void)list->pop(-530, 0);
  (void)list->pop(End::front, 2, 0);
  (void)list->set({1, 3, 1}, items);
  (void)list->set({{}, {}, 600}, std::span(items, 1));
  (void)list->remove(bytes_of("new"), true);
  (void)list->reverse();
  (void)list->sort(List::Order::bytes, false);
  (void)list->sort(List::Order::number, true);
  (void)list->pop(End::back, 100, 0);
  (void)list->clear();
  (void)list->add(End::back, items, 0);
  read_list(*list);
}

}  // namespace fuzz
