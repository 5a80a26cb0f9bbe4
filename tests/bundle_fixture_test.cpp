// Bundles that earlier versions wrote are read and score the same bits. One folder per format and each kind of
// model that it knew in tests/fixtures/bundles, with the scores it gave when it was made.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/elementary.h"
#include "base/files.h"
#include "base/format.h"
#include "base/json.h"
#include "score/scorer.h"
#include "testing/places.h"

namespace asof {
namespace {

/// A user's rows of one table from JSON: {"column": [values]}, times as ISO 8601.
EventLog log_of(const TableSpec& spec, const Json& columns, const EntityKey& user) {
  Table rows{.name = spec.name, .columns = {}, .rows = 0};
  for (const auto& [name, declared] : spec.columns) {
    Column column{.name = name, .type = *declared.type};
    const Json::Array none;
    const Json* values = columns.find(name);
    const Json::Array& given = values == nullptr ? none : values->as_array();
    std::vector<std::string> texts;
    for (const Json& value : given) {
      switch (column.type) {
        case ColumnType::kReal:
          column.reals.push_back(value.as_number());
          break;
        case ColumnType::kTime:
          column.integers.push_back(parse_timestamp(value.as_string(), TimeZone()).microseconds);
          break;
        case ColumnType::kText:
          column.codes.push_back(value.is_null() ? kMissingCode : static_cast<std::int32_t>(texts.size()));
          if (!value.is_null()) texts.push_back(value.as_string());
          break;
        default:
          column.integers.push_back(value.is_null() ? kMissingInteger : value.as_integer());
      }
    }
    // Codes of one dictionary never stand for the same text.
    Dictionary dictionary;
    for (std::int32_t& code : column.codes) {
      if (code == kMissingCode) continue;
      const auto place = std::ranges::find(dictionary, texts[static_cast<std::size_t>(code)]);
      if (place == dictionary.end()) dictionary.push_back(texts[static_cast<std::size_t>(code)]);
      code = static_cast<std::int32_t>(std::ranges::find(dictionary, texts[static_cast<std::size_t>(code)]) -
                                       dictionary.begin());
    }
    if (column.type == ColumnType::kText) column.dictionary = std::make_shared<const Dictionary>(std::move(dictionary));
    rows.rows = std::max(rows.rows, column.size());
    rows.columns.push_back(std::move(column));
  }
  return EventLog::build(spec, std::move(rows), EntityIndex(user));
}

TEST(BundleFixtures, bundles_of_every_released_format_score_the_same_bits) {
  const std::filesystem::path root = std::filesystem::path(testing::kSourceFolder) / "tests/fixtures/bundles";
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!entry.is_directory()) continue;
    const Scorer scorer = Scorer::load(entry.path());
    const Json cases = parse_json(read_file(root / "cases.json"));
    const Json expected = parse_json(read_file(root / (entry.path().filename().string() + ".scores.json")));
    ++folders;
    ASSERT_EQ(expected.as_array().size(), cases.as_array().size()) << entry.path();
    for (std::size_t i = 0; i < cases.as_array().size(); ++i) {
      const Json& one = cases.as_array()[i];
      const EntityKey user = one.at("user_id").as_integer();
      std::vector<EventLog> logs;
      for (const TableSpec& table : scorer.tables()) logs.push_back(log_of(table, one.at(table.name), user));
      History history;
      for (const EventLog& log : logs) history.push_back({&log, log.rows_of(0)});
      const Application application{user, parse_timestamp(one.at("application_at").as_string(), TimeZone())};
      const Score score = scorer.score(application, history);
      EXPECT_EQ(score.repayment_probability, expected.as_array()[i].as_number()) << entry.path() << ", case " << i;
      const Explanation explained = scorer.explain(application, history);
      double sum = explained.base + explained.calibration;
      for (const Contribution& contribution : explained.contributions) sum += contribution.log_odds;
      EXPECT_NEAR(sum, logit(score.repayment_probability), 1e-9) << entry.path() << ", case " << i;
    }
  }
  for (const ModelKind* kind : model_kinds()) {
    EXPECT_TRUE(std::filesystem::exists(root / format("format-{}-{}", kBundleFormat, kind->name)));
  }
  EXPECT_GE(folders, model_kinds().size());
}

}  // namespace
}  // namespace asof
