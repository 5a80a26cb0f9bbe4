// The prediction file and the live API give the same bits: both are `Scorer::score`.
#include <gtest/gtest.h>

#include <atomic>
#include <charconv>

#include "base/files.h"
#include "base/format.h"
#include "dataset/tables_in_memory.h"
#include "features/as_of.h"
#include "lender.h"
#include "score/batch.h"
#include "serve/raw_client.h"
#include "serve/server.h"
#include "store/user_store.h"
#include "testing/places.h"
#include "testing/postgres_fixture.h"

namespace asof {
namespace {

using testing::LenderOptions;
using testing::PostgresServer;
using testing::run_asof;
using testing::TemporaryFolder;

constexpr std::size_t kCompared = 500;

double number(const std::string& text) {
  double value = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<ServedTable> served(const Scorer& scorer, const Project& project) {
  std::vector<ServedTable> tables;
  for (const TableSpec& table : tables_of(scorer, project)) tables.push_back({table, scorer.columns_of(table)});
  return tables;
}

/// Posts every row of a prediction file to a server and compares the probabilities bit for bit.
void expect_same_bits(const std::filesystem::path& predictions, std::shared_ptr<const Scorer> scorer,
                      std::shared_ptr<const UserStore> store) {
  const TableSpec& applications = scorer->bundle().applications;
  const std::string entity = applications.entity;
  const std::string time = applications.time;
  Server server(std::move(scorer), std::move(store), {.port = 0});
  server.start();
  RawClient client(server.port());
  std::size_t compared = 0;
  for (const auto& row : testing::csv_rows(predictions)) {
    const std::string body = format(R"({{"{}": {}, "{}": "{}"}})", entity, row[0], time, row[1]);
    const RawResponse response = client.request("POST", "/predict", body);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.json().at("prediction_probability").as_number(), number(row[2])) << body;
    if (++compared == kCompared) break;
  }
  EXPECT_EQ(compared, kCompared);
  server.stop();
}

/// Trains in `folder` and predicts every application of the training table again.
void train_and_predict(const std::filesystem::path& folder, const std::string& applications) {
  const auto trained = run_asof({"train", folder.string(), "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const auto predicted = run_asof({"predict", folder.string(), "--applications", applications, "--out",
                                   (folder / "predictions.csv"), "--force", "--quiet"});
  ASSERT_EQ(predicted.code, 0) << predicted.err;
}

TEST(BatchEqualsLive, mobile_lender_from_files_in_memory) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.candidates = "gradient_boosting"});
  train_and_predict(folder.path(), (folder / "data/loan_outcomes.csv"));
  const Project project = read_project(folder.path());
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  expect_same_bits(folder / "predictions.csv", scorer,
                   open_memory_store(served(*scorer, project), zone_of(project), 2, {}));
}

TEST(BatchEqualsLive, mobile_lender_from_postgres) {
  const TemporaryFolder folder;
  LenderOptions options{.candidates = "xgboost"};
  testing::make_lender(folder.path(), options);
  PostgresServer& postgres = PostgresServer::shared();
  testing::copy_to_postgres(folder.path(), postgres);

  train_and_predict(folder.path(), (folder / "data/loan_outcomes.csv"));
  const std::string from_csv = read_file(folder / "predictions.csv");
  options.postgres = postgres.url("reader");
  testing::write_project(folder.path(), options);
  const auto predicted =
      run_asof({"predict", folder.path().string(), "--applications", (folder / "data/loan_outcomes.csv"), "--out",
                (folder / "from_postgres.csv"), "--quiet"});
  ASSERT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_EQ(from_csv, read_file(folder / "from_postgres.csv")) << "CSV and PostgreSQL give the same file";

  const Project project = read_project(folder.path());
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  expect_same_bits(folder / "predictions.csv", scorer,
                   open_postgres_store(served(*scorer, project), zone_of(project), {}));
}

/// The store that `asof ingest` makes of the project in `folder`.
std::shared_ptr<const UserStore> ingested(const std::filesystem::path& folder, const Scorer& scorer) {
  const std::string file = folder / "store.db";
  const auto ran = run_asof({"ingest", folder.string(), "--store", file, "--quiet"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const std::string& zone = scorer.bundle().time_zone;
  return open_sqlite_store(file, served(scorer, read_project(folder)),
                           zone.empty() ? TimeZone() : TimeZone::named(zone));
}

TEST(BatchEqualsLive, mobile_lender_from_a_store_file) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.format = "parquet", .candidates = "gradient_boosting"});
  train_and_predict(folder.path(), (folder / "data/loan_outcomes.csv"));
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  expect_same_bits(folder / "predictions.csv", scorer, ingested(folder.path(), *scorer));
}

