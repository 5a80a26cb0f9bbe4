// SHA-256, for the names of versions and the proof that nothing changed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace asof {

/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view bytes);

/// The digest itself, 32 bytes.
std::string sha256_digest(std::string_view bytes);

/// Two lower-case hexadecimal digits per byte.
std::string hexadecimal(std::string_view bytes);

/// Lower-case hexadecimal SHA-256 of a file, read in pieces. Throws Error::kNotFound or kUnavailable.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace asof
