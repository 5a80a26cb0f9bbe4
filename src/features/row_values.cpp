#include "features/row_values.h"

#include <algorithm>

#include "features/operators.h"

namespace asof {
namespace {

template <class Read>
void read_rows(const RowSet& rows, Values& out, const Read& read) {
  out.resize(rows.size());
  if (rows.is_listed) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = read(rows.listed[i]);
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = read(rows.range.begin + i);
  }
}

void read_column(const Column& column, const RowSet& rows, Values& out) {
  switch (column.type) {
    case ColumnType::kReal:
      return read_rows(rows, out, [&](std::size_t row) { return column.reals[row]; });
    case ColumnType::kText:
      return read_rows(rows, out, [&](std::size_t row) {
        return column.codes[row] == kMissingCode ? kMissing : static_cast<double>(column.codes[row]);
      });
    default:
      return read_rows(rows, out, [&](std::size_t row) {
        return column.integers[row] == kMissingInteger ? kMissing : static_cast<double>(column.integers[row]);
      });
  }
}

}  // namespace

const Values& NamedCodes::of(const Step& step, const std::shared_ptr<const Dictionary>& dictionary, bool aligned) {
  Found& found = found_[&step];
  if (found.dictionary == dictionary && dictionary != nullptr) return found.codes;
  found.dictionary = dictionary;
  found.codes.assign(step.texts.size(), kMissing);
  for (std::size_t code = 0; dictionary != nullptr && code < dictionary->size(); ++code) {
    for (std::size_t i = 0; i < step.texts.size(); ++i) {
      if ((*dictionary)[code] == step.texts[i]) found.codes[i] = static_cast<double>(code);
    }
  }
  if (!aligned) std::erase_if(found.codes, is_missing);
  return found.codes;
}

const Values& NamedCodes::members(const Step& step, const std::shared_ptr<const Dictionary>& dictionary) {
  Found& found = found_[&step];
  if (found.dictionary == dictionary && dictionary != nullptr) return found.members;
  const Values& codes = of(step, dictionary);
  found.members.assign(dictionary == nullptr ? 0 : dictionary->size(), 0.0);
  for (const double code : codes) found.members[static_cast<std::size_t>(code)] = 1.0;
  return found.members;
}

void RowValues::evaluate(const Step& step, const Table& table, const RowSet& rows, const Moment& moment, Values& out) {
  switch (step.op) {
    case Op::kNumber:
      out.assign(rows.size(), step.number);
      return;
    case Op::kRowColumn:
      read_column(table.columns[step.column], rows, out);
      return;
    case Op::kApplicationAt:
      out.assign(rows.size(), static_cast<double>(moment.cutoff.microseconds));
      return;
    case Op::kFunction:
      evaluate_function(step, table, rows, moment, out);
      return;
    case Op::kInNumbers:
    case Op::kInTexts:
      evaluate_in(step, table, rows, moment, out);
      return;
    default:
      break;
  }
  evaluate(step.children[0], table, rows, moment, out);
  if (step.children.size() == 1) {
    with_unary(step.op, [&](auto function) { std::ranges::transform(out, out.begin(), function); });
    return;
  }
  Values right;
  evaluate(step.children[1], table, rows, moment, right);
  with_binary(step.op, [&](auto function) { std::ranges::transform(out, right, out.begin(), function); });
}

void RowValues::evaluate_function(const Step& step, const Table& table, const RowSet& rows, const Moment& moment,
                                  Values& out) {
  std::vector<Values> arguments(step.children.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) evaluate(step.children[i], table, rows, moment, arguments[i]);
  out.resize(rows.size());
  if (arguments.size() == 1) {
    const std::span<const double> values = arguments[0];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = step.function->evaluate(values.subspan(i, 1), moment);
    return;
  }
  Values row(arguments.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = arguments[k][i];
    out[i] = step.function->evaluate(row, moment);
  }
}

void RowValues::evaluate_in(const Step& step, const Table& table, const RowSet& rows, const Moment& moment,
                            Values& out) {
  const Step& value = step.children[0];
  evaluate(value, table, rows, moment, out);
  Values numbers;
  for (std::size_t i = 1; i < step.children.size(); ++i) numbers.push_back(constant(step.children[i]));
  if (step.op == Op::kInTexts) {
    const Values& members = codes_.members(step, table.columns[value.column].dictionary);
    for (double& one : out) one = is_missing(one) ? kMissing : members[static_cast<std::size_t>(one)];
    return;
  }
  const Values& wanted = numbers;
  for (double& one : out) one = is_missing(one) ? kMissing : condition(std::ranges::find(wanted, one) != wanted.end());
}

}  // namespace asof