TEST(BatchEqualsLive, credit_card) {
  const TemporaryFolder folder;
  const std::filesystem::path example = std::filesystem::path(testing::kSourceFolder) / "examples/credit-card";
  std::filesystem::copy(example, folder.path(), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(folder / "models");
  const auto trained = run_asof({"train", folder.path().string(), "--candidates", "logistic", "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Project project = read_project(folder.path());
  const auto predicted = run_asof({"predict", folder.path().string(), "--applications", project.applications().from,
                                   "--out", (folder / "predictions.csv"), "--force", "--quiet"});
  ASSERT_EQ(predicted.code, 0) << predicted.err;
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder.path() / "models" / project.name));
  expect_same_bits(folder / "predictions.csv", scorer,
                   open_memory_store(served(*scorer, project), zone_of(project), 2, {}));
  expect_same_bits(folder / "predictions.csv", scorer, ingested(folder.path(), *scorer));
}

TEST(BatchEqualsLive, pairs_of_texts_however_they_become_numbers) {
  for (const char* texts : {"indicators", "target", "frequency", "rank"}) {
    const TemporaryFolder folder;
    testing::make_lender(folder.path(), {.candidates = "logistic"});
    std::string project = read_file(folder / "asof.yaml");
    project.replace(project.find("  application: []"), std::string_view("  application: []").size(),
                    "  define:\n    top: top_bigram(events.screen_name over 30d)\n"
                    "    latest: last_bigram(events.action)\n");
    project.replace(project.find("candidates:"), 0, format("texts: [{}], ", texts));
    write_file(folder / "asof.yaml", project);
    train_and_predict(folder.path(), (folder / "data/loan_outcomes.csv"));
    const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
    expect_same_bits(folder / "predictions.csv", scorer, ingested(folder.path(), *scorer));
  }
}

TEST(BatchEqualsLive, applications_with_columns_of_their_own) {
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.own_columns = true});
  train_and_predict(folder.path(), (folder / "data/loan_outcomes.csv"));
  const Project project = read_project(folder.path());
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  const std::shared_ptr<const UserStore> store = open_memory_store(served(*scorer, project), zone_of(project), 2, {});
  Server server(scorer, store, {.port = 0});
  server.start();
  RawClient client(server.port());
  const auto applications = testing::csv_rows(folder / "data/loan_outcomes.csv");
  const auto predictions = testing::csv_rows(folder / "predictions.csv");
  ASSERT_EQ(applications.size(), predictions.size());
  ASSERT_GE(applications.size(), kCompared);
  for (std::size_t i = 0; i < kCompared; ++i) {
    const auto& row = applications[i];
    const std::string body =
        format(R"({{"user_id": {}, "application_at": "{}", "application": {{"amount": {}, "purpose": "{}"}}}})", row[0],
               row[1], row[4].empty() ? "null" : row[4], row[5]);
    const RawResponse response = client.request("POST", "/predict", body);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.json().at("prediction_probability").as_number(), number(predictions[i][2])) << body;
  }
  server.stop();
}

/// Applicants who come back, and what became of each loan: known a month later.
std::string returning_applicants() {
  constexpr int kUsers = 250;
  constexpr int kLoans = 4;
  std::string text = "user_id,applied,amount,repaid,known\n";
  std::uint32_t state = 1;
  for (int user = 0; user < kUsers; ++user) {
    for (int loan = 0; loan < kLoans; ++loan) {
      state = state * 1664525U + 1013904223U;
      const Timestamp applied =
          parse_timestamp("2023-01-01T00:00:00Z", {}) + Duration{(50 * loan + 4 * user) * kDay.microseconds + user};
      const bool repaid = (state >> 16U) % 100 < static_cast<std::uint32_t>(30 + user % 40);
      text += format("{},{},{},{},{}\n", user, to_string(applied), 100 + (state >> 20U) % 50, repaid ? "paid" : "lost",
                     to_string(applied + Duration{30 * kDay.microseconds}));
    }
  }
  return text;
}

void write_returning_project(const std::filesystem::path& folder, const std::string& from) {
  write_file(folder / "asof.yaml", format(R"(name: lender
boundary: at
tables:
  loans: {{from: "{}", entity: user_id, time: applied}}
target: {{table: loans, label: repaid, good: paid, known_at: known}}
features:
  define:
    loans_90d: count(loans over 90d)
    repaid_share: mean(loans.repaid)
    open: count(loans where repaid is missing)
    amount: mean(loans.amount)
    gap: days_since_last(loans)
train: {{candidates: [logistic], repeats: 1, folds: 3}}
)",
                                          from));
}

