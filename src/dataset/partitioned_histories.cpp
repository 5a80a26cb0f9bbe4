#include "dataset/partitioned_histories.h"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "asof/error.h"
#include "base/parallel.h"

namespace asof {
namespace {

/// Applications by entity: those of entity e are rows[begins[e], begins[e + 1]), in their own order.
struct ByEntity {
  std::vector<std::uint32_t> rows;
  std::vector<std::size_t> begins;

  std::span<const std::uint32_t> of(std::size_t entity) const {
    return std::span(rows).subspan(begins[entity], begins[entity + 1] - begins[entity]);
  }
};

ByEntity by_entity(const Applications& applications) {
  ByEntity result{.rows = std::vector<std::uint32_t>(applications.size()),
                  .begins = std::vector<std::size_t>(applications.entities.size() + 1)};
  for (const std::uint32_t entity : applications.entity) ++result.begins[entity + 1];
  std::partial_sum(result.begins.begin(), result.begins.end(), result.begins.begin());
  std::vector<std::size_t> next(result.begins.begin(), result.begins.end() - 1);
  for (std::uint32_t row = 0; row < applications.size(); ++row) result.rows[next[applications.entity[row]]++] = row;
  return result;
}

/// Workspaces that threads borrow from one partition to the next.
class Workspaces {
 public:
  std::unique_ptr<Workspace> borrow() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return std::make_unique<Workspace>();
    std::unique_ptr<Workspace> workspace = std::move(idle_.back());
    idle_.pop_back();
    return workspace;
  }
  void give_back(std::unique_ptr<Workspace> workspace) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(workspace));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

/// When each entity applied last.
std::vector<std::int64_t> last_applications(const Applications& applications) {
  std::vector<std::int64_t> last(applications.entities.size(), kMissingInteger);
  for (std::size_t row = 0; row < applications.size(); ++row) {
    std::int64_t& latest = last[applications.entity[row]];
    latest = std::max(latest, applications.times[row].microseconds);
  }
  return last;
}

void leave_out_later(const Column& time, std::span<const std::int64_t> last, std::span<std::uint32_t> numbers) {
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != kNoEntity && time.integers[row] > last[numbers[row]]) numbers[row] = kNoEntity;
  }
}

void add(LeftOut& sum, const LeftOut& more) {
  sum.no_entity += more.no_entity;
  sum.no_time += more.no_time;
  sum.outside_valid += more.outside_valid;
  sum.by_where += more.by_where;
  sum.never_known += more.never_known;
  sum.other_entities += more.other_entities;
}

/// Takes in the rows of one table, by several threads at once.
class Intake {
 public:
  /// `remembers`: for `add_applications`, which batches came is kept in mind.
  Intake(const Project& project, const TableSpec& table, const EntityIndex& entities,
         std::span<const std::int64_t> last, PartitionedRows& rows, bool remembers)
      : table_(table), zone_(zone_of(project)), entities_(entities), last_(last), rows_(rows), remembers_(remembers) {}

  void add(const Table& batch) {
    const std::vector<bool> excluded = rows_excluded(batch, table_, zone_);
    LeftOut left_out;
    std::vector<std::uint32_t> numbers = entities_of_rows(table_, batch, entities_, excluded, left_out);
    if (!last_.empty() && !table_.time.empty()) leave_out_later(batch.at(table_.time), last_, numbers);
    rows_.add(batch, numbers);
    const std::scoped_lock lock(counting_);
    read.rows += batch.rows;
    asof::add(read.left_out, left_out);
    if (remembers_) remember(batch, numbers);
  }

  /// Applications from elsewhere, in the columns of those so far: the ones that are not among them. What became of
  /// them is missing where `from` does not say.
  void add_applications(const Project& project, const std::string& from, const HistoryOptions& options) {
    TableSpec spec = with_types(table_, columns_);
    spec.from = from;
    std::set<std::string> wanted;
    for (const Column& column : columns_) {
      if (!spec.tells_outcome(column.name)) wanted.insert(column.name);
    }
    for (const SourceColumn& column : source_columns(read_request(project, spec, {}, options.threads))) {
      if (spec.columns.contains(column.name)) wanted.insert(column.name);
    }
    Table rows =
        read_table(read_request(project, spec, column_requests(spec, wanted), options.threads), options.progress);
    for (const Column& column : columns_) {
      if (!wanted.contains(column.name)) rows.columns.push_back(missing_column(column.name, column.type, rows.rows));
    }
    const std::vector<std::uint32_t> numbers = entities_.numbers(rows.at(spec.entity), spec.name);
    std::vector<std::uint32_t> others;
    for (std::uint32_t row = 0; row < rows.rows; ++row) {
      if (!applications_.contains({numbers[row], rows.at(spec.time).integers[row]})) others.push_back(row);
    }
    add(take(rows, others));
  }

