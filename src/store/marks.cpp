// The file: a line `shmctl marks VERSION COUNT`, then of each mark a line `USE SORT PATTERN-SIZE TEXT-SIZE`, the
// pattern with a newline, and the text with a newline. It is locked by flock(2) for a change, and a new one takes its
// place.
#include "store/marks.hpp"
#include <fcntl.h>
#include <fnmatch.h>
#include <algorithm>
#include <charconv>
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "os/random.hpp"
#include "store/name.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::string_view file_name = ",marks";
constexpr std::string_view first_words = "shmctl marks ";
constexpr std::uint64_t version = 1;
constexpr std::string_view uses[] = {"persist", "export"};  // as MarkWhat numbers them
constexpr std::string_view sorts[] = {"objects", "jobs"};
constexpr std::int64_t patience_ns = 10'000'000'000;  // a change takes a few system calls
constexpr std::size_t most_bytes = 4U << 20U;         // of the file: a foreign one is not read into memory for nothing

constexpr const char* change = "change marks of store";

os::Error corrupt(std::string_view object) noexcept {
  return fail(Code::corrupt, "read marks of store", object, "its file ,marks is damaged or of another version",
              "remove that file, then say 'persist' and 'export' anew");
}

bool before(const Mark& left, const Mark& right) noexcept {
  return left.what != right.what           ? left.what < right.what
         : left.for_jobs != right.for_jobs ? right.for_jobs
                                           : left.pattern < right.pattern;
}

