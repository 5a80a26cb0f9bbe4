// The hot path of reading CSV: a type's loop runs over a piece of a column, with no allocation and no exception per
// row. Inference guesses from the first values and converts at once; only when a later value contradicts the guess does
// it look at all of them first.
#include "sources/cells.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <vector>

#include "base/format.h"
#include "base/parallel.h"
#include "base/time_text.h"
#include "base/utf8.h"
#include "sources/missing.h"
#include "sources/number_text.h"
#include "sources/text_codes.h"

namespace asof {
namespace {

using Pieces = std::span<const TextCells>;

constexpr std::size_t kGuessedFrom = 1000;

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

/// Where each piece begins, and, at the end, how many rows there are.
std::vector<std::size_t> begins_of(Pieces pieces) {
  std::vector<std::size_t> begins = {0};
  for (const TextCells& piece : pieces) begins.push_back(begins.back() + piece.rows);
  return begins;
}

// Inference. A bit for every form that a text has; the forms of a column are those that all of its values have.
enum Forms : unsigned {
  kIntegerForm = 1,
  kWholeForm = 2,  // an integer of any size
  kRealForm = 4,
  kBooleanForm = 8,
  kTimeForm = 16,
  kAnyForm = 31,
};

unsigned forms_of(std::string_view text) {
  unsigned forms = 0;
  std::int64_t integer = 0;
  double real = 0.0;
  if (read_integer_text(text, Decimals::kRefused, integer).empty()) return kIntegerForm | kWholeForm | kRealForm;
  if (looks_like_integer(text)) forms |= kWholeForm;
  if (read_real_text(text, real).empty()) return forms | kRealForm;
  if (read_boolean_text(text, BooleanDigits::kRefused, integer).empty()) return kBooleanForm;
  TimeText time;
  return read_time_text(text, time).empty() ? unsigned{kTimeForm} : forms;
}

unsigned forms_of(const TextCells& cells, std::size_t rows, const Sentinels& sentinels) {
  unsigned forms = kAnyForm;
  for (std::size_t row = 0; row < rows && forms != 0; ++row) {
    const std::string_view text = trimmed(cells[row]);
    if (text.empty() || is_missing_word(text) || sentinels.has_text(text)) continue;
    forms &= forms_of(text);
  }
  return forms;
}

ColumnType type_of(unsigned forms) {
  if (forms == kAnyForm) return ColumnType::kReal;
  if ((forms & kIntegerForm) != 0) return ColumnType::kInteger;
  if ((forms & kWholeForm) != 0) return ColumnType::kText;
  if ((forms & kRealForm) != 0) return ColumnType::kReal;
  if ((forms & kBooleanForm) != 0) return ColumnType::kBoolean;
  return (forms & kTimeForm) != 0 ? ColumnType::kTime : ColumnType::kText;
}

/// A type that is right if every value converts to it; nothing where that would not follow.
std::optional<ColumnType> guess(Pieces pieces, const Sentinels& sentinels) {
  if (pieces.empty()) return std::nullopt;
  const unsigned forms = forms_of(pieces.front(), std::min(pieces.front().rows, kGuessedFrom), sentinels);
  const bool too_large = (forms & (kIntegerForm | kWholeForm)) == kWholeForm;  // a later 1.5 would make it real
  if (forms == kAnyForm || too_large) return std::nullopt;
  return type_of(forms);
}

/// How a type is read: `read(text, value)` returns why a text does not fit, `sentinel(value)` says whether the value
/// was declared to mean missing.
template <class Value, class Read, class Sentinel>
struct Reading {
  Value missing;
  std::string_view expected;  // what begins the complaint about a text that does not fit
  Read read;
  Sentinel sentinel;
};

template <class Value, class Read, class Sentinel>
Reading(Value, std::string_view, Read, Sentinel) -> Reading<Value, Read, Sentinel>;

template <class Value, class Read, class Sentinel>
void read_piece(const TextCells& cells, std::size_t first_row, const Sentinels& sentinels,
                const Reading<Value, Read, Sentinel>& reading, Value* values) {
  const bool plain = sentinels.none();
  std::size_t row = 0;
  try {
    for (; row < cells.rows; ++row) {
      values[row] = reading.missing;
      const std::string_view text = trimmed(cells[row]);
      if (text.empty() || (!plain && sentinels.has_text(text))) continue;
      Value value{};
      if (const std::string_view wrong = reading.read(text, value); !wrong.empty()) {
        if (is_missing_word(text)) continue;
        throw CellError{first_row + row, format("`{}` {}{}", shown(text), reading.expected, wrong)};
      }
      if (plain || !reading.sentinel(value)) values[row] = value;
    }
  } catch (const Error& error) {  // a local time that is no moment
    throw CellError{first_row + row, error.what()};
  }
}

template <class Work>
void for_each_piece(Pieces pieces, int threads, const Work& work) {
  parallel_for(pieces.size(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) work(i);
  });
}

template <class Value, class Read, class Sentinel>
void read_all(Pieces pieces, const Sentinels& sentinels, int threads, const Reading<Value, Read, Sentinel>& reading,
              std::vector<Value>& values) {
  const std::vector<std::size_t> begins = begins_of(pieces);
  values.resize(begins.back());
  for_each_piece(pieces, threads, [&](std::size_t i) {
    read_piece(pieces[i], begins[i], sentinels, reading, values.data() + begins[i]);
  });
}

void read_integers(Pieces pieces, const Sentinels& sentinels, Decimals decimals, int threads, Column& column) {
  const auto read = [decimals](std::string_view text, std::int64_t& value) {
    return read_integer_text(text, decimals, value);
  };
  const auto sentinel = [&](std::int64_t value) { return sentinels.has_integer(value); };
  read_all(pieces, sentinels, threads, Reading{kMissingInteger, "", read, sentinel}, column.integers);
}

void read_reals(Pieces pieces, const Sentinels& sentinels, int threads, Column& column) {
  const auto read = [](std::string_view text, double& value) { return read_real_text(text, value); };
  const auto sentinel = [&](double value) { return sentinels.has_number(value); };
  read_all(pieces, sentinels, threads, Reading{kMissing, "", read, sentinel}, column.reals);
}

void read_booleans(Pieces pieces, const Sentinels& sentinels, BooleanDigits digits, int threads, Column& column) {
  const auto read = [digits](std::string_view text, std::int64_t& value) {
    return read_boolean_text(text, digits, value);
  };
  const auto sentinel = [&](std::int64_t value) { return sentinels.has_boolean(value); };
  read_all(pieces, sentinels, threads, Reading{kMissingInteger, "", read, sentinel}, column.integers);
}

/// A time as it is written. The zone throws an Error for a local time that is no moment.
std::string_view read_written_time(std::string_view text, const TimeZone& zone, std::int64_t& value) {
  TimeText time;
  if (const std::string_view wrong = read_time_text(text, time); !wrong.empty()) {
    double number = 0.0;
    const bool is_number = read_real_text(text, number).empty();
    return is_number
               ? "it is a number; declare the unit that it counts since 1970 (seconds, milliseconds, microseconds)"
               : wrong;
  }
  value = (time.has_offset ? time.moment() : zone.to_utc(time.local_microseconds)).microseconds;
  return {};
}

void read_times(Pieces pieces, EpochUnit epoch, const Sentinels& sentinels, const TimeZone& zone, int threads,
                Column& column) {
  const auto sentinel = [&](std::int64_t value) { return sentinels.has_time({value}); };
  if (epoch == EpochUnit::kNone) {
    const auto read = [&](std::string_view text, std::int64_t& value) { return read_written_time(text, zone, value); };
    return read_all(pieces, sentinels, threads, Reading{kMissingInteger, "is not a time: ", read, sentinel},
                    column.integers);
  }
  const auto read = [&](std::string_view text, std::int64_t& value) { return read_epoch_text(text, epoch, value); };
  read_all(pieces, sentinels, threads, Reading{kMissingInteger, "", read, sentinel}, column.integers);
}

// Texts. Every piece numbers its own distinct texts; these are few, so bringing them together is quick.

void number_texts(const TextCells& cells, std::size_t first_row, std::int32_t* codes, TextCodes& distinct) {
  for (std::size_t row = 0; row < cells.rows; ++row) {
    const std::string_view text = cells[row];
    if (text.empty()) {
      codes[row] = kMissingCode;
      continue;
    }
    const std::size_t known = distinct.texts().size();
    codes[row] = distinct.code_of(text);
    if (distinct.texts().size() > known && !is_utf8(text)) {
      throw CellError{first_row + row, format("`{}` is not UTF-8; convert the file to UTF-8", shown(text))};
    }
  }
}

void read_texts(Pieces pieces, const Sentinels& sentinels, int threads, Column& column) {
  const std::vector<std::size_t> begins = begins_of(pieces);
  column.codes.resize(begins.back());
  std::vector<TextCodes> distinct(pieces.size());
  for_each_piece(pieces, threads, [&](std::size_t i) {
    number_texts(pieces[i], begins[i], column.codes.data() + begins[i], distinct[i]);
  });

  TextCodes all;
  std::vector<std::vector<std::int32_t>> code_in_all(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (const std::string_view text : distinct[i].texts()) {
      code_in_all[i].push_back(sentinels.has_text(text) ? kMissingCode : all.code_of(text));
    }
  }
  for_each_piece(pieces, threads, [&](std::size_t i) {
    for (std::size_t row = begins[i]; row < begins[i + 1]; ++row) {
      std::int32_t& code = column.codes[row];
      if (code != kMissingCode) code = code_in_all[i][static_cast<std::size_t>(code)];
    }
  });
  column.dictionary = std::make_shared<const Dictionary>(all.texts().begin(), all.texts().end());
}

Column read_as(ColumnType type, Pieces pieces, const ColumnRequest& request, const Sentinels& sentinels,
               const TimeZone& zone, int threads) {
  Column column{.name = request.name, .type = type};
  switch (type) {
    case ColumnType::kInteger: {
      // An inferred integer has one form only, or the type would depend on which values the guess has seen.
      const auto decimals = request.type ? Decimals::kZerosAllowed : Decimals::kRefused;
      read_integers(pieces, sentinels, decimals, threads, column);
      break;
    }
    case ColumnType::kReal:
      read_reals(pieces, sentinels, threads, column);
      break;
    case ColumnType::kBoolean: {
      const auto digits = request.type ? BooleanDigits::kAllowed : BooleanDigits::kRefused;
      read_booleans(pieces, sentinels, digits, threads, column);
      break;
    }
    case ColumnType::kText:
      read_texts(pieces, sentinels, threads, column);
      break;
    case ColumnType::kTime:
      read_times(pieces, request.epoch, sentinels, zone, threads, column);
      break;
  }
  return column;
}

ColumnType infer(Pieces pieces, const Sentinels& sentinels, int threads) {
  std::atomic<unsigned> forms = kAnyForm;
  for_each_piece(pieces, threads, [&](std::size_t i) {
    if (forms != 0) forms &= forms_of(pieces[i], pieces[i].rows, sentinels);
  });
  return type_of(forms);
}

}  // namespace

ColumnType infer_type(std::span<const TextCells> pieces, const ColumnRequest& request, int threads) {
  return infer(pieces, Sentinels(request.missing, TimeZone()), threads);
}

Column read_cells(std::span<const TextCells> pieces, const ColumnRequest& request, const TimeZone& zone, int threads) {
  const Sentinels sentinels(request.missing, zone);
  const auto declared = request.epoch != EpochUnit::kNone ? std::optional(ColumnType::kTime) : request.type;
  if (declared) return read_as(*declared, pieces, request, sentinels, zone, threads);
  if (const auto guessed = guess(pieces, sentinels)) {
    try {
      return read_as(*guessed, pieces, request, sentinels, zone, threads);
    } catch (const CellError&) {
      // The guess was wrong, or the value is: looking at all values tells.
    }
  }
  return read_as(infer(pieces, sentinels, threads), pieces, request, sentinels, zone, threads);
}

}  // namespace asof
