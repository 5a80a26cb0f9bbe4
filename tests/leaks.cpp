#include "leaks.h"

#include <functional>
#include <map>
#include <vector>

#include "base/files.h"
#include "base/format.h"
#include "base/random.h"
#include "lender.h"
#include "simulate/simulate.h"

namespace asof::testing {
namespace {

using Row = std::vector<std::string>;

std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& table) {
  return folder / "data" / (table + ".csv");
}

/// Writes a table anew, as `change` leaves its rows.
void rewrite(const std::filesystem::path& folder, const std::string& table,
             const std::function<void(std::vector<Row>&)>& change) {
  const std::filesystem::path path = file_of(folder, table);
  const std::string text = read_file(path);
  std::vector<Row> rows = csv_rows(path);
  change(rows);
  std::string written = text.substr(0, text.find('\n') + 1);
  for (const Row& row : rows) written += join(row, ",") + "\n";
  write_file(path, written);
}

struct Loan {
  Timestamp applied;
  bool repaid;
};

/// By user.
std::map<std::string, Loan> loans_of(const std::filesystem::path& folder) {
  std::map<std::string, Loan> loans;
  for (const Row& row : csv_rows(file_of(folder, "loan_outcomes")))
    loans[row[0]] = {parse_timestamp(row[1], TimeZone()), row[2] == "1"};
  return loans;
}

/// `value_of` gives what a column of `features` is to hold for a user with a loan.
void rewrite_feature(const std::filesystem::path& folder, std::size_t column,
                     const std::function<std::string(const Loan&, const std::string& now)>& value_of) {
  const std::map<std::string, Loan> loans = loans_of(folder);
  rewrite(folder, "features", [&](std::vector<Row>& rows) {
    for (Row& row : rows) {
      if (const auto loan = loans.find(row[0]); loan != loans.end()) row[column] = value_of(loan->second, row[column]);
    }
  });
}

}  // namespace

void make_clean_lender(const std::filesystem::path& folder, std::uint64_t users, std::uint64_t seed) {
  simulate({.users = users, .seed = seed, .threads = 2, .out = folder / "data", .format = "csv", .labelled = users});
  write_project(folder, {.users = users});
}

void plant_wrong_clock(const std::filesystem::path& folder, const std::string& table, Duration off) {
  constexpr std::size_t kTime = 2;
  rewrite(folder, table, [&](std::vector<Row>& rows) {
    for (Row& row : rows) row[kTime] = to_string(parse_timestamp(row[kTime], TimeZone()) + off);
  });
}

void plant_early_outcomes(const std::filesystem::path& folder) {
  rewrite(folder, "loan_outcomes", [](std::vector<Row>& rows) {
    for (std::size_t i = 0; i < rows.size(); i += 10) {
      const Timestamp applied = parse_timestamp(rows[i][1], TimeZone());
      rows[i][3] = to_string(i % 20 == 0 ? applied : applied - kDay);
    }
  });
}

void plant_snapshot_after_outcome(const std::filesystem::path& folder, double wrong) {
  Random random(1);
  rewrite_feature(folder, 9, [&](const Loan& loan, const std::string&) {
    return std::string(loan.repaid == (random.uniform() < wrong) ? "1" : "0");
  });
}

void plant_growing_until_export(const std::filesystem::path& folder) {
  Random random(2);
  const Timestamp exported = SimulateOptions{}.exported_at;
  rewrite_feature(folder, 5, [&](const Loan& loan, const std::string&) {
    const double weeks = in_days(exported - loan.applied) / 7.0;
    return format("{:.0f}", weeks + 20.0 * random.uniform());
  });
}

void plant_twins(const std::filesystem::path& folder) {
  std::map<std::string, std::string> twin_of;
  std::size_t i = 0;
  for (const auto& [user, loan] : loans_of(folder)) {
    if (i++ % 20 == 0) twin_of[user] = format("{}", 1'000'000 + i);
  }
  struct Place {
    const char* table;
    std::size_t user;
    bool has_id;  // in column 0; a twin's rows have other ones
  };
  for (const Place& place :
       {Place{"loan_outcomes", 0, false}, {"features", 0, false}, {"gps", 1, true}, {"events", 1, true}}) {
    rewrite(folder, place.table, [&](std::vector<Row>& rows) {
      const std::size_t count = rows.size();
      for (std::size_t r = 0; r < count; ++r) {
        const auto twin = twin_of.find(rows[r][place.user]);
        if (twin == twin_of.end()) continue;
        Row row = rows[r];
        row[place.user] = twin->second;
        if (place.has_id) row[0] += "000";
        rows.push_back(std::move(row));
      }
    });
  }
}

void plant_repeated_events(const std::filesystem::path& folder) {
  rewrite(folder, "events", [](std::vector<Row>& rows) {
    const std::size_t count = rows.size();
    for (std::size_t r = 0; r < count; r += 10) rows.emplace_back(rows[r]);
  });
  std::string project = read_file(folder / "asof.yaml");
  const std::string id = "time: timestamp, id: id";
  project.replace(project.find(id), id.size(), "time: timestamp");
  write_file(folder / "asof.yaml", project);
}

void plant_beginning(const std::filesystem::path& folder) {
  const Timestamp begins = parse_timestamp("2024-01-01", TimeZone::named("UTC"));
  rewrite_feature(folder, 10,
                  [&](const Loan& loan, const std::string& now) { return loan.applied < begins ? "" : now; });
}

}  // namespace asof::testing
