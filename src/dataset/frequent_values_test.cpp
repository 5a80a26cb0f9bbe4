// Families of `top(...)`: what is counted, and what is not.
#include "dataset/frequent_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/format.h"
#include "dataset/assemble.h"
#include "dataset/split.h"
#include "testing/temporary_folder.h"
#include "testing/thrown.h"

namespace asof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::thrown_by;

constexpr int kPersons = 40;

/// 40 persons apply once, one a day from 2024-03-01; every third defaulted; the last two have no known outcome.
std::string applications() {
  std::string text = "user_id,application_at,repaid\n";
  for (int i = 0; i < kPersons; ++i) {
    const Timestamp at{parse_timestamp("2024-03-01T00:00:00Z", TimeZone()).microseconds + i * kDay.microseconds};
    text += format("{},{},{}\n", i, to_string(at), i >= kPersons - 2 ? "" : i % 3 == 0 ? "0" : "1");
  }
  return text;
}

struct Event {
  int person;
  std::string day;  // of 2024
  std::string action;
  int code = 0;
  std::string known = {};  // the day; empty: at once
};

class Lender {
 public:
  explicit Lender(const std::vector<Event>& events, const std::string& define = "{n: count(events)}") {
    std::string text = "id,user_id,at,known,action,code,amount\n";
    for (std::size_t i = 0; i < events.size(); ++i) {
      const Event& event = events[i];
      text += format("{},{},2024-{}T00:00:00Z,2024-{}T00:00:00Z,{},{},0.5\n", i, event.person, event.day,
                     event.known.empty() ? event.day : event.known, event.action, event.code);
    }
    write_file(folder_ / "a.csv", applications());
    write_file(folder_ / "e.csv", text);
    write_file(folder_ / "asof.yaml",
               "name: small\ntables:\n  applications: {from: a.csv, entity: user_id, time: application_at}\n"
               "  events: {from: e.csv, entity: user_id, time: at, id: id, known_at: known}\n"
               "target: {table: applications, label: repaid, good: 1}\nfeatures: {define: " +
                   define + "}\n");
  }

  Project project() const { return read_project(folder_.path()); }

  std::vector<std::string> top(std::size_t count, std::string_view column = "action") const {
    const Project read = project();
    return FrequentValues(read, 1).top(count, "events", column);
  }

 private:
  TemporaryFolder folder_;
};

Dataset labelled() {
  const Lender lender({{0, "01-01", "a"}});
  return read_labelled_applications(lender.project(), {}, {}).dataset;
}

/// Persons whose application no hold-out tests.
std::vector<int> learnt_from() {
  std::vector<int> persons;
  for (const std::uint32_t row : never_held_out(labelled(), {.holdout = 0.2, .seed = 42}))
    persons.push_back(static_cast<int>(row));
  return persons;
}

TEST(FrequentValues, are_the_most_frequent_and_ties_are_in_order_of_text) {
  const int person = learnt_from().front();
  const Lender lender({{person, "01-01", "c", 7},
                       {person, "01-02", "b", 10},
                       {person, "01-03", "a", 10},
                       {person, "01-04", "c", 9},
                       {person, "01-05", "", 9}});
  EXPECT_THAT(lender.top(5), ElementsAre("c", "a", "b"));
  EXPECT_THAT(lender.top(2), ElementsAre("c", "a"));
  EXPECT_THAT(lender.top(2, "code"), ElementsAre("10", "9")) << "integers as texts, in the order of texts";
}

TEST(FrequentValues, of_rows_that_no_training_application_knew_are_not_seen) {
  const std::vector<int> persons = learnt_from();
  ASSERT_LT(persons.size(), 38U);
  std::vector<Event> events = {{persons.front(), "01-01", "known"},
                               {persons.front(), "12-01", "later"},
                               {persons.front(), "01-01", "learnt_late", 0, "12-01"}};
  for (int person = 0; person < kPersons; ++person) {  // of hold-outs, and without an outcome
    if (std::ranges::find(persons, person) == persons.end()) events.push_back({person, "01-01", "held_out"});
  }
  EXPECT_THAT(Lender(events).top(9), ElementsAre("known"));
}

TEST(FrequentValues, neither_hold_out_has_a_row_that_is_learnt_from) {
  const Dataset data = labelled();
  const SplitOptions options{.holdout = 0.2, .seed = 42};
  for (const Split& split : {stratified_split(data, options), time_split(data, options)}) {
    for (const int person : learnt_from()) {
      EXPECT_TRUE(std::ranges::binary_search(split.train, static_cast<std::uint32_t>(person)));
    }
  }
}

TEST(FrequentValues, become_ordinary_definitions_which_a_plan_holds) {
  const std::vector<int> persons = learnt_from();
  const Lender lender({{persons[0], "01-01", "log in"}, {persons[1], "01-01", "log in"}, {persons[1], "01-02", "pay"}},
                      "{\"for action in top(20, events.action): n_{action}\": "
                      "\"count(events where action = '{action}')\"}");
  for (const int threads : {1, 3}) {
    const Assembled assembled = assemble(lender.project(), {.threads = threads});
    const std::vector<Definition>& definitions = assembled.plan.definitions();
    ASSERT_EQ(definitions.size(), 2U);
    EXPECT_EQ(definitions[0].name, "n_log_in");
    EXPECT_EQ(definitions[0].expression, "count(events where action = 'log in')");
    EXPECT_EQ(definitions[1].name, "n_pay");
    EXPECT_EQ(assembled.dataset.features.row(static_cast<std::size_t>(persons[1]))[1], 1.0);
  }
}

TEST(FrequentValues, are_refused_where_there_is_nothing_to_count) {
  const int person = learnt_from().front();
  const Lender lender({{person, "12-01", "later"}});
  const auto refusal = [&](std::string_view table, std::string_view column) {
    const Project project = lender.project();
    return thrown_by([&] { FrequentValues(project, 1).top(3, table, column); }).message;
  };
  EXPECT_THAT(refusal("events", "action"), HasSubstr("no row with a value counts"));
  EXPECT_THAT(refusal("events", "amount"), HasSubstr("a column of texts, integers or booleans was expected"));
  EXPECT_THAT(refusal("events", "actoin"), HasSubstr("there is no such column; did you mean `action`?"));
  EXPECT_THAT(refusal("evants", "action"), HasSubstr("events"));
  EXPECT_THAT(refusal("applications", "repaid"), HasSubstr("another table than the applications"));
}

}  // namespace
}  // namespace asof
