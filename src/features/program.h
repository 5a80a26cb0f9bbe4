// What the features of a plan share. Each choice of rows, each series of values and each window is computed once for an
// application, however many features are made of it. Internal to the features layer.
#pragma once

#include <cstddef>
#include <vector>

#include "features/step.h"

namespace asof {

/// The steps that it points to belong to the plan and do not move.
struct Program {
  /// The known rows of a table for which a condition is true.
  struct Selection {
    std::size_t table = 0;
    const Step* condition = nullptr;  ///< null: all known rows
  };

  /// Values and times of the rows of a selection, without the rows whose value is missing.
  struct Series {
    std::size_t selection = 0;
    const Step* value = nullptr;      ///< null: rows, which have no value
    const Step* other = nullptr;      ///< of a pair
    const Step* condition = nullptr;  ///< instead of a value: 1 where it is true, else 0
    bool moves = false;               ///< of a pair: an aggregation wants the distances between its places
  };

  /// The part of a series that is in a window.
  struct Slice {
    std::size_t series = 0;
    WindowSpec window;
  };

  /// An aggregation of a slice.
  struct Aggregate {
    std::size_t slice = 0;
    const Step* step = nullptr;
  };

  std::vector<Selection> selections;
  std::vector<Series> series;
  std::vector<Slice> slices;
  std::vector<Aggregate> aggregates;
  std::vector<std::size_t> order;  ///< of aggregates: as WindowFacts likes it best
  /// Whether selections and series are the same for every application, but for the rows that come after it.
  bool same_for_all = true;
};

/// Finds what is shared, and tells every aggregate among `steps` its number.
Program make_program(std::vector<Step>& steps);

}  // namespace asof
