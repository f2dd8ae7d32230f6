// Leaves out of the static program's start what it has no use for, by defining two functions of the libraries before
// the linker looks for them there: a tenth of the time of a `counter incr` (tests/bench). A library that has no such
// function is not harmed; one that needs more of the replaced parts fails to link.
#include <ios>

// Boost.Program_options includes <iostream>, whose initialiser sets up std::cout, its like and all locales before
// main(). Streams of strings work as ever; std::cout and its like must not be used in the program, which prints by
// cli::Output.
std::ios_base::Init::Init() {}
std::ios_base::Init::~Init() {}

// glibc asks /proc where the program lies, only to expand $ORIGIN when something is loaded later. The answer: unknown.
extern "C" const char* _dl_get_origin() {    // NOLINT(*-reserved-identifier)
  return reinterpret_cast<const char*>(-1);  // NOLINT(performance-no-int-to-ptr): as glibc says it
}
