// How the payload of an object that is changed by transactions is laid out: a Control block, then the heap. Part of the
// format. Only the files of src/segment include this; what stands above sees Ref and the numbers of root words.
// Invariants, between any two instructions of any process:
//  1. `lock` is 0, or names a session; whose session has ended has lost the lock to the next that asks.
//  2. head's count is 0, or everything from `top` on can be put back as it was by undoing that many entries of the log.
//  3. `capacity` and `sessions` only grow; capacity bytes of payload have memory.
//  4. A generation is never seen with two different contents: it moves on with each commit and each rollback.
#pragma once
#include <cstddef>
#include <cstdint>
#include "segment/ref.hpp"

namespace shm::segment {

struct UndoEntry {
  std::uint64_t offset;  ///< of the word that was changed, from the start of the payload
  std::uint64_t old;     ///< what it was
};

inline constexpr std::size_t size_classes = 124;
inline constexpr std::size_t undo_chunks = 19;
inline constexpr std::uint64_t first_chunk_entries = 64;  // chunk k has this << k entries

// The first words are by what is done to them at the same time by several processors: who waits for the lock, who makes
// a change and who waits for one look at different lines of the cache.
struct Control {
  std::uint64_t lock;           ///< session << 1, plus 1 if somebody may sleep on it; 0: free
  std::uint64_t sessions;       ///< the last session given out
  std::uint64_t owner_session;  ///< a hint for people: the session that the next three are of
  std::uint64_t owner_pid;
  std::uint64_t owner_name[2];  ///< 16 bytes of the program's name
  std::uint64_t capacity;       ///< bytes of payload that have memory
  std::uint64_t removed;        ///< not 0: only its file is left, or (giving_way) that is being decided

  std::uint64_t head;    ///< entries of the undo log << 40 | generation
  std::uint64_t joined;  ///< id of the change of several objects (store::ChangeFile) that the log belongs to, or 0
  std::uint64_t reserved_head[6];

  std::uint64_t changed;   ///< the generation once more, a moment later: for who looks at it without a pause
  std::uint64_t sleepers;  ///< 1: somebody may sleep on `head`
  std::uint64_t seed;      ///< for hashes of keys: random, the object's for its life, and its copies'
  std::uint64_t renamed;   ///< counts the names that it has been given since the first
  std::uint64_t reserved[4];

  // From here on nothing is written but by transactions.
  std::uint64_t top;                        ///< the heap ends here, bytes of payload
  std::uint64_t free_blocks[size_classes];  ///< the first free block of each size, or 0
  std::uint64_t chunks[undo_chunks];        ///< further parts of the undo log, each a block; [0] is not used
  std::uint64_t root[root_words];           ///< the kind's own
  UndoEntry undo[first_chunk_entries];      ///< the log's first part: no transaction
};
static_assert(offsetof(Control, top) == 192 &&
                  sizeof(Control) == (24 + 1 + size_classes + undo_chunks + root_words) * 8 + 1024,
              "the layout is on disk: raise store::format_version and read the old layout too");
static_assert(sizeof(Control) % 16 == 0, "the heap's blocks begin at multiples of 16");

inline constexpr std::uint64_t heap_start = sizeof(Control);
/// The first word that a transaction may change.
inline constexpr std::uint64_t first_logged = offsetof(Control, top);

// removed: what is not told apart here is the id of the change of several objects that makes it, and until that has
// happened it is absent
inline constexpr std::uint64_t gone_for_good = 1;
/// Its name is being given to another object: whether that has happened, its file's count of names tells.
inline constexpr std::uint64_t giving_way = 2;

// head
inline constexpr unsigned count_shift = 40;
inline constexpr std::uint64_t generation_mask = (std::uint64_t{1} << count_shift) - 1;
inline constexpr std::uint64_t most_entries = (std::uint64_t{1} << 24) - 1;
constexpr std::uint64_t count_of(std::uint64_t head) noexcept { return head >> count_shift; }
constexpr std::uint64_t generation_of(std::uint64_t head) noexcept { return head & generation_mask; }
constexpr std::uint64_t head_of(std::uint64_t generation, std::uint64_t count) noexcept {
  return count << count_shift | (generation & generation_mask);
}

// lock
constexpr std::uint64_t session_of(std::uint64_t lock) noexcept { return lock >> 1; }
inline constexpr std::uint64_t contended = 1;

/// Where entry `index` of the undo log is: part `chunk`, entry `at` of it.
struct UndoPlace {
  std::size_t chunk;
  std::uint64_t at;
};
constexpr UndoPlace undo_place(std::uint64_t index) noexcept {
  const std::uint64_t scaled = index / first_chunk_entries + 1;
  const auto chunk = static_cast<std::size_t>(63 - __builtin_clzll(scaled));
  return {chunk, index - first_chunk_entries * ((std::uint64_t{1} << chunk) - 1)};
}
static_assert(undo_place(63).chunk == 0 && undo_place(64).chunk == 1 && undo_place(64).at == 0 &&
              undo_place(191).chunk == 1 && undo_place(192).at == 0);
static_assert(undo_place(most_entries).chunk < undo_chunks);

}  // namespace shm::segment
