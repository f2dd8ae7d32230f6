#include "verbs/job_units.hpp"
#include "catch.hpp"
#include "verbs/table.hpp"

using shm::verbs::service_drop_in;
using shm::verbs::ServiceManager;
using shm::verbs::timer_drop_in;

namespace {
shm::verbs::JobConf read(std::string_view text) {
  shm::cli::Call call;
  call.program = &shm::verbs::program();
  auto conf = shm::verbs::parse_job_conf(call, "/etc/shmctl/jobs/b@1%.conf", text);
  REQUIRE(conf.faults.size() == 1);  // its name
  conf = shm::verbs::parse_job_conf(call, "/etc/shmctl/jobs/b@1.conf", text);
  REQUIRE(conf.faults.empty());
  return conf;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::string service(std::string_view text, ServiceManager manager = ServiceManager::system) {
  return service_drop_in(read(text), manager, "/usr/bin/shmctl");
}
}  // namespace

TEST_CASE("A strict job leaves the template as it is; any other takes back what confines it") {
  const auto strict = service("command = true\nsandbox = strict");
  CHECK_FALSE(has_line(strict, "ProtectSystem=no"));
  CHECK_FALSE(has_line(strict, "WorkingDirectory=-~"));
  CHECK(has_line(service("command = true"), "WorkingDirectory=-~"));
  CHECK_FALSE(has_line(service("command = true", ServiceManager::user), "WorkingDirectory=-~"));
  CHECK(has_line(strict, "SourcePath=/etc/shmctl/jobs/b@1.conf"));
  CHECK(has_line(service("command = true"), "ProtectSystem=no"));
}

TEST_CASE("For a strict job a user's manager is not asked for what it can't do") {
  const auto strict = service("command = true\nsandbox = strict", ServiceManager::user);
  CHECK(has_line(strict, "PrivateUsers=no"));
  CHECK_FALSE(has_line(strict, "NoNewPrivileges=no"));
  CHECK(service("command = true\nsandbox = strict").find("PrivateUsers") == std::string::npos);
}

TEST_CASE("User and description; a user's manager has no other users") {
  CHECK(has_line(service("command = true\nuser = www-data"), "User=www-data"));
  CHECK(service("command = true").find("User=") == std::string::npos);
  CHECK(has_line(service("command = true\ndescription = 100 % of it"), "Description=100 %% of it"));
}

TEST_CASE("A status of its own for a skip goes before the template's") {
  CHECK(service("command = true").find("ExecStart") == std::string::npos);
  CHECK(service("command = true\nbusy-status = 7")
            .find("ExecStart=\nExecStart=/usr/bin/shmctl run --conf %E/shmctl/jobs/%i.conf %i\n") != std::string::npos);
}

TEST_CASE("systemd's sections are passed on, into their units, after what is made") {
  const auto conf = "command = true\n[Unit]\nOnFailure=x.service\n[Service]\nUMask=0027\n[Timer]\nPersistent=yes";
  const auto made = service(conf);
  CHECK(made.find("\nOnFailure=x.service\n") < made.find("\n[Service]\n"));
  CHECK(made.find("\nUMask=0022\n") < made.find("\nUMask=0027\n"));
  CHECK(made.find("\nUMask=0027\n") != std::string::npos);
  CHECK(made.find("Persistent") == std::string::npos);
  CHECK(has_line(timer_drop_in(read(conf), ServiceManager::system), "Persistent=yes"));
}

TEST_CASE("Times become those of a timer") {
  const auto conf = read("command = true\nschedule = 5 4 * * *\nschedule = Mon 12:00\nevery = 1.5s\nat-boot = 2m");
  const auto timer = timer_drop_in(conf, ServiceManager::system);
  CHECK(timer.find("[Timer]\nOnCalendar=*-*-* 04:05:00\nOnCalendar=Mon 12:00\nOnActiveSec=0\n"
                   "OnUnitActiveSec=1500000us\nOnBootSec=120000000us\n") != std::string::npos);
  CHECK(has_line(timer_drop_in(conf, ServiceManager::user), "OnStartupSec=120000000us"));
}
