#include "serve/endpoint.h"

#include <array>

#include "serve/endpoints.h"

namespace asof {

namespace {

#define REGISTER(name) &endpoints::name,
constexpr auto kEndpoints = std::to_array<const Endpoint*>({
#include "serve/endpoints.def"
});
#undef REGISTER

}  // namespace

std::span<const Endpoint* const> all_endpoints() { return kEndpoints; }

}  // namespace asof
