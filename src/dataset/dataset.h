// What models learn from: one row per application, one column per feature, and what is known of the outcome.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "asof/table.h"
#include "features/feature_column.h"

namespace asof {

/// Rows of numbers, one after the other. Does not own them.
struct MatrixView {
  const double* values = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;

  std::span<const double> row(std::size_t i) const { return {values + i * columns, columns}; }
};

/// Rows of numbers, one after the other (row-major).
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t column_count)
      : rows(row_count), columns(column_count), values(row_count * column_count) {}

  std::span<double> row(std::size_t i) { return {values.data() + i * columns, columns}; }
  std::span<const double> row(std::size_t i) const { return {values.data() + i * columns, columns}; }
  operator MatrixView() const { return {values.data(), rows, columns}; }
};

/// The rows of `matrix` named by `rows`, in that order.
Matrix take(MatrixView matrix, std::span<const std::uint32_t> rows);

/// Row i of every member speaks of application i.
struct Dataset {
  std::vector<FeatureColumn> columns;
  Matrix features;                    ///< missing is NaN
  std::vector<double> good;           ///< 1 repaid, 0 defaulted, NaN: not known (never taken as bad)
  std::vector<double> weights;        ///< 1 where none are given
  std::vector<std::uint32_t> groups;  ///< rows of one group (person, exact duplicates) stay on one side of every split
  std::vector<Timestamp> times;       ///< application_at
  std::vector<Timestamp> known_at;    ///< when the outcome was known; kNoTime: as old as the application's own row

  std::size_t rows() const { return features.rows; }
};

}  // namespace asof
