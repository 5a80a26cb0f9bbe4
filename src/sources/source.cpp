// Finds the kind of a source by what it is called.
#include "sources/source.h"

#include <array>
#include <atomic>

#include "sources/kinds.h"
#include "sources/masked.h"
#include "sources/refusal.h"

namespace asof {
namespace {

/// The result of `work`; what it refuses names the table, whoever refused it.
template <class Work>
decltype(auto) naming_table(const ReadRequest& request, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (std::string_view(error.what()).starts_with("table `")) throw;
    throw Error(error.kind(), format("table `{}`: {}", request.table, error.what()));
  }
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
  Table table = naming_table(request, [&] { return source_kind_of(request.from).read(request, progress); });
  if (table.rows == 0) throw refusal(request.table, masked(request.from), "", "it has no rows");
  return table;
}

void read_batches(const ReadRequest& request, const TakeBatch& take, const Progress& progress) {
  const SourceKind& kind = naming_table(request, [&]() -> const SourceKind& { return source_kind_of(request.from); });
  if (kind.read_batches == nullptr) return take(read_table(request, progress));
  std::atomic<bool> empty = true;
  naming_table(request, [&] {
    kind.read_batches(request, progress, [&](Table batch) {
      if (batch.rows > 0) empty = false;
      take(std::move(batch));
    });
  });
  if (empty) throw refusal(request.table, masked(request.from), "", "it has no rows");
}

std::vector<SourceColumn> source_columns(const ReadRequest& request) {
  return naming_table(request, [&] { return source_kind_of(request.from).columns(request); });
}

}  // namespace asof
