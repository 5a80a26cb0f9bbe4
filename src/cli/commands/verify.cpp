// `asof verify`: is the decision log what was written, and does every decision in it come out again to the bit?
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "asof/error.h"
#include "base/format.h"
#include "cli/command.h"
#include "project/project.h"
#include "serve/replay.h"
#include "sources/postgres_address.h"
#include "store/decision_chain.h"
#include "store/erase.h"
#include "store/sqlite_format.h"
#include "store/tampering.h"

namespace asof::commands {
namespace {

namespace fs = std::filesystem;
using Access = SqliteConnection::Access;

/// Decisions from which `--tamper` takes a row away.
constexpr std::size_t kRobbedMax = 8;

struct Options {
  std::string project = "asof.yaml";
  std::vector<std::string> bundles;
  std::string store;
  std::vector<std::string> heads;
  bool tamper = false;
};

std::vector<fs::path> bundles_of(const Options& options) {
  if (!options.bundles.empty()) return {options.bundles.begin(), options.bundles.end()};
  const Project project = read_project(options.project);
  return {project.file.parent_path() / "models" / project.name};
}

/// "17:9af3...", as X-Decision and this command say it.
LogPosition position_from(const std::string& text) {
  LogPosition position;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, position.sequence);
  if (error != std::errc() || stop == end || *stop != ':')
    throw Error(Error::kUsage, format("--head {}: SEQUENCE:HASH was expected, as an earlier run said it", text));
  position.hash.assign(stop + 1, end);
  return position;
}

/// A copy of a store in a folder of its own, gone at the end.
class Copy {
 public:
  explicit Copy(const fs::path& store) {
    std::string pattern = (fs::temp_directory_path() / "asof_verify_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw Error(Error::kUnavailable, format("{} takes no folder for the copy", fs::temp_directory_path().string()));
    folder_ = pattern;
    back_up(open_store(store, Access::kRead), file());
  }
  ~Copy() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  fs::path file() const { return folder_ / "copy.db"; }

 private:
  fs::path folder_;
};

/// Takes away the newest rows of the user that counted. False: there are none.
bool take_rows(const SqliteConnection& store, const Decision& decision) {
  for (const StoredTable& table : stored_tables(store)) {
    const auto counted = [&](const SourceUse& use) { return use.table == table.spec.name && use.rows_used > 0; };
    if (table.spec.time.empty() || std::ranges::none_of(decision.rows_used, counted)) continue;
    const std::string name = quoted_identifier(table.spec.name);
    const std::string who = quoted_identifier(table.spec.entity);
    const std::string when = quoted_identifier(table.spec.time);
    SqliteStatement take = store.prepare(
        format("DELETE FROM {0} WHERE {1} = ?1 AND {2} = (SELECT max({2}) FROM {0} WHERE {1} = ?1 AND {2} < ?2 AND "
               "{3} <= ?3)",
               name, who, when, kStoredAt));
    take.bind_key(0, decision.user);
    take.bind(1, decision.application_at.microseconds);
    take.bind(2, decision.knowledge.known_until.microseconds);
    take.run();
    return store.changes() > 0;
  }
  return false;
}

Tampering take_rows_and_replay(const Copy& copy, const std::vector<fs::path>& bundles) {
  const SqliteConnection store = open_store(copy.file(), Access::kWrite);
  std::vector<std::pair<std::int64_t, Decision>> robbed;
  check_chain(store, {}, [&](std::int64_t sequence, const Decision& decision) {
    if (robbed.size() < kRobbedMax) robbed.emplace_back(sequence, decision);
  });
  Tampering result{.what = "stored rows of a decision are removed"};
  for (const auto& [sequence, decision] : robbed) {
    if (!take_rows(store, decision)) continue;
    Replay replay(bundles, copy.file());
    replay.check(sequence, decision);
    ++result.tried;
    result.noticed += replay.differing() > 0 ? 1 : 0;
  }
  return result;
}

int tamper(const Options& options, Console& console) {
  const Copy copy(options.store);
  std::vector<Tampering> results = tamper_with_log(open_store(copy.file(), Access::kWrite));
  results.push_back(take_rows_and_replay(copy, bundles_of(options)));
  bool all = true;
  Json json = Json::Array{};
  for (const auto& [what, tried, noticed] : results) {
    all = all && tried == noticed;
    console.say(format("{:<42} {:>6} times, noticed {}", what, tried, noticed));
    json.push_back(Json::Object{{"what", what}, {"tried", tried}, {"noticed", noticed}});
  }
  console.result(Json::Object{{"tampering", std::move(json)}, {"all_noticed", all}});
  return all ? 0 : 1;
}

void say_faults(const ChainCheck& chain, const Replay& replay, Console& console) {
  if (chain.fault) console.say(console.red(format("entry {}: {}", chain.fault->sequence, chain.fault->what)));
  if (const auto& first = replay.first_fault())
    console.say(console.red(format("entry {}: {}", first->sequence, first->what)));
  for (const auto& [bundle, count] : replay.missing_bundles())
    console.say(console.red(format("{} decisions were made by {}; add its folder with --bundle", count, bundle)));
}

int verify_log(const Options& options, Console& console) {
  std::vector<LogPosition> noted;
  for (const std::string& head : options.heads) noted.push_back(position_from(head));
  const SqliteConnection store = open_store(options.store, Access::kRead);
  const std::int64_t erasures = knowledge_of(store).erasures;
  Replay replay(bundles_of(options), options.store);
  const ChainCheck chain = check_chain(
      store, noted, [&](std::int64_t sequence, const Decision& decision) { replay.check(sequence, decision); });
  if (replay.differing() > 0 && knowledge_of(store).erasures != erasures)
    throw Error(Error::kUnavailable,
                "someone was erased meanwhile, whose decisions cannot be made again; verify again");

  const bool good = !chain.fault && replay.differing() == 0 && replay.missing_bundles().empty();
  console.say(format("{} entries in {} chain: {} decisions, {} of them erased, and {} erasures", chain.head.sequence,
                     chain.fault ? "a broken" : "an unbroken", chain.decisions, chain.erased, chain.erasures));
  console.say(format("{} decisions made again from the store: {} differ", replay.replayed(), replay.differing()));
  say_faults(chain, replay, console);
  const std::string head = format("{}:{}", chain.head.sequence, chain.head.hash);
  if (good && chain.head.sequence > 0) console.say(format("head {}", head));
  const auto fault = [](const auto& found) -> Json {
    if (!found) return nullptr;
    return Json::Object{{"sequence", found->sequence}, {"what", found->what}};
  };
  console.result(Json::Object{{"entries", chain.head.sequence},
                              {"decisions", chain.decisions},
                              {"erased", chain.erased},
                              {"erasures", chain.erasures},
                              {"replayed", replay.replayed()},
                              {"differing", replay.differing()},
                              {"chain_fault", fault(chain.fault)},
                              {"replay_fault", fault(replay.first_fault())},
                              {"head", head},
                              {"verified", good}});
  return good ? 0 : 1;
}

int run(const Options& options, Console& console) {
  return options.tamper ? tamper(options, console) : verify_log(options, console);
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  command
      .add_option("-b,--bundle", options->bundles,
                  "The folders of the bundles that decided (default: models/NAME beside the project file)")
      .separated_by_commas();
  command.add_option("--store", options->store, "The store file; it may be in use").required();
  command
      .add_option("--head", options->heads,
                  "SEQUENCE:HASH as an earlier run or X-Decision said it: nothing up to there was changed since")
      .separated_by_commas();
  command.add_flag("--tamper", options->tamper, "Show on a copy that changes of log and rows would be noticed");
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command verify;
constinit const Command verify = {
    .name = "verify",
    .summary = "Check the decision log, and make every decision in it again",
    .example = "asof verify --bundle models/lender --store lender.db",
    .declare = declare,
};

}  // namespace asof::commands
