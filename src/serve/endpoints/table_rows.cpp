// The short name of a table's route, as in /v1/events. Last in the list: a route of its own name comes first.
#include "serve/endpoints.h"
#include "serve/row_intake.h"

namespace asof::endpoints {
namespace {

Json operation(const Service& service) { return rows_operation(service, "table_rows"); }

}  // namespace

constinit const Endpoint table_rows = {.method = "POST",
                                       .path = "/v1/{table}",
                                       .summary = "The same under a short name, as in /v1/events",
                                       .scope = Permission::kWrite,
                                       .writes_store = true,
                                       .problems = kRowProblems,
                                       .operation = operation,
                                       .handle = take_rows};

}  // namespace asof::endpoints
