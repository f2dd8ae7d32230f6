// print FILE: like counter, and prints the new number: the least that `v=$(...)` can cost a shell.
#include "number.hpp"

int main_of(char** words, char** /*environment*/) {
  unsigned long rest = static_cast<unsigned long>(floor_of::add_one(words[1])) + 1;
  char text[24];
  char* begin = text + sizeof text;
  *--begin = '\n';
  do {
    *--begin = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  const long size = text + sizeof text - begin;
  return floor_of::call(__NR_write, 1, floor_of::address(begin), size) == size ? 0 : 5;
}
