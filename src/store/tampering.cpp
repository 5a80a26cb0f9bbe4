#include "store/tampering.h"

#include <algorithm>

#include "base/format.h"
#include "store/decision_chain.h"

namespace asof {
namespace {

/// Entries that are tampered with, and among how many of the first: a check reads up to the change.
constexpr std::int64_t kEntries = 8;
constexpr std::int64_t kAmongFirst = 64;

constexpr const char* kFields[] = {"sequence", "previous", "entry", "commitment", "hash", "user", "salt", "payload"};
constexpr int kBitsPerByte = 8;

bool holds(const SqliteConnection& store) {
  return !check_chain(store, {}, [](std::int64_t, const Decision&) {}).fault;
}

class Tamperer {
 public:
  explicit Tamperer(const SqliteConnection& copy) : copy_(copy) {}

  std::vector<Tampering> run() {
    const std::int64_t entries = copy_.integer("SELECT count(*) FROM asof_decisions");
    const std::int64_t among = std::min(entries, kAmongFirst);
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = 0; i < std::min(among, kEntries); ++i)
      chosen.push_back(1 + i * among / std::min(among, kEntries));
    for (const char* field : kFields) {
      begin(format("a byte of `{}` is changed", field));
      for (const std::int64_t sequence : chosen) change_every_byte(field, sequence);
    }
    begin("an entry is removed");
    for (const std::int64_t sequence : chosen)
      attempt(format("DELETE FROM asof_decisions WHERE sequence = {}", sequence));
    begin("the last entry is removed");
    attempt("DELETE FROM asof_decisions WHERE sequence = (SELECT max(sequence) FROM asof_decisions)");
    begin("two entries are swapped");
    for (const std::int64_t sequence : chosen) {
      if (sequence < entries) attempt(swap(sequence, sequence + 1));
    }
    begin("an entry is added");
    for (const std::int64_t sequence : chosen) attempt(add_again(sequence));
    begin("a payload is removed without an erasure");
    for (const std::int64_t sequence : chosen) {
      attempt(
          format("UPDATE asof_decisions SET user = NULL, salt = NULL, payload = NULL WHERE sequence = {} AND "
                 "payload IS NOT NULL",
                 sequence));
    }
    return std::move(results_);
  }

 private:
  void begin(std::string what) { results_.push_back({.what = std::move(what)}); }

  static std::string swap(std::int64_t one, std::int64_t other) {
    constexpr std::string_view kMove = "UPDATE asof_decisions SET sequence = {} WHERE sequence = {};";
    return format(kMove, 0, one) + format(kMove, one, other) + format(kMove, other, 0);
  }

  static std::string add_again(std::int64_t sequence) {
    return format(
        "INSERT INTO asof_decisions SELECT (SELECT max(sequence) + 1 FROM asof_decisions), previous, entry, "
        "commitment, "
        "hash, user, salt, payload FROM asof_decisions WHERE sequence = {}",
        sequence);
  }

  /// Changes that change nothing are not counted.
  void attempt(const std::string& change) {
    const SqliteTransaction undone(copy_);
    copy_.run(change);
    if (copy_.changes() > 0) count();
  }

  void count() {
    ++results_.back().tried;
    if (!holds(copy_)) ++results_.back().noticed;
  }

  void change_every_byte(const std::string& field, std::int64_t sequence) {
    SqliteStatement read = copy_.prepare(format("SELECT {} FROM asof_decisions WHERE sequence = {}", field, sequence));
    if (!read.step() || read.type(0) == SQLITE_NULL) return;
    const int type = read.type(0);
    const std::int64_t integer = read.integer(0);
    const std::string bytes(read.text(0));
    read.reset();
    const std::size_t size = type == SQLITE_INTEGER ? sizeof integer : bytes.size();
    for (std::size_t byte = 0; byte < size; ++byte) {
      const SqliteTransaction undone(copy_);
      SqliteStatement change =
          copy_.prepare(format("UPDATE OR REPLACE asof_decisions SET {} = ? WHERE sequence = {}", field, sequence));
      std::string changed = bytes;
      if (type == SQLITE_INTEGER) {
        change.bind(0, integer ^ (std::int64_t{1} << (kBitsPerByte * byte)));
      } else {
        changed[byte] = static_cast<char>(changed[byte] ^ 1);
        type == SQLITE_BLOB ? change.bind_blob(0, changed) : change.bind(0, std::string_view(changed));
      }
      change.run();
      count();
    }
  }

  const SqliteConnection& copy_;
  std::vector<Tampering> results_;
};

}  // namespace

std::vector<Tampering> tamper_with_log(const SqliteConnection& copy) {
  if (!holds(copy)) throw Error(Error::kUsage, "the chain does not hold as it is; see `asof verify` without --tamper");
  return Tamperer(copy).run();
}

}  // namespace asof
