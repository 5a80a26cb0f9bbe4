// What a scoring request has to say: whose application, as of when, and the application's own columns. The names and
// types are the bundle's, so a lender's API speaks the lender's words, and the same list makes the API's description.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "features/compute.h"
#include "score/bundle.h"
#include "serve/problem.h"

namespace asof {

/// An application as requested. Movable; `application.columns` points into `columns`.
struct ApplicationRequest {
  Application application;
  std::unique_ptr<const Table> columns;  ///< one row; null when the bundle's applications have no columns of their own
};

/// Immutable; safe for concurrent use.
class ApplicationForm {
 public:
  explicit ApplicationForm(const Bundle& bundle);

  /// Reads `{"user_id": 5, "application_at": "2024-01-01T00:00:00Z"}`, with the entity's and the time's own names, and
  /// where the bundle has them `"application": {"amount": 200}`; an own column left out is missing.
  /// Throws a Problem (422) that names every field that is missing, unknown or of the wrong type.
  ApplicationRequest read(const Json& body) const;

  /// Whether entities are integers or texts.
  ColumnType entity_type() const { return entity_type_; }

  /// JSON Schema of what `read` accepts, with an example.
  Json schema() const;

 private:
  /// An own column of the application.
  struct OwnColumn {
    std::string name;
    ColumnSpec spec;

    ColumnType type() const { return spec.type.value_or(ColumnType::kReal); }
  };
  using Problems = std::vector<FieldProblem>;

  EntityKey read_entity(const Json& body, Problems& problems) const;
  Timestamp read_time(const Json& body, Problems& problems) const;
  std::unique_ptr<const Table> read_own(const Json* values, Problems& problems) const;
  Column read_own_column(const OwnColumn& column, const Json& value, Problems& problems) const;

  std::string entity_;
  ColumnType entity_type_ = ColumnType::kInteger;
  std::string time_;
  TimeZone zone_;
  std::vector<OwnColumn> own_;
};

}  // namespace asof
