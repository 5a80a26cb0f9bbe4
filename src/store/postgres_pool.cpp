#include "store/postgres_pool.h"

#include <utility>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

/// A server that is away is not asked again at once by every request.
constexpr std::chrono::milliseconds kConnectBackOff{200};
/// The server itself ends a statement that takes too long; only when it does not, the connection is given up.
constexpr std::chrono::milliseconds kGrace{500};

std::chrono::microseconds chrono(Duration duration) { return std::chrono::microseconds(duration.microseconds); }
Deadline after(std::chrono::microseconds length) { return std::chrono::steady_clock::now() + length; }

}  // namespace

PostgresPool::PostgresPool(std::string url, const PostgresStoreOptions& options,
                           std::function<void(PostgresConnection&, Deadline)> prepare)
    : url_(std::move(url)), options_(options), prepare_(std::move(prepare)) {}

void PostgresPool::use(const std::function<void(PostgresConnection&, Deadline)>& work) {
  const Deadline deadline = after(chrono(options_.statement_timeout) + kGrace);
  while (true) {
    Lease lease = acquire(deadline);
    try {
      // A connection that had just to be opened has used up none of the time of the statement.
      work(*lease.connection, lease.used_before ? deadline : after(chrono(options_.statement_timeout) + kGrace));
      give_back(std::move(lease.connection));
      return;
    } catch (const ConnectionLost& lost) {
      give_back(nullptr);
      const bool too_late = std::chrono::steady_clock::now() >= deadline;
      if (!lease.used_before || too_late) throw Error(Error::kUnavailable, lost.why);
      forget_idle();  // they are of the same age, and as lost
    } catch (...) {
      give_back(std::move(lease.connection));
      throw;
    }
  }
}

PostgresPool::Lease PostgresPool::acquire(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto free = [this] { return in_use_ < options_.connections; };
  if (!changed_.wait_until(lock, deadline, free)) {
    throw Error(Error::kUnavailable,
                format("all {} connections to PostgreSQL {} are busy", options_.connections, description_));
  }
  ++in_use_;
  if (!idle_.empty()) {
    Lease lease{std::move(idle_.back()), true};
    idle_.pop_back();
    return lease;
  }
  lock.unlock();
  try {
    return {open(), false};
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

std::unique_ptr<PostgresConnection> PostgresPool::open() {
  {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() < no_attempt_before_) throw Error(Error::kUnavailable, last_failure_);
  }
  try {
    const Deadline deadline = after(chrono(options_.connect_timeout));
    auto connection = std::make_unique<PostgresConnection>(url_, deadline);
    connection->query(
        format("SET statement_timeout = {}; SET default_transaction_read_only = on; SET TimeZone = 'UTC'; "
               "SET DateStyle = 'ISO'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'",
               options_.statement_timeout.microseconds / 1000),
        deadline);
    prepare_(*connection, deadline);
    const std::lock_guard lock(mutex_);
    description_ = connection->describe();
    return connection;
  } catch (const ConnectionLost& lost) {
    const std::lock_guard lock(mutex_);
    last_failure_ = lost.why;
    no_attempt_before_ = after(kConnectBackOff);
    throw Error(Error::kUnavailable, lost.why);
  }
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) idle_.push_back(std::move(connection));
  }
  changed_.notify_one();
}

void PostgresPool::forget_idle() {
  std::vector<std::unique_ptr<PostgresConnection>> forgotten;
  const std::lock_guard lock(mutex_);
  forgotten.swap(idle_);
}

std::string PostgresPool::describe() const {
  const std::lock_guard lock(mutex_);
  return description_;
}

}  // namespace asof
