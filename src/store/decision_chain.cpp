#include "store/decision_chain.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "base/format.h"
#include "base/hash.h"
#include "base/secret.h"
#include "sources/cells.h"

namespace asof {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kSaltBytes = 32;
constexpr std::string_view kDecision = "decision";
constexpr std::string_view kErasure = "erasure";

std::string bytes_of(std::int64_t value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
  return {bytes.begin(), bytes.end()};
}

/// An entry as it is stored. `user`, `salt` and `payload` are absent once erased, and in entries of no person.
struct Entry {
  std::int64_t sequence = 0;
  std::string previous;
  std::string entry;
  std::string commitment;
  std::string hash;
  std::optional<EntityKey> user;
  std::optional<std::string> salt;
  std::optional<std::string> payload;

  /// Each part is of known length or says its own, so that no two entries have the same bytes.
  std::string computed_hash() const {
    std::string bytes = "asof decision log 1";
    bytes += bytes_of(sequence);
    bytes += previous;
    bytes += commitment;
    bytes += entry;
    return sha256_digest(bytes);
  }

  std::string computed_commitment() const { return sha256_digest(*salt + *payload); }
};

// --- writing -------------------------------------------------------------------------------------------------------

Entry next_entry(const SqliteConnection& store) {
  SqliteStatement state = store.prepare("SELECT entries, head FROM asof_state");
  if (!state.step()) throw Error(Error::kIncompatible, "the store lacks its asof_state; put a backup in its place");
  return {.sequence = state.integer(0) + 1,
          .previous = std::string(state.text(1)),
          .commitment = std::string(kHashBytes, '\0')};
}

LogPosition store_entry(const SqliteConnection& store, Entry entry) {
  entry.hash = entry.computed_hash();
  SqliteStatement add = store.prepare(
      "INSERT INTO asof_decisions (sequence, previous, entry, commitment, hash, user, salt, payload) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  add.bind(0, entry.sequence);
  add.bind_blob(1, entry.previous);
  add.bind(2, std::string_view(entry.entry));
  add.bind_blob(3, entry.commitment);
  add.bind_blob(4, entry.hash);
  if (entry.payload) {
    add.bind_key(5, *entry.user);
    add.bind_blob(6, *entry.salt);
    add.bind(7, std::string_view(*entry.payload));
  }
  add.run();
  SqliteStatement move_head = store.prepare("UPDATE asof_state SET entries = ?, head = ?");
  move_head.bind(0, entry.sequence);
  move_head.bind_blob(1, entry.hash);
  move_head.run();
  return {entry.sequence, hexadecimal(entry.hash)};
}

Json to_json_value(const EntityKey& user) {
  if (const auto* number = std::get_if<std::int64_t>(&user)) return *number;
  return std::get<std::string>(user);
}

Json entry_json(const Decision& decision) {
  Json entry = Json::Object{{"kind", kDecision},
                            {"decided_at", to_string(decision.decided_at)},
                            {"known_until", decision.knowledge.known_until.microseconds},
                            {"erasures", decision.knowledge.erasures},
                            {"bundle", decision.bundle},
                            {"version", decision.version}};
  if (decision.prior_repaid) entry["prior_repaid"] = *decision.prior_repaid;
  return entry;
}

Json payload_json(const Decision& decision) {
  Json rows_used = Json::Object{};
  for (const SourceUse& source : decision.rows_used) rows_used[source.table] = source.rows_used;
  return Json::Object{{"user", to_json_value(decision.user)},
                      {"request_id", decision.request_id},
                      {"route", decision.route},
                      {"application_at", to_string(decision.application_at)},
                      {"request", decision.request},
                      {"probability", decision.probability},
                      {"probability_bits", format("{:016x}", std::bit_cast<std::uint64_t>(decision.probability))},
                      {"band", decision.band},
                      {"rows_used", std::move(rows_used)}};
}

// --- reading -------------------------------------------------------------------------------------------------------

double from_bits(const std::string& text) {
  std::size_t end = 0;
  const std::uint64_t bits = std::stoull(text, &end, 16);
  if (end != text.size()) throw Error(Error::kInvalidInput, format("{} are no bits of a number", text));
  return std::bit_cast<double>(bits);
}

Decision decision_of(const Json& entry, const Json& payload) {
  static const TimeZone kOffsetsOnly;
  Decision decision;
  decision.decided_at = parse_timestamp(entry.at("decided_at").as_string(), kOffsetsOnly);
  decision.knowledge = {{entry.at("known_until").as_integer()}, entry.at("erasures").as_integer()};
  decision.bundle = entry.at("bundle").as_string();
  decision.version = entry.at("version").as_string();
  if (const Json* prior = entry.find("prior_repaid")) decision.prior_repaid = prior->as_number();
  const Json& user = payload.at("user");
  if (user.is_integer()) {
    decision.user = user.as_integer();
  } else {
    decision.user = user.as_string();
  }
  decision.request_id = payload.at("request_id").as_string();
  decision.route = payload.at("route").as_string();
  decision.application_at = parse_timestamp(payload.at("application_at").as_string(), kOffsetsOnly);
  decision.request = payload.at("request");
  decision.probability = from_bits(payload.at("probability_bits").as_string());
  decision.band = payload.at("band").as_string();
  for (const auto& [table, rows] : payload.at("rows_used").as_object())
    decision.rows_used.push_back({table, static_cast<std::size_t>(rows.as_integer())});
  return decision;
}

Entry read_entry(const SqliteStatement& row) {
  Entry entry{.sequence = row.integer(0),
              .previous = std::string(row.text(1)),
              .entry = std::string(row.text(2)),
              .commitment = std::string(row.text(3)),
              .hash = std::string(row.text(4))};
  if (row.type(5) == SQLITE_INTEGER) entry.user = row.integer(5);
  if (row.type(5) == SQLITE_TEXT) entry.user = std::string(row.text(5));
  if (row.type(6) != SQLITE_NULL) entry.salt = row.text(6);
  if (row.type(7) != SQLITE_NULL) entry.payload = row.text(7);
  return entry;
}

/// One moment of the store, within whatever transaction there is.
class ReadMoment {
 public:
  explicit ReadMoment(const SqliteConnection& store) : store_(store) { store_.run("SAVEPOINT moment"); }
  ~ReadMoment() { sqlite3_exec(store_.handle(), "RELEASE moment", nullptr, nullptr, nullptr); }
  ReadMoment(const ReadMoment&) = delete;
  ReadMoment& operator=(const ReadMoment&) = delete;

 private:
  const SqliteConnection& store_;
};

class ChainReader {
 public:
  ChainReader(const SqliteConnection& store, const std::vector<LogPosition>& noted,
              const std::function<void(std::int64_t, const Decision&)>& each)
      : store_(store), noted_(noted), each_(each) {}

  ChainCheck run() {
    const ReadMoment moment(store_);
    SqliteStatement rows = store_.prepare(
        "SELECT sequence, previous, entry, commitment, hash, user, salt, payload FROM asof_decisions "
        "ORDER BY sequence");
    while (!check_.fault && rows.step()) take(read_entry(rows));
    rows.reset();
    if (!check_.fault) check_end();
    return check_;
  }

 private:
  void refuse(std::int64_t sequence, std::string what) {
    if (!check_.fault) check_.fault = {sequence, std::move(what)};
  }

  void take(const Entry& entry) {
    const std::int64_t expected = check_.head.sequence + 1;
    if (entry.sequence != expected)
      return refuse(expected, format("it is missing; the next one is {}", entry.sequence));
    if (entry.previous != head_) return refuse(expected, "it does not hold the hash of the entry before it");
    if (entry.hash != entry.computed_hash()) return refuse(expected, "its hash is not that of its fields");
    if (entry.user.has_value() != entry.payload.has_value() || entry.salt.has_value() != entry.payload.has_value())
      return refuse(expected, "of user, salt and payload some are there and some are not");
    if (entry.payload && entry.commitment != entry.computed_commitment())
      return refuse(expected, "its payload is not the one that it was made with");
    head_ = entry.hash;
    check_.head = {entry.sequence, hexadecimal(entry.hash)};
    for (const LogPosition& position : noted_) {
      if (position.sequence == entry.sequence && position.hash != check_.head.hash)
        return refuse(expected, format("its hash is {}, and {} was noted", check_.head.hash, position.hash));
    }
    std::optional<Decision> decision;
    try {
      decision = read(entry);
    } catch (const std::exception& error) {
      refuse(expected, format("it cannot be read: {}", error.what()));
    }
    if (decision && !check_.fault) each_(entry.sequence, *decision);
  }

  /// Nothing for an entry that says nothing of a person.
  std::optional<Decision> read(const Entry& entry) {
    const Json open = parse_json(entry.entry);
    if (open.at("kind").as_string() == kErasure) {
      ++check_.erasures;
      for (const Json& sequence : open.at("entries").as_array()) {
        if (emptied_.erase(sequence.as_integer()) == 0)
          refuse(entry.sequence, format("it erased entry {}, which has its payload", sequence.as_integer()));
      }
      return std::nullopt;
    }
    ++check_.decisions;
    if (!entry.payload) {
      ++check_.erased;
      emptied_.insert(entry.sequence);
      return std::nullopt;
    }
    Decision decision = decision_of(open, parse_json(*entry.payload));
    if (decision.user != *entry.user) refuse(entry.sequence, "its user is not the one of its payload");
    return decision;
  }

  void check_end() {
    if (!emptied_.empty())
      return refuse(*emptied_.begin(), "its payload is missing, and no erasure in the log names it");
    SqliteStatement state = store_.prepare("SELECT entries, head FROM asof_state");
    const bool there = state.step();
    if (!there || state.integer(0) != check_.head.sequence) {
      return refuse(check_.head.sequence + 1,
                    format("it is missing: the store counts {} entries", there ? state.integer(0) : 0));
    }
    if (state.text(1) != head_) return refuse(check_.head.sequence, "its hash is not the one that the store has noted");
    for (const LogPosition& position : noted_) {
      if (position.sequence < 1 || position.sequence > check_.head.sequence)
        return refuse(position.sequence, format("it is missing, and {} was noted", position.hash));
    }
  }

  const SqliteConnection& store_;
  const std::vector<LogPosition>& noted_;
  const std::function<void(std::int64_t, const Decision&)>& each_;
  std::string head_ = std::string(kHashBytes, '\0');
  std::set<std::int64_t> emptied_;  // and no erasure has named them yet
  ChainCheck check_;
};

}  // namespace

LogPosition append_decision(const SqliteConnection& store, const Decision& decision) {
  Entry entry = next_entry(store);
  entry.entry = to_json(entry_json(decision));
  entry.user = decision.user;
  entry.salt = secret_bytes(kSaltBytes);
  entry.payload = to_json(payload_json(decision));
  entry.commitment = entry.computed_commitment();
  return store_entry(store, std::move(entry));
}

std::size_t empty_decisions_of(const SqliteConnection& store, const EntityKey& user, Timestamp now) {
  Json::Array entries;
  SqliteStatement of_user = store.prepare("SELECT sequence FROM asof_decisions WHERE user = ? ORDER BY sequence");
  of_user.bind_key(0, user);
  while (of_user.step()) entries.emplace_back(of_user.integer(0));
  of_user.reset();
  const std::size_t count = entries.size();
  if (count == 0) return 0;
  SqliteStatement empty =
      store.prepare("UPDATE asof_decisions SET user = NULL, salt = NULL, payload = NULL WHERE user = ?");
  empty.bind_key(0, user);
  empty.run();
  Entry entry = next_entry(store);
  entry.entry =
      to_json(Json::Object{{"kind", kErasure}, {"erased_at", to_string(now)}, {"entries", std::move(entries)}});
  store_entry(store, std::move(entry));
  return count;
}

ChainCheck check_chain(const SqliteConnection& store, const std::vector<LogPosition>& noted,
                       const std::function<void(std::int64_t sequence, const Decision& decision)>& each) {
  return ChainReader(store, noted, each).run();
}

}  // namespace asof
