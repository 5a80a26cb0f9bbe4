// Finds the kind of a source by what it is called.
#include "sources/source.h"

#include <algorithm>
#include <array>

#include "sources/kinds.h"
#include "sources/refusal.h"

namespace asof {
namespace {

/// Where a table comes from, as a message may say it: without user and password.
std::string masked(std::string_view from) {
  const std::size_t begin = from.find("//");
  const std::size_t end = from.find('@', std::min(begin, from.size()));
  if (end == std::string_view::npos) return std::string(from);
  return format("{}...{}", from.substr(0, begin + 2), from.substr(end));
}

}  // namespace

std::span<const SourceKind* const> source_kinds() {
  static constexpr std::array kKinds = {
#define REGISTER(name) &sources::name,
#include "sources/kinds.def"
#undef REGISTER
  };
  return kKinds;
}

const SourceKind& source_kind_of(std::string_view from) {
  for (const SourceKind* kind : source_kinds()) {
    if (kind->recognises(from)) return *kind;
  }
  std::vector<std::string> known;
  for (const SourceKind* kind : source_kinds()) known.push_back(format("{} ({})", kind->name, kind->summary));
  throw Error(Error::kInvalidInput, format("`{}` is no source of a known kind; known: {}", masked(from), join(known)));
}

Table read_table(const ReadRequest& request, const Progress& progress) {
  Table table = source_kind_of(request.from).read(request, progress);
  if (table.rows == 0) throw refusal(request.table, masked(request.from), "", "it has no rows");
  return table;
}

}  // namespace asof
