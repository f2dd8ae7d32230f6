// See several_workloads.hpp.
#include "several_workloads.hpp"
#include "raw.hpp"
#include "report.hpp"
#include "segment/cell.hpp"
#include "state.hpp"

namespace crash {

using shm::os::Access;
using shm::os::Code;
using shm::os::Result;
using shm::segment::Cell;
using shm::segment::Reader;
using shm::segment::Region;
using shm::segment::Segment;
using shm::segment::Transaction;
using shm::segment::Workspace;
using shm::store::Store;

const std::vector<std::string> several_objects = {
    std::string(object_name), "other", "number", "sum", "made", "made-number"};

bool is_region(const std::string& name) { return name == object_name || name == "other" || name == "made"; }

namespace {
shm::store::NewObject fresh() {
  shm::store::NewObject object;
  object.kind = 99;
  return object;
}

Outcome change(const Store& store, std::string_view name, const std::function<void(Transaction&)>& act) {
  auto region = Region::open(store, name, Access::write);
  if (!region) {
    return region.error();
  }
  auto transaction = region->begin();
  if (!transaction) {
    return transaction.error();
  }
  act(*transaction);
  return outcome_of(transaction->commit());
}
Result<Cell> cell_of(const Store& store, std::string_view name, Access access) {
  auto segment = Segment::open(store, name, access, Segment::one_page);
  return segment ? Cell::of(std::move(*segment)) : std::unexpected(segment.error());
}
}  // namespace

Outcome add(const Store& store, std::string_view name, std::uint64_t more) {
  auto cell = cell_of(store, name, Access::write);
  return cell ? outcome_of(cell->update([&](std::uint64_t now) { return Result<std::uint64_t>(now + more); }))
              : cell.error();
}

std::string content(const Store& store, const std::string& name, Access access) {
  const auto told = [](const shm::os::Error& error) {
    return error.code == Code::absent ? std::string(absent) : "error: " + text(error);
  };
  if (is_region(name)) {
    const auto region = Region::open(store, name, access);
    const auto seen =
        region ? region->read([](const Reader& reader) -> Result<std::string> { return raw::describe(reader); })
               : std::unexpected(region.error());
    return seen ? *seen : told(seen.error());
  }
  const auto cell = cell_of(store, name, access);
  const auto number = cell ? cell->load() : std::unexpected(cell.error());
  return number ? std::to_string(*number) : told(number.error());
}
std::string content(const Store& store, Access access) {
  std::string all;
  for (const auto& name : several_objects) {
    all += name + "=" + content(store, name, access) + "; ";
  }
  return all;
}

void prepare_several(const Store& store) {
  for (const auto* name : {several_objects[0].c_str(), several_objects[1].c_str()}) {
    must(outcome_of(Region::create(store, name, fresh())));
    must(change(store, name, [](Transaction& all) {
      for (std::uint64_t i = 0; i < 4; ++i) raw::add(all, 3, i * 100);
    }));
    must(change(store, name, [](Transaction& all) { raw::drop(all, 1); }));
  }
  for (const auto* name : {several_objects[2].c_str(), several_objects[3].c_str()}) {
    must(outcome_of(Cell::create(store, name, fresh(), 100)));
  }
}

namespace {
// Words of several objects, some of them twice; memory that is freed and memory that is taken, in one object.
Outcome change_all(const Store& store, Workspace&) {
  must(add(store, several_objects[2], 7));
  must(change(store, several_objects[1], [](Transaction& all) {
    all.set_root(0, 1);
    raw::drop(all, 0);
  }));
  must(change(store, several_objects[0], [](Transaction& all) {
    all.set_root(0, 1);
    raw::drop(all, 1);
  }));
  must(add(store, several_objects[3], 0 - std::uint64_t{7}));
  must(change(store, several_objects[0], [](Transaction& all) {
    raw::add(all, 3, 7000);  // not what was freed before
    raw::add(all, 3, 7100);
    raw::drop(all, 2);
    all.set_root(0, 2);
  }));
  must(add(store, several_objects[2], 1));
  must(
      change(store, several_objects[0], [](Transaction& all) { raw::drop(all, 1); }));  // 7000, which was free at first
  return {};
}
Outcome make(const Store& store) {
  must(outcome_of(Region::create(store, "made", fresh())));
  must(change(store, "made", [](Transaction& all) { raw::add(all, 2, 5); }));
  must(outcome_of(Cell::create(store, "made-number", fresh(), 3)));
  must(add(store, "made-number", 2));
  return {};
}

}  // namespace

std::vector<SeveralWorkload> several_workloads() {
  const auto commit = [](Workspace& workspace) { return outcome_of(workspace.commit()); };
  return {
      {"change",
       [=](const Store& store, Workspace& workspace) {
         must(change_all(store, workspace));
         return commit(workspace);
       }},
      {"make",
       [=](const Store& store, Workspace& workspace) {
         must(add(store, several_objects[2], 5));
         must(make(store));
         must(change(store, several_objects[0], [](Transaction& all) { raw::drop(all, 0); }));
         return commit(workspace);
       }},
      {"one",
       [=](const Store& store, Workspace& workspace) {
         (void)content(store, several_objects[1], Access::read);
         must(change(store, several_objects[0], [](Transaction& all) {
           raw::drop(all, 0);
           raw::add(all, 2, 600);
         }));
         return commit(workspace);
       }},
      {"abandon",
       [](const Store& store, Workspace& workspace) {
         must(make(store));
         must(change_all(store, workspace));
         workspace.abandon();
         return Outcome();
       },
       false},
      {"fail",
       [](const Store& store, Workspace& workspace) {
         must(add(store, several_objects[3], 5));
         must(make(store));
         (void)change(store, several_objects[1], [](Transaction& all) {
           raw::drop(all, 0);
           all.fail(shm::os::fail(Code::limit, "change", "it", "on purpose"));
         });
         return workspace.commit() ? Outcome(shm::os::fail(Code::system, "change", "it", "it should fail")) : Outcome();
       },
       false},
  };
}

}  // namespace crash