  TableRead read;

 private:
  void remember(const Table& batch, std::span<const std::uint32_t> numbers) {
    if (columns_.empty()) {
      for (const Column& column : batch.columns) columns_.push_back({.name = column.name, .type = column.type});
    }
    for (std::size_t row = 0; row < batch.rows; ++row) {
      if (numbers[row] != kNoEntity) applications_.emplace(numbers[row], batch.at(table_.time).integers[row]);
    }
  }

  const TableSpec& table_;
  TimeZone zone_;
  const EntityIndex& entities_;
  std::span<const std::int64_t> last_;
  PartitionedRows& rows_;
  bool remembers_;
  std::mutex counting_;
  std::vector<Column> columns_;  // of applications, without values
  std::set<std::pair<std::uint32_t, std::int64_t>> applications_;
};

}  // namespace

PartitionedHistories PartitionedHistories::read(const Project& project, const std::vector<TableSpec>& tables,
                                                const Columns& columns, const Applications& applications,
                                                const HistoryOptions& options) {
  const EntityIndex& entities = applications.entities;
  const std::vector<std::int64_t> last = options.whole ? std::vector<std::int64_t>() : last_applications(applications);
  PartitionedHistories result;
  result.partitioning_ = options.whole ? Partitioning::whole(entities.size()) : Partitioning::of(entities.size());
  result.budget_ = std::make_unique<RowBudget>(options.memory);
  for (const TableSpec& table : tables) {
    const auto wanted = columns.find(table.name);
    if (wanted == columns.end()) continue;
    const ReadRequest request = read_request(project, table, column_requests(table, wanted->second), options.threads);
    const SourceKind& kind = source_kind_of(table.from);
    PartitionedRows rows(table.entity, result.partitioning_, *result.budget_);
    const bool more = table.role == TableRole::kApplications && !options.applications_from.empty();
    Intake intake(project, table, entities, last, rows, more);
    intake.read.table = table.name;
    const bool fingerprint_of_rows = options.fingerprints && kind.read_batches == nullptr;
    read_batches(
        request,
        [&](const Table& batch) {
          intake.add(batch);
          if (fingerprint_of_rows) intake.read.fingerprint = kind.fingerprint(request, batch);  // all in one batch
        },
        options.progress);
    if (more) intake.add_applications(project, options.applications_from, options);
    rows.finish();
    if (options.fingerprints && !fingerprint_of_rows) intake.read.fingerprint = kind.fingerprint(request, {});
    result.specs_.push_back(with_types(table, rows.columns()));
    result.read_.push_back(std::move(intake.read));
    result.rows_.push_back(std::move(rows));
  }
  return result;
}

Histories PartitionedHistories::open(std::size_t partition) const {
  Histories histories;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    histories.logs.push_back(rows_[i].log(partition, specs_[i]));
    refuse_ambiguous_rows(histories.logs.back());
  }
  return histories;
}

Histories PartitionedHistories::all() {
  if (partitioning_.partitions() != 1) throw Error(Error::kInternal, "histories were not read as a whole");
  Histories histories = open(0);
  for (std::size_t i = 0; i < read_.size(); ++i)
    read_[i].left_out.repeated_id = histories.logs[i].left_out().repeated_id;
  return histories;
}

void PartitionedHistories::for_each(const Applications& applications, int threads, const Progress& progress,
                                    std::string_view doing, const Work& work) {
  const ByEntity order = by_entity(applications);
  Workspaces workspaces;
  std::mutex counting;
  std::size_t done = 0;
  std::vector<std::size_t> repeated(rows_.size());
  parallel_for(partitioning_.partitions(), 1, threads, [&](std::size_t partition, std::size_t) {
    const Histories histories = open(partition);
    const std::size_t begin = partitioning_.begin(partition);
    const std::size_t end = begin + partitioning_.size(partition);
    std::unique_ptr<Workspace> workspace = workspaces.borrow();
    for (std::size_t entity = begin; entity < end; ++entity)
      work(order.of(entity), histories.of(static_cast<std::uint32_t>(entity - begin)), *workspace);
    workspaces.give_back(std::move(workspace));
    const std::scoped_lock lock(counting);
    for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i] += histories.logs[i].left_out().repeated_id;
    done += order.begins[end] - order.begins[begin];
    if (progress) progress(doing, done, applications.size());
  });
  for (std::size_t i = 0; i < repeated.size(); ++i) read_[i].left_out.repeated_id = repeated[i];
}

}  // namespace asof
