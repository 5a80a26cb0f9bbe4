// CSV record by record, with the line that each begins on. Slow and simple: Arrow reads the values; this reads headers
// and samples, and finds the line of what Arrow or the conversion refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// Splits as Arrow's reader does: fields are divided by commas; a field that begins with a quote runs to the closing
/// one and may hold commas, line breaks and doubled quotes; empty lines are no records. A byte-order mark is skipped.
class CsvRecords {
 public:
  /// Puts up to `bytes` bytes to `to` and returns how many; 0 at the end.
  using Read = std::function<std::size_t(char* to, std::size_t bytes)>;

  struct Record {
    std::uint64_t line = 0;  ///< Where it begins; lines count from 1.
    std::vector<std::string> fields;
    bool closed = true;  ///< False when the input ended inside of a quoted field.
  };

  explicit CsvRecords(Read read);

  /// The next record; false at the end.
  bool next(Record& record);

 private:
  static constexpr int kEnd = -1;

  int peek();
  int take();
  bool take_line_end();
  void read_field(Record& record);

  Read read_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t line_ = 1;
};

/// Whether a quote that was opened is still open, for text that comes in pieces. Jumps from quote to quote.
class OpenQuote {
 public:
  void add(std::string_view text);

  /// True when the text so far ends inside of a quoted field.
  bool open() const { return quoted_ && !closing_; }

 private:
  bool begins_field(std::string_view text, std::size_t at) const;

  bool quoted_ = false;
  bool closing_ = false;  // the last character was a quote in a quoted field: the next one says what it meant
  bool at_start_ = true;
  char last_ = '\n';
};

}  // namespace asof
