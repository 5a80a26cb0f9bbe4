// The list. A new key is an entry here and the line in project.cpp that reads it.
#include "project/keys.h"

#include <algorithm>
#include <array>
#include <limits>

#include "project/decision_rule.h"

namespace asof {
namespace {

using Kind = ValueKind;

constexpr std::array<std::string_view, 2> kBoundaries = {"before", "at"};
constexpr std::array<std::string_view, 3> kEpochs = {"seconds", "milliseconds", "microseconds"};
constexpr std::array<std::string_view, 5> kTypes = {"integer", "real", "boolean", "text", "time"};

constexpr Key kColumnKeys[] = {
    {.name = "type",
     .kind = Kind::kChoice,
     .doc = "The type to read the column as; a value that does not fit is refused with its line. Absent: what the "
            "source says or, in files without types, what all values agree on.",
     .choices = kTypes},
    {.name = "epoch",
     .kind = Kind::kChoice,
     .doc = "The column holds times as numbers since 1970-01-01T00:00:00Z in this unit.",
     .choices = kEpochs},
    {.name = "missing",
     .kind = Kind::kValue,
     .holds = Holds::kList,
     .doc = "Values that mean \"not known\", besides nulls and empty fields."},
};

constexpr KeyGroup kColumnGroup = {
    .path = "tables.<table>.columns.<column>",
    .title = "column",
    .doc = "What the source does not say of a column by itself. A type alone may stand in short: `amount: real`.",
    .keys = kColumnKeys,
    .short_form = "type"};

constexpr Key kTableKeys[] = {
    {.name = "from",
     .kind = Kind::kSource,
     .required = true,
     .doc = "Where the rows are: a CSV file (also `.gz`, `.zst`), a Parquet file or folder, a glob of files, or "
            "`postgres:URL#table` (also `#schema.view` or `#select ...`). Paths are relative to the project file. "
            "`${VAR}` is read from the environment, and passwords come only from there."},
    {.name = "entity",
     .kind = Kind::kColumn,
     .required = true,
     .doc = "The column that says whom a row belongs to; integers or texts, of one type in all tables."},
    {.name = "time",
     .kind = Kind::kColumn,
     .doc = "The column that says when a row happened; for applications, the moment as of which they are scored. A row "
            "counts for an application only if it happened before it."},
    {.name = "latest",
     .kind = Kind::kBoolean,
     .standard = "false",
     .doc = "The table holds attributes that change: of each entity only the latest row before the application counts. "
            "Without it, rows with a `time` are events."},
    {.name = "allow_undated",
     .kind = Kind::kBoolean,
     .standard = "false",
     .doc = "The table has no `time` and is joined all the same, although its rows cannot be shown to predate the "
            "application. It is marked as undated in every report, and figures are given with and without it."},
    {.name = "id",
     .kind = Kind::kColumn,
     .doc =
         "A column that tells rows of equal time apart: it orders them, and a row sent twice is counted once. Absent: "
         "the values of all columns order them."},
    {.name = "known_at",
     .kind = Kind::kColumn,
     .doc =
         "The column that says when the lender had the row. A row that arrived after the application does not count."},
    {.name = "delay",
     .kind = Kind::kDuration,
     .doc = "Rows are had so long after they happened, when no column says when. Not together with `known_at`."},
    {.name = "valid_from",
     .kind = Kind::kMoment,
     .doc = "Rows with an earlier time are of broken clocks: left out and counted."},
    {.name = "valid_to",
     .kind = Kind::kMoment,
     .doc = "Rows with this time or a later one are of broken clocks: left out and counted."},
    {.name = "where",
     .kind = Kind::kExpression,
     .doc =
         "Only rows for which this condition is true take part; the others are counted. Over the table's own columns, "
         "in the language of features: `kind != 'test' and amount > 0`."},
    {.name = "epoch", .kind = Kind::kChoice, .doc = "Short for the `epoch` of the `time` column.", .choices = kEpochs},
    {.name = "missing",
     .kind = Kind::kValue,
     .holds = Holds::kNamedLists,
     .doc = "Short for the `missing` of columns: `{land_speed: [-1]}`.",
     .names = Kind::kColumn},
    {.name = "columns",
     .kind = Kind::kGroup,
     .holds = Holds::kNamed,
     .doc = "Columns of which the source does not say enough.",
     .group = &kColumnGroup,
     .names = Kind::kColumn},
};

constexpr KeyGroup kTableGroup = {
    .path = "tables.<table>",
    .title = "table",
    .doc = "One table: where its rows are, whose they are, when they happened and when they were known.",
    .keys = kTableKeys};

constexpr Key kTargetKeys[] = {
    {.name = "table",
     .kind = Kind::kName,
     .standard = "applications",
     .doc = "The table that holds the outcome. Another table than the applications is joined to them by `entity` and "
            "`time`; its rows then count as history only once their outcome was known."},
    {.name = "label",
     .kind = Kind::kColumn,
     .required = true,
     .doc = "The column of the outcome. An application whose label is missing is not learnt from, and still scored."},
    {.name = "good",
     .kind = Kind::kValue,
     .required = true,
     .doc = "The value that means repaid, as the source shows it: `1`, `true`, `repaid`. Every other value means "
            "defaulted, unless it is `indeterminate`."},
    {.name = "indeterminate",
     .kind = Kind::kValue,
     .holds = Holds::kList,
     .doc = "Values that mean neither: left out of fitting and metrics, counted, still scored."},
    {.name = "known_at",
     .kind = Kind::kColumn,
     .doc = "The column that says when the outcome was known. Either this or `performance_window`."},
    {.name = "performance_window",
     .kind = Kind::kDuration,
     .doc = "The outcome is known so long after the application."},
    {.name = "observed_until",
     .kind = Kind::kMoment,
     .doc =
         "Nothing after this moment was observed: an application whose `performance_window` ends later is not learnt "
         "from, and never taken as bad. A date means its first moment."},
};

constexpr KeyGroup kTargetGroup = {.path = "target",
                                   .title = "target",
                                   .doc = "What is predicted: whether a loan is repaid, and when that was known.",
                                   .keys = kTargetKeys};

constexpr Key kFeaturesKeys[] = {
    {.name = "packs",
     .holds = Holds::kList,
     .doc = "Packs of definitions that ship with `asof`, such as `mobile-lender/classic`."},
    {.name = "application",
     .kind = Kind::kColumn,
     .holds = Holds::kList,
     .doc =
         "Columns of the application itself that are features: amount, term, product. They must have been known when "
         "it was made."},
    {.name = "define",
     .kind = Kind::kExpression,
     .holds = Holds::kFamilies,
     .doc =
         "Features by name, in the language of docs/features.md. A definition may use those above it. Under a name of "
         "a family (`movement: {...}`) they are summed up by that family in reports."},
};

constexpr KeyGroup kFeaturesGroup = {.path = "features",
                                     .title = "features",
                                     .doc = "What the score is computed from. At least one of the keys.",
                                     .keys = kFeaturesKeys};

constexpr std::string_view kDirections[] = {"increases_risk", "decreases_risk"};
constexpr std::string_view kTexts[] = {"indicators", "target", "frequency", "rank"};

constexpr Key kTrainKeys[] = {
    {.name = "holdout",
     .kind = Kind::kShare,
     .standard = "0.2",
     .doc = "The share of labelled applications that is kept back and scored once."},
    {.name = "seed",
     .kind = Kind::kInteger,
     .standard = "42",
     .doc = "Where the random numbers of splits and models begin. Same data and same seed: same bundle, byte for byte.",
     .most = std::numeric_limits<std::int64_t>::max()},
    {.name = "folds",
     .kind = Kind::kInteger,
     .standard = "5",
     .doc = "Folds of the cross-validation that chooses among candidates.",
     .least = 2},
    {.name = "repeats",
     .kind = Kind::kInteger,
     .standard = "0",
     .doc = "How often the cross-validation is repeated with other folds; 0 lets the number of rows decide."},
    {.name = "candidates", .holds = Holds::kList, .doc = "The kinds of models to compare; absent: all of them."},
    {.name = "texts",
     .kind = Kind::kChoice,
     .holds = Holds::kList,
     .standard = "[indicators, target]",
     .doc =
         "How features of texts become numbers; each way is tried. `indicators`: a 0/1 column per frequent category. "
         "`target`: the smoothed mean outcome of the category, in training learnt from other persons. `frequency`: "
         "the category's share of the training rows. `rank`: its place by that share, the rarest being 1.",
     .choices = kTexts},
    {.name = "clip",
     .kind = Kind::kShare,
     .doc =
         "Below 0.5. So large a share of the training values at either end of a number, such as 0.005, is clipped to "
         "the value next to it, and what is scored to the same limits; absent: none."},
    {.name = "group",
     .kind = Kind::kColumn,
     .doc = "A column of the applications whose equal values stay on one side of every split, besides the rows of one "
            "entity: rows that are copies of each other, members of one household."},
};

constexpr KeyGroup kTrainGroup = {
    .path = "train", .title = "train", .doc = "How models are fitted and compared.", .keys = kTrainKeys};

constexpr Key kDecisionKeys[] = {
    {.name = "by",
     .kind = Kind::kChoice,
     .standard = "f1",
     .doc = "`f1`: the best F1 of the repaid. `cost`: the highest profit. `approval_rate`: so many are approved. "
            "`bad_rate`: as many are approved as default seldom enough.",
     .choices = kDecideByNames},
    {.name = "loss_given_default",
     .kind = Kind::kPart,
     .doc =
         "The share of the amount that is lost when a loan is not repaid. Together with `margin`, and with any rule: "
         "the report then has profits. `by: cost` needs both."},
    {.name = "margin", .kind = Kind::kPart, .doc = "The share of the amount that a repaid loan earns."},
    {.name = "approve",
     .kind = Kind::kShare,
     .doc = "Of `by: approval_rate`: the share of applications that is approved; more where the last ones have equal "
            "scores."},
    {.name = "at_most",
     .kind = Kind::kShare,
     .doc = "Of `by: bad_rate`: so large a share of the approved defaults, and no larger one."},
};

constexpr KeyGroup kDecisionGroup = {
    .path = "decision",
    .title = "decision",
    .doc = "How the threshold on the probability of repayment is chosen from which on an application is approved.",
    .keys = kDecisionKeys};

constexpr Key kProjectKeys[] = {
    {.name = "name",
     .kind = Kind::kFileName,
     .required = true,
     .doc = "What the project is called; its bundles lie in `models/<name>/`."},
    {.name = "note",
     .doc = "A sentence that is shown wherever figures are: where the data is from, or that it is simulated."},
    {.name = "time_zone",
     .kind = Kind::kTimeZone,
     .doc =
         "The zone in which times without an offset are read, such as `Africa/Nairobi`. There is no default: without "
         "it, such times are refused. An offset in the data wins."},
    {.name = "boundary",
     .kind = Kind::kChoice,
     .standard = "before",
     .doc =
         "`before`: rows that happened before the application count. `at`: also those of the same moment, for parity "
         "with older pipelines; printed in every artefact.",
     .choices = kBoundaries},
    {.name = "tables",
     .kind = Kind::kGroup,
     .holds = Holds::kNamed,
     .required = true,
     .doc = "The tables by name. The one named `applications` is what is scored; without one, the table of the target.",
     .group = &kTableGroup,
     .names = Kind::kName},
    {.name = "target", .kind = Kind::kGroup, .required = true, .doc = kTargetGroup.doc, .group = &kTargetGroup},
    {.name = "features", .kind = Kind::kGroup, .required = true, .doc = kFeaturesGroup.doc, .group = &kFeaturesGroup},
    {.name = "train", .kind = Kind::kGroup, .doc = kTrainGroup.doc, .group = &kTrainGroup},
    {.name = "decision", .kind = Kind::kGroup, .doc = kDecisionGroup.doc, .group = &kDecisionGroup},
    {.name = "reasons",
     .holds = Holds::kNamed,
     .doc =
         "By feature: the words that a refused applicant is told, such as `few active days in the last 30 days`. The "
         "value and what is typical of repaid loans are added. Features without words are called by words made from "
         "their definition."},
    {.name = "directions",
     .kind = Kind::kChoice,
     .holds = Holds::kNamed,
     .doc = "By feature that is a number: `increases_risk` or `decreases_risk`. Whatever the data say, no fitted model "
            "lets "
            "the risk go the other way as the feature rises; kinds that cannot promise that are not tried.",
     .choices = kDirections},
    {.name = "weight",
     .kind = Kind::kColumn,
     .doc = "A column of the applications with how much each counts in fitting and metrics; absent: all alike."},
};

constexpr KeyGroup kProjectGroup = {.path = "",
                                    .title = "project",
                                    .doc = "One lender: its tables, what is predicted, and from what.",
                                    .keys = kProjectKeys};

}  // namespace

const Key* KeyGroup::find(std::string_view name) const {
  const auto found = std::ranges::find(keys, name, &Key::name);
  return found == keys.end() ? nullptr : &*found;
}

const KeyGroup& project_keys() { return kProjectGroup; }

}  // namespace asof
