// `asof explain-value` and `asof features --explain`, word for word, on a table that a person can check by eye.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "lender.h"
#include "testing/places.h"

namespace asof {
namespace {

using testing::Ran;
using testing::run_asof;
using testing::TemporaryFolder;

class ExplainValue : public ::testing::Test {
 protected:
  ExplainValue() {
    write_file(folder_ / "applications.csv",
               "user_id,applied,repaid,purpose\n1,2024-03-10T12:00:00Z,1,car\n2,2024-03-11T12:00:00Z,0,shop\n");
    write_file(folder_ / "payments.csv", R"(id,user_id,at,seen,amount,kind
1,1,2024-01-01T08:00:00Z,2024-01-01T09:00:00Z,100,card
2,1,2024-03-01T08:00:00Z,2024-03-01T09:00:00Z,30,card
3,1,2024-03-05T08:00:00Z,2024-03-05T09:00:00Z,-1,card
4,1,2024-03-06T08:00:00Z,2024-03-11T09:00:00Z,500,card
5,1,2024-03-08T08:00:00Z,,20,cash
6,1,2024-03-09T08:00:00Z,2024-03-09T09:00:00Z,12.5,card
7,1,2024-03-10T12:00:00Z,2024-03-10T12:00:00Z,700,card
8,2,2024-03-09T08:00:00Z,2024-03-09T09:00:00Z,9,card
)");
    write_file(folder_ / "asof.yaml", R"(name: small
time_zone: UTC
tables:
  applications: {from: applications.csv, entity: user_id, time: applied}
  payments: {from: payments.csv, entity: user_id, time: at, id: id, known_at: seen, missing: {amount: [-1]}}
target: {table: applications, label: repaid, good: 1}
features:
  application: [purpose]
  define:
    paid: sum(payments.amount over 2w where kind = 'card')
    paid_share: paid / sum(payments.amount)
    kind: last(payments.kind)
)");
  }

  Ran explain(const std::string& feature, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"explain-value", folder_.path().string(), "--user",    "1",
                                      "--at",          "2024-03-10T12:00:00Z",  "--feature", feature,
                                      "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return run_asof(words);
  }

  TemporaryFolder folder_;
};

TEST_F(ExplainValue, lists_the_rows_that_were_used_and_why_the_others_were_not) {
  const Ran ran = explain("paid");
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, R"(paid = 42.5 for user_id 1 at 2024-03-10T12:00:00Z
boundary: before; a row counts when its time is before the application's
paid = sum(payments.amount over 2w where kind = 'card')

[1] sum(payments.amount over 2w where kind = 'card') = 42.5: 2 rows used, 5 left out
  time                         value  known at
  2024-03-01T08:00:00Z         30     2024-03-01T09:00:00Z
  2024-03-09T08:00:00Z         12.5   2024-03-09T09:00:00Z
  left out:
  time                         value  known at                     why not
  2024-01-01T08:00:00Z         100    2024-01-01T09:00:00Z         before the window
  2024-03-05T08:00:00Z                2024-03-05T09:00:00Z         no value
  2024-03-06T08:00:00Z         500    2024-03-11T09:00:00Z         known only after the application
  2024-03-08T08:00:00Z         20                                  the condition is false
  2024-03-10T12:00:00Z         700    2024-03-10T12:00:00Z         not before the application
)");
}

TEST_F(ExplainValue, the_documents_show_what_the_program_says) {
  const std::string document = read_file(std::filesystem::path(testing::kSourceFolder) / "docs/features.md");
  const auto expect_shown = [&](std::string said) {
    while (said.ends_with('\n')) said.pop_back();
    EXPECT_NE(document.find(said), std::string::npos) << "docs/features.md should show\n" << said;
  };
  expect_shown(explain("paid").out);
  expect_shown(run_asof({"features", "--pack", "mobile-lender/classic", "--explain", "avg_speed"}).out);
}

TEST_F(ExplainValue, shows_the_latest_rows_when_there_are_many) {
  const Ran ran = explain("paid", {"--limit", "1"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("... 1 earlier ones; --limit 2 shows all"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("12.5"), std::string::npos);
  EXPECT_EQ(ran.out.find("2024-03-01"), std::string::npos);
}

TEST_F(ExplainValue, the_rows_used_of_every_part_add_up_to_the_number) {
  const Ran ran = explain("paid_share", {"--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Json said = parse_json(ran.out);
  std::vector<double> sums;
  for (const Json& part : said.at("parts").as_array()) {
    double sum = 0.0;
    for (const Json& row : part.at("rows").as_array()) {
      if (row.at("fate").as_string() != "used") continue;
      const std::string& text = row.at("value").as_string();
      double value = 0.0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      sum += value;
    }
    EXPECT_EQ(part.at("value").as_number(), sum);
    sums.push_back(sum);
  }
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(said.at("value").as_number(), sums[0] / sums[1]);
  EXPECT_EQ(sums[1], 162.5);
}

TEST_F(ExplainValue, a_text_and_a_column_of_the_application_are_said_as_they_are) {
  EXPECT_NE(explain("kind").out.find("kind = 'card' for user_id 1"), std::string::npos);
  EXPECT_NE(explain("purpose").out.find("purpose = 'car' for user_id 1"), std::string::npos);
}

TEST_F(ExplainValue, what_is_not_there_is_answered_with_what_is) {
  EXPECT_NE(explain("payd").err.find("did you mean `paid`"), std::string::npos);
  const Ran ran = run_asof(
      {"explain-value", folder_.path().string(), "--user", "one", "--at", "2024-03-10T12:00:00Z", "--feature", "paid"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.err.find("an integer was expected"), std::string::npos) << ran.err;
}

TEST_F(ExplainValue, a_feature_is_explained_in_english_and_in_sql) {
  const Ran ran = run_asof({"features", folder_.path().string(), "--explain", "paid", "--json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Json said = parse_json(ran.out);
  EXPECT_EQ(said.at("english").as_string(),
            R"(In short: total amount of payments in the last 14 days for which kind is card.
[1] Sum of the values; 0 when there are none.
    Value: `amount` of a row; rows without one are left out.
    Rows: those of `payments` that are the applicant's, with T - 14d <= `at` < T.
    Of these, only rows that were known at T: `seen` <= T; a row without it counts as known when it happened.
    Only rows for which this is true: `kind` is 'card'.
    A row sent twice (same time and `id`) counts once.
    In `amount`, -1 means missing.
)");
  EXPECT_NE(said.at("sql").as_string().find("coalesce(sum(r.value), 0)"), std::string::npos);
  EXPECT_TRUE(said.at("no_sql").is_null());
}

}  // namespace
}  // namespace asof
