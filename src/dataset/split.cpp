// Everything here deals in groups (persons, exact duplicates) and never in single rows, and draws by seed alone: the
// same rows give the same split whatever the thread count.
#include "dataset/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <unordered_set>

#include "base/format.h"
#include "base/random.h"

namespace asof {
namespace {

using Rows = std::vector<std::uint32_t>;

/// The longest three months in a row.
constexpr Duration kThreeMonths{92 * kDay.microseconds};

bool labelled(const Dataset& data, std::uint32_t row) { return !is_missing(data.good[row]); }

Rows labelled_rows(const Dataset& data, std::span<const std::uint32_t> among) {
  Rows rows;
  std::ranges::copy_if(among, std::back_inserter(rows), [&](std::uint32_t row) { return labelled(data, row); });
  std::ranges::sort(rows);
  return rows;
}

Rows all_rows(const Dataset& data) {
  Rows rows(data.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
  return rows;
}

/// Rows that stay together.
struct Group {
  Rows rows;
  std::array<std::size_t, 2> of_outcome{};  // how many rows defaulted, and repaid
};

/// Groups by the outcomes they have, each list in an order drawn by seed. The scarcer outcome is the one that fewer
/// groups hold.
struct Strata {
  std::size_t scarcer = 0;  // 0 defaulted, 1 repaid
  std::vector<Group> only_scarcer;
  std::vector<Group> mixed;
  std::vector<Group> only_other;

  std::size_t holding_scarcer() const { return only_scarcer.size() + mixed.size(); }
};

/// Throws when there are too few groups to have both outcomes on two sides.
Strata shuffled_strata(const Dataset& data, std::span<const std::uint32_t> rows, std::uint64_t seed,
                       std::uint64_t stream) {
  std::map<std::uint32_t, Group> groups;
  for (const std::uint32_t row : rows) {
    Group& group = groups[data.groups[row]];
    group.rows.push_back(row);
    ++group.of_outcome[data.good[row] == 1.0 ? 1 : 0];
  }
  std::array<std::size_t, 2> holding{};
  for (const auto& [key, group] : groups) {
    for (const std::size_t outcome : {0U, 1U}) holding[outcome] += std::size_t{group.of_outcome[outcome] > 0};
  }
  if (std::min(holding[0], holding[1]) < 2) {
    throw Error(Error::kInvalidInput,
                format("the applications cannot be divided into training and test rows: it takes at least two persons "
                       "of each outcome, there are {} who repaid and {} who defaulted",
                       holding[1], holding[0]));
  }
  Strata strata{.scarcer = holding[1] < holding[0] ? 1U : 0U};
  for (auto& [key, group] : groups) {
    const bool scarcer = group.of_outcome[strata.scarcer] > 0, other = group.of_outcome[1 - strata.scarcer] > 0;
    (!other ? strata.only_scarcer : scarcer ? strata.mixed : strata.only_other).push_back(std::move(group));
  }
  Random random(seed, stream);
  for (std::vector<Group>* stratum : {&strata.only_scarcer, &strata.mixed, &strata.only_other}) {
    random.shuffle(std::span<Group>(*stratum));
  }
  return strata;
}

bool has_both_outcomes(const Dataset& data, std::span<const std::uint32_t> rows) {
  const auto is = [&](double outcome) {
    return std::ranges::any_of(rows, [&](std::uint32_t row) { return data.good[row] == outcome; });
  };
  return is(0.0) && is(1.0);
}

void sort_sides(Split& split) {
  std::ranges::sort(split.train);
  std::ranges::sort(split.test);
}

void append(Rows& to, const Rows& rows) { to.insert(to.end(), rows.begin(), rows.end()); }

/// Deals whole groups to parts. A group goes where its outcome has the fewest rows measured by the part's share, then
/// where there are the fewest rows in all; so a part without an outcome comes first.
std::vector<Rows> deal(const Strata& strata, std::span<const double> shares) {
  std::vector<Group> parts(shares.size());
  const auto deal_by = [&](std::size_t outcome, const std::vector<Group>& groups) {
    for (const Group& group : groups) {
      const auto fill = [&](std::size_t part) {
        const std::size_t of_outcome = parts[part].of_outcome[outcome] + group.of_outcome[outcome];
        const std::size_t in_all = parts[part].rows.size() + group.rows.size();
        return std::pair(static_cast<double>(of_outcome) / shares[part], static_cast<double>(in_all) / shares[part]);
      };
      std::size_t emptiest = 0;
      for (std::size_t part = 1; part < shares.size(); ++part) {
        if (fill(part) < fill(emptiest)) emptiest = part;
      }
      append(parts[emptiest].rows, group.rows);
      for (const std::size_t o : {0U, 1U}) parts[emptiest].of_outcome[o] += group.of_outcome[o];
    }
  };
  deal_by(strata.scarcer, strata.only_scarcer);
  deal_by(strata.scarcer, strata.mixed);
  deal_by(1 - strata.scarcer, strata.only_other);
  std::vector<Rows> rows;
  for (Group& part : parts) rows.push_back(std::move(part.rows));
  return rows;
}

/// Gives `needy` one group of an outcome it lacks, out of `rich`, which then holds them all: two or more.
void lend_outcomes(const Dataset& data, const Strata& strata, Rows& needy, Rows& rich) {
  for (const std::size_t outcome : {0U, 1U}) {
    const auto has = [&](std::uint32_t row) { return data.good[row] == static_cast<double>(outcome); };
    if (std::ranges::any_of(needy, has)) continue;
    const std::vector<Group>& pure = outcome == strata.scarcer ? strata.only_scarcer : strata.only_other;
    const Rows& lent = pure.empty() ? strata.mixed.front().rows : pure.front().rows;
    std::erase_if(rich, [&](std::uint32_t row) { return std::ranges::find(lent, row) != lent.end(); });
    append(needy, lent);
  }
}

/// Training rows for a test that begins at `begins`: applied for earlier, known by then, nobody of the test.
Split split_at(const Dataset& data, std::span<const std::uint32_t> rows, Timestamp begins, Timestamp ends) {
  Split split{.by = SplitBy::kTime, .test_begins = begins};
  std::unordered_set<std::uint32_t> tested;
  for (const std::uint32_t row : rows) {
    if (data.times[row] < begins || data.times[row] >= ends) continue;
    split.test.push_back(row);
    tested.insert(data.groups[row]);
  }
  for (const std::uint32_t row : rows) {
    const bool known = data.known_at[row] == kNoTime || data.known_at[row] <= begins;
    if (data.times[row] >= begins) continue;
    if (known && !tested.contains(data.groups[row]))
      split.train.push_back(row);
    else
      ++split.left_out;
  }
  sort_sides(split);
  return split;
}

constexpr Timestamp kEndOfTime{std::numeric_limits<std::int64_t>::max()};

std::vector<Timestamp> sorted_times(const Dataset& data, std::span<const std::uint32_t> rows) {
  std::vector<Timestamp> times;
  for (const std::uint32_t row : rows) times.push_back(data.times[row]);
  std::ranges::sort(times);
  return times;
}

/// The moment, later than the first, before which the number of rows is nearest to `before`. `times` ascend and are
/// not all the same.
Timestamp moment_after(std::span<const Timestamp> times, std::size_t before) {
  const Timestamp there = times[std::min(before, times.size() - 1)];
  const auto low = std::ranges::lower_bound(times, there), high = std::ranges::upper_bound(times, there);
  const auto at_low = static_cast<std::size_t>(low - times.begin()),
             at_high = static_cast<std::size_t>(high - times.begin());
  const bool only_low = high == times.end();
  const bool only_high = low == times.begin();
  if (only_low || (!only_high && before - at_low <= at_high - before)) return *low;
  return *high;
}

[[noreturn]] void refuse_time_split(const std::string& why) {
  throw Error(Error::kInvalidInput, format("the applications cannot be divided by time: {}", why));
}

}  // namespace

std::string_view to_string(SplitBy by) { return by == SplitBy::kTime ? "time" : "stratified"; }

void SplitOptions::validate() const {
  if (!(holdout > 0.0 && holdout < 1.0)) {
    throw Error(Error::kInvalidInput, format("`holdout` must lie between 0 and 1, it is {}", holdout));
  }
}

void FoldOptions::validate() const {
  if (folds < 2) throw Error(Error::kInvalidInput, format("`folds` must be at least 2, it is {}", folds));
  if (repeats < 1) throw Error(Error::kInvalidInput, format("`repeats` must be at least 1, it is {}", repeats));
}

Split stratified_split(const Dataset& data, const SplitOptions& options) {
  options.validate();
  const Strata strata = shuffled_strata(data, labelled_rows(data, all_rows(data)), options.seed, 0);
  const std::array shares = {1.0 - options.holdout, options.holdout};
  std::vector<Rows> parts = deal(strata, shares);
  lend_outcomes(data, strata, parts[0], parts[1]);
  lend_outcomes(data, strata, parts[1], parts[0]);
  Split split{.by = SplitBy::kStratified, .train = std::move(parts[0]), .test = std::move(parts[1])};
  sort_sides(split);
  return split;
}

Split time_split(const Dataset& data, const SplitOptions& options) {
  options.validate();
  const Rows rows = labelled_rows(data, all_rows(data));
  const std::vector<Timestamp> times = sorted_times(data, rows);
  if (times.empty() || times.front() == times.back()) {
    refuse_time_split(times.empty() ? "no outcome is known" : format("all are of {}", to_string(times.front())));
  }
  const auto before =
      static_cast<std::size_t>(std::llround((1.0 - options.holdout) * static_cast<double>(times.size())));
  Split split = split_at(data, rows, moment_after(times, before), kEndOfTime);
  if (!has_both_outcomes(data, split.train) || !has_both_outcomes(data, split.test)) {
    refuse_time_split(
        format("before {} and from then on there must be both outcomes ({} training rows, {} test rows, "
               "{} left out because their outcome was not yet known or the person is in the test)",
               to_string(split.test_begins), split.train.size(), split.test.size(), split.left_out));
  }
  return split;
}

Headline choose_headline(const Dataset& data, const SplitOptions& options) {
  const std::vector<Timestamp> times = sorted_times(data, labelled_rows(data, all_rows(data)));
  if (times.empty() || times.front() == times.back()) {
    return {SplitBy::kStratified,
            times.empty() ? "no outcome is known" : "all applications are of one moment, " + to_string(times.front())};
  }
  const Duration span = times.back() - times.front();
  const std::string seen = format("applications span {} days, {} to {}", span.microseconds / kDay.microseconds,
                                  to_string(times.front()).substr(0, 10), to_string(times.back()).substr(0, 10));
  if (span <= kThreeMonths)
    return {SplitBy::kStratified, seen + ": too short to judge the score on later applications"};
  try {
    (void)time_split(data, options);
  } catch (const Error& error) {
    return {SplitBy::kStratified, format("{}, but {}", seen, error.what())};
  }
  return {SplitBy::kTime, seen + ": more than three months, so the score is judged on the latest ones"};
}

std::vector<std::uint32_t> never_held_out(const Dataset& data, const SplitOptions& options) {
  options.validate();
  Rows rows = labelled_rows(data, all_rows(data));
  for (const auto& split : {stratified_split, time_split}) {
    try {
      const Rows train = split(data, options).train;
      std::erase_if(rows, [&](std::uint32_t row) { return !std::ranges::binary_search(train, row); });
    } catch (const Error&) {  // training will do without it, too
    }
  }
  return rows;
}

std::vector<Split> stratified_folds(const Dataset& data, std::span<const std::uint32_t> rows,
                                    const FoldOptions& options) {
  options.validate();
  const Rows known = labelled_rows(data, rows);
  std::vector<Split> splits;
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    const Strata strata = shuffled_strata(data, known, options.seed, 1 + static_cast<std::uint64_t>(repeat));
    const std::size_t folds = std::min(static_cast<std::size_t>(options.folds), strata.holding_scarcer());
    const std::vector<Rows> parts = deal(strata, std::vector<double>(folds, 1.0));
    for (std::size_t fold = 0; fold < folds; ++fold) {
      Split split{.by = SplitBy::kStratified, .test = parts[fold]};
      for (std::size_t other = 0; other < folds; ++other) {
        if (other != fold) append(split.train, parts[other]);
      }
      sort_sides(split);
      splits.push_back(std::move(split));
    }
  }
  return splits;
}

std::vector<Split> forward_folds(const Dataset& data, std::span<const std::uint32_t> rows, const FoldOptions& options) {
  options.validate();
  const Rows known = labelled_rows(data, rows);
  const std::vector<Timestamp> times = sorted_times(data, known);
  std::vector<Split> splits;
  if (!times.empty() && times.front() != times.back()) {
    const auto stretches = static_cast<std::size_t>(options.folds) + 2;  // two to learn from before the first test
    std::vector<Timestamp> begins;
    for (std::size_t stretch = 2; stretch < stretches; ++stretch) {
      const Timestamp begin = moment_after(times, times.size() * stretch / stretches);
      if (begins.empty() || begin > begins.back()) begins.push_back(begin);
    }
    begins.push_back(kEndOfTime);
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
      Split split = split_at(data, known, begins[i], begins[i + 1]);
      if (has_both_outcomes(data, split.train) && has_both_outcomes(data, split.test))
        splits.push_back(std::move(split));
    }
  }
  if (splits.empty()) refuse_time_split("no stretch of time has both outcomes before it and in it");
  return splits;
}

}  // namespace asof
