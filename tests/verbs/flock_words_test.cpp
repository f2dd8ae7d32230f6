#include "verbs/flock_words.hpp"
#include <cstdlib>
#include "catch.hpp"
#include "verbs/called_as.hpp"
#include "verbs/run_one.hpp"

using shm::verbs::FlockWords;
using shm::verbs::read_flock_words;
using Want = FlockWords::Want;
using Words = std::vector<std::string>;

namespace {
constexpr std::int64_t ms = 1'000'000;
std::string wrong(const Words& words) { return read_flock_words(words).wrong; }
}  // namespace

TEST_CASE("flock's three forms", "[flock]") {
  const auto command = read_flock_words({"file", "ls", "-l", "-c"});
  CHECK(command.wrong.empty());
  CHECK(command.file == "file");
  CHECK(command.command == Words{"ls", "-l", "-c"});
  CHECK(command.descriptor == -1);
  ::setenv("SHELL", "/bin/ksh", 1);
  CHECK(read_flock_words({"file", "-c", "ls -l"}).command == Words{"/bin/ksh", "-c", "ls -l"});
  ::unsetenv("SHELL");
  CHECK(read_flock_words({"file", "--command", "ls"}).command == Words{"/bin/sh", "-c", "ls"});
  const auto number = read_flock_words({"-u", "9"});
  CHECK(number.descriptor == 9);
  CHECK(number.want == Want::unlock);
  CHECK(read_flock_words({"9", "true"}).file == "9");
}

TEST_CASE("flock's options: the last one of a kind counts, but -n is for good", "[flock]") {
  CHECK(read_flock_words({"f", "c"}).want == Want::exclusive);
  CHECK(read_flock_words({"-s", "f", "c"}).want == Want::shared);
  CHECK(read_flock_words({"-sx", "f", "c"}).want == Want::exclusive);
  CHECK(read_flock_words({"-ues", "f", "c"}).want == Want::shared);
  CHECK(read_flock_words({"f", "c"}).patience_ns == -1);
  CHECK(read_flock_words({"-n", "f", "c"}).patience_ns == 0);
  CHECK(read_flock_words({"-w", "1.5", "f", "c"}).patience_ns == 1500 * ms);
  CHECK(read_flock_words({"-w.007", "f", "c"}).patience_ns == 7 * ms);
  CHECK(read_flock_words({"-w", "1e-9", "f", "c"}).patience_ns == 0);
  CHECK(read_flock_words({"-w", "1e300", "f", "c"}).patience_ns == INT64_MAX);
  CHECK(read_flock_words({"--time=2", "f", "c"}).patience_ns == 2000 * ms);
  CHECK(read_flock_words({"-n", "-w", "5", "f", "c"}).patience_ns == 0);
  CHECK(read_flock_words({"-E", "0", "-E", "255", "f", "c"}).conflict_status == 255);
  CHECK(read_flock_words({"f", "c"}).conflict_status == 1);
  const auto all = read_flock_words({"-o", "--verbose", "--", "-f", "c"});
  CHECK((all.close && all.fork && all.verbose));
  CHECK(all.file == "-f");
  CHECK_FALSE(read_flock_words({"-F", "f", "c"}).fork);
  CHECK(read_flock_words({"-h", "--nonsense"}).help);
  CHECK(read_flock_words({"-V"}).version);
}

TEST_CASE("flock's words that make no sense", "[flock]") {
  CHECK(wrong({}).find("not enough") != std::string::npos);
  CHECK(wrong({"-n"}).find("requires") != std::string::npos);
  for (const auto& words : {Words{"f"},
                            {"9x"},
                            {""},
                            {"99999999999"},
                            {"-w", "x", "f", "c"},
                            {"-w", "-1", "f", "c"},
                            {"-w", "nan", "f", "c"},
                            {"-w", "1s", "f", "c"},
                            {"-w", "", "f", "c"},
                            {"-w"},
                            {"-E"},
                            {"-E", "256", "f", "c"},
                            {"-E", "-1", "f", "c"},
                            {"-E", "1e1", "f", "c"},
                            {"-E", "99999999999", "f", "c"},
                            {"-z", "f", "c"},
                            {"-nz", "f", "c"},
                            {"--no", "f", "c"},
                            {"--nonsense", "f", "c"},
                            {"--shared=1", "f", "c"},
                            {"-Fo", "f", "c"},
                            {"f", "-c"},
                            {"f", "-c", "a", "b"},
                            {"-c", "a", "f"}}) {
    std::string line;
    for (const auto& word : words) {
      line += " '" + word + "'";
    }
    INFO("flock" << line);
    CHECK_FALSE(wrong(words).empty());
  }
  CHECK(wrong({"-w"}).find("'-w'") != std::string::npos);
  CHECK(wrong({"-nz", "f", "c"}).find("'-z'") != std::string::npos);
  CHECK(wrong({"--nonsense", "f", "c"}).find("'--nonsense'") != std::string::npos);
}

TEST_CASE("the program by other names", "[called_as]") {
  using shm::verbs::called_as;
  for (const char* const own : {"", "shmctl", "/usr/bin/shmctl", "flock/shmctl", "flock-", "xflock"}) {
    CHECK(called_as(own).empty());
  }
  CHECK(called_as("flock") == Words{"flock"});
  CHECK(called_as("/usr/local/bin/flock") == Words{"flock"});
  CHECK(called_as("./run-one") == Words{"run-one"});
  CHECK(called_as("keep-one-running") == called_as("run-one-constantly"));
}

TEST_CASE("a command's job: the same for the same words of the same user", "[run_one]") {
  using shm::verbs::job_of_command;
  const auto job = job_of_command({"/usr/bin/rsync", "-a", "b c"}, 1000);
  CHECK(job.starts_with("run-one:rsync:"));
  CHECK(job.size() == std::string("run-one:rsync:0123456789abcdef").size());
  CHECK(job == job_of_command({"/usr/bin/rsync", "-a", "b c"}, 1000));
  for (const auto& other : {Words{"/usr/bin/rsync", "-a", "b", "c"},
                            {"/usr/bin/rsync", "-ab c"},
                            {"rsync", "-a", "b c"},
                            {"/usr/bin/rsync", "-a", "b c", ""}}) {
    CHECK(job != job_of_command(other, 1000));
  }
  CHECK(job != job_of_command({"/usr/bin/rsync", "-a", "b c"}, 1001));
  CHECK(job_of_command({""}, 0).starts_with("run-one::"));
  CHECK(job_of_command({"a/\xc3\xb6 b"}, 0).starts_with("run-one:___b:"));
}
