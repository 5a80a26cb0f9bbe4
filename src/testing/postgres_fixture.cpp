// PostgreSQL refuses to run as root; the child process then becomes the user `postgres` before it becomes the server,
// so that its process id is ours to stop. Durability is switched off: the data lives as long as the test.
#include "testing/postgres_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>

#include "base/files.h"
#include "base/format.h"

namespace asof::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kStartWithin{60};
constexpr seconds kStopWithin{20};
constexpr milliseconds kPause{10};
constexpr std::string_view kOwnerPassword = "owner-secret";
constexpr std::string_view kReaderPassword = "reader-secret";

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Clear>;

struct User {
  uid_t id;
  gid_t group;
};

/// Whom the server runs as.
User server_user() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  const passwd* const entry = ::getpwnam("postgres");
  if (entry == nullptr) throw std::runtime_error("PostgreSQL cannot run as root and there is no user `postgres`");
  return {entry->pw_uid, entry->pw_gid};
}

/// The folder of initdb and postgres, which are not on the path.
fs::path program_folder() {
  struct Close {
    void operator()(std::FILE* pipe) const { ::pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(::popen("pg_config --bindir 2>/dev/null", "r"));
  std::array<char, 4096> line{};
  std::string folder;
  if (pipe && std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) folder = line.data();
  while (!folder.empty() && folder.back() == '\n') folder.pop_back();
  if (!fs::exists(fs::path(folder) / "initdb")) {
    throw std::runtime_error("these tests need a PostgreSQL server; install the package postgresql-15");
  }
  return folder;
}

/// Starts a program as the server's user, with its output in `log`.
pid_t spawn(const std::vector<std::string>& command, const fs::path& folder, const fs::path& log) {
  const User user = server_user();
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error("a process cannot be started");
  if (process > 0) return process;
  // In the child: nothing that allocates.
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  const bool changed =
      ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(user.group) == 0 && ::setuid(user.id) == 0);
  ::prctl(PR_SET_PDEATHSIG, SIGINT);
  if (!changed || ::chdir(folder.c_str()) != 0 || ::getppid() != parent) ::_exit(126);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(descriptor);
  if (!bound) throw std::runtime_error("no port is free");
  return ::ntohs(address.sin_port);
}

Connection connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

Result checked(const Connection& connection, PGresult* result, const std::string& text) {
  Result owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) {
    throw std::runtime_error(format("{}\nin: {}", PQerrorMessage(connection.get()), text.substr(0, 1000)));
  }
  return owned;
}

}  // namespace

PostgresServer::PostgresServer() {
  std::string pattern = (fs::temp_directory_path() / "asof_postgres_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  folder_ = pattern;
  try {
    const User user = server_user();
    if (::chown(folder_.c_str(), user.id, user.group) != 0) throw std::runtime_error("the folder cannot be given away");
    initialise();
    port_ = free_port();
    start();
    run_sql(
        format("CREATE ROLE reader LOGIN PASSWORD '{}'; "
               "ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO reader",
               kReaderPassword));
  } catch (...) {
    stop();
    fs::remove_all(folder_);
    throw;
  }
}

PostgresServer::~PostgresServer() {
  stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

void PostgresServer::initialise() {
  const fs::path password_file = folder_ / "password";
  write_file(password_file, kOwnerPassword);
  const std::vector<std::string> command = {program_folder() / "initdb",
                                            "-D",
                                            folder_ / "data",
                                            "-U",
                                            "owner",
                                            "--pwfile",
                                            password_file,
                                            "-A",
                                            "scram-sha-256",
                                            "-E",
                                            "UTF8",
                                            "--locale",
                                            "C.UTF-8",
                                            "--no-sync"};
  const pid_t process = spawn(command, folder_, folder_ / "log");
  int status = 0;
  ::waitpid(process, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed:\n" + log());
}

void PostgresServer::start() {
  process_ = spawn({program_folder() / "postgres",
                    "-D",
                    folder_ / "data",
                    "-p",
                    format("{}", port_),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off",
                    "-c",
                    "synchronous_commit=off",
                    "-c",
                    "full_page_writes=off",
                    "-c",
                    "shared_buffers=64MB",
                    "-c",
                    "autovacuum=off",
                    "-c",
                    "max_wal_size=4GB"},
                   folder_, folder_ / "log");
  wait_until_ready();
}

void PostgresServer::wait_until_ready() {
  const auto deadline = steady_clock::now() + kStartWithin;
  const std::string maintenance = format("postgresql://owner:{}@127.0.0.1:{}/postgres", kOwnerPassword, port_);
  while (PQping(maintenance.c_str()) != PQPING_OK) {
    if (::waitpid(process_, nullptr, WNOHANG) != 0) {
      process_ = -1;
      throw std::runtime_error("PostgreSQL did not start:\n" + log());
    }
    if (steady_clock::now() > deadline) throw std::runtime_error("PostgreSQL takes too long to start:\n" + log());
    std::this_thread::sleep_for(kPause);
  }
  const Connection connection = connect(maintenance);
  const Result known(PQexec(connection.get(), "SELECT 1 FROM pg_database WHERE datname = 'asof'"));
  if (PQntuples(known.get()) == 0) {
    const std::string create = "CREATE DATABASE asof";
    checked(connection, PQexec(connection.get(), create.c_str()), create);
  }
}

void PostgresServer::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGINT);  // "fast": sessions are ended
  const auto deadline = steady_clock::now() + kStopWithin;
  while (::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (steady_clock::now() > deadline) ::kill(process_, SIGKILL);
    std::this_thread::sleep_for(kPause);
  }
  process_ = -1;
}

std::string PostgresServer::log() const { return read_file(folder_ / "log"); }

std::string_view PostgresServer::password(std::string_view role) {
  return role == "owner" ? kOwnerPassword : kReaderPassword;
}

std::string PostgresServer::url(std::string_view role) const { return url_with_password(role, password(role)); }

std::string PostgresServer::url_with_password(std::string_view role, std::string_view secret) const {
  return format("postgresql://{}:{}@127.0.0.1:{}/asof", role, secret, port_);
}

PostgresServer::Rows PostgresServer::run_sql(const std::string& text) const {
  const Connection connection = connect(url());
  const Result result = checked(connection, PQexec(connection.get(), text.c_str()), text);
  Rows rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
    }
  }
  return rows;
}

void PostgresServer::copy_csv(const std::string& table, const fs::path& path) const {
  const Connection connection = connect(url());
  const std::string command = format("COPY {} FROM STDIN WITH (FORMAT csv, HEADER true)", table);
  checked(connection, PQexec(connection.get(), command.c_str()), command);
  const std::string content = read_file(path);
  constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
  for (std::size_t begin = 0; begin < content.size(); begin += kPieceBytes) {
    const std::string_view piece = std::string_view(content).substr(begin, kPieceBytes);
    PQputCopyData(connection.get(), piece.data(), static_cast<int>(piece.size()));
  }
  PQputCopyEnd(connection.get(), nullptr);
  checked(connection, PQgetResult(connection.get()), command);
}

}  // namespace asof::testing
