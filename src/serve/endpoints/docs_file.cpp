// The files that the page at /docs is made of.
#include <algorithm>
#include <array>
#include <string_view>

#include "base/format.h"
#include "serve/endpoints.h"
#include "serve/problem.h"
#include "serve/web_asset.h"

namespace asof::endpoints {
namespace {

constexpr int kProblems[] = {404};

struct DocsFile {
  std::string_view name;
  std::string_view asset;
};

constexpr std::array kFiles = {
    DocsFile{"docs.js", "docs.js"},
    DocsFile{"swagger-ui.css", "swagger-ui/swagger-ui.css"},
    DocsFile{"swagger-ui-bundle.js", "swagger-ui/swagger-ui-bundle.js"},
    DocsFile{"LICENSE", "swagger-ui/LICENSE"},
    DocsFile{"NOTICE", "swagger-ui/NOTICE"},
    DocsFile{"swagger-ui-bundle.js.LICENSE.txt", "swagger-ui/swagger-ui-bundle.js.LICENSE.txt"},
};

HttpResponse handle(const HttpRequest& request, const Service&) {
  const std::string& name = request.path_parameters.at(0);
  const auto* place = std::ranges::find(kFiles, name, &DocsFile::name);
  if (place == kFiles.end()) throw Problem(404, format("there is no file {} of the documentation", name));
  return web_asset(place->asset);
}

Json operation(const Service&) {
  Json names = Json::Array{};
  for (const DocsFile& file : kFiles) names.push_back(file.name);
  const Json text = Json::Object{{"schema", Json::Object{{"type", "string"}}}};
  const Json content = Json::Object{{"text/javascript", text}, {"text/css", text}, {"text/plain", text}};
  return Json::Object{
      {"operationId", "docs_file"},
      {"parameters",
       Json::Array{Json::Object{{"name", "file"},
                                {"in", "path"},
                                {"required", true},
                                {"schema", Json::Object{{"type", "string"}, {"enum", std::move(names)}}}}}},
      {"responses", Json::Object{{"200", Json::Object{{"description", "The file"}, {"content", content}}}}}};
}

}  // namespace

constinit const Endpoint docs_file = {.method = "GET",
                                      .path = "/docs/{file}",
                                      .summary = "A file of that page",
                                      .scope = Permission::kPublic,
                                      .problems = kProblems,
                                      .operation = operation,
                                      .handle = handle};

}  // namespace asof::endpoints
