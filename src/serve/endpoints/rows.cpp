// New rows of any table of the store.
#include "serve/endpoints.h"
#include "serve/row_intake.h"

namespace asof::endpoints {
namespace {

Json operation(const Service& service) { return rows_operation(service, "rows"); }

}  // namespace

constinit const Endpoint rows = {.method = "POST",
                                 .path = "/v1/rows/{table}",
                                 .summary = "Store rows of a table",
                                 .scope = Permission::kWrite,
                                 .writes_store = true,
                                 .problems = kRowProblems,
                                 .operation = operation,
                                 .handle = take_rows};

}  // namespace asof::endpoints
