// The JSON of a request's body.
#pragma once

#include "base/json.h"
#include "serve/http.h"

namespace asof {

/// Throws Problem: 415 when the body says that it is something else than JSON, 400 with the position when it is not.
Json json_body(const HttpRequest& request);

}  // namespace asof
