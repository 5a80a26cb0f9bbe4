#include "serve/web_asset.h"

#include <algorithm>
#include <array>

#include "asof/error.h"
#include "base/format.h"
#include "embedded/serve_assets.h"

namespace asof {
namespace {

// Swagger UI sets inline styles and shows images from data URLs; no script but our own files may run.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src "
    "'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct MediaType {
  std::string_view suffix;
  std::string_view type;
};

constexpr std::array kMediaTypes = {
    MediaType{".html", "text/html; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".css", "text/css; charset=utf-8"},
};

std::string_view media_type(std::string_view path) {
  const auto* place =
      std::ranges::find_if(kMediaTypes, [&](const MediaType& known) { return path.ends_with(known.suffix); });
  return place == kMediaTypes.end() ? "text/plain; charset=utf-8" : place->type;
}

}  // namespace

HttpResponse web_asset(std::string_view path) {
  const auto assets = embedded::serve_assets();
  const auto place = std::ranges::find(assets, path, &embedded::File::path);
  if (place == assets.end()) throw Error(Error::kInternal, format("the program was built without the file {}", path));
  return {.content_type = std::string(media_type(path)),
          .body = std::string(place->content),
          .headers = {{"Content-Security-Policy", std::string(kContentSecurityPolicy)}, {"Cache-Control", "no-cache"}}};
}

}  // namespace asof
