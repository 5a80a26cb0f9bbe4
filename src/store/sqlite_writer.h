// Rows and decisions on their way into a store file while scores are served.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "asof/time.h"
#include "store/decision_log.h"
#include "store/decoded_users.h"
#include "store/row_writer.h"

namespace asof {

/// Rows and decisions that wait together are synced together.
class SqliteWriter : public RowWriter, public DecisionLog {};

/// `users`, where there is one, is told whose rows are written, and must outlive the writer. Throws Error::kNotFound
/// when there is no store, kUnavailable when it cannot be written.
std::unique_ptr<SqliteWriter> open_sqlite_writer(const std::filesystem::path& file, std::function<Timestamp()> now,
                                                 DecodedUsers* users = nullptr);

}  // namespace asof
