#include "sources/csv_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace asof {
namespace {

/// "line:field|field line:field": every record, from reads of `piece` bytes at a time.
std::string records(std::string_view text, std::size_t piece = 1000) {
  CsvRecords reader([text, piece](char* to, std::size_t bytes) mutable {
    const std::size_t count = std::min({bytes, piece, text.size()});
    std::memcpy(to, text.data(), count);
    text.remove_prefix(count);
    return count;
  });
  std::string result;
  CsvRecords::Record record;
  while (reader.next(record)) {
    if (!result.empty()) result += ' ';
    result += std::to_string(record.line) + ':';
    for (const std::string& field : record.fields) result += (&field == record.fields.data() ? "" : "|") + field;
    if (!record.closed) result += '?';
  }
  return result;
}

TEST(CsvRecords, know_the_line_that_they_begin_on) {
  const struct {
    const char* text;
    const char* expected;
  } examples[] = {
      {"", ""},
      {"a,b\n1,2\n", "1:a|b 2:1|2"},
      {"a,b\n1,2", "1:a|b 2:1|2"},
      {"a,b\r\n1,2\r\n", "1:a|b 2:1|2"},
      {"a,b\r1,2\r", "1:a|b 2:1|2"},
      {"\n\na\n\n\n1\n", "3:a 6:1"},
      {"a,b\n\"x\ny\",2\n3,4\n", "1:a|b 2:x\ny|2 4:3|4"},
      {"a\n\"x\r\ny\"\nz\n", "1:a 2:x\r\ny 4:z"},
      {"a\n\"x\ry\"\nz\n", "1:a 2:x\ry 4:z"},
      {"\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d"},
      {"a\"b,c\n", "1:a\"b|c"},
      {"\"a\"b,c\n", "1:ab|c"},
      {"a,,\n,\n", "1:a|| 2:|"},
      {"\xEF\xBB\xBFid\n1\n", "1:id 2:1"},
      {"\xEF\xBB\xBF\"id\"\n1\n", "1:id 2:1"},
      {"a\n\"open\n1\n", "1:a 2:open\n1\n?"},
  };
  for (const auto& example : examples) {
    EXPECT_EQ(records(example.text), example.expected);
    EXPECT_EQ(records(example.text, 1), example.expected) << "byte by byte";
  }
}

TEST(CsvRecords, a_quote_that_stays_open_is_known_without_reading_records) {
  const struct {
    const char* text;
    bool open;
  } examples[] = {
      {"", false},
      {"a,b\n1,2\n", false},
      {"a\n\"closed\"\n", false},
      {"a\n\"closed\"", false},
      {"a\n\"open\n1\n", true},
      {"a\n1,\"open", true},
      {"a\n\"", true},
      {"a\n\"doubled\"\"", true},
      {"a\n\"doubled\"\"\"", false},
      {"a\n\"\"", false},
      {"a\nb\"c\n", false},
      {"a\n\"b\"c\"d\n", false},
      {"\xEF\xBB\xBF\"open\n", true},
      {"\xEF\xBB\xBF\"closed\"\n", false},
  };
  for (const auto& example : examples) {
    OpenQuote whole;
    whole.add(example.text);
    EXPECT_EQ(whole.open(), example.open) << example.text;
    EXPECT_EQ(records(example.text).ends_with('?'), example.open) << example.text;
    const std::string_view text = example.text;
    for (std::size_t cut = text.starts_with('\xEF') ? 3 : 0; cut <= text.size(); ++cut) {
      OpenQuote pieces;
      pieces.add(text.substr(0, cut));
      pieces.add(text.substr(cut));
      EXPECT_EQ(pieces.open(), example.open) << text << " cut at " << cut;
    }
  }
}

}  // namespace
}  // namespace asof
