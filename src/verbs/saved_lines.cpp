#include "verbs/saved_lines.hpp"

namespace shm::verbs {

namespace {
constexpr std::string_view uses[] = {"persist", "export"};  // as store::MarkWhat numbers them

SavedMark read_mark_line(const cli::JsonValue& json) {
  Fields fields(json);
  if (fields.natural("shmctl") != document_version) {
    fields.refuse("shmctl", "of another version of save");
  }
  SavedMark mark;
  const std::string use = fields.text("mark");
  const auto* const found = std::find(std::begin(uses), std::end(uses), use);
  if (found == std::end(uses)) {
    fields.refuse("mark", "not persist or export");
  }
  mark.what = static_cast<store::MarkWhat>(found - std::begin(uses));
  const auto& jobs = fields.value("jobs");
  if (jobs.type != cli::JsonType::boolean) {
    fields.refuse("jobs", "not true or false");
  }
  mark.for_jobs = jobs.boolean;
  mark.pattern = fields.bytes("pattern");
  mark.text = fields.bytes("text");
  if (auto good = store::check_mark(mark.view()); !good) {
    fields.refuse("pattern", good.error().why);
  }
  fields.finish();
  return mark;
}
}  // namespace

std::string mark_line(const store::Mark& mark) {
  cli::Json line;
  line.add("shmctl", document_version).add("mark", uses[static_cast<std::size_t>(mark.what)]);
  line.add("jobs", mark.for_jobs).add_bytes("pattern", mark.pattern).add_bytes("text", mark.text);
  return line.text();
}

SavedLine read_saved_line(std::string_view text) {
  const auto json = cli::parse_json(text);
  if (!json) {
    throw BadLine(json.error().message());
  }
  if (json->find("job") != nullptr) {
    return read_job_line(*json);
  }
  if (json->find("mark") != nullptr) {
    return read_mark_line(*json);
  }
  return read_load_object(*json, "");
}

}  // namespace shm::verbs
