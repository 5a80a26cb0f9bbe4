// One thread that writes. What many have queued meanwhile is committed together, so that a sync of the disk is shared.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "store/sqlite.h"

namespace asof {

/// Safe for concurrent use. When the disk has failed, nobody knows what it holds; from then on nothing is written until
/// the program is started again.
class CommitQueue {
 public:
  /// Whether what it wrote shall be kept; when not, or when it throws, it is undone, and the others stay.
  using Work = std::function<bool(const SqliteConnection& store)>;

  explicit CommitQueue(SqliteConnection store);
  /// Finishes what is queued.
  ~CommitQueue();
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  /// Runs `work` in a transaction and waits until that is on disk. Throws what `work` throws, and Error::kUnavailable
  /// when it could not be committed. When what it wrote was kept, `committed` is called then: in the order of the
  /// works, by the thread that writes; it must not throw.
  void commit(Work work, std::function<void()> committed = {});

  /// Runs `work` outside of any transaction, with nothing beside it.
  void run_alone(Work work);

 private:
  struct Job {
    Work work;
    std::function<void()> committed;
    bool alone = false;
    bool kept = false;
    std::promise<void> done;
    std::exception_ptr failure;
  };

  void queue_and_wait(Job job);
  void run();
  std::deque<Job> next_jobs();
  void commit_together(std::deque<Job>& jobs);
  void run_one(Job& job) const;
  void answer(std::deque<Job>& jobs, const std::exception_ptr& failure);

  SqliteConnection store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  std::string disk_failure_;  // why nothing is written any more
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace asof
