// `asof erase`: takes a person out of a store file.
#include <algorithm>
#include <charconv>
#include <map>

#include "asof/error.h"
#include "base/clock.h"
#include "base/format.h"
#include "cli/command.h"
#include "store/erase.h"
#include "store/sqlite_format.h"

namespace asof::commands {
namespace {

struct Options {
  std::string store;
  std::string user;
};

/// An integer where a table's entities are integers, a text where they are texts; both when the store has both.
std::vector<EntityKey> keys_of(const std::string& user, const std::vector<StoredTable>& tables) {
  const auto has = [&](ColumnType type) {
    return std::ranges::any_of(tables, [&](const StoredTable& table) { return table.type(table.spec.entity) == type; });
  };
  std::vector<EntityKey> keys;
  if (has(ColumnType::kText)) keys.emplace_back(user);
  std::int64_t number = 0;
  const char* end = user.data() + user.size();
  const auto [stop, error] = std::from_chars(user.data(), end, number);
  const bool is_number = error == std::errc() && stop == end;
  if (has(ColumnType::kInteger) && is_number) keys.emplace_back(number);
  if (keys.empty())
    throw Error(Error::kUsage, format("--user {}: the users of this store are integers, and this is none", user));
  return keys;
}

int run(const Options& options, Console& console) {
  const SqliteConnection store = open_store(options.store, SqliteConnection::Access::kWrite);
  std::map<std::string, std::size_t> rows;
  std::size_t decisions = 0;
  for (const EntityKey& key : keys_of(options.user, stored_tables(store))) {
    const Erased some = erase_user(store, key, system_time());
    for (const auto& [table, count] : some.rows) rows[table] += count;
    decisions += some.decisions;
  }
  Json erased = Json::Object{};
  for (const auto& [table, count] : rows) {
    console.say(format("{}: {} rows erased", console.bold(table), count));
    erased[table] = count;
  }
  if (decisions > 0) console.say(format("{} logged decisions emptied", decisions));
  console.say("No byte of them is left in the store; backups and the tables it was made from are not touched.");
  console.result(Json::Object{{"store", options.store}, {"erased", std::move(erased)}, {"decisions", decisions}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("--store", options->store, "The store file").required();
  command.add_option("--user", options->user, "Whose rows to erase").required();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command erase;
constinit const Command erase = {
    .name = "erase",
    .summary = "Erase a person from a store file, down to the last byte",
    .example = "asof erase --store lender.db --user 4711",
    .declare = declare,
};

}  // namespace asof::commands
