#include "store/commit_queue.h"

#include <utility>

#include "base/format.h"

namespace asof {

CommitQueue::CommitQueue(SqliteConnection store) : store_(std::move(store)), thread_([this] { run(); }) {}

CommitQueue::~CommitQueue() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void CommitQueue::commit(Work work, std::function<void()> committed) {
  queue_and_wait({.work = std::move(work), .committed = std::move(committed), .done = {}, .failure = nullptr});
}

void CommitQueue::run_alone(Work work) {
  queue_and_wait({.work = std::move(work), .committed = {}, .alone = true, .done = {}, .failure = nullptr});
}

void CommitQueue::queue_and_wait(Job job) {
  std::future<void> done = job.done.get_future();
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  done.get();
}

void CommitQueue::run() {
  for (std::deque<Job> jobs = next_jobs(); !jobs.empty(); jobs = next_jobs()) {
    std::exception_ptr failure;
    try {
      if (!disk_failure_.empty()) throw Error(Error::kUnavailable, disk_failure_);
      if (jobs.front().alone) {
        jobs.front().work(store_);
      } else {
        commit_together(jobs);
      }
    } catch (const SqliteError& error) {
      failure = std::current_exception();
      if (error.disk_failed())
        disk_failure_ = format("nothing more is written since the disk failed; start asof again: {}", error.what());
    } catch (...) {
      failure = std::current_exception();
    }
    answer(jobs, failure);
  }
}

/// Empty at the end. One job alone, or all up to the next that wants to be alone.
std::deque<CommitQueue::Job> CommitQueue::next_jobs() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
  std::deque<Job> jobs;
  while (!queue_.empty() && (jobs.empty() || (!jobs.front().alone && !queue_.front().alone))) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void CommitQueue::commit_together(std::deque<Job>& jobs) {
  SqliteTransaction transaction(store_);
  for (Job& job : jobs) run_one(job);
  transaction.commit();
  for (const Job& job : jobs) {
    if (job.kept && job.committed) job.committed();
  }
}

/// A failure of SQLite itself ends the whole transaction; any other is the job's own.
void CommitQueue::run_one(Job& job) const {
  store_.prepare("SAVEPOINT job").run();
  try {
    job.kept = job.work(store_);
  } catch (const SqliteError&) {
    throw;
  } catch (...) {
    job.failure = std::current_exception();
  }
  if (!job.kept) store_.prepare("ROLLBACK TO job").run();
  store_.prepare("RELEASE job").run();
}

void CommitQueue::answer(std::deque<Job>& jobs, const std::exception_ptr& failure) {
  for (Job& job : jobs) {
    const std::exception_ptr why = failure ? failure : job.failure;
    if (why) {
      job.done.set_exception(why);
    } else {
      job.done.set_value();
    }
  }
}

}  // namespace asof
