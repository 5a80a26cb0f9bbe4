#include "events_table.h"

#include <algorithm>
#include <map>
#include <memory>

#include "base/format.h"
#include "features/row_filter.h"

namespace asof {
namespace {

Column column_of_texts(std::span<const Event> events) {
  Column kind{.name = "kind", .type = ColumnType::kText};
  Dictionary texts;
  for (const Event& event : events) {
    if (!event.kind) {
      kind.codes.push_back(kMissingCode);
      continue;
    }
    const auto place = std::ranges::find(texts, *event.kind);
    kind.codes.push_back(static_cast<std::int32_t>(place - texts.begin()));
    if (place == texts.end()) texts.push_back(*event.kind);
  }
  kind.dictionary = std::make_shared<const Dictionary>(std::move(texts));
  return kind;
}

template <class Read>
Column integers(const char* name, ColumnType type, std::span<const Event> events, const Read& read) {
  Column column{.name = name, .type = type};
  for (const Event& event : events) {
    const std::optional<std::int64_t> value = read(event);
    column.integers.push_back(value.value_or(kMissingInteger));
  }
  return column;
}

Column reals(const char* name, std::span<const Event> events, double Event::*member) {
  Column column{.name = name, .type = ColumnType::kReal};
  for (const Event& event : events) column.reals.push_back(event.*member);
  return column;
}

}  // namespace

std::string to_string(const Event& event) {
  std::string text = format("{} id={}", to_string(Timestamp{event.at}), event.id);
  if (event.seen) text += " seen=" + to_string(Timestamp{*event.seen});
  for (const auto& [name, value] :
       {std::pair{"value", event.value}, {"latitude", event.latitude}, {"longitude", event.longitude}}) {
    if (!is_missing(value)) text += format(" {}={}", name, round_trippable(value));
  }
  if (event.whole) text += format(" whole={}", *event.whole);
  if (event.flag) text += format(" flag={}", *event.flag);
  if (event.kind) text += format(" kind={}", *event.kind);
  if (event.due) text += " due=" + to_string(Timestamp{*event.due});
  return text;
}

std::string to_string(const FeatureValue& value) {
  if (const double* number = std::get_if<double>(&value)) return round_trippable(*number);
  if (const std::string* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "missing";
}

TableSpec events_spec(const EventsDeclared& declared) {
  TableSpec spec{.name = "events", .entity = "user_id", .time = "at"};
  if (declared.id) spec.id = "id";
  if (declared.seen) spec.known_at = "seen";
  return with_types(spec, events_table({}, declared).columns);
}

TableSpec applications_spec() {
  TableSpec spec{.name = "applications", .role = TableRole::kApplications, .entity = "user_id"};
  spec.time = "application_at";
  return spec;
}

Table events_table(std::span<const Event> events, const EventsDeclared& declared) {
  using Whole = std::optional<std::int64_t>;
  Table table{.name = "events", .columns = {}, .rows = events.size()};
  table.columns = {
      integers("user_id", ColumnType::kInteger, events, [](const Event& event) { return Whole(event.user); }),
      integers("at", ColumnType::kTime, events, [](const Event& event) { return Whole(event.at); }),
      integers("whole", ColumnType::kInteger, events, [](const Event& event) { return event.whole; }),
      integers("due", ColumnType::kTime, events, [](const Event& event) { return event.due; }),
      integers("flag", ColumnType::kBoolean, events,
               [](const Event& event) { return event.flag ? Whole(*event.flag ? 1 : 0) : Whole(); }),
      reals("value", events, &Event::value),
      reals("latitude", events, &Event::latitude),
      reals("longitude", events, &Event::longitude),
      column_of_texts(events),
  };
  if (declared.id) {
    table.columns.push_back(
        integers("id", ColumnType::kInteger, events, [](const Event& event) { return Whole(event.id); }));
  }
  if (declared.seen) {
    table.columns.push_back(integers("seen", ColumnType::kTime, events, [](const Event& event) { return event.seen; }));
  }
  return table;
}

std::vector<FeatureValue> features_of(std::span<const std::string> expressions, std::span<const Event> events,
                                      const Asked& asked) {
  std::vector<Definition> definitions;
  for (const std::string& expression : expressions)
    definitions.push_back({format("x{}", definitions.size()), expression, {}, "test", 0});
  const TableSpec spec = events_spec(asked.declared);
  FeaturePlan plan(std::move(definitions), applications_spec(), {spec}, asked.options);

  const EntityKey user = std::int64_t{1};
  const EventLog log = event_log(spec, events_table(events, asked.declared), EntityIndex(user), asked.options.zone);
  const EventLog* const logs[] = {&log};
  const std::size_t tables = plan.tables().size();  // none when no expression reads events
  plan.learn_categories(std::span(logs).first(tables), {});
  const History history(tables, {&log, log.rows_of(0)});
  Workspace workspace;
  PairsSeen pairs;
  const Application application{user, asked.cutoff};
  plan.count_pairs({&application, 1}, history, workspace, pairs);
  plan.learn_pairs(pairs);
  std::vector<double> numbers(expressions.size());
  plan.compute(application, history, numbers);

  std::vector<FeatureValue> values(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (is_missing(numbers[i])) continue;
    const std::vector<std::string>& categories = plan.columns()[i].categories;
    if (categories.empty()) {
      values[i] = numbers[i];
    } else {
      values[i] = categories.at(static_cast<std::size_t>(numbers[i]));
    }
  }
  return values;
}

}  // namespace asof
