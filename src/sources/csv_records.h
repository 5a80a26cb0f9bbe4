// CSV record by record, with the line that each begins on. Slow and simple: Arrow reads the values; this reads headers
// and samples, and finds the line of what Arrow or the conversion refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace asof {

/// Splits as Arrow's reader does: fields are divided by commas; a field that begins with a quote runs to the closing one
/// and may hold commas, line breaks and doubled quotes; empty lines are no records. A byte-order mark is skipped.
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

}  // namespace asof
