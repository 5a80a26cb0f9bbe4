// Bulk reads by ADBC: a driver, loaded by its path, turns a query's result into Arrow's columns.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace asof {

/// Runs `setup` and then `query` on a connection of its own, and calls `on_rows` with how many rows have come so far.
/// Throws Error with the driver's reason in one line.
std::shared_ptr<arrow::Table> read_by_adbc(const std::string& url, std::span<const std::string> setup,
                                           const std::string& query,
                                           const std::function<void(std::int64_t rows)>& on_rows);

}  // namespace asof
