// The project's files, held in memory: every table sorted once, a request is two binary searches per table.
#include "features/row_filter.h"
#include "store/rows_until.h"
#include "store/user_store.h"

namespace asof {
namespace {

/// A table with the numbers of its own entities.
struct HeldTable {
  EntityIndex entities;
  std::shared_ptr<const EventLog> log;
};

class MemoryStore final : public UserStore {
 public:
  explicit MemoryStore(std::vector<HeldTable> tables) : tables_(std::move(tables)) {}

  UserRows read(const EntityKey& user, Timestamp until) const override {
    UserRows rows;
    rows.logs.reserve(tables_.size());
    rows.history.reserve(tables_.size());
    for (const HeldTable& table : tables_) {
      rows.logs.push_back(table.log);
      rows.history.push_back({table.log.get(), rows_until(*table.log, table.entities.find(user), until)});
    }
    return rows;
  }

  bool may_wait() const noexcept override { return false; }
  void check() const override {}
  std::string describe() const override { return "files in memory"; }

 private:
  std::vector<HeldTable> tables_;
};

}  // namespace

std::unique_ptr<UserStore> open_memory_store(const std::vector<ServedTable>& tables, const TimeZone& zone, int threads,
                                             const Progress& progress) {
  std::vector<HeldTable> held;
  held.reserve(tables.size());
  for (const ServedTable& table : tables) {
    const ReadRequest request{
        .table = table.spec.name, .from = table.spec.from, .columns = table.columns, .zone = zone, .threads = threads};
    Table rows = read_table(request, progress);
    HeldTable& added = held.emplace_back();
    added.entities = EntityIndex(rows.at(table.spec.entity), table.spec.name);
    added.log = std::make_shared<const EventLog>(event_log(table.spec, std::move(rows), added.entities, zone, threads));
  }
  return std::make_unique<MemoryStore>(std::move(held));
}

}  // namespace asof
