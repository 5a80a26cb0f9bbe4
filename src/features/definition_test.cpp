// The definition language: what is understood, and how mistakes are answered.
#include <gtest/gtest.h>

#include <algorithm>
#include "asof/error.h"
#include "base/format.h"
#include "features/expression.h"
#include "features/feature_set.h"
#include "features/plan.h"
#include "testing/thrown.h"

namespace asof {
namespace {

TableSpec table(std::string name, TableRole role, const std::map<std::string, ColumnType>& columns) {
  TableSpec spec;
  spec.name = std::move(name);
  spec.role = role;
  spec.entity = "user_id";
  if (role != TableRole::kUndated) spec.time = "at";
  for (const auto& [column, type] : columns) spec.columns[column].type = type;
  return spec;
}

TableSpec applications() {
  TableSpec spec =
      table("applications", TableRole::kApplications,
            {{"user_id", ColumnType::kInteger}, {"application_at", ColumnType::kTime}, {"amount", ColumnType::kReal}});
  spec.time = "application_at";
  return spec;
}

std::vector<TableSpec> tables() {
  return {table("events", TableRole::kEvents,
                {{"user_id", ColumnType::kInteger},
                 {"at", ColumnType::kTime},
                 {"action", ColumnType::kText},
                 {"value", ColumnType::kReal}}),
          table("clients", TableRole::kUndated,
                {{"limit", ColumnType::kReal}, {"city", ColumnType::kText}, {"since", ColumnType::kTime}})};
}

void compile(const std::string& expression) {
  FeaturePlan({{"x", expression, {}, "asof.yaml", 12}}, applications(), tables(), {});
}

std::string mistake(const std::string& expression) {
  try {
    compile(expression);
  } catch (const Error& error) {
    return error.what();
  }
  return "no mistake";
}

TEST(Definition, what_the_documents_show_is_understood) {
  for (const char* expression :
       {"count(events)", "mean(events.value over 7d)", "count(events over 30d where action = 'WIFI' and hour(at) < 6)",
        "max(events.value over 24h ending 24h before)", "mean(events.value over last 20 rows)",
        "distinct(events.action) / count(events)", "hour(application_at)", "age_days(clients.since)",
        "share(events where action in ('a', 'b'))", "last(events.action)",
        "if(clients.limit > 0, last(events.value) / clients.limit, missing)", "log1p(applications.amount)",
        "clients.city", "mean(events.value / 2 + 1 over all where value is not missing)",
        "not (clients.limit >= 5) or clients.city = 'Nairobi'", "-least(1, 2, clients.limit)",
        "count(events where at >= '2024-01-01T00:00:00Z')", "count(events where action in ('it''s', '''', ''))"}) {
    EXPECT_EQ(mistake(expression), "no mistake") << expression;
  }
}

TEST(Definition, a_mistake_is_shown_with_its_line_a_caret_and_the_nearest_name) {
  const std::string message = mistake("mean(events.valu over 7d)");
  EXPECT_NE(message.find("asof.yaml line 12: feature `x`"), std::string::npos) << message;
  EXPECT_NE(message.find("`events` has no column `valu`"), std::string::npos) << message;
  EXPECT_NE(message.find("value"), std::string::npos) << message;
  EXPECT_NE(message.find("\n    mean(events.valu over 7d)\n         ^^^^^^^^^^^"), std::string::npos) << message;
}

TEST(Definition, every_mistake_says_what_was_expected) {
  const std::pair<const char*, const char*> kMistakes[] = {
      {"", "was expected here"},
      {"count(", "was expected here"},
      {"count(event)", "known tables: events, clients"},
      {"coun(events)", "count"},
      {"mean(events)", "mean(events.column)"},
      {"share(events)", "needs a condition"},
      {"sum(events.action)", "a number was expected here, but this is a text"},
      {"events.value", "such as last(events.value)"},
      {"events", "such as count(events)"},
      {"count(events over 7)", "such as 30d"},
      {"count(events over 0d)", "holds no row"},
      {"count(events over last 0 rows)", "number of rows"},
      {"count(events over 7d ending 1d)", "`before` was expected"},
      {"count(clients over 7d)", "`clients` has no times"},
      {"last(clients.limit)", "`clients` has no times"},
      {"mean(mean(events.value))", "cannot stand inside another"},
      {"clients.since", "a time is no feature"},
      {"clients.city = 5", "only be compared with a text in 'quotes'"},
      {"clients.city < 'a'", "`=`, `!=` and `in` only"},
      {"clients.limit = 'a'", "cannot be compared with a text"},
      {"if(1, 2)", "takes 3 arguments, not 2"},
      {"x + 1", "made of itself"},
      {"1 +* 2", "was expected here"},
      {"max(events.user_id)", "says whose row it is"},
      {"count(events where user_id > 5)", "says whose row it is"},
      {"count(events where value in (value))", "a number was expected here"},
      {"1e999", "too large"},
      {"1 2", "an operator or the end"},
      {"'open", "no closing"},
      {"'it''s", "no closing"},
      {"1 ; 2", "`;` has no meaning"},
      {"sum(events.value where clients.limit > 1)", "only columns of `events`"},
  };
  for (const auto& [expression, expected] : kMistakes) {
    EXPECT_NE(mistake(expression).find(expected), std::string::npos) << expression << "\n" << mistake(expression);
  }
}

TEST(Definition, features_of_features_cost_no_more_than_their_number) {
  std::vector<Definition> definitions = {{"f0", "count(events)", {}, "asof.yaml", 1}};
  const auto add = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const std::string last = definitions.back().name;
      definitions.push_back({"f" + std::to_string(definitions.size()), last + " + " + last, {}, "asof.yaml", 1});
    }
  };
  add(60);  // each twice the one before: 2^60 places where the first is named
  EXPECT_NO_THROW(FeaturePlan(definitions, applications(), tables(), {}));
  add(100);
  std::ranges::reverse(definitions);
  EXPECT_NE(testing::thrown_by([&] {
              FeaturePlan(definitions, applications(), tables(), {});
            }).message.find("a chain of more than 100"),
            std::string::npos);
}

