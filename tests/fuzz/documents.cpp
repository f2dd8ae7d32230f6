// Any line given to load or restore: refused, or understood; what is made of it is written by dump or save, and that
// makes the same again.
//   fuzz_documents --seeds DIRECTORY    writes lines of each kind there
#include <sys/resource.h>
#include <csignal>
#include "fuzz/kinds.hpp"
#include "verbs/saved_lines.hpp"

namespace {
using namespace shm;

constexpr std::string_view good[] = {
    R"({"shmctl":1,"name":"a","kind":"counter","mode":"0600","min":-5,"max":9,"on_limit":"wrap","start":0,"value":5})",
    R"({"shmctl":1,"name":"a","kind":"value","type":"float","value":-0.0})",
    R"({"shmctl":1,"name":"a","kind":"value","type":"uint","value":18446744073709551615})",
    R"({"shmctl":1,"name":"a","kind":"value","type":"bool","value":true})",
    R"({"shmctl":1,"name":"a","kind":"value","type":"bytes","value_base64":"Yf8AYg=="})",
    R"({"shmctl":1,"name":"a","kind":"value","type":"text","expires_ns":4102444800000000000,"value":"x"})",
    R"({"shmctl":1,"name":"a","kind":"queue","max_items":10,"ttr_ns":5,"last_id":4,"pushed":4,"items":[{"id":4,)"
    R"("state":"ready","priority":5,"attempts":1,"key":"k","item":"d"},{"id":2,"state":"delayed","until_ns":)"
    R"(4102444800000000000,"item":"b"},{"id":1,"state":"buried","item_base64":"/w=="}]})",
    R"({"shmctl":1,"name":"a","kind":"list","max_bytes":100,"items":["x","",{"base64":"/wA="}]})",
    R"({"shmctl":1,"name":"a","kind":"dict","items":[["a",1],["b","two",4102444800000000000],["c",{"base64":"/w=="}]]})",
    R"({"shmctl":1,"name":"a","kind":"array","type":"int16","items":[1,-32768]})",
    R"({"shmctl":1,"name":"a","kind":"array","type":"float","items":[0.1,-0.0]})",
    R"({"shmctl":1,"name":"a","kind":"block","size":100,"content_base64":"Yf8AYg=="})",
    R"({"shmctl":1,"mark":"export","jobs":true,"pattern":"a*","text":"x"})",
    R"({"shmctl":1,"job":"a","token":5,"runs":1,"failures":0,"lost":0,"failures_in_a_row":0,"skips":1,)"
    R"("skips_in_a_row":1,"last_status":0,"last_lost":false,"last_start_ns":1,"last_end_ns":2,"last_success_ns":2,)"
    R"("last_duration_ns":1,"total_ns":1,"due_ns":0,"pause":{"since_ns":1,"until_ns":0,"uid":0,"reason":"r"},)"
    R"("history":[{"token":5,"start_ns":1,"end_ns":2,"ending":"exited","status":0,"signal":0,"errno":0,"step":0,)"
    R"("tries":1,"duration_ns":1,"user_us":1,"system_us":1,"most_memory_kib":1,"blocks_read":0,"blocks_written":0,)"
    R"("pid":9,"uid":0,"trigger":"t"}],"refusals":[{"when_ns":1,"why":"busy","pid":1,"uid":0,"trigger":"cron",)"
    R"("holder_token":5,"holder_pid":9}]})",
};

std::vector<fuzz::Bytes> seeds() {
  std::vector<fuzz::Bytes> all;
  for (const auto line : good) {
    all.emplace_back(line.begin(), line.end());
  }
  return all;
}

// The line that dump writes of what `line` describes; nothing if that can't be made here, or is over already.
std::string made_of(const verbs::LoadLine& line) {
  const auto& store = fuzz::own_store();
  (void)object::remove(store, "a");
  const bool made = line.build(store, "a", {}).has_value();
  const auto found = made ? object::describe(store, "a") : std::unexpected(os::Error());
  const auto* kind = found ? verbs::document_kind(found->kind) : nullptr;
  cli::Json json;
  if (kind != nullptr) {
    json.add("shmctl", verbs::document_version).add("name", "a").add("kind", object::kind_name(found->kind));
  }
  return kind != nullptr && kind->write(store, "a", *found, json) ? json.text() : "";
}

std::string made_of(const guard::SavedJob& job) {
  const auto& store = fuzz::own_store();
  (void)guard::remove_job(store, job.state.name.view());
  if (!guard::restore_job(store, job, os::Taken::replace)) {
    __builtin_trap();
  }
  const auto found = guard::look_at_job(store, job.state.name.view());
  (void)guard::remove_job(store, job.state.name.view());
  return found ? verbs::job_line(*found) : "";
}

std::string made_of(const verbs::SavedMark& mark) { return verbs::mark_line(mark.view()); }

std::string made_of(std::string_view line) {
  return std::visit([](const auto& read) { return made_of(read); }, verbs::read_saved_line(line));
}
}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(*argc, *argv, seeds);
  // A block may say that it is as large as memory.
  constexpr rlim_t most = 64U << 20U;
  const rlimit limit{most, most};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  (void)::signal(SIGXFSZ, SIG_IGN);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::string first = made_of(text);
    if (!first.empty() && made_of(std::string_view(first)) != first) {
      __builtin_trap();
    }
  } catch (const verbs::BadLine&) {
  }
  return 0;
}
