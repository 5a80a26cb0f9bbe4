// Pages, scripts and styles that are part of the program.
#pragma once

#include <string_view>

#include "serve/http.h"

namespace asof {

/// The file of src/serve/assets, with the headers that keep a browser from loading anything from elsewhere.
/// Throws Error::kInternal when there is none.
HttpResponse web_asset(std::string_view path);

}  // namespace asof
