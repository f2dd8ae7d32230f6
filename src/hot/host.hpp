// Who calls a hot verb, and what that needs of its caller: where the store is, and where the answers go. The front door
// prints them as text; the other programs print JSON too, and gather the answers of many lines. Single-threaded.
#pragma once
#include "object/scalar.hpp"
#include "store/store.hpp"

namespace shm::hot {

/// What is asked for is not for a hot verb: a rare option, words that make no sense, a store that needs more than this.
/// Nothing was changed or printed. The front door becomes the whole program; that one goes its long way, and explains.
inline constexpr int not_mine = -1;

/// How the call prints what is text or bytes.
struct Printing {
  bool quiet = false;    ///< not at all
  std::string_view end;  ///< behind each
};

class Host {
 public:
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// The store of the call; it stays open, and where it is. May fail otherwise than by its result: by an exception
  /// where there are such.
  virtual os::Result<const store::Store*> open_store(store::Missing missing) = 0;
  /// Which object is in use from now on, for the line that is written if its file is cut short under us.
  virtual void using_object(std::string_view name) = 0;
  /// An answer: one number, of object `name` of that kind.
  virtual void answer(std::string_view name, std::string_view kind, object::Scalar number) = 0;
  /// The same: what a text holds, or bytes, behind which nothing is put.
  virtual void answer_content(std::string_view name, object::Type type, std::string_view content) = 0;
  /// The same where there is no such value: the words to print then.
  virtual void answer_default(std::string_view name, std::string_view words) = 0;
  /// The same: the value of a dict's key.
  virtual void answer_key(std::string_view name, std::string_view key, std::string_view value) = 0;
  /// Of a verb that prints nothing: what only JSON says, by its field's name.
  virtual void answer_done(std::string_view name, std::string_view kind, std::string_view field,
                           object::Scalar number) = 0;
  /// For what a verb brings to standard output by itself.
  [[nodiscard]] virtual Printing printing() const = 0;
  /// For verbs that go on with the next name: says the error now, and remembers the worst status.
  virtual void report(const os::Error& error) = 0;
  /// What the words are wrong in: not_mine, or an exception where there are such. Nothing may have been changed yet.
  virtual int refuse(std::string_view why) = 0;
  /// What such an option of the call, `ttl` or `wait`, says: in nanoseconds, -1 for `forever`. Ends as refuse() does
  /// where it is no time. Before anything is changed.
  virtual std::int64_t time_said(std::string_view option, std::string_view text) = 0;

 protected:
  Host() = default;
  ~Host() = default;
};

}  // namespace shm::hot
