#include "store/survey.hpp"
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "store/change_file.hpp"
#include "store/leftovers.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"
#include "store/old_changes.hpp"

namespace shm::store {

namespace {
using os::Code;

// Collects findings under one name, so that each check reads as a sentence.
class Reporter {
 public:
  Reporter(void (*found)(void*, const Finding&), void* context) noexcept : found_(found), context_(context) {}
  template <class... Parts>
  void operator()(Health health, const char* advice, Parts... parts) noexcept {
    Finding finding;
    finding.health = health;
    finding.advice = advice;
    (add(finding.what, parts), ...);
    found_(context_, finding);
  }

 private:
  static void add(os::Text<512>& text, std::string_view part) noexcept { text.add(part); }
  static void add(os::Text<512>& text, const char* part) noexcept { text.add(part); }
  static void add(os::Text<512>& text, std::uint64_t number) noexcept { text.add_decimal(number); }
  void (*found_)(void*, const Finding&);
  void* context_;
};

const char* place_name(PlaceKind kind) noexcept {
  switch (kind) {
    case PlaceKind::system: return "root's store";
    case PlaceKind::user: return "your store";
    case PlaceKind::fallback: return "your store, in the place for machines without the package";
    case PlaceKind::group: return "a group's store";
    case PlaceKind::directory: return "the directory you named";
  }
  return "";
}

void check_place(const Survey& how, const Store& store, Reporter& report) noexcept {
  report(Health::good, nullptr, "store ", store.path(), ": ", place_name(store.place().kind),
         "; owner and mode can be trusted");
  if (how.from_environment) {
    report(Health::warning, "cron and units don't have your environment: say --store there too",
           "SHMCTL_STORE chose this store");
  }
  if (store.place().kind == PlaceKind::fallback) {
    report(Health::warning, "install the package, or let root make /run/shmctl/u (mode 1777)",
           "/dev/shm is emptied of a user's files at the end of the last session where logind has RemoveIPC=yes");
  }
  if (store.place().kind == PlaceKind::user) {
    os::Path other("/dev/shm/shmctl-");
    other.add_decimal(how.euid);
    if (os::info_of(other.view())) {
      report(Health::warning, "end what still runs there, then remove that directory",
             "objects and jobs from before the package was installed are in ", other.view());
    }
  }
}

void check_file_system(const Store& store, Reporter& report) noexcept {
  struct statfs fs{};
  if (const long result = os::sys::retry(SYS_fstatfs, store.dir().get(), &fs); result < 0) {
    report(Health::bad, nullptr, "the file system does not say what it is");
    return;
  }
  constexpr unsigned long nfs = 0x6969;
  constexpr unsigned long cifs = 0xff534d42;
  const auto type = static_cast<unsigned long>(fs.f_type);
  if (type == TMPFS_MAGIC) {
    report(Health::good, nullptr, "the store is in memory (tmpfs)");
  } else if (type == nfs || type == cifs) {
    report(Health::bad, "take a local directory",
           "the store is on a network: neither locks nor memory are shared there");
  } else {
    report(Health::warning, "a store in /run is faster",
           "the store is on a disk: objects outlive a reboot, and their pages are written back now and then");
  }
  constexpr unsigned long read_only = 1;
  if ((static_cast<unsigned long>(fs.f_flags) & read_only) != 0) {
    report(Health::bad, "remount it, or choose another store", "the file system is read-only");
  }
  const std::uint64_t free_kib = fs.f_bavail * static_cast<std::uint64_t>(fs.f_bsize) / 1024;
  report(free_kib < 1024 ? Health::warning : Health::good, free_kib < 1024 ? "remove objects, or enlarge it" : nullptr,
         "free space: ", free_kib, " KiB");
  if (fs.f_files != 0) {  // some file systems have no fixed number
    report(fs.f_ffree < 100 ? Health::warning : Health::good,
           fs.f_ffree < 100 ? "remove objects, or enlarge it" : nullptr, "room for ",
           static_cast<std::uint64_t>(fs.f_ffree), " more files");
  }
}

void check_kernel(const Store& store, Reporter& report) noexcept {
  const long result = os::sys::retry(SYS_openat, store.dir().get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (result >= 0) {
    const os::Fd unnamed(static_cast<int>(result));
    if (auto done = os::allocate(unnamed, 0, 4096); done) {
      report(Health::good, nullptr, "an object can be made here");
    } else {
      report(Health::bad, "make room, or choose another store", "there is no memory or disk for one more object");
    }
  } else if (result == -EOPNOTSUPP || result == -EISDIR) {
    report(Health::good, nullptr, "the file system has no unnamed files; renamed ones are used");
  } else if (store.owner() != os::sys::call(SYS_geteuid) && result == -EACCES) {
    report(Health::warning, "its owner can",
           "you can't make objects here, only use those that their mode opens to you");
  } else {
    report(Health::bad, "see the other lines", "no file can be made here");
  }
  if (!os::info_of("/proc/self/stat")) {
    report(Health::bad, "mount /proc", "/proc is not mounted: nobody can tell which process holds a job");
  }
}

struct Entries {
  const Survey& how;
  const Store& store;
  Reporter& report;
  std::uint64_t objects = 0;
  Leftovers leftovers{store};
  OldChanges changes{store, how.change_of};

  // What may not be opened can still be seen to be planted.
  void check_file(std::string_view name) noexcept {
    const auto file = os::info_at(store.dir(), name);
    if (file && S_ISSOCK(file->mode) && (is_socket_name(name) || is_notify_name(name))) {
      if (store.shared() ? file->gid != store.group() : file->uid != store.owner()) {
        report(Health::bad, "look who put it there, then remove it", "file ", name, ": somebody else's socket");
      }
      return;
    }
    const auto trusted = file ? check_trust(store, *file, name) : std::unexpected(file.error());
    if (!trusted && trusted.error().code == Code::untrusted) {
      report(Health::bad, trusted.error().advice, "file ", name, ": ", trusted.error().why);
    }
  }

  void examine(std::string_view name) noexcept {
    const auto examined = how.examine != nullptr ? how.examine(store, name) : os::Result<void>();
    if (examined) {
      return;
    }
    switch (examined.error().code) {
      case Code::absent: break;  // removed since
      case Code::denied: check_file(name); break;
      case Code::full:
      case Code::system:  // which says nothing about the object
        report(Health::bad, examined.error().advice, "object ", name, " could not be looked at");
        break;
      default:
        report(Health::bad, "look at it with 'shmctl stat', then 'shmctl rm' it", "object ", name,
               " is damaged or planted");
    }
  }

  void look(std::string_view name) noexcept {
    if (name.starts_with(",new,")) {
      leftovers.building(name);
    } else if (const std::uint64_t id = id_of_lock(name); id != 0) {
      leftovers.lock(id);
    } else if (valid_name(name)) {
      ++objects;
      leftovers.object(name);
      examine(name);
    } else if (name.find(',') != std::string_view::npos) {
      check_file(name);
      if (is_inbox_name(name)) {
        leftovers.object(name);  // its lock is none that was left behind
      }
      if (id_of_change(name) != 0) {
        changes.record(name);
      }
    } else if (name[0] != '+') {
      report(Health::warning, "look who put it there, then remove it", "none of shmctl's: ", name);
    }
  }
};
}  // namespace

void survey(const Survey& how, void (*found)(void*, const Finding&), void* context) noexcept {
  Reporter report(found, context);
  auto store = Store::open(how.said, how.euid, how.mend ? Missing::create : Missing::refuse);
  if (!store) {
    const auto& error = store.error();
    if (error.code == Code::absent) {
      report(Health::warning, "'shmctl doctor --fix' makes it, and so does the first 'shmctl run' or creation",
             "there is no store yet at ", static_cast<const char*>(error.object));
      return;
    }
    const std::string_view why = error.why != nullptr ? error.why : "the kernel refuses";
    report(Health::bad, error.advice, "store ", static_cast<const char*>(error.object), ": ", why);
    return;
  }
  store->allow_inboxes();
  check_place(how, *store, report);
  check_file_system(*store, report);
  check_kernel(*store, report);
  Entries entries{how, *store, report};
  const auto listed = os::list_directory(
      store->dir(),
      [](void* all, std::string_view name) {
        static_cast<Entries*>(all)->look(name);
        return true;
      },
      &entries);
  if (!listed) {
    report(Health::bad, nullptr, "the store can't be listed");
    return;
  }
  report(Health::good, nullptr, "objects: ", entries.objects);
  const std::uint64_t changes = entries.changes.count(
      how.mend,
      [](void* all, std::string_view object) {
        (*static_cast<Reporter*>(all))(Health::good, "the next change of that object settles it", "object ", object,
                                       " still shows a change of several objects whose maker was killed");
      },
      &report);
  if (const std::uint64_t leftovers = entries.leftovers.count(how.mend) + changes; leftovers > 0) {
    report(Health::warning, "'shmctl doctor --fix' removes them a minute after they were made",
           "files that a killed process left behind: ", leftovers);
  }
}

}  // namespace shm::store
