// A bundle comes back as it was saved, to the bit; what is damaged is refused by name.
#include "score/bundle.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "evaluate/fitted.h"
#include "score/scorer.h"

namespace asof {
namespace {

TableSpec table(std::string name, TableRole role, std::string time, const std::map<std::string, ColumnType>& columns) {
  TableSpec spec;
  spec.name = std::move(name);
  spec.role = role;
  spec.entity = "user_id";
  spec.time = std::move(time);
  spec.columns["user_id"].type = ColumnType::kInteger;
  for (const auto& [column, type] : columns) spec.columns[column].type = type;
  return spec;
}

/// Two features whose sum says who repays.
Dataset dataset(const std::vector<FeatureColumn>& columns) {
  constexpr std::size_t kRows = 200;
  Dataset data;
  data.columns = columns;
  data.features = Matrix(kRows, columns.size());
  Random random(7);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    double sum = 0.0;
    for (double& value : data.features.row(row)) sum += value = random.uniform();
    data.features.row(row)[0] = row % 10 == 0 ? kMissing : data.features.row(row)[0];
    data.good.push_back(sum + 0.3 * random.uniform() > 1.1 ? 1.0 : 0.0);
    data.weights.push_back(1.0);
    data.groups.push_back(row);
    data.times.push_back({row});
    data.known_at.push_back({row});
  }
  return data;
}

Bundle make_bundle(std::string_view kind) {
  Bundle bundle;
  bundle.name = "test";
  bundle.time_zone = "Africa/Nairobi";
  bundle.applications =
      table("applications", TableRole::kApplications, "application_at", {{"application_at", ColumnType::kTime}});
  bundle.tables = {
      table("events", TableRole::kEvents, "at", {{"at", ColumnType::kTime}, {"value", ColumnType::kReal}})};
  bundle.definitions = {{"n", "count(events)", "activity", "asof.yaml", 3},
                        {"level", "mean(events.value)", "", "asof.yaml", 4}};
  bundle.columns = {{"n", "activity", {}, false}, {"level", "events", {}, false}};
  const Dataset data = dataset(bundle.columns);
  std::vector<std::uint32_t> rows(data.rows());
  for (std::uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  const ModelKind& model = model_kind(kind);
  Fitted fitted = fit(data, rows, model, model.settings(rows.size(), bundle.columns.size()).front(), 42, 1);
  bundle.preprocess = std::move(fitted.preprocess);
  bundle.kind = fitted.kind;
  bundle.model = std::move(fitted.model);
  bundle.metrics = Json::Object{{"roc_auc", 0.75}};
  bundle.manifest = Json::Object{{"seed", 42}};
  seal(bundle);
  return bundle;
}

class BundleTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(root_); }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string message(const std::filesystem::path& path) const {
    try {
      load_bundle(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Error::kIncompatible) << error.what();
      return error.what();
    }
    return "loaded";
  }

  std::filesystem::path root_ = std::filesystem::temp_directory_path() / format("asof-bundle-{}", getpid());
};

/// The score of a user with these values an hour apart before the application.
double score_of(const Scorer& scorer, const std::vector<double>& values) {
  constexpr Timestamp kAt{1'700'000'000'000'000};
  const TableSpec& spec = scorer.tables().front();
  Table rows{.name = "events", .columns = {}, .rows = values.size()};
  rows.columns = {
      {.name = "user_id", .type = ColumnType::kInteger, .integers = std::vector<std::int64_t>(values.size(), 1)},
      {.name = "at", .type = ColumnType::kTime},
      {.name = "value", .type = ColumnType::kReal, .reals = values}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    rows.columns[1].integers.push_back(kAt.microseconds -
                                       static_cast<std::int64_t>(values.size() - i) * kHour.microseconds);
  }
  const EntityKey key = std::int64_t{1};
  const EventLog log = EventLog::build(spec, std::move(rows), EntityIndex(key));
  return scorer.score({key, kAt}, {{&log, log.rows_of(0)}}).repayment_probability;
}

TEST_F(BundleTest, every_kind_of_model_scores_the_same_bits_after_saving_and_loading) {
  for (const ModelKind* kind : model_kinds()) {
    const Bundle bundle = make_bundle(kind->name);
    const std::filesystem::path folder = save(bundle, root_, {{"report.html", "<p>"}});
    const Scorer before{Bundle(bundle)};
    const Scorer after = Scorer::load(folder);
    EXPECT_EQ(after.bundle().version, bundle.version);
    for (const std::vector<double>& values : {std::vector<double>{}, {0.2}, {0.9, 0.8}, {0.1, kMissing, 0.5}}) {
      EXPECT_EQ(score_of(before, values), score_of(after, values)) << kind->name;
    }
    EXPECT_EQ(load_bundle(root_ / "test").version, bundle.version) << "`latest` names the newest";
  }
}

TEST_F(BundleTest, the_same_bundle_has_the_same_bytes) {
  const std::filesystem::path first = save(make_bundle("logistic"), root_ / "a");
  const std::filesystem::path second = save(make_bundle("logistic"), root_ / "b");
  for (const auto& entry : std::filesystem::directory_iterator(first)) {
    EXPECT_EQ(read_file(entry.path()), read_file(second / entry.path().filename())) << entry.path();
  }
  EXPECT_EQ(first.filename(), second.filename());
}

TEST_F(BundleTest, a_damaged_or_missing_part_is_named) {
  const std::filesystem::path folder = save(make_bundle("logistic"), root_);
  for (const char* part : {"features.json", "preprocess.json", "model.txt", "metrics.json", "manifest.json"}) {
    const std::string whole = read_file(folder / part);
    std::string damaged = whole;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    write_file(folder / part, damaged);
    EXPECT_NE(message(folder).find(part), std::string::npos) << part << ": " << message(folder);
    write_file(folder / part, whole.substr(0, whole.size() / 2));
    EXPECT_NE(message(folder).find(part), std::string::npos) << part << ": " << message(folder);
    write_file(folder / part, whole);
  }
  EXPECT_EQ(message(folder), "loaded");
  std::filesystem::remove(folder / "model.txt");
  EXPECT_NE(message(folder).find("model.txt is missing"), std::string::npos) << message(folder);
}

TEST_F(BundleTest, a_newer_format_is_refused) {
  const std::filesystem::path folder = save(make_bundle("logistic"), root_);
  std::string manifest = read_file(folder / "manifest.json");
  const std::string old = format("\"format\": {}", kBundleFormat);
  manifest.replace(manifest.find(old), old.size(), format("\"format\": {}", kBundleFormat + 1));
  write_file(folder / "manifest.json", manifest);
  EXPECT_NE(message(folder).find("use a newer asof"), std::string::npos) << message(folder);
}

}  // namespace
}  // namespace asof
