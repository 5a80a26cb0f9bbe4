#include "sources/source_files.h"

#include <glob.h>

#include <algorithm>
#include <cctype>

#include "base/format.h"
#include "base/hash.h"
#include "sources/masked.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

/// The matches of a pattern, freed at the end of its life.
class Matches {
 public:
  explicit Matches(const std::string& pattern) { ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches_); }
  ~Matches() { ::globfree(&matches_); }
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;

  std::span<char* const> paths() const { return {matches_.gl_pathv, matches_.gl_pathc}; }

 private:
  glob_t matches_{};
};

std::vector<fs::path> files_in(const fs::path& folder, std::span<const std::string_view> endings) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(folder, failure), end; entry != end; entry.increment(failure)) {
    std::error_code unknown;  // what cannot be looked at is no data
    const bool hidden = is_hidden(entry->path());
    if (entry->is_directory(unknown)) {
      if (hidden) entry.disable_recursion_pending();
    } else if (!hidden && entry->is_regular_file(unknown) && has_ending(entry->path().string(), endings)) {
      files.push_back(entry->path());
    }
  }
  if (failure) throw Error(Error::kUnavailable, format("{} cannot be listed: {}", folder.string(), failure.message()));
  return files;
}

}  // namespace

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

bool has_ending(std::string_view name, std::span<const std::string_view> endings) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::any_of(endings, [&](std::string_view ending) {
    return name.size() >= ending.size() &&
           std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, lower, lower);
  });
}

std::vector<fs::path> files_of(std::string_view from, std::span<const std::string_view> endings) {
  const fs::path path(from);
  if (fs::is_regular_file(path)) return {path};
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    files = files_in(path, endings);
    if (files.empty()) {
      throw Error(Error::kNotFound, format("the folder {} holds no file that ends with {} (CSV files of a folder are "
                                           "named by a pattern such as {}/*.csv)",
                                           path.string(), endings.front(), path.string()));
    }
  } else if (from.find_first_of("*?[") != std::string_view::npos) {
    const Matches matches{std::string(from)};
    for (const char* match : matches.paths()) {
      if (fs::is_regular_file(match)) files.emplace_back(match);
    }
    if (files.empty()) throw Error(Error::kNotFound, format("no file matches {}", masked(from)));
  } else {
    throw Error(Error::kNotFound, format("there is no file {}", masked(from)));
  }
  std::ranges::sort(files);
  return files;
}

FileRow file_row(std::span<const FileRows> files, std::size_t row) {
  for (const FileRows& file : files) {
    if (row < file.rows) return {file.path, row};
    row -= file.rows;
  }
  throw Error(Error::kInternal, "a row of no file was asked for");
}

std::string fingerprint_of(std::span<const fs::path> files) {
  if (files.size() == 1) return sha256_of_file(files.front());
  std::string all;
  for (const fs::path& file : files) all += format("{}  {}\n", sha256_of_file(file), file.filename().string());
  return sha256(all);
}

}  // namespace asof
