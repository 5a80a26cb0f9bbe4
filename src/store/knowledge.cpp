#include "store/knowledge.h"

#include "store/sqlite.h"

namespace asof {

Knowledge knowledge_of(const SqliteConnection& store) {
  SqliteStatement state = store.prepare("SELECT known_until, erasures FROM asof_state");
  if (!state.step()) throw Error(Error::kIncompatible, "the store lacks its asof_state; put a backup in its place");
  return {{state.integer(0)}, state.integer(1)};
}

Timestamp next_known_at(const SqliteConnection& store, Timestamp now) {
  SqliteStatement advance =
      store.prepare("UPDATE asof_state SET known_until = max(known_until + 1, ?) RETURNING known_until");
  advance.bind(0, now.microseconds);
  if (!advance.step()) throw Error(Error::kIncompatible, "the store lacks its asof_state; put a backup in its place");
  const Timestamp known_at{advance.integer(0)};
  while (advance.step()) {
  }
  return known_at;
}

}  // namespace asof
