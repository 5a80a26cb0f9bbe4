// SHA-256 by OpenSSL.
#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "base/format.h"

namespace asof {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr)); }

  void add(std::string_view bytes) { check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

  std::string digest() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
    return {bytes.begin(), bytes.begin() + size};
  }

 private:
  static void check(int result) {
    if (result != 1) throw Error(Error::kInternal, "OpenSSL refuses to compute SHA-256");
  }

  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hexadecimal(hash.digest());
}

std::string sha256_digest(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.digest();
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    const auto kind = errno == ENOENT ? Error::kNotFound : Error::kUnavailable;
    throw Error(kind, format("{} cannot be opened: {}", path.string(), std::strerror(errno)));
  }
  Sha256 hash;
  std::vector<char> piece(kPieceBytes);
  while (const std::size_t read = std::fread(piece.data(), 1, piece.size(), file.get())) {
    hash.add({piece.data(), read});
  }
  if (std::ferror(file.get()) != 0) throw Error(Error::kUnavailable, format("{} cannot be read", path.string()));
  return hexadecimal(hash.digest());
}

}  // namespace asof