TEST(BatchEqualsLive, earlier_applications_from_files_and_from_postgres) {
  const TemporaryFolder folder;
  write_file(folder / "loans.csv", returning_applicants());
  write_returning_project(folder.path(), "loans.csv");
  train_and_predict(folder.path(), (folder / "loans.csv"));
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  Project project = read_project(folder.path());
  expect_same_bits(folder / "predictions.csv", scorer,
                   open_memory_store(served(*scorer, project), zone_of(project), 1, {}));

  PostgresServer& postgres = PostgresServer::shared();
  postgres.run_sql(
      "drop table if exists loans; create table loans (user_id bigint, applied timestamptz, amount bigint, repaid "
      "text, known timestamptz);");
  postgres.copy_csv("loans", folder / "loans.csv");
  ::setenv("ASOF_TEST_DATABASE_URL", postgres.url("reader").c_str(), 1);
  write_returning_project(folder.path(), "postgres:${ASOF_TEST_DATABASE_URL}#loans");
  project = read_project(folder.path());
  expect_same_bits(folder / "predictions.csv", scorer,
                   open_postgres_store(served(*scorer, project), zone_of(project), {}));
}

/// The probabilities of the first applications, by `score_batch` and by the live API.
struct BothWays {
  std::vector<double> batch;
  std::vector<double> live;
};

BothWays scored_both_ways(const std::shared_ptr<const Scorer>& scorer, const Project& project,
                          const Applications& applications, std::size_t count) {
  BothWays scores;
  PartitionedHistories histories = read_partitioned(project, tables_of(*scorer, project), applications, {});
  for (const Score& score : score_batch(*scorer, applications, histories, {}))
    scores.batch.push_back(score.repayment_probability);
  scores.batch.resize(count);
  const std::shared_ptr<const UserStore> store = open_memory_store(served(*scorer, project), zone_of(project), 1, {});
  Server server(scorer, store, {.port = 0});
  server.start();
  RawClient client(server.port());
  for (std::size_t row = 0; row < count; ++row) {
    const std::string body = format(R"({{"user_id": {}, "application_at": "{}"}})",
                                    std::get<std::int64_t>(applications.keys[row]), to_string(applications.times[row]));
    scores.live.push_back(client.request("POST", "/predict", body).json().at("prediction_probability").as_number());
  }
  server.stop();
  return scores;
}

/// Whether `known_as_of` is broken on purpose in the whole of this program: nothing was ever known.
std::atomic<bool> as_of_is_broken = false;

TEST(BatchEqualsLive, both_change_alike_when_the_as_of_rule_is_broken) {
  constexpr std::size_t kUsers = 40;
  const TemporaryFolder folder;
  testing::make_lender(folder.path(), {.users = 300});
  const auto trained = run_asof({"train", folder.path().string(), "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const Project project = read_project(folder.path());
  const auto scorer = std::make_shared<const Scorer>(Scorer::load(folder / "models/lender"));
  const Applications applications = read_applications(*scorer, project, folder / "data/loan_outcomes.csv", {});

  const BothWays whole = scored_both_ways(scorer, project, applications, kUsers);
  as_of_is_broken = true;
  const BothWays broken = scored_both_ways(scorer, project, applications, kUsers);
  as_of_is_broken = false;
  EXPECT_EQ(whole.batch, whole.live);
  EXPECT_EQ(broken.batch, broken.live) << "both ask the same function";
  for (std::size_t i = 0; i < kUsers; ++i) EXPECT_NE(whole.batch[i], broken.batch[i]) << "application " << i;
}

}  // namespace

// The linker sends every call of `known_as_of` here and gives the true one another name (tests/CMakeLists.txt), so that
// it can be broken without a word about tests in the program itself.
#define ASOF_KNOWN_AS_OF "_ZN4asof11known_as_ofERKNS_8EventLogENS_8RowRangeENS_9TimestampENS_8BoundaryE"
RowSet true_known_as_of(const EventLog& log, RowRange range, Timestamp cutoff,
                        Boundary boundary) asm("__real_" ASOF_KNOWN_AS_OF);
RowSet breakable_known_as_of(const EventLog& log, RowRange range, Timestamp cutoff,
                             Boundary boundary) asm("__wrap_" ASOF_KNOWN_AS_OF);
#undef ASOF_KNOWN_AS_OF

RowSet breakable_known_as_of(const EventLog& log, RowRange range, Timestamp cutoff, Boundary boundary) {
  return true_known_as_of(log, as_of_is_broken ? RowRange{range.end, range.end} : range, cutoff, boundary);
}

}  // namespace asof
