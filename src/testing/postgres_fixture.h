// A PostgreSQL server of a test's own: a fresh database in a temporary folder, on a free port of this machine only.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace asof::testing {

/// Starts a server; the destructor stops it and removes its folder. It also stops when the test program dies.
/// Roles: `owner` may do everything; `reader` may log in and read the tables that `owner` creates. Both have passwords.
/// Start it from the main thread. Throws std::runtime_error when PostgreSQL is not installed or does not start.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// The one server of a test program, started when first asked for. Tests keep apart by the names of their tables.
  static PostgresServer& shared();

  /// postgresql://role:password@127.0.0.1:port/asof
  std::string url(std::string_view role = "owner") const;
  std::string url_with_password(std::string_view role, std::string_view password) const;
  static std::string_view password(std::string_view role);
  int port() const { return port_; }

  using Rows = std::vector<std::vector<std::string>>;

  /// Runs statements as `owner`; the rows of the last one as texts, null as an empty text. Throws std::runtime_error.
  Rows run_sql(const std::string& text) const;

  /// Fills an existing table from a CSV file with a header whose columns are the table's, in its order.
  void copy_csv(const std::string& table, const std::filesystem::path& path) const;

  /// Stops the server as an administrator would, and starts it again with the same data and port.
  void stop();
  void start();

 private:
  void initialise();
  void wait_until_ready();
  std::string log() const;

  std::filesystem::path folder_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace asof::testing
