// The bundle's folder:
//   manifest.json    format, name, version, the SHA-256 of every part and document, hashes of inputs, data window, seed
//   features.json    tables with types, definitions, columns with their categories, boundary, time zone
//   preprocess.json  everything fitted that stands before the model
//   model.txt        the model in its library's own format
//   metrics.json     evaluations, leaderboard, what drives the score
#include "score/bundle.h"

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "base/hash.h"

namespace asof {
namespace {

constexpr std::size_t kVersionLength = 16;  // hexadecimal digits of the hash
constexpr const char* kManifest = "manifest.json";
constexpr const char* kLatest = "latest";

using Parts = std::map<std::string, std::string>;

Json to_json_value(const Definition& definition) {
  return Json::Object{{"name", definition.name},
                      {"expression", definition.expression},
                      {"family", definition.family},
                      {"origin", definition.origin},
                      {"line", definition.line}};
}

Definition definition_from_json(const Json& value) {
  return {value.at("name").as_string(), value.at("expression").as_string(), value.at("family").as_string(),
          value.at("origin").as_string(), static_cast<int>(value.at("line").as_integer())};
}

Json to_json_value(const FeatureColumn& column) {
  return Json::Object{{"name", column.name},
                      {"family", column.family},
                      {"categories", Json::array(column.categories)},
                      {"undated", column.undated}};
}

FeatureColumn feature_column_from_json(const Json& value) {
  FeatureColumn column{value.at("name").as_string(), value.at("family").as_string(), {}, value.at("undated").as_bool()};
  for (const Json& category : value.at("categories").as_array()) column.categories.push_back(category.as_string());
  return column;
}

Json features_part(const Bundle& bundle) {
  Json::Array tables;
  for (const TableSpec& table : bundle.tables) tables.push_back(to_json_value(table));
  Json::Array definitions;
  for (const Definition& definition : bundle.definitions) definitions.push_back(to_json_value(definition));
  Json::Array columns;
  for (const FeatureColumn& column : bundle.columns) columns.push_back(to_json_value(column));
  return Json::Object{{"time_zone", bundle.time_zone},
                      {"boundary", to_string(bundle.boundary)},
                      {"applications", to_json_value(bundle.applications)},
                      {"tables", std::move(tables)},
                      {"definitions", std::move(definitions)},
                      {"columns", std::move(columns)}};
}

void read_features_part(const Json& part, Bundle& bundle) {
  bundle.time_zone = part.at("time_zone").as_string();
  bundle.boundary = boundary_from(part.at("boundary").as_string());
  bundle.applications = table_spec_from_json(part.at("applications"));
  for (const Json& table : part.at("tables").as_array()) bundle.tables.push_back(table_spec_from_json(table));
  for (const Json& definition : part.at("definitions").as_array())
    bundle.definitions.push_back(definition_from_json(definition));
  for (const Json& column : part.at("columns").as_array()) bundle.columns.push_back(feature_column_from_json(column));
}

Json decision_part(const Bundle& bundle) {
  Json::Array reasons;
  for (const ReasonText& reason : bundle.reasons) reasons.push_back(to_json_value(reason));
  return Json::Object{{"points", to_json_value(bundle.points)}, {"reasons", std::move(reasons)}};
}

void read_decision_part(const Json& part, Bundle& bundle) {
  bundle.points = point_card_from_json(part.at("points"));
  for (const Json& reason : part.at("reasons").as_array()) bundle.reasons.push_back(reason_text_from_json(reason));
  if (!bundle.reasons.empty() && bundle.reasons.size() != bundle.columns.size())
    throw Error(Error::kIncompatible, "it has reasons for another number of columns");
}

Parts parts_of(const Bundle& bundle) {
  return {{"features.json", to_pretty_json(features_part(bundle))},
          {"preprocess.json", to_pretty_json(bundle.preprocess.save())},
          {"model.txt", bundle.model->save()},
          {"calibration.json", to_pretty_json(bundle.calibration.save())},
          {"decision.json", to_pretty_json(decision_part(bundle))},
          {"metrics.json", to_pretty_json(bundle.metrics)}};
}

Json hashes(const Parts& parts) {
  Json::Object object;
  for (const auto& [name, content] : parts) object.emplace_back(name, sha256(content));
  return object;
}

/// What the version is a hash of: everything but the version itself and the documents.
std::string version_of(const Bundle& bundle, const Json& part_hashes, std::int64_t bundle_format = kBundleFormat) {
  const Json content = Json::Object{{"format", bundle_format},
                                    {"name", bundle.name},
                                    {"kind", bundle.kind},
                                    {"parts", part_hashes},
                                    {"made_from", bundle.manifest}};
  return sha256(to_json(content)).substr(0, kVersionLength);
}

/// The folder that `path` stands for.
std::filesystem::path resolve_latest(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw Error(Error::kNotFound, format("bundle {}: there is no such folder", path.string()));
  if (std::filesystem::exists(path / kManifest)) return path;
  if (std::filesystem::exists(path / kLatest)) {
    std::string version = read_file(path / kLatest);
    while (!version.empty() && version.back() == '\n') version.pop_back();
    return path / version;
  }
  throw Error(Error::kNotFound,
              format("bundle {}: neither {} nor {} is in this folder; name a folder that `asof train` wrote",
                     path.string(), kManifest, kLatest));
}

/// The content of a part, when it is what the manifest says.
std::string checked_part(const std::filesystem::path& folder, const std::string& name, const Json& part_hashes) {
  const std::string* expected = part_hashes.find(name) == nullptr ? nullptr : &part_hashes.at(name).as_string();
  if (expected == nullptr)
    throw Error(Error::kIncompatible,
                format("bundle {}: the manifest does not list the part {}", folder.string(), name));
  if (!std::filesystem::exists(folder / name)) {
    throw Error(Error::kIncompatible,
                format("bundle {}: the part {} is missing; restore the folder or train again", folder.string(), name));
  }
  std::string content = read_file(folder / name);
  if (sha256(content) != *expected) {
    throw Error(
        Error::kIncompatible,
        format("bundle {}: the part {} is damaged: its hash is not the one in the manifest; restore the folder or "
               "train again",
               folder.string(), name));
  }
  return content;
}

Json read_manifest(const std::filesystem::path& folder) {
  try {
    Json manifest = parse_json(read_file(folder / kManifest));
    const std::int64_t bundle_format = manifest.at("format").as_integer();
    if (bundle_format > kBundleFormat) {
      throw Error(Error::kIncompatible,
                  format("bundle {}: its format is {}, this program reads up to {}; use a newer asof", folder.string(),
                         bundle_format, kBundleFormat));
    }
    return manifest;
  } catch (const Error& error) {
    if (error.kind() == Error::kIncompatible) throw;
    throw Error(Error::kIncompatible,
                format("bundle {}: the part {} is damaged: {}", folder.string(), kManifest, error.what()));
  }
}

}  // namespace

void seal(Bundle& bundle) { bundle.version = version_of(bundle, hashes(parts_of(bundle))); }

std::filesystem::path save(const Bundle& bundle, const std::filesystem::path& root,
                           const std::map<std::string, std::string>& documents) {
  const Parts parts = parts_of(bundle);
  const Json part_hashes = hashes(parts);
  const Json manifest =
      Json::Object{{"format", kBundleFormat},     {"name", bundle.name},  {"version", version_of(bundle, part_hashes)},
                   {"kind", bundle.kind},         {"parts", part_hashes}, {"documents", hashes(documents)},
                   {"made_from", bundle.manifest}};
  const std::filesystem::path home = root / bundle.name;
  std::filesystem::create_directories(home);
  Staged folder(home / bundle.version);
  std::filesystem::create_directories(folder.path());
  for (const auto& [name, content] : parts) write_file(folder.path() / name, content);
  for (const auto& [name, content] : documents) write_file(folder.path() / name, content);
  write_file(folder.path() / kManifest, to_pretty_json(manifest));
  folder.commit();
  write_file(home / kLatest, bundle.version + "\n");
  return home / bundle.version;
}

Bundle load_bundle(const std::filesystem::path& path) {
  const std::filesystem::path folder = resolve_latest(path);
  const Json manifest = read_manifest(folder);
  std::string part = kManifest;
  try {
    Bundle bundle;
    bundle.name = manifest.at("name").as_string();
    bundle.version = manifest.at("version").as_string();
    bundle.kind = manifest.at("kind").as_string();
    bundle.manifest = manifest.at("made_from");
    const Json& part_hashes = manifest.at("parts");
    const std::int64_t bundle_format = manifest.at("format").as_integer();
    if (bundle.version != version_of(bundle, part_hashes, bundle_format)) {
      throw Error(Error::kIncompatible, "its version is not the hash of its content");
    }
    const auto content = [&](const char* name) { return checked_part(folder, part = name, part_hashes); };
    read_features_part(parse_json(content("features.json")), bundle);
    bundle.preprocess = Preprocess::load(parse_json(content("preprocess.json")), bundle.columns);
    bundle.metrics = parse_json(content("metrics.json"));
    if (bundle_format >= 2) {
      bundle.calibration = Calibration::load(parse_json(content("calibration.json")));
      read_decision_part(parse_json(content("decision.json")), bundle);
    }
    bundle.model = model_kind(bundle.kind).load(content("model.txt"), bundle.preprocess.outputs());
    return bundle;
  } catch (const Error& error) {
    const std::string_view what = error.what();
    if (what.starts_with("bundle ")) throw;
    throw Error(Error::kIncompatible, format("bundle {}: the part {} is damaged: {}", folder.string(), part, what));
  }
}

PlanOptions plan_options(const Bundle& bundle) {
  return {.boundary = bundle.boundary,
          .zone = bundle.time_zone.empty() ? TimeZone() : TimeZone::named(bundle.time_zone)};
}

double training_share_repaid(const Bundle& bundle) try {
  const Json& outcomes = bundle.metrics.at("outcomes");
  if (const Json* by_weight = outcomes.find("share_repaid_by_weight")) return by_weight->as_number();
  const double repaid = outcomes.at("repaid").as_number();
  return repaid / (repaid + outcomes.at("defaulted").as_number());
} catch (const Error& error) {
  throw Error(Error::kIncompatible, format("bundle {} {} does not tell the share repaid of its training rows: {}",
                                           bundle.name, bundle.version, error.what()));
}

}  // namespace asof
