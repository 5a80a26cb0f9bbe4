// A small lender for tests: files, a fitted bundle, and stores over them. Real scoring, few rows.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/elementary.h"
#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "evaluate/fitted.h"
#include "score/scorer.h"
#include "store/ingest.h"
#include "store/user_store.h"

namespace asof {

/// Users 1 to 9 have rows of `gps` and `features`, user 10 only of `features`; every other user has none.
class TestLender {
 public:
  struct Options {
    std::string time_zone = "Africa/Nairobi";
    ColumnType entity = ColumnType::kInteger;
    bool own_columns = false;  ///< the applications have `amount`, `product` and others
    std::string model = "logistic";
  };

  explicit TestLender(const Options& options)
      : folder_(std::filesystem::temp_directory_path() / format("asof_lender_{}_{}", ::getpid(), next_number()++)) {
    std::filesystem::create_directories(folder_);
    write_file(folder_ / "gps.csv", gps_csv());
    write_file(folder_ / "features.csv", features_csv());
    scorer_ = std::make_shared<const Scorer>(fitted_bundle(options));
    if (!options.time_zone.empty()) zone_ = TimeZone::named(options.time_zone);
  }
  TestLender() : TestLender(Options()) {}
  ~TestLender() { std::filesystem::remove_all(folder_); }
  TestLender(const TestLender&) = delete;
  TestLender& operator=(const TestLender&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  const std::shared_ptr<const Scorer>& scorer() const { return scorer_; }

  /// One more row of `gps` for each of the `count` seconds before 2023-11-14T22:13:20Z, in stores opened later.
  void add_fixes(std::int64_t user, int count) const {
    std::string csv = read_file(folder_ / "gps.csv");
    for (int i = 1; i <= count; ++i)
      csv += format("{},{},{},1\n", 100'000 + i, user,
                    to_string(Timestamp{1'700'000'000'000'000} - Duration{i * kSecond.microseconds}));
    write_file(folder_ / "gps.csv", csv);
  }

  std::shared_ptr<const UserStore> files() const {
    return open_memory_store(served([this](const std::string& table) { return (folder_ / (table + ".csv")).string(); }),
                             zone_, 1, {});
  }

  /// A store file, into which the files were ingested, that takes rows and keeps `cache_memory` bytes of what it read.
  std::shared_ptr<const UserStore> stored(std::size_t cache_memory = 1 << 20) const {
    const auto now = [] { return Timestamp{1'700'000'000'000'000}; };
    Project project{.time_zone = zone_.name(), .tables = scorer_->tables()};
    for (TableSpec& table : project.tables) table.from = (folder_ / (table.name + ".csv")).string();
    ingest(project, folder_ / "store.db", {.now = now, .progress = {}});
    return open_sqlite_store(folder_ / "store.db", served([](const std::string&) { return ""; }), zone_,
                             {.now = now, .cache_memory = cache_memory});
  }

  /// From tables of the same names, which `create_tables` makes.
  std::shared_ptr<const UserStore> postgres(const std::string& url, const PostgresStoreOptions& options = {}) const {
    return open_postgres_store(served([&](const std::string& table) { return format("postgres:{}#{}", url, table); }),
                               zone_, options);
  }

  /// The statements that make empty tables; the files' columns are theirs.
  static std::string create_tables() {
    return "CREATE TABLE gps (id int, user_id bigint, time_of_fix timestamptz, speed float8); CREATE INDEX ON gps "
           "(user_id, time_of_fix); "
           "CREATE TABLE features (user_id bigint PRIMARY KEY, f float8)";
  }

  /// What `Scorer::explain` itself says.
  Explanation explained(std::int64_t user, Timestamp at) const {
    const auto store = files();
    const UserRows rows = store->read(user, at);
    return scorer_->explain({user, at}, rows.history);
  }

  /// What `Scorer::score` itself says.
  Score expected(std::int64_t user, Timestamp at) const {
    const auto store = files();
    const UserRows rows = store->read(user, at);
    return scorer_->score({user, at}, rows.history);
  }

 private:
  static int& next_number() {
    static int number = 0;
    return number;
  }

  static std::string gps_csv() {
    std::string csv = "id,user_id,time_of_fix,speed\n";
    Random random(3);
    for (int id = 0; id < 600; ++id) {
      const Timestamp time{1'690'000'000'000'000 + static_cast<std::int64_t>(random.below(20'000'000)) * 1'000'000};
      csv += format("{},{},{},{}\n", id, 1 + random.below(9), to_string(time), round_trippable(random.uniform() * 30));
    }
    return csv;
  }

  static std::string features_csv() {
    std::string csv = "user_id,f\n";
    for (int user = 1; user <= 10; ++user)
      csv += format("{},{}\n", user, user % 3 == 0 ? "" : round_trippable(0.1 * user));
    return csv;
  }

  static TableSpec table(std::string name, TableRole role, std::string time, ColumnType entity) {
    TableSpec spec{.name = std::move(name), .role = role, .entity = "user_id", .time = std::move(time)};
    spec.columns["user_id"].type = entity;
    if (!spec.time.empty()) spec.columns[spec.time].type = ColumnType::kTime;
    return spec;
  }

  static Bundle fitted_bundle(const Options& options) {
    Bundle bundle;
    bundle.name = "test-lender";
    bundle.time_zone = options.time_zone;
    bundle.applications = table("applications", TableRole::kApplications, "application_at", options.entity);
    bundle.tables = {table("gps", TableRole::kEvents, "time_of_fix", options.entity),
                     table("features", TableRole::kUndated, "", options.entity)};
    bundle.tables[0].id = "id";
    bundle.tables[0].columns["id"].type = ColumnType::kInteger;
    bundle.tables[0].columns["speed"].type = ColumnType::kReal;
    bundle.tables[1].columns["f"].type = ColumnType::kReal;
    bundle.definitions = {{"fixes", "count(gps)", "activity", "asof.yaml", 1},
                          {"speed", "mean(gps.speed)", "movement", "asof.yaml", 2},
                          {"recency", "hours_since_last(gps)", "recency", "asof.yaml", 3},
                          {"f", "features.f", "masked", "asof.yaml", 4}};
    if (options.own_columns) {
      auto& columns = bundle.applications.columns;
      columns["amount"] = {.type = ColumnType::kReal, .missing = {"-1"}};
      columns["term"] = {.type = ColumnType::kInteger};
      columns["renewal"] = {.type = ColumnType::kBoolean};
      columns["product"] = {.type = ColumnType::kText, .missing = {"unknown"}};
      columns["born"] = {.type = ColumnType::kTime};
      bundle.definitions.push_back({"amount", "applications.amount", "application", "asof.yaml", 5});
      bundle.definitions.push_back({"term", "applications.term", "application", "asof.yaml", 6});
    }
    for (const Definition& definition : bundle.definitions)
      bundle.columns.push_back({.name = definition.name, .family = definition.family});
    bundle.columns[3].undated = true;
    fit_model(bundle, options.model);
    seal(bundle);
    return bundle;
  }

  static void fit_model(Bundle& bundle, const std::string& kind) {
    constexpr std::uint32_t kRows = 400;
    Dataset data;
    data.columns = bundle.columns;
    data.features = Matrix(kRows, bundle.columns.size());
    Random random(11);
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      double sum = 0.0;
      for (double& value : data.features.row(row)) sum += value = 100.0 * random.uniform();
      if (row % 9 == 0) data.features.row(row).back() = kMissing;
      data.good.push_back(sum + 50 * random.uniform() > 50.0 * static_cast<double>(bundle.columns.size()) ? 1.0 : 0.0);
      data.weights.push_back(1.0);
      data.groups.push_back(row);
      data.times.push_back({row});
      data.known_at.push_back({row});
      rows.push_back(row);
    }
    const ModelKind& model = model_kind(kind);
    Fitted fitted = fit(data, rows, model, model.settings(rows.size(), data.columns.size()).front(), 42, 1);
    std::vector<double> log_odds;
    for (const std::uint32_t row : rows) log_odds.push_back(logit(fitted.repayment(data.features.row(row))));
    bundle.points = fit_point_card({}, log_odds, data.good);
    bundle.reasons = make_reason_texts(data, rows, phrases_of(bundle.definitions, bundle.applications, bundle.tables),
                                       {{"fixes", "few position fixes"}});
    bundle.preprocess = std::move(fitted.preprocess);
    bundle.kind = fitted.kind;
    bundle.model = std::move(fitted.model);
  }

  template <class PlaceOf>
  std::vector<ServedTable> served(const PlaceOf& place_of) const {
    std::vector<ServedTable> tables;
    for (TableSpec spec : scorer_->tables()) {
      spec.from = place_of(spec.name);
      tables.push_back({spec, scorer_->columns_of(spec)});
    }
    return tables;
  }

  std::filesystem::path folder_;
  std::shared_ptr<const Scorer> scorer_;
  TimeZone zone_;
};

}  // namespace asof
