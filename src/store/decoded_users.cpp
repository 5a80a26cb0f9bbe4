#include "store/decoded_users.h"

#include <algorithm>
#include <utility>

namespace asof {
namespace {

/// Of whom it is known when they were written last; more begin anew.
constexpr std::size_t kWrittenMax = 100'000;

}  // namespace

std::size_t bytes_of(const EventLog& log) {
  std::size_t bytes = sizeof(EventLog) + (log.times().size() + log.known_at().size()) * sizeof(std::int64_t);
  for (const Column& column : log.table().columns) {
    bytes += sizeof column + column.reals.size() * sizeof(double) + column.integers.size() * sizeof(std::int64_t) +
             column.codes.size() * sizeof(std::int32_t);
    if (!column.dictionary) continue;
    for (const std::string& text : *column.dictionary) bytes += sizeof text + text.size();
  }
  return bytes;
}

/// Every transaction that stores rows moves `known_until`, and every erasure `erasures`.
bool DecodedUsers::same_rows(const EntityKey& user, const Knowledge& one, const Knowledge& other) const {
  if (one.erasures != other.erasures) return false;
  const auto [earlier, later] = std::minmax(one.known_until, other.known_until);
  if (earlier == later) return true;
  if (earlier < covered_from_ || covered_until_ < later) return false;
  const auto last = written_.find(user);
  return last == written_.end() || last->second <= earlier;
}

void DecodedUsers::drop(std::list<Entry>::iterator entry) {
  bytes_ -= entry->bytes;
  places_.erase(entry->user);
  entries_.erase(entry);
}

std::optional<DecodedUsers::Logs> DecodedUsers::find(const EntityKey& user, const Knowledge& now) {
  const std::scoped_lock lock(mutex_);
  const auto place = places_.find(user);
  if (place == places_.end() || !same_rows(user, place->second->as_of, now)) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->logs;
}

void DecodedUsers::keep(const EntityKey& user, const Knowledge& as_of, Logs logs) {
  Entry entry{.user = user, .as_of = as_of, .logs = std::move(logs), .bytes = sizeof(Entry)};
  for (const auto& log : entry.logs) entry.bytes += bytes_of(*log);
  const std::scoped_lock lock(mutex_);
  const auto place = places_.find(user);
  if (place != places_.end()) {
    if (as_of.known_until < place->second->as_of.known_until) return;
    drop(place->second);
  }
  if (entry.bytes > bytes_max_) return;
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  places_[user] = entries_.begin();
  while (bytes_ > bytes_max_) drop(std::prev(entries_.end()));
}

void DecodedUsers::wrote(Timestamp before, Timestamp after, std::span<const EntityKey> users) {
  const std::scoped_lock lock(mutex_);
  if (before != covered_until_ || written_.size() > kWrittenMax) {
    covered_from_ = before;
    written_.clear();
  }
  covered_until_ = after;
  for (const EntityKey& user : users) written_[user] = after;
}

}  // namespace asof
