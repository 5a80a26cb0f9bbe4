// Users are made in groups, in any order and by all threads; groups are shuffled, since real exports are not sorted by
// user or time; batches of groups are written in the order of their users while the next batch is made.
#include "simulate/simulate.h"

#include <algorithm>
#include <future>
#include <memory>
#include <span>
#include <utility>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/parallel.h"
#include "simulate/aftermath.h"
#include "simulate/applicant.h"
#include "simulate/arrival.h"
#include "simulate/draws.h"
#include "simulate/plants.h"
#include "simulate/tables.h"
#include "sources/writer.h"

namespace asof::simulation {
namespace {

namespace fs = std::filesystem;

// Groups begin at fixed user numbers, so how a group is shuffled does not depend on how many users are wanted.
constexpr std::uint64_t kUsersPerGroup = 64;
constexpr std::uint64_t kGroupsPerBatch = 16;

constexpr std::uint64_t kPublishedUsers = 10'111;
constexpr std::uint64_t kPublishedToPredict = 2'022;

/// Whether a user is among the labelled ones by number: of the first 10,111 all but 2,022, spread evenly.
bool is_labelled_by_number(std::uint64_t number) {
  const std::uint64_t place = (number - 1) % kPublishedUsers;
  return place * kPublishedToPredict / kPublishedUsers == (place + 1) * kPublishedToPredict / kPublishedUsers;
}

/// Users that are made together, and their rows in shuffled order.
struct Group {
  std::vector<Entry> entries;
  Rows rows;
};

/// The settings of a run, looked up once.
struct Run {
  explicit Run(const SimulateOptions& given)
      : options(given), population{given.seed, &profile_of(given.profile), given.hidden_spread} {
    for (const Plant& plant : plants()) {  // in the order of that list, whatever the order of the options
      if (std::find(given.plants.begin(), given.plants.end(), plant.name) == given.plants.end()) continue;
      planted.push_back(&plant);
      with_arrival = with_arrival || plant.needs_arrival;
    }
  }

  bool is_labelled(std::uint64_t number) const {
    if (!options.labelled) return is_labelled_by_number(number);
    return number - options.first_user < *options.labelled;
  }

