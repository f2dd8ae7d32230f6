// Keeps libstdc++'s streams off the start of the static program: Boost.Program_options includes <iostream>, whose
// initialiser sets up std::cout, its like and all locales before main(), a twentieth of a `counter incr` (tests/bench).
// Here it does nothing. Streams of strings set up what they need when they are used; std::cout and its like must not be
// used anywhere in the program, which prints by cli::Output (tests/layers looks after that).
#include <ios>

std::ios_base::Init::Init() {}
std::ios_base::Init::~Init() {}
