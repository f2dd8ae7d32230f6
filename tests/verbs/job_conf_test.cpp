#include "verbs/job_conf.hpp"
#include <random>
#include "catch.hpp"
#include "verbs/table.hpp"

using shm::verbs::JobConf;

namespace {
JobConf read(std::string_view text, std::string_view path = "/etc/shmctl/jobs/backup.conf") {
  shm::cli::Call call;
  call.program = &shm::verbs::program();
  return shm::verbs::parse_job_conf(call, path, text);
}

// All faults, with " | " between them.
std::string faults(std::string_view text, std::string_view path = "/etc/shmctl/jobs/backup.conf") {
  std::string all;
  for (const auto& fault : read(text, path).faults) {
    all += (all.empty() ? "" : " | ") + fault.message();
  }
  return all;
}

// The options as words of a command line.
std::string options(const JobConf& conf) {
  std::string all;
  for (const auto& given : conf.options) {
    all += (all.empty() ? "--" : " --") + given.name + (given.argument.empty() ? "" : "=" + given.argument);
  }
  return all;
}
}  // namespace

TEST_CASE("A file says a job's name, command, times, and how it runs") {
  const auto conf = read(
      "# nightly\ncommand = tar c / | ssh x 'cat > a#b'\nschedule = 0 3 * * *\nschedule = Mon 12:00\n"
      "every = 15m\nat-boot = 90s\nuser = backup\nshell = /bin/bash\ndescription = All of it\nsandbox = strict\n");
  REQUIRE(conf.faults.empty());
  CHECK(conf.name == "backup");
  CHECK(conf.command == "tar c / | ssh x 'cat > a#b'");
  CHECK(conf.calendar == std::vector<std::string>{"*-*-* 03:00:00", "Mon 12:00"});
  CHECK(conf.every_ns == 900'000'000'000);
  CHECK(conf.at_boot_ns == 90'000'000'000);
  CHECK(conf.user == "backup");
  CHECK(conf.shell == "/bin/bash");
  CHECK(conf.description == "All of it");
  CHECK(conf.strict);
  CHECK(conf.is_scheduled());
}

TEST_CASE("What is not said") {
  const auto conf = read("command = true");
  REQUIRE(conf.faults.empty());
  CHECK(conf.shell == "/bin/sh");
  CHECK(conf.user.empty());
  CHECK_FALSE(conf.strict);
  CHECK_FALSE(conf.is_scheduled());
  CHECK_FALSE(read("command = true\nsandbox = none").strict);
}

TEST_CASE("@reboot and at-boot are the same; every kind of time makes a job one that runs by itself") {
  CHECK(read("command = true\nschedule = @reboot").at_boot_ns == 0);
  CHECK(read("command = true\nat-boot = yes").at_boot_ns == 0);
  CHECK(read("command = true\nat-boot = 5m\nschedule = @reboot").at_boot_ns == 300'000'000'000);
  CHECK(read("command = true\nat-boot = yes").is_scheduled());
  CHECK(read("command = true\nevery = 1h").is_scheduled());
  CHECK(read("command = true\nschedule = daily").is_scheduled());
}

TEST_CASE("Options of run are keys, in their order, and flags are yes or no") {
  const auto conf = read(
      "command = true\ntimeout = 1h\non-busy = skip\nenv = A=1\nenv = B=2\nadopt = yes\nshared = no\nstore = @games\n");
  REQUIRE(conf.faults.empty());
  CHECK(options(conf) == "--timeout=1h --on-busy=skip --env=A=1 --env=B=2 --adopt --store=@games");
}

TEST_CASE("systemd's sections are kept as they are") {
  const auto conf = read(
      "command = true\n[Unit]\nOnFailure=x@%n.service\n[Service]\nMemoryMax = "
      "1G\nMemoryMax=2G\n[Timer]\nPersistent=yes");
  REQUIRE(conf.faults.empty());
  REQUIRE(conf.passed_on.size() == 4);
  CHECK(conf.passed_on[0].value == "x@%n.service");
  CHECK(conf.passed_on[2].section == "Service");
  CHECK(conf.passed_on[2].value == "2G");
}

TEST_CASE("The name of a file is that of the job") {
  CHECK(shm::verbs::job_of_path("/a/b.c/x.y.conf") == "x.y");
  CHECK(shm::verbs::job_of_path("x.conf") == "x");
  CHECK(shm::verbs::job_of_path("/a/x") == "x");
  CHECK(faults("command = true", "/a/no name.conf").starts_with("'no name' is no name of a job"));
  CHECK(faults("command = true", "/a/.conf").starts_with("'' is no name of a job"));
}

TEST_CASE("What is wrong is said with its line, all of it") {
  CHECK(faults("") == "command is missing");
  CHECK(faults("command =") == "line 1: command says nothing");
  CHECK(
      faults("comand = true\ntime out = 3") ==
      "command is missing | line 1: there is no key 'comand'; did you mean 'command'? | line 2: there is no key 'time "
      "out'; did you mean 'timeout'?");
  CHECK(faults("command = true\ncommand = false") == "line 2: command is said before, in line 1");
  CHECK(faults("command = true\ntimeout = 1h\ntimeout = 2h") == "line 3: timeout is said before, in line 2");
  CHECK(faults("command = true\non-busy = never") ==
        "line 2: on-busy 'never': not one of skip|wait|queue|replace|join|forward");
  CHECK(faults("command = true\nshared = maybe") == "line 2: shared 'maybe': not one of yes|no");
  CHECK(faults("command = true\nsandbox = some") == "line 2: sandbox 'some': not one of strict|none");
  CHECK(faults("command = true\n[Install]\nWantedBy=x") ==
        "line 3: there is no section [Install] ([Unit], [Service] and [Timer] are systemd's)");
  CHECK(faults("command = true\nschedule = 61 * * * *") == "line 2: schedule: '61' is no minute");
  CHECK(faults("command = true\nevery = 0") == "line 2: every '0': not more than nothing");
  CHECK(faults("command = true\nevery = x").starts_with("line 2: every 'x'"));
  CHECK(faults("command = true\nuser = a b") == "line 2: user 'a b': not a name of a user");
  CHECK(faults("command = true\nshell = bash") == "line 2: shell 'bash': not a path from the root");
}

TEST_CASE("What only the readers of run's options find has its line too") {
  CHECK(faults("command = true\n\ntimeout = 1x").starts_with("line 3: timeout '1x'"));
  CHECK(faults("command = true\nkeep = oldest") == "line 2: keep goes with on-busy queue");
  CHECK(faults("command = true\nslots = 0") == "line 2: slots '0': not a number from 1 to 10000");
}

TEST_CASE("What is about one call by hand is nothing for a file") {
  for (const std::string key : {"conf", "explain", "status-fd", "json", "raw", "null", "help", "version"}) {
    CHECK(faults("command = true\n" + key + " = yes") == "line 2: " + key + " is nothing for a file");
  }
}

TEST_CASE("Whatever a file holds, it is read or its faults are told") {
  const std::string good =
      "command = a \\\n b\nschedule = */15 2-4,6 1 jan-dec mon,fri\nschedule = Mon..Fri *-*~1 10:00/5:0.5 UTC\nevery = "
      "1h\n"
      "at-boot = 2m\ntimeout = 1h\non-busy = queue\nkeep = oldest\nenv = A=1\nslots = 3\nretries = 2\nbackoff = "
      "1s..2s\n[Service]\nNice=1\n";
  REQUIRE(faults(good) == "");
  std::mt19937 chance(7);  // the same files each time
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (auto changes = 1 + chance() % 4; changes > 0; --changes) {
      const auto at = chance() % text.size();
      switch (chance() % 3) {
        case 0: text[at] = static_cast<char>(chance()); break;
        case 1: text.erase(at, 1 + chance() % 8); break;
        default: text.insert(at, 1, "=\n\\[]*/,-.~:#0\0"[chance() % 16]);
      }
      text += text.empty() ? "x" : "";
    }
    const auto conf = read(text);
    refused += conf.faults.empty() ? 0 : 1;
    CHECK((!conf.faults.empty() || !conf.command.empty()));
  }
  CHECK(refused > 1000);
  CHECK(refused < 3000);
}
