// From a request with rows to an answer that promises that they are kept: what both routes for rows do.
#pragma once

#include "base/json.h"
#include "serve/http.h"

namespace asof {

class Service;

/// Stores the rows of the request's body in the table that the path names. Throws a Problem: 404 for an unknown table,
/// 413 for too many rows, 422 or (when the rows are good, but stored with other values) 409 naming every rejected one.
HttpResponse take_rows(const HttpRequest& request, const Service& service);

/// The OpenAPI operation of such a route.
Json rows_operation(const Service& service, std::string_view operation_id);

/// The statuses besides 200.
inline constexpr int kRowProblems[] = {400, 404, 409, 413, 415, 422, 503};

}  // namespace asof
