// Any line given to load: refused, or understood; what is made of it is written by dump, and that makes the same again.
//   fuzz_documents --seeds DIRECTORY    writes lines of each kind there
#include <sys/resource.h>
#include <csignal>
#include "fuzz/kinds.hpp"
#include "verbs/load.hpp"

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
    const std::string first = made_of(verbs::read_load_line(text, ""));
    if (!first.empty() && made_of(verbs::read_load_line(first, "")) != first) {
      __builtin_trap();
    }
  } catch (const verbs::BadLine&) {
  }
  return 0;
}
