// The kinds of sources, each defined in its file in kinds/.
#pragma once

#include "sources/source.h"

namespace asof::sources {

#define REGISTER(name) extern const SourceKind name;
#include "sources/kinds.def"
#undef REGISTER

}  // namespace asof::sources