  const SimulateOptions& options;
  Population population;
  std::vector<const Plant*> planted;
  bool with_arrival = options.arrival;
};

template <class Row>
void number_rows(std::uint64_t user, std::vector<Row>& rows) {
  std::int64_t next = static_cast<std::int64_t>(user) * kIdsPerUser;
  for (Row& row : rows) row.id = next++;
}

template <class Row>
void leave_out_unreceived(Timestamp exported_at, std::vector<Row>& rows) {
  std::erase_if(rows, [exported_at](const Row& row) { return row.received_at > exported_at; });
}

Entry make_entry(const Run& run, std::uint64_t number, Rows& rows) {
  const SimulateOptions& options = run.options;
  Entry entry;
  entry.applicant = draw_applicant(run.population, number, rows);
  const Applicant& applicant = entry.applicant;
  entry.attributes = applicant.person.attributes;
  entry.labelled = run.is_labelled(number);
  entry.outcome_known = !options.censor || applicant.outcome_known_at() <= options.exported_at;
  add_aftermath(applicant, options.seed, options.exported_at, rows);
  if (run.with_arrival) add_arrival(options.seed, number, rows);
  number_rows(number, rows.events);
  number_rows(number, rows.fixes);
  for (const Plant* plant : run.planted) plant->spoil({applicant, options.seed, rows, entry.attributes});
  if (run.with_arrival) {
    leave_out_unreceived(options.exported_at, rows.events);
    leave_out_unreceived(options.exported_at, rows.fixes);
  }
  return entry;
}

/// The group that begins at user `first`, as far as its users are wanted.
Group make_group(const Run& run, std::uint64_t first) {
  const std::uint64_t begin = std::max(first, run.options.first_user);
  const std::uint64_t end = std::min(first + kUsersPerGroup, run.options.first_user + run.options.users);
  constexpr std::size_t kUsualRowsPerUser = 1000;
  Group group;
  group.rows.events.reserve(kUsersPerGroup * kUsualRowsPerUser);
  Rows rows;
  for (std::uint64_t number = begin; number < end; ++number) {
    group.entries.push_back(make_entry(run, number, rows));
    group.rows.events.insert(group.rows.events.end(), rows.events.begin(), rows.events.end());
    group.rows.fixes.insert(group.rows.fixes.end(), rows.fixes.begin(), rows.fixes.end());
  }
  Draws draws(run.options.seed, first, Purpose::kOrder);
  draws.shuffle(std::span<Event>(group.rows.events));
  draws.shuffle(std::span<Fix>(group.rows.fixes));
  return group;
}

/// Consecutive groups, as they are written.
struct Batch {
  std::vector<Entry> entries;
  std::vector<Rows> groups;
};

Batch make_batch(const Run& run, std::uint64_t first) {
  const std::uint64_t end = run.options.first_user + run.options.users;
  const std::uint64_t left = (end - first + kUsersPerGroup - 1) / kUsersPerGroup;
  std::vector<Group> groups(static_cast<std::size_t>(std::min(left, kGroupsPerBatch)));
  parallel_for(groups.size(), 1, run.options.threads, [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) groups[i] = make_group(run, first + i * kUsersPerGroup);
  });
  Batch batch;
  for (Group& group : groups) {
    std::move(group.entries.begin(), group.entries.end(), std::back_inserter(batch.entries));
    batch.groups.push_back(std::move(group.rows));
  }
  return batch;
}

/// The files of the lender; they appear when all of them are complete.
class Files {
 public:
  explicit Files(const Run& run)
      : run_(run),
        outcomes_(path_of("loan_outcomes.csv")),
        to_predict_(path_of("applications_to_predict.csv")),
        features_(path_of("features.csv")),
        gps_(path_of("gps." + run.options.format), run.options.threads),
        events_(path_of("events." + run.options.format), run.options.threads) {
    if (!run.options.truth.empty()) truth_ = std::make_unique<TableWriter>(run.options.truth / "truth.csv");
  }

  void write(const Batch& batch) {
    outcomes_.write(outcomes_table(batch.entries));
    to_predict_.write(to_predict_table(batch.entries));
    features_.write(features_table(batch.entries));
    if (truth_) truth_->write(truth_table(batch.entries));
    const Table gps = gps_table(batch.groups, run_.with_arrival, run_.options.threads);
    gps_.write(gps);
    const Table events = events_table(batch.groups, run_.with_arrival, run_.options.threads);
    events_.write(events);
    summary_.fixes += gps.rows;
    summary_.events += events.rows;
    for (const Entry& entry : batch.entries) {
      ++(entry.labelled ? summary_.labelled : summary_.to_predict);
      repaid_ += entry.applicant.repaid ? 1 : 0;
    }
  }

  SimulateSummary finish() {
    for (TableWriter* writer : {&outcomes_, &to_predict_, &features_, &gps_, &events_}) writer->finish();
    if (truth_) truth_->finish();
    summary_.share_repaid = static_cast<double>(repaid_) / static_cast<double>(run_.options.users);
    write_file(run_.options.out / "simulation.json", to_pretty_json(description()));
    return summary_;
  }

 private:
  fs::path path_of(const std::string& name) {
    names_.push_back(name);
    return run_.options.out / name;
  }

  /// What the folder holds, for people and for checks.
  Json description() const {
    const SimulateOptions& options = run_.options;
    Json json;
    json["simulated"] = true;
    json["note"] = "Invented people; only the marginal figures are fitted to published ones.";
    json["profile"] = options.profile;
    json["seed"] = options.seed;
    json["first_user"] = options.first_user;
    json["users"] = options.users;
    json["labelled"] = summary_.labelled;
    json["to_predict"] = summary_.to_predict;
    json["events"] = summary_.events;
    json["fixes"] = summary_.fixes;
    json["arrival"] = run_.with_arrival;
    json["censor"] = options.censor;
    json["plants"] = Json::array(options.plants);
    json["hidden_spread"] = options.hidden_spread;
    json["exported_at"] = to_string(options.exported_at);
    for (const std::string& name : names_) json["sha256"][name] = sha256_of_file(options.out / name);
    return json;
  }

