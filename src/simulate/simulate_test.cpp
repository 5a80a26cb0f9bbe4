#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>

#include "asof/error.h"
#include "base/files.h"
#include "base/json.h"

namespace asof {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

constexpr const char* kFiles[] = {"loan_outcomes.csv", "applications_to_predict.csv", "features.csv", "gps.csv",
                                  "events.csv"};

/// A folder that exists for one test.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::path(testing::TempDir()) / ("asof_simulate_" + name)) {
    fs::remove_all(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path tables() const { return path_ / "tables"; }
  fs::path truth() const { return path_ / "truth"; }

 private:
  fs::path path_;
};

SimulateOptions small(const Folder& folder) {
  SimulateOptions options;
  options.users = 150;
  options.out = folder.tables();
  options.format = "csv";
  return options;
}

Lines lines_of(const fs::path& path) {
  std::istringstream text(read_file(path));
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

Lines fields_of(const std::string& line) {
  Lines fields = {""};
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

/// The rows of a CSV file as maps from column to text.
std::vector<std::map<std::string, std::string>> rows_of(const fs::path& path) {
  const Lines lines = lines_of(path);
  const Lines names = fields_of(lines.at(0));
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Lines fields = fields_of(lines[i]);
    auto& row = rows.emplace_back();
    for (std::size_t j = 0; j < names.size(); ++j) row[names[j]] = fields.at(j);
  }
  return rows;
}

std::string refusal(const SimulateOptions& options) {
  try {
    options.validate();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Error::kUsage);
    return error.what();
  }
  return "accepted";
}

TEST(Simulate, writes_the_published_tables_and_columns) {
  const Folder folder("columns");
  simulate(small(folder));
  const auto header = [&](const char* file) { return lines_of(folder.tables() / file).at(0); };
  EXPECT_EQ(header("gps.csv"), "id,user_id,time_of_fix,accuracy,land_speed,location_provider,latitude,longitude");
  EXPECT_EQ(header("events.csv"), "id,user_id,timestamp,screen_name,action,session_id,network_type");
  EXPECT_EQ(header("features.csv"),
            "user_id,feature_1,feature_2,feature_3,feature_4,feature_5,feature_6,feature_7,feature_8,feature_9,"
            "feature_10");
  EXPECT_EQ(header("loan_outcomes.csv"), "user_id,application_at,is_repaid,outcome_known_at");
  EXPECT_EQ(header("applications_to_predict.csv"), "user_id,application_at");
  EXPECT_FALSE(fs::exists(folder.truth()));
}

TEST(Simulate, the_same_bytes_for_any_number_of_threads) {
  for (const std::string format : {"csv", "parquet"}) {
    const Folder one("one"), two("two");
    SimulateOptions options = small(one);
    options.users = 1100;  // two batches
    options.first_user = 40;
    options.format = format;
    options.truth = one.truth();
    simulate(options);
    options.out = two.tables();
    options.truth = two.truth();
    options.threads = 2;
    simulate(options);
    for (const auto& entry : fs::directory_iterator(one.tables()))
      EXPECT_TRUE(read_file(entry.path()) == read_file(two.tables() / entry.path().filename())) << entry.path();
    EXPECT_TRUE(read_file(one.truth() / "truth.csv") == read_file(two.truth() / "truth.csv"));
  }
}

TEST(Simulate, fewer_users_are_a_prefix_of_more) {
  const Folder fewer("fewer"), more("more");
  SimulateOptions options = small(fewer);
  options.users = 130;
  simulate(options);
  options.out = more.tables();
  options.users = 300;
  simulate(options);
  for (const char* file : kFiles) {
    const Lines few = lines_of(fewer.tables() / file);
    const Lines many = lines_of(more.tables() / file);
    const std::set<std::string> all(many.begin(), many.end());
    for (const std::string& line : few) ASSERT_TRUE(all.contains(line)) << file << ": " << line;
    const auto of_first_users = std::count_if(many.begin() + 1, many.end(), [&](const std::string& line) {
      const Lines fields = fields_of(line);
      return std::stoi(fields.at(fields_of(many[0]).at(0) == "id" ? 1 : 0)) <= 130;
    });
    EXPECT_EQ(static_cast<std::size_t>(of_first_users), few.size() - 1) << file;
  }
}

TEST(Simulate, users_in_the_middle_are_those_of_the_whole) {
  const Folder part("part"), whole("whole");
  SimulateOptions options = small(whole);
  simulate(options);
  options.out = part.tables();
  options.first_user = 100;
  options.users = 20;
  simulate(options);
  for (const char* file : kFiles) {
    const Lines all = lines_of(whole.tables() / file);
    const std::set<std::string> known(all.begin(), all.end());
    for (const std::string& line : lines_of(part.tables() / file))
      ASSERT_TRUE(known.contains(line)) << file << ": " << line;
  }
}

TEST(Simulate, another_seed_makes_other_people) {
  const Folder one("seed_one"), two("seed_two");
  SimulateOptions options = small(one);
  simulate(options);
  options.out = two.tables();
  options.seed = 2;
  simulate(options);
  EXPECT_NE(read_file(one.tables() / "features.csv"), read_file(two.tables() / "features.csv"));
}

TEST(Simulate, row_ids_are_unique_and_rows_are_not_in_order_of_time_or_user) {
  const Folder folder("order");
  simulate(small(folder));
  for (const auto& [file, time] : {std::pair{"events.csv", "timestamp"}, std::pair{"gps.csv", "time_of_fix"}}) {
    std::set<std::string> ids;
    std::string last_time;
    std::string last_user;
    int later = 0, same_user = 0, rows = 0;
    for (auto& row : rows_of(folder.tables() / file)) {
      EXPECT_TRUE(ids.insert(row.at("id")).second) << row.at("id");
      ++rows;
      later += row.at(time) > last_time ? 1 : 0;
      same_user += row.at("user_id") == last_user ? 1 : 0;
      last_time = row.at(time);
      last_user = row.at("user_id");
    }
    EXPECT_NEAR(later, 0.5 * rows, 0.1 * rows) << file;
    EXPECT_LT(same_user, rows / 2) << file;
  }
}

TEST(Simulate, of_the_first_10111_users_8089_are_labelled_and_2022_to_predict) {
  const Folder folder("shares");
  SimulateOptions options = small(folder);
  options.users = 1011;
  const SimulateSummary tenth = simulate(options);
  EXPECT_NEAR(static_cast<double>(tenth.to_predict), 202.2, 1.0);
  std::set<std::string> users;
  for (const auto& row : rows_of(folder.tables() / "loan_outcomes.csv")) users.insert(row.at("user_id"));
  for (const auto& row : rows_of(folder.tables() / "applications_to_predict.csv"))
    EXPECT_TRUE(users.insert(row.at("user_id")).second);
  EXPECT_EQ(users.size(), 1011u);
}

TEST(Simulate, a_number_of_labelled_users_can_be_given) {
  const Folder folder("labelled");
  SimulateOptions options = small(folder);
  options.labelled = 150;
  const SimulateSummary summary = simulate(options);
  EXPECT_EQ(summary.labelled, 150u);
  EXPECT_EQ(summary.to_predict, 0u);
  EXPECT_EQ(lines_of(folder.tables() / "applications_to_predict.csv").size(), 1u);
}

TEST(Simulate, outcomes_are_known_after_30_or_90_days) {
  const Folder folder("known");
  simulate(small(folder));
  for (const auto& row : rows_of(folder.tables() / "loan_outcomes.csv")) {
    const TimeZone none;
    const Duration delay =
        parse_timestamp(row.at("outcome_known_at"), none) - parse_timestamp(row.at("application_at"), none);
    EXPECT_EQ(in_days(delay), row.at("is_repaid") == "1" ? 30 : 90);
  }
}

TEST(Simulate, censored_outcomes_are_empty) {
  const Folder folder("censored");
  SimulateOptions options = small(folder);
  options.users = 1500;
  options.censor = true;
  simulate(options);
  int empty = 0;
  for (const auto& row : rows_of(folder.tables() / "loan_outcomes.csv")) {
    EXPECT_EQ(row.at("is_repaid").empty(), row.at("outcome_known_at").empty());
    if (!row.at("is_repaid").empty()) continue;
    ++empty;
    EXPECT_GT(row.at("application_at"), "2024-12-31");
  }
  EXPECT_GT(empty, 10);
}

TEST(Simulate, arrival_adds_a_column_and_keeps_the_truth) {
  const Folder plain("plain"), with("with");
  SimulateOptions options = small(plain);
  options.truth = plain.truth();
  simulate(options);
  options.out = with.tables();
  options.truth = with.truth();
  options.arrival = true;
  simulate(options);
  EXPECT_EQ(read_file(plain.truth() / "truth.csv"), read_file(with.truth() / "truth.csv"));
  std::map<std::string, std::string> times;
  for (const auto& row : rows_of(plain.tables() / "events.csv")) times[row.at("id")] = row.at("timestamp");
  for (const auto& row : rows_of(with.tables() / "events.csv")) {
    EXPECT_EQ(row.at("timestamp"), times.at(row.at("id")));
    const TimeZone none;
    EXPECT_GT(parse_timestamp(row.at("received_at"), none), parse_timestamp(row.at("timestamp"), none));
    EXPECT_LT(row.at("received_at"), "2025-03-31T00:00:01");
  }
}

TEST(Simulate, a_plant_changes_the_tables_and_not_the_truth) {
  const Folder plain("unspoilt");
  SimulateOptions options = small(plain);
  options.truth = plain.truth();
  simulate(options);
  const auto events = lines_of(plain.tables() / "events.csv").size();
  const struct {
    const char* plant;
    const char* changed;
  } plants[] = {
      {"undated", "features.csv"}, {"clock", "events.csv"}, {"duplicates", "gps.csv"}, {"known_late", "events.csv"}};
  for (const auto& [plant, changed] : plants) {
    const Folder spoilt(plant);
    options.out = spoilt.tables();
    options.truth = spoilt.truth();
    options.plants = {plant};
    simulate(options);
    EXPECT_NE(read_file(plain.tables() / changed), read_file(spoilt.tables() / changed)) << plant;
    EXPECT_EQ(read_file(plain.truth() / "truth.csv"), read_file(spoilt.truth() / "truth.csv")) << plant;
    if (std::string_view(plant) != "duplicates") continue;
    const auto rows = static_cast<double>(lines_of(spoilt.tables() / "events.csv").size());
    EXPECT_NEAR(rows, 1.02 * static_cast<double>(events), .005 * static_cast<double>(events));
  }
}

TEST(Simulate, says_that_it_is_simulated_and_what_it_wrote) {
  const Folder folder("description");
  const SimulateSummary summary = simulate(small(folder));
  const Json json = parse_json(read_file(folder.tables() / "simulation.json"));
  EXPECT_TRUE(json.at("simulated").as_bool());
  EXPECT_EQ(json.at("users").as_integer(), 150);
  EXPECT_EQ(json.at("events").as_integer(), static_cast<std::int64_t>(summary.events));
  for (const char* file : kFiles) EXPECT_EQ(json.at("sha256").at(file).as_string().size(), 64u);
}

TEST(Simulate, options_that_make_no_sense_are_refused) {
  const Folder folder("refused");
  const SimulateOptions good = small(folder);
  EXPECT_EQ(refusal(good), "accepted");
  SimulateOptions options = good;
  options.profile = "publish";
  EXPECT_EQ(refusal(options), "unknown profile `publish`; did you mean `published`?");
  options = good;
  options.plants = {"clocks"};
  EXPECT_EQ(refusal(options), "unknown plant `clocks`; did you mean `clock`?");
  options = good;
  options.truth = options.out / "truth";
  EXPECT_NE(refusal(options).find("which training reads"), std::string::npos);
  options.truth = options.out;
  EXPECT_NE(refusal(options).find("which training reads"), std::string::npos);
  options = good;
  options.users = 0;
  EXPECT_EQ(refusal(options), "there must be at least one user");
  options = good;
  options.labelled = 151;
  EXPECT_EQ(refusal(options), "151 users cannot have outcomes: there are only 150");
  options = good;
  options.format = "xlsx";
  EXPECT_EQ(refusal(options), "unknown format `xlsx`; known: parquet, csv");
  options = good;
  options.exported_at = Timestamp{0};
  EXPECT_NE(refusal(options).find("must come after the last application"), std::string::npos);
}

}  // namespace
}  // namespace asof
