// counter FILE: opens the file, maps its first page, adds one to the number there, ends. Nothing else: the least that a
// counter can cost a shell.
#include "number.hpp"

int main_of(char** words, char** /*environment*/) {
  floor_of::add_one(words[1]);
  return 0;
}
