// The commands whose times the wake-up section takes, as small as they can be:
//   stamp hold BOARD   says that it runs, waits to be released, writes the time down and ends
//   stamp start BOARD  writes down when it started
// They and the driver share a file of memory, the board (board.hpp).
#include <cstring>
#include "board.hpp"

int main(int argc, char** argv) {
  const std::uint64_t started = now();
  if (argc != 3) {
    return 2;
  }
  Board* board = open_board(argv[2]);
  if (board == nullptr) {
    return 3;
  }
  if (std::strcmp(argv[1], "start") == 0) {
    board->started.store(started);
    raise_flag(board->waiter_ran);
    _exit(0);
  }
  raise_flag(board->holder_runs);
  if (!await_flag(board->release, 60)) {
    return 4;
  }
  board->released.store(now());
  _exit(0);
}
