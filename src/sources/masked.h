// Secrets stay out of messages.
#pragma once

#include <string>
#include <string_view>

namespace asof {

/// Where a table comes from, as a message may say it: of a database only the table, of any other address neither user
/// nor password. A path is shown as it is.
std::string masked(std::string_view from);

}  // namespace asof