bool good_pattern(std::string_view pattern) noexcept {
  return !pattern.empty() && pattern.size() <= longest_pattern &&
         std::none_of(pattern.begin(), pattern.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// Reads what stands next in a file of marks; says no for ever after the first thing that is not as it must be.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) noexcept : rest_(rest) {}
  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  void literal(std::string_view text) noexcept {
    if (rest_.starts_with(text)) {
      rest_.remove_prefix(text.size());
    } else {
      good_ = false;
    }
  }
  std::uint64_t number(char end) noexcept {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    good_ = good_ && error == std::errc();
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    literal({&end, 1});
    return value;
  }
  /// The place of a word among `words`.
  std::size_t word(std::span<const std::string_view> words) noexcept {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (rest_.starts_with(words[i])) {
        rest_.remove_prefix(words[i].size());
        literal(" ");
        return i;
      }
    }
    good_ = false;
    return 0;
  }
  std::string_view bytes(std::uint64_t size) noexcept {
    if (!good_ || size > rest_.size()) {
      good_ = false;
      return {};
    }
    const auto found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    literal("\n");
    return found;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

bool add_number(os::Buffer& text, std::uint64_t number, std::string_view end) noexcept {
  return text.add(os::Text<32>().add_decimal(number).add(end).view());
}

bool write_mark(os::Buffer& text, const Mark& mark) noexcept {
  return text.add(uses[static_cast<std::size_t>(mark.what)]) && text.add(" ") &&
         text.add(sorts[mark.for_jobs ? 1 : 0]) && text.add(" ") && add_number(text, mark.pattern.size(), " ") &&
         add_number(text, mark.text.size(), "\n") && text.add(mark.pattern) && text.add("\n") && text.add(mark.text) &&
         text.add("\n");
}

Result<os::Buffer> read_whole(const os::Fd& file, const os::FileInfo& info, std::string_view object) noexcept {
  os::Buffer content;
  if (info.size > most_bytes) {
    return std::unexpected(corrupt(object));
  }
  if (!content.resize(info.size)) {
    return std::unexpected(os::fail_errno(ENOMEM, "read marks of store", object));
  }
  const auto got = os::read_at(file, {content.data(), content.size()}, 0);
  if (!got) {
    return std::unexpected(os::fail_errno(got.error().sys_errno, "read marks of store", object));
  }
  content.grown_to(*got);
  return content;
}

/// The file, locked for this process: whoever else wants to change the marks waits.
Result<os::Fd> lock_file(const Store& store, os::FileInfo* info) noexcept {
  const std::int64_t until = os::monotonic_ns() + patience_ns;
  for (;;) {
    auto file = store.open_or_create_file(file_name, O_RDWR, info);
    if (!file) {
      return file;
    }
    const auto locked = os::wait_flock(*file, os::Sharing::exclusive, until);
    if (!locked || !*locked) {
      return std::unexpected(locked ? fail(Code::timed_out, change, store.path(), "somebody else is changing them",
                                           "see who has ,marks open there, by fuser(1)")
                                    : locked.error());
    }
    const auto named = os::info_at(store.dir(), file_name);
    if (named && named->same_file(*info)) {
      return file;
    }  // it was replaced while we waited
  }
}

/// Puts a new file in the place of the one that is locked.
Result<void> replace_file(const Store& store, std::span<const std::byte> content) noexcept {
  const auto id = os::random_id();
  if (!id) {
    return std::unexpected(id.error());
  }
  const auto name = building_name(*id);
  const auto fresh = os::create_file_at(store.dir(), name.view(), store.private_mode());
  auto done = fresh ? Result<void>() : std::unexpected(fresh.error());
  if (fresh) {
    done = os::write_at(*fresh, content, 0);
    if (done) {
      done = os::sync(*fresh);
    }
    if (done) {
      done = os::rename_at(store.dir(), name.view(), file_name, os::Taken::replace);
    }
    if (!done) {
      (void)os::remove_file_at(store.dir(), name.view());
    }
  }
  return done ? done : std::unexpected(os::fail_errno(done.error().sys_errno, change, store.path()));
}

/// Reads, lets `edit(marks)` make a sorted list of them, and writes that. `edit` returns what is wrong, if anything.
template <class Edit>
Result<void> change_marks(const Store& store, Edit edit) noexcept {
  os::FileInfo info;
  const auto file = lock_file(store, &info);
  if (!file) {
    return std::unexpected(file.error());
  }
  auto content = read_whole(*file, info, store.path());
  const auto old = content ? Marks::parse(std::move(*content), store.path()) : std::unexpected(content.error());
  if (!old) {
    return std::unexpected(old.error());
  }
  os::Buffer list;
  if (auto edited = edit(old->all(), list); !edited) {
    return edited;
  }
  const std::span<Mark> marks(reinterpret_cast<Mark*>(list.data()), list.size() / sizeof(Mark));
  std::sort(marks.begin(), marks.end(), before);
  os::Buffer text;
  bool fits = text.add(first_words) && add_number(text, version, " ") && add_number(text, marks.size(), "\n");
  for (const auto& mark : marks) {
    fits = fits && write_mark(text, mark);
  }
  if (!fits) {
    return std::unexpected(os::fail_errno(ENOMEM, change, store.path()));
  }
  if (marks.size() > most_marks || text.size() > most_bytes) {
    return std::unexpected(fail(Code::limit, change, store.path(), "there are too many", "say one glob for several"));
  }
  return replace_file(store, text.bytes());
}

bool add_to(os::Buffer& list, const Mark& mark) noexcept { return list.add(std::as_bytes(std::span(&mark, 1))); }

os::Error no_memory(const Store& store) noexcept { return os::fail_errno(ENOMEM, change, store.path()); }
}  // namespace

bool Mark::covers(std::string_view name) const noexcept {
  return ::fnmatch(os::Text<longest_pattern + 1>(pattern).c_str(), os::FileName(name).c_str(), 0) == 0;
}

const Mark* Marks::find(MarkWhat what, bool for_jobs, std::string_view name) const noexcept {
  for (const auto& mark : all()) {
    if (mark.what == what && mark.for_jobs == for_jobs && mark.covers(name)) {
      return &mark;
    }
  }
  return nullptr;
}

Result<Marks> Marks::parse(os::Buffer content, std::string_view object) noexcept {
  Marks marks;
  marks.content_ = std::move(content);
  if (marks.content_.empty()) {
    return marks;  // its maker was killed before there was the first one
  }
  Scanner text(marks.content_.view());
  text.literal(first_words);
  const bool ours = text.number(' ') == version;
  const std::uint64_t count = text.number('\n');
  if (!ours || !text.good() || count > most_marks) {
    return std::unexpected(corrupt(object));
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    Mark mark;
    mark.what = static_cast<MarkWhat>(text.word(uses));
    mark.for_jobs = text.word(sorts) == 1;
    const std::uint64_t pattern_size = text.number(' ');
    const std::uint64_t text_size = text.number('\n');
    mark.pattern = text.bytes(pattern_size);
    mark.text = text.bytes(text_size);
    if (!text.good() || !good_pattern(mark.pattern) || (i != 0 && !before(marks.all().back(), mark))) {
      return std::unexpected(corrupt(object));
    }
    if (!add_to(marks.list_, mark)) {
      return std::unexpected(os::fail_errno(ENOMEM, "read marks of store", object));
    }
  }
  return text.at_end() ? Result<Marks>(std::move(marks)) : std::unexpected(corrupt(object));
}

Result<void> check_mark(const Mark& mark) noexcept {
  if (!good_pattern(mark.pattern)) {
    return std::unexpected(fail(Code::usage, "mark", mark.pattern, "not a name or glob that names can match",
                                "at most 512 bytes, without control characters"));
  }
  if (mark.text.size() > longest_mark_text) {
    return std::unexpected(fail(Code::usage, "mark", mark.pattern, "what is said of it is too long"));
  }
  return {};
}

Result<Marks> read_marks(const Store& store) noexcept {
  os::FileInfo info;
  const auto file = store.open_file(file_name, O_RDONLY, &info);
  if (!file) {
    return file.error().code == Code::absent ? Result<Marks>() : std::unexpected(file.error());
  }
  auto content = read_whole(*file, info, store.path());
  return content ? Marks::parse(std::move(*content), store.path()) : std::unexpected(content.error());
}

Result<void> set_marks(const Store& store, std::span<const Mark> marks) noexcept {
  for (const auto& mark : marks) {
    if (auto good = check_mark(mark); !good) {
      return good;
    }
  }
  return change_marks(store, [&](std::span<const Mark> old, os::Buffer& list) -> Result<void> {
    const auto place = [&](std::span<const Mark> among, const Mark& mark) {
      return std::any_of(among.begin(), among.end(), [&](const Mark& each) { return each.same_place(mark); });
    };
    bool fits = true;
    for (const auto& mark : old) {
      fits = fits && (place(marks, mark) || add_to(list, mark));
    }
    for (std::size_t i = 0; i < marks.size(); ++i) {  // of two for one place, the last
      fits = fits && (place(marks.subspan(i + 1), marks[i]) || add_to(list, marks[i]));
    }
    return fits ? Result<void>() : std::unexpected(no_memory(store));
  });
}

Result<void> clear_mark(const Store& store, MarkWhat what, bool for_jobs, std::string_view pattern) noexcept {
  // Where there is none, nothing is made, not even the file to lock.
  const auto absent = [&]() { return fail(Code::absent, "unmark", pattern, "there is no such mark"); };
  if (auto marks = read_marks(store); marks && marks->all().empty()) {
    return std::unexpected(absent());
  }
  const Mark wanted = {what, for_jobs, pattern, {}};
  return change_marks(store, [&](std::span<const Mark> old, os::Buffer& list) -> Result<void> {
    bool fits = true;
    std::size_t kept = 0;
    for (const auto& mark : old) {
      if (!mark.same_place(wanted)) {
        ++kept;
        fits = fits && add_to(list, mark);
      }
    }
    return kept == old.size() ? std::unexpected(absent()) : fits ? Result<void>() : std::unexpected(no_memory(store));
  });
}

}  // namespace shm::store