TEST(Definition, what_is_nested_or_chained_too_deep_is_refused) {
  EXPECT_NE(mistake(std::string(10'000, '(') + "1" + std::string(10'000, ')')).find("nested more than"),
            std::string::npos);
  const auto chain = [](int operators) {
    std::string text = "1";
    for (int i = 0; i < operators; ++i) text += " + 1";
    return text;
  };
  EXPECT_EQ(mistake(chain(300)), "no mistake");
  EXPECT_NE(mistake(chain(301)).find("more than 300 operators"), std::string::npos);
  EXPECT_NE(mistake(chain(100'000)).find("more than 300 operators"), std::string::npos);
  EXPECT_NE(mistake(std::string(100'000, '-') + "1").find("more than 300 operators"), std::string::npos);
  std::string negations;
  for (int i = 0; i < 100'000; ++i) negations += "not ";
  EXPECT_NE(mistake(negations + "1 = 1").find("more than 300 operators"), std::string::npos);
}

TEST(Families, loops_are_written_out_in_order) {
  const std::vector<Definition> families = {
      {"for w in [24h, 7d]: for c in events.*: {c}_{w}", "mean(events.{c} over {w})", {}, "p", 1}};
  const auto expanded = expand_families(families, [](std::string_view) { return std::vector<std::string>{"a", "b"}; });
  ASSERT_EQ(expanded.size(), 4U);
  EXPECT_EQ(expanded[0].name, "a_24h");
  EXPECT_EQ(expanded[3].name, "b_7d");
  EXPECT_EQ(expanded[3].expression, "mean(events.b over 7d)");
}

std::vector<Definition> of_top(const std::string& name, const std::string& expression,
                               const std::vector<std::string>& values) {
  const std::vector<Definition> families = {{name, expression, {}, "p", 1}};
  return expand_families(families, {}, [&](std::size_t count, std::string_view table, std::string_view column) {
    EXPECT_EQ(count, 3U);
    EXPECT_EQ(table, "events");
    EXPECT_EQ(column, "action");
    return values;
  });
}

TEST(Families, top_writes_values_into_names_and_texts) {
  const auto expanded = of_top("for a in top(3, events.action): for w in [1d, 7d]: {a}_{w}",
                               "count(events over {w} where action = '{a}')", {"tap screen", "tap-screen", "O'Hara"});
  ASSERT_EQ(expanded.size(), 6U);
  EXPECT_EQ(expanded[0].name, "tap_screen_1d");
  EXPECT_EQ(expanded[1].expression, "count(events over 7d where action = 'tap screen')");
  EXPECT_EQ(expanded[2].name, "tap_screen_2_1d") << "another text that would have the same name";
  EXPECT_EQ(expanded[2].expression, "count(events over 1d where action = 'tap-screen')");
  EXPECT_EQ(expanded[4].name, "O_Hara_1d");
  EXPECT_EQ(expanded[4].expression, "count(events over 1d where action = 'O''Hara')");
  const Node node = parse_expression(expanded[4]);
  EXPECT_EQ(node.where[0].children[1].text, "O'Hara");
}

TEST(Families, top_is_refused_when_it_is_written_wrongly_or_there_is_no_data) {
  for (const char* list : {"top(events.action)", "top(0, events.action)", "top(1001, events.action)", "top(3, action)",
                           "top(3, events.action", "top(x, events.action)", "top(3.5, events)"}) {
    const std::vector<Definition> wrong = {{format("for a in {}: {{a}}_n", list), "1", {}, "p", 7}};
    const std::string message = testing::thrown_by([&] {
                                  expand_families(wrong, {}, [](std::size_t, std::string_view, std::string_view) {
                                    return std::vector<std::string>();
                                  });
                                }).message;
    EXPECT_NE(message.find("`top(20, table.column)` with a number from 1 to 1000"), std::string::npos) << message;
    EXPECT_NE(message.find("p line 7"), std::string::npos) << message;
  }
  const std::vector<Definition> family = {{"for a in top(3, events.action): {a}_n", "1", {}, "p", 7}};
  const std::string message = testing::thrown_by([&] { expand_families(family, {}); }).message;
  EXPECT_NE(message.find("read from the data of a project"), std::string::npos) << message;
}

TEST(Families, a_name_given_twice_is_refused_with_both_places) {
  const std::vector<Definition> twice = {{"a", "1", {}, "p", 3}, {"a", "2", {}, "q", 4}};
  try {
    expand_families(twice, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("q line 4: the feature `a` is already defined in p line 3"),
              std::string::npos)
        << error.what();
  }
}

TEST(Packs, every_pack_is_read_and_parses) {
  for (const std::string& pack : pack_names()) {
    const auto definitions =
        expand_families(pack_definitions(pack), [](std::string_view) { return std::vector<std::string>{"feature_1"}; });
    EXPECT_FALSE(definitions.empty()) << pack;
    for (const Definition& definition : definitions) EXPECT_NO_THROW(parse_expression(definition)) << definition.name;
  }
}

TEST(Families, a_feature_is_not_called_what_means_something_else_in_expressions) {
  for (const std::string name : {"true", "false", "missing", "not", "application_at"}) {
    try {
      expand_families(std::vector<Definition>{{"for n in [" + name + "]: {n}", "count(events)", {}, "p", 3}}, {});
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()),
                "p line 3: feature `" + name + "`: `" + name +
                    "` means something else in expressions, so no other feature could name this one; another name was "
                    "expected\n    " +
                    name + "\n    " + std::string(name.size(), '^'));
    }
  }
  EXPECT_EQ(expand_families(std::vector<Definition>{{"truest", "count(events)", {}, "p", 3}}, {}).size(), 1U);
}

}  // namespace
}  // namespace asof
