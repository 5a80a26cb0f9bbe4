#include "sources/catalog.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "sources/postgres_session.h"
#include "sources/source.h"
#include "sources/source_files.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

// Partitions are read through the table that they are parts of. A name that SQL would fold or split is put in quotes.
constexpr std::string_view kTablesQuery = R"(
  select case when n.nspname = current_schema() then quote_ident(c.relname)
              else quote_ident(n.nspname) || '.' || quote_ident(c.relname) end
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v', 'm', 'p', 'f') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT')
  order by n.nspname <> current_schema(), n.nspname, c.relname)";

bool is_recognised(const fs::path& path) {
  return std::ranges::any_of(source_kinds(),
                             [&path](const SourceKind* kind) { return kind->recognises(path.string()); });
}

/// Whether there is a file in the folder that the kind of source which reads folders can read.
bool is_table(const fs::path& folder) {
  const SourceKind& kind = source_kind_of(folder.string());
  return std::ranges::any_of(fs::directory_iterator(folder), [&kind](const fs::directory_entry& entry) {
    return entry.is_regular_file() && !is_hidden(entry.path()) && kind.recognises(entry.path().string());
  });
}

}  // namespace

std::vector<fs::path> tables_in_folder(const fs::path& folder) {
  if (!fs::is_directory(folder)) throw Error(Error::kNotFound, format("there is no folder {}", folder.string()));
  std::vector<fs::path> tables;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (is_hidden(entry.path()) || !is_recognised(entry.path())) continue;
    if (entry.is_directory() ? is_table(entry.path()) : entry.is_regular_file()) tables.push_back(entry.path());
  }
  std::ranges::sort(tables);
  return tables;
}

std::vector<std::string> tables_in_postgres(const std::string& url) {
  return PostgresSession(url).texts(std::string(kTablesQuery));
}

}  // namespace asof
