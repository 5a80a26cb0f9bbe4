#include "serve/replay.h"

#include <bit>
#include <utility>

#include "base/format.h"
#include "score/scorer.h"
#include "serve/application_form.h"
#include "store/user_store.h"

namespace asof {
namespace {

/// Stands for no prior: no share is that.
constexpr double kNoPrior = -1.0;

std::string shown(double probability) {
  return format("{} (bits {:016x})", probability, std::bit_cast<std::uint64_t>(probability));
}

std::string shown(const std::vector<SourceUse>& sources) {
  std::vector<std::string> parts;
  for (const SourceUse& source : sources) parts.push_back(format("{} {}", source.table, source.rows_used));
  return join(parts);
}

}  // namespace

/// What made a decision.
struct Replay::Maker {
  Scorer scorer;
  ApplicationForm form;
  std::unique_ptr<UserStore> store;

  Maker(const std::filesystem::path& bundle, std::optional<double> prior, const std::filesystem::path& file)
      : scorer(Scorer::load(bundle, {.prior_repaid = prior})),
        form(scorer.bundle()),
        store(open_sqlite_store(file, scorer)) {}

  /// What comes out differently; empty: nothing, to the bit.
  std::string difference(const Decision& made) const {
    const ApplicationRequest wanted = form.read(made.request);
    const Application& application = wanted.application;
    if (application.entity != made.user || application.at != made.application_at)
      return "user and application_at are not those of its request";
    const UserRows rows = store->read_as_known(application.entity, application.at, made.knowledge.known_until);
    const Score score = scorer.score(application, rows.history);
    if (score.sources != made.rows_used)
      return format("rows_used was {}, and now it is {}", shown(made.rows_used), shown(score.sources));
    if (std::bit_cast<std::uint64_t>(score.repayment_probability) != std::bit_cast<std::uint64_t>(made.probability))
      return format("probability was {}, and now it is {}", shown(made.probability),
                    shown(score.repayment_probability));
    const std::string band = scorer.bundle().points.band_of(score.points);
    if (band != made.band) return format("band was `{}`, and now it is `{}`", made.band, band);
    return "";
  }
};

Replay::Replay(const std::vector<std::filesystem::path>& bundles, std::filesystem::path store)
    : store_(std::move(store)) {
  for (const std::filesystem::path& bundle : bundles) {
    auto maker = std::make_unique<const Maker>(bundle, std::nullopt, store_);
    const std::string version = maker->scorer.bundle().version;
    bundles_[version] = bundle;
    makers_[{version, kNoPrior}] = std::move(maker);
  }
}

Replay::~Replay() = default;

const Replay::Maker* Replay::maker_of(const Decision& decision) {
  const auto bundle = bundles_.find(decision.version);
  if (bundle == bundles_.end()) return nullptr;
  auto& maker = makers_[{decision.version, decision.prior_repaid.value_or(kNoPrior)}];
  if (!maker) maker = std::make_unique<const Maker>(bundle->second, decision.prior_repaid, store_);
  return maker.get();
}

void Replay::check(std::int64_t sequence, const Decision& decision) {
  const Maker* maker = maker_of(decision);
  if (maker == nullptr) {
    ++missing_bundles_[format("{} {}", decision.bundle, decision.version)];
    return;
  }
  ++replayed_;
  std::string what;
  try {
    what = maker->difference(decision);
  } catch (const std::exception& error) {  // a request that is refused now, rows that cannot be read
    what = format("it cannot be made again: {}", error.what());
  }
  if (what.empty()) return;
  ++differing_;
  if (!first_fault_) first_fault_ = ReplayFault{sequence, std::move(what)};
}

}  // namespace asof
