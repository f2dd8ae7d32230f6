// persist, unpersist: what save --persisted saves.
#include "os/accounts.hpp"
#include "store/marks.hpp"
#include "verbs/common.hpp"
#include "verbs/save.hpp"

namespace shm::verbs {

namespace {
using store::MarkWhat;

void list(cli::Call& call) {
  const auto* store = find_store(call);
  if (store == nullptr) {
    return;
  }
  const auto marks = cli::must(store::read_marks(*store));
  cli::Table table({"WHAT", "PATTERN"});
  for (const auto& mark : marks.all()) {
    if (mark.what != MarkWhat::persisted || (call.has("job") && !mark.for_jobs)) {
      continue;
    }
    const std::string what = mark.for_jobs ? "job" : "object";
    if (call.output.json()) {
      call.output.write(cli::Json().add("what", what).add_bytes("pattern", mark.pattern));
    } else {
      table.add({what, std::string(mark.pattern)});
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
}
}  // namespace

int persist(cli::Call& call) {
  if (call.operands.empty()) {
    list(call);
    return 0;
  }
  std::vector<store::Mark> marks;
  for (const auto& pattern : call.operands) {
    marks.push_back({MarkWhat::persisted, call.has("job"), pattern, {}});
    cli::must(store::check_mark(marks.back()));
  }
  cli::must(store::set_marks(open_store(call, store::Missing::create), marks));
  return 0;
}

int unpersist(cli::Call& call) {
  const auto& store = open_store(call, store::Missing::refuse);
  for (const auto& pattern : call.operands) {
    if (auto cleared = store::clear_mark(store, MarkWhat::persisted, call.has("job"), pattern); !cleared) {
      call.report(cleared.error());
    }
  }
  return call.status();
}

}  // namespace shm::verbs
