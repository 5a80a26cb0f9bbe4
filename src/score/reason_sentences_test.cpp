// Every sentence that a refused person may read, in tests/golden/reason_sentences.txt for people to read through.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>

#include "base/files.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/describe.h"
#include "features/expression.h"
#include "features/function.h"
#include "score/reasons.h"
#include "testing/places.h"

namespace asof {
namespace {

/// Definitions with their tables and what they are called.
struct Called {
  std::vector<Definition> definitions;
  SketchedTables tables;
  std::vector<Phrase> phrases;

  explicit Called(std::vector<Definition> given)
      : definitions(std::move(given)),
        tables(sketch_tables(definitions)),
        phrases(phrases_of(definitions, tables.applications, tables.tables)) {}
};

Called pack(const std::string& name) {
  return Called(
      expand_families(pack_definitions(name), [](std::string_view) { return std::vector<std::string>{"feature_12"}; }));
}

std::string sentence(const Phrase& phrase, double value, std::string typical) {
  return sentence_of({.text = {.typical = std::move(typical)}, .phrase = phrase}, {.value = value});
}

std::string category_sentence(const Phrase& phrase, double value, std::string display, std::string typical) {
  return sentence_of({.text = {.typical = std::move(typical)}, .phrase = phrase, .is_category = true},
                     {.value = value, .display = std::move(display)});
}

/// Below and above what is typical, none, and missing.
std::vector<std::string> cases_of(const Phrase& phrase, Gives gives) {
  if (gives == Gives::kValue)
    return {category_sentence(phrase, 0, "loan_help", "home"), category_sentence(phrase, kMissing, "missing", "home")};
  if (gives == Gives::kPair)
    return {category_sentence(phrase, 0, "open > pay", "pay > open"),
            category_sentence(phrase, kMissing, "missing", "pay > open")};
  const bool counts = phrase.degree == Degree::kFew;
  const double low = counts ? 2 : phrase.unit == "%" ? 0.0523 : 2.71828;
  const double high = counts ? 11 : phrase.unit == "%" ? 0.3 : 1234.5678;
  std::vector<std::string> cases = {sentence(phrase, low, round_trippable(high)),
                                    sentence(phrase, high, round_trippable(low))};
  if (counts) cases.push_back(sentence(phrase, 0, round_trippable(high)));
  if (!counts) cases.push_back(sentence(phrase, kMissing, round_trippable(high)));
  return cases;
}

std::string entry(std::string_view definition, const std::vector<std::string>& sentences) {
  return format("{}\n    {}\n", definition, join(sentences, "\n    "));
}

bool tells_hour(const std::string& expression) { return expression.find("hour(") != std::string::npos; }

/// By aggregation, as the packs use it; as an example where none does.
std::string aggregations() {
  std::map<const Aggregation*, std::pair<std::string, Phrase>> used;
  for (const std::string& name : pack_names()) {
    const Called called = pack(name);
    for (std::size_t i = 0; i < called.definitions.size(); ++i) {
      const Node node = parse_expression(called.definitions[i]);
      if (node.kind == NodeKind::kAggregate && node.window.length)
        used.try_emplace(node.aggregation, called.definitions[i].expression, called.phrases[i]);
    }
  }
  std::string text = "# How aggregations are told: below and above what is typical, then none or missing.\n\n";
  for (const Aggregation* aggregation : all_aggregations()) {
    const std::string example = example_call(*aggregation);
    const Called called({{"x", example, {}, "mobile-lender/full", 1}});
    const auto& [expression, phrase] = used.try_emplace(aggregation, example, called.phrases[0]).first->second;
    text += entry(expression, cases_of(phrase, tells_hour(expression) ? Gives::kNumber : aggregation->gives));
  }
  return text;
}

std::string special_cases() {
  const Called called({
      {"feature_12", "features.feature_12", "masked", "mobile-lender/full", 1},
      {"income", "features.income", "", "mobile-lender/full", 2},
      {"amount", "applications.amount", "", "mobile-lender/full", 3},
      {"days", "active_days(events over 30d)", "", "mobile-lender/full", 4},
      {"screen", "last(events.screen_name)", "", "mobile-lender/full", 5},
      {"late", "sum(statements.delay > 0 over last 3 rows)", "", "asof.yaml", 6},
      {"late_share", "mean(statements.delay > 0 over last 3 rows where bill > 0)", "", "asof.yaml", 7},
      {"any", "days > 5 and not (income is missing)", "", "asof.yaml", 8},
      {"rows", "count(calls over 1h where kind in ('in', 'out') and (long or hour(at) >= 22))", "", "asof.yaml", 9},
      {"earlier", "count(applications over 365d where repaid)", "", "asof.yaml", 10},
      {"masked_ratio", "log1p(feature_12) / income", "", "asof.yaml", 11},
      {"before", "mean(gps.land_speed over 7d ending 30d before)", "", "mobile-lender/full", 12},
  });
  const auto of = [&](std::string_view name) {
    const auto place = std::ranges::find(called.definitions, name, &Definition::name);
    return called.phrases[static_cast<std::size_t>(place - called.definitions.begin())];
  };
  const auto owners = [&](const char* words, double value) {
    return sentence_of({.text = {.text = words, .approved = true, .typical = "11"}, .phrase = of("days")},
                       {.value = value});
  };
  const Phrase screen = of("screen");
  std::string text = "\n# Other cases.\n\n";
  text +=
      entry("masked attribute", {sentence(of("feature_12"), 3.2, "1.1"), sentence(of("feature_12"), kMissing, "1.1")});
  text += entry("column of nobody's words", {sentence(of("income"), 23456.7, "41000"), sentence(of("amount"), 5, "4")});
  text += entry("text", {category_sentence(screen, 0, "loan_help", "home"),
                         category_sentence(screen, kUnknownCategory, "unknown", "home"),
                         category_sentence(screen, kMissing, "missing", "home"),
                         category_sentence(screen, 0, "home", "missing")});
  text += entry("owner's words",
                {owners("few active days in the last 30 days", 2),
                 owners("few active days in the last 30 days", kMissing), owners("You seldom used the app.", 2)});
  text += entry("as typical", {sentence(of("days"), 11, "11"), sentence(of("before"), 1.2345, "1.2346")});
  text += entry("most of the repaid have none",
                {sentence(of("before"), 1.5, "missing"), sentence(of("before"), kMissing, "missing")});
  text += entry("nothing known of the repaid",
                {sentence(of("days"), 2, ""), sentence(of("before"), 1.5, ""), sentence(of("before"), kMissing, "")});
  text +=
      entry("rows for which a condition holds", {sentence(of("late"), 2, "0"), sentence(of("late_share"), 0.5, "0.1"),
                                                 sentence(of("rows"), 3, "1"), sentence(of("earlier"), 0, "2")});
  text += entry("condition", {sentence(of("any"), 0, "1")});
  text += entry("made of others", {sentence(of("masked_ratio"), 0.012345, "1e-9")});
  return text;
}

std::string made_of_others() {
  std::string text = "\n# What the packs make of other features.\n\n";
  std::set<std::string> shown;
  for (const std::string& name : pack_names()) {
    const Called called = pack(name);
    for (std::size_t i = 0; i < called.definitions.size(); ++i) {
      const Definition& definition = called.definitions[i];
      const Node node = parse_expression(definition);
      // A family is one entry: the windows in a name make no other shape.
      static const std::regex kWindow("_(\\d+[a-z]+|all)(?=_|$)");
      const std::string shape = std::regex_replace(definition.name, kWindow, "");
      if (node.kind == NodeKind::kAggregate || !shown.insert(shape).second) continue;
      text += entry(format("{}: {}", definition.name, definition.expression),
                    {sentence(called.phrases[i], 0.25, "0.75"), sentence(called.phrases[i], kMissing, "0.75")});
    }
  }
  return text;
}

TEST(ReasonSentences, are_those_that_people_have_read) {
  const std::filesystem::path file =
      std::filesystem::path(testing::kSourceFolder) / "tests/golden/reason_sentences.txt";
  const std::string said = aggregations() + special_cases() + made_of_others();
  if (std::getenv("ASOF_WRITE_DOCS") != nullptr) write_file(file, said);
  EXPECT_EQ(read_file(file), said) << "read what changed; then write the file anew: ASOF_WRITE_DOCS=1 asof_score_test "
                                      "--gtest_filter='ReasonSentences.*'";
}

/// Whether rows of a part of time count somewhere in a definition or in what it is made of.
bool has_window(const Node& node, const std::vector<Definition>& definitions) {
  if (node.kind == NodeKind::kAggregate && node.window != WindowSpec{}) return true;
  if (node.kind == NodeKind::kName) {
    const auto feature = std::ranges::find(definitions, node.text, &Definition::name);
    if (feature != definitions.end() && feature->family != kMaskedFamily)
      return has_window(parse_expression(*feature), definitions);
  }
  return std::ranges::any_of(node.children, [&](const Node& child) { return has_window(child, definitions); });
}

TEST(ReasonSentencesLaw, have_a_window_if_and_only_if_the_definition_has_one_and_no_syntax) {
  static const std::regex kWindow("in the last |the latest [0-9]|before the application");
  for (const std::string& name : pack_names()) {
    const Called called = pack(name);
    for (std::size_t i = 0; i < called.definitions.size(); ++i) {
      const Definition& definition = called.definitions[i];
      const std::string said = sentence(called.phrases[i], 2.0, "11");
      const std::string absent = sentence(called.phrases[i], kMissing, "11");
      const bool window = has_window(parse_expression(definition), called.definitions);
      for (const std::string& one : {said, absent}) {
        EXPECT_EQ(std::regex_search(one, kWindow), window) << definition.name << ": " << one;
        for (const char* syntax : {"(", ")", "{", "}", "`", "'", "_over_", " over last", "<", ">", "*"})
          EXPECT_EQ(one.find(syntax), std::string::npos) << definition.name << ": " << one;
        EXPECT_EQ(one.find(definition.expression), std::string::npos) << one;
      }
      EXPECT_NE(said.find("; typical of repaid loans"), std::string::npos) << said;
    }
  }
}

TEST(ReasonSentencesLaw, every_aggregation_and_function_is_told_in_words) {
  for (const Aggregation* aggregation : all_aggregations())
    EXPECT_NE(aggregation->said.phrase.find("{row"), std::string::npos) << aggregation->name;
  for (const Function& function : functions()) EXPECT_FALSE(function.said.phrase.empty()) << function.name;
}

}  // namespace
}  // namespace asof
