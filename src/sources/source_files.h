// The files that a source is made of.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// Whether a name ends with one of `endings` (such as ".csv"), in any case.
bool has_ending(std::string_view name, std::span<const std::string_view> endings);

/// The files that `from` means, sorted by name: one file, the matches of a pattern with `*`, `?` or `[...]`, or the
/// files of a folder, with everything under it, that have one of `endings`. Hidden files, and those that other
/// programs leave beside data (their names begin with `_`), are none of it. Throws Error::kNotFound when there are
/// none.
std::vector<std::filesystem::path> files_of(std::string_view from, std::span<const std::string_view> endings);

/// SHA-256 of a file's bytes; of several, of their names and hashes.
std::string fingerprint_of(std::span<const std::filesystem::path> files);

}  // namespace asof
