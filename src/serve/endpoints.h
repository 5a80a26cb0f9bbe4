// The endpoints, each defined in its file in endpoints/.
#pragma once

#include "serve/endpoint.h"

namespace asof::endpoints {

#define REGISTER(name) extern const Endpoint name;
#include "serve/endpoints.def"
#undef REGISTER

}  // namespace asof::endpoints
