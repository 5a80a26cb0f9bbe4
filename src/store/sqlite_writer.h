// Rows sent while scores are served, into a store file.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "asof/time.h"
#include "store/row_writer.h"

namespace asof {

/// Throws Error::kNotFound when there is no store, kUnavailable when it cannot be written.
std::unique_ptr<RowWriter> open_sqlite_writer(const std::filesystem::path& file, std::function<Timestamp()> now);

}  // namespace asof