  const Run& run_;
  std::vector<std::string> names_;
  TableWriter outcomes_;
  TableWriter to_predict_;
  TableWriter features_;
  TableWriter gps_;
  TableWriter events_;
  std::unique_ptr<TableWriter> truth_;
  SimulateSummary summary_;
  std::uint64_t repaid_ = 0;
};

bool lies_within(const fs::path& inner, const fs::path& outer) {
  const fs::path relative = fs::weakly_canonical(inner).lexically_relative(fs::weakly_canonical(outer));
  return !relative.empty() && *relative.begin() != "..";
}

void validate(const SimulateOptions& options) {
  constexpr std::uint64_t kNumberMax = 1'000'000'000'000;  // row ids must fit 64 bits
  const auto refuse_unless = [](bool holds, const std::string& message) {
    if (!holds) throw Error(Error::kUsage, message);
  };
  profile_of(options.profile);
  for (const std::string& name : options.plants) plant_of(name);
  refuse_unless(options.users >= 1, "there must be at least one user");
  refuse_unless(options.first_user >= 1 && options.first_user <= kNumberMax && options.users <= kNumberMax,
                format("the first user and the number of users must be from 1 to {}", kNumberMax));
  refuse_unless(
      options.labelled.value_or(0) <= options.users,
      format("{} users cannot have outcomes: there are only {}", options.labelled.value_or(0), options.users));
  refuse_unless(options.format == "parquet" || options.format == "csv",
                format("unknown format `{}`; known: parquet, csv", options.format));
  refuse_unless(!options.out.empty(), "a folder for the tables must be given");
  refuse_unless(options.truth.empty() || !lies_within(options.truth, options.out),
                format("the truth cannot be written to {}: that lies within {}, which training reads",
                       options.truth.string(), options.out.string()));
  refuse_unless(options.hidden_spread >= 0.0 && options.hidden_spread <= 10.0,
                format("the hidden spread is {}; it must be from 0 to 10", options.hidden_spread));
  const Timestamp last = last_application_day() + kDay;
  refuse_unless(options.exported_at > last, format("the export at {} must come after the last application, {}",
                                                   to_string(options.exported_at), to_string(last)));
}

SimulateSummary write_lender(const SimulateOptions& options, const Progress& progress) {
  const Run run(options);
  fs::create_directories(options.out);
  if (!options.truth.empty()) fs::create_directories(options.truth);
  Files files(run);
  const std::uint64_t end = options.first_user + options.users;
  const std::uint64_t step = kUsersPerGroup * kGroupsPerBatch;
  std::uint64_t next = (options.first_user - 1) / kUsersPerGroup * kUsersPerGroup + 1;
  Batch batch = make_batch(run, next);
  for (next += step; next < end; next += step) {
    const auto policy = options.threads > 1 ? std::launch::async : std::launch::deferred;
    std::future<void> written = std::async(policy, [&files, &batch] { files.write(batch); });
    Batch following = make_batch(run, next);
    written.get();
    batch = std::move(following);
    if (progress) progress("simulating users", std::min(next, end) - options.first_user, options.users);
  }
  files.write(batch);
  if (progress) progress("simulating users", options.users, options.users);
  return files.finish();
}

}  // namespace
}  // namespace asof::simulation

namespace asof {

void SimulateOptions::validate() const { simulation::validate(*this); }

SimulateSummary simulate(const SimulateOptions& options, const Progress& progress) {
  options.validate();
  return simulation::write_lender(options, progress);
}

}  // namespace asof
