// The program: parse, do, print. The only place that catches what gives up, and turns it into one line and a status.
#include <cstdlib>
#include <new>
#include "cli/call.hpp"
#include "cli/failure.hpp"
#include "cli/help.hpp"
#include "os/standard_streams.hpp"
#include "trace/trace.hpp"
#include "verbs/called_as.hpp"
#include "verbs/table.hpp"
#ifdef SHMCTL_FULL
#include "full/parts.hpp"
#endif

namespace {
using namespace shm;

int act(cli::Call& call) {
  if (!call.help && !call.version) {
    const int status = call.verb->run(call);
    if (!call.help && !call.version) {  // a verb that reads its words by itself may find that they are asked for
      return status;
    }
  }
  if (call.version) {
    call.output.write("shmctl " SHMCTL_VERSION "\n");
    return 0;
  }
  if (call.verb != nullptr) {
    call.output.write(cli::help_verb(*call.verb));
  } else if (const auto* group = cli::find_group(*call.program, call.help_group)) {
    call.output.write(cli::help_group(*call.program, *group));
  } else {
    call.output.write(cli::help_program(*call.program));
  }
  return 0;
}

// Also where nothing may be thrown. What was done by then is done; a job's lock stays with its command.
[[noreturn]] void out_of_memory() {
  (void)os::write_to(os::Stream::error, "shmctl: go on: out of memory (free some memory, or raise ulimit -v)\n");
  std::_Exit(cli::status_of(os::Code::full));
}
}  // namespace

int main(int argc, char** argv) {
  const trace::Trace trace(argv);
  os::hold_standard_streams();
#ifdef SHMCTL_FULL
  verbs::this_is_full(full::parts());
#endif
  std::set_new_handler(out_of_memory);
  cli::Call call;
  try {
    call = cli::parse(verbs::program(), argc, argv, verbs::called_as(argc > 0 ? argv[0] : ""));
    const int status = act(call);
    call.output.flush();
    return status;
  } catch (const cli::Usage& usage) {
    cli::complain(usage.what());
    return cli::exit_usage;
  } catch (const cli::Failure& failure) {
    call.report(failure.error());
    return call.status();
  } catch (const std::exception& unforeseen) {
    cli::complain(unforeseen.what());
    return cli::status_of(os::Code::system);
  }
}
