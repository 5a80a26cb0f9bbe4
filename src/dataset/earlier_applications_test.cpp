// Earlier applications from files: of the project's table, and of the applications that are asked about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "dataset/assemble.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::thrown_by;

constexpr const char* kHistory =
    "user_id,at,amount,status,known,staff\n"
    "1,2024-01-01T00:00:00Z,100,paid,2024-02-01T00:00:00Z,f\n"
    "1,2024-03-01T00:00:00Z,200,lost,2024-04-01T00:00:00Z,t\n"
    "1,2024-05-01T00:00:00Z,300,,,f\n"
    "2,2024-01-15T00:00:00Z,70,void,2024-01-20T00:00:00Z,f\n"
    "2,2024-06-01T00:00:00Z,80,paid,2024-07-01T00:00:00Z,f\n";

constexpr const char* kDefinitions =
    "{n: count(loans), total: sum(loans.amount), paid: mean(loans.repaid), open: count(loans where repaid is missing)}";

struct Lender {
  TemporaryFolder folder;

  explicit Lender(const std::string& more = "", const std::string& known = ", known_at: known",
                  const std::string& define = kDefinitions) {
    write_file(folder / "loans.csv", kHistory);
    write_file(folder / "asof.yaml", "name: small\ntables:\n  loans: {from: loans.csv, entity: user_id, time: at" +
                                         more +
                                         "}\ntarget: {table: loans, label: status, good: paid, indeterminate: [void]" +
                                         known + "}\nfeatures: {define: " + define + "}\n");
  }

  Project project() const { return read_project(folder.path()); }
};

std::vector<double> column(const Matrix& matrix, std::size_t index) {
  std::vector<double> values;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const double value = matrix.row(row)[index];
    values.push_back(is_missing(value) ? -1.0 : value);
  }
  return values;
}

TEST(EarlierApplications, are_the_rows_of_the_applications_table) {
  const Assembled result = assemble(Lender().project(), {});
  const Matrix& features = result.dataset.features;
  EXPECT_THAT(column(features, 0), ElementsAre(0, 1, 2, 0, 1));
  EXPECT_THAT(column(features, 1), ElementsAre(0, 100, 300, 0, 70));
  EXPECT_THAT(column(features, 2), ElementsAre(-1, 1, 0.5, -1, -1));
  EXPECT_THAT(column(features, 3), ElementsAre(0, 0, 0, 0, 1)) << "void is neither";
  EXPECT_EQ(result.plan.tables().front().role, TableRole::kApplications);
}

TEST(EarlierApplications, that_where_leaves_out_were_made_nevertheless) {
  const Assembled result = assemble(Lender(", where: not staff").project(), {});
  EXPECT_THAT(column(result.dataset.features, 0), ElementsAre(0, 2, 0, 1)) << "one of two is not learnt from";
}

TEST(EarlierApplications, have_no_outcome_without_a_clock) {
  const Lender lender("", "");
  EXPECT_THAT(thrown_by([&] { static_cast<void>(lender.project()); }).message,
              HasSubstr("feature `paid`: the outcome of an earlier application counts only once it was known"));
}

TEST(EarlierApplications, whose_window_ends_after_what_was_observed_have_no_outcome) {
  const Lender lender("", ", performance_window: 31d, observed_until: 2024-03-15T00:00:00Z");
  EXPECT_THAT(column(assemble(lender.project(), {}).dataset.features, 2), ElementsAre(-1, 1, 1, -1, -1));
}

TEST(EarlierApplications, that_are_asked_about_count_for_later_ones_and_once) {
  const Lender lender;
  const Project project = lender.project();
  // The first is in the project's table as well, where its amount is another; two are the same; no outcome is told.
  write_file(lender.folder / "new.csv",
             "user_id,at,amount\n"
             "1,2024-05-01T00:00:00Z,299\n"
             "1,2024-08-01T00:00:00Z,400\n"
             "1,2024-09-01T00:00:00Z,500\n"
             "1,2024-09-01T00:00:00Z,500\n"
             "1,2024-10-01T00:00:00Z,600\n"
             "3,2024-10-01T00:00:00Z,900\n");
  const Assembled trained = assemble(project, {});
  TableSpec spec = trained.plan.applications();
  spec.from = lender.folder / "new.csv";
  const Applications applications =
      make_applications(spec, read_table(read_request(project, spec, column_requests(spec, {}), 1)));
  const AssembleOptions options{.applications_from = spec.from};
  PartitionedHistories histories = read_partitioned(project, trained.plan.tables(), applications, options);
  const Matrix features = compute_features(trained.plan, applications, histories, options);
  EXPECT_THAT(column(features, 0), ElementsAre(2, 3, 4, 4, 5, 0));
  EXPECT_THAT(column(features, 1), ElementsAre(300, 600, 1000, 1000, 1500, 0));
  EXPECT_THAT(column(features, 2), ElementsAre(0.5, 0.5, 0.5, 0.5, 0.5, -1));
  EXPECT_THAT(column(features, 3), ElementsAre(0, 1, 2, 2, 3, 0));
}

}  // namespace
}  // namespace asof
