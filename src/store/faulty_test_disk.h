// For tests: a disk that fails, fills up or loses its power when told to, between SQLite and the real one (a "VFS
// shim", https://www.sqlite.org/vfs.html). It knows which bytes were synced: when the power goes, those stay, and of
// all later changes any part may be there, in whole sectors and in any order.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/random.h"

namespace asof {

/// While it lives, every store that is opened lies on it. One at a time.
class FaultyDisk {
 public:
  enum class Fault { kError, kFull };

  FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.zName = "faulty";
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  ~FaultyDisk() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
  }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// Changes so far: writes, syncs, truncations and removals.
  long changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

  /// What happens to the `number`-th change from now, and to all after it unless `once`.
  void fail(long number, Fault fault, bool once = false) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    fails_from_ = changes_ + number;
    fails_until_ = once ? fails_from_ : kForever;
  }

  void heal() {
    const std::lock_guard lock(mutex_);
    fault_.reset();
  }

  /// Leaves in every file what may be left of it, and works again. All stores must be closed.
  void lose_power(Random& random) {
    const std::lock_guard lock(mutex_);
    fault_.reset();
    for (auto& [path, state] : files_) {
      std::filesystem::remove(path + "-shm");
      for (const Change& change : state.unsynced) apply_some(change, state.synced, random);
      std::vector<std::optional<std::string>> possible{state.synced};
      if (!state.durable) possible.push_back(state.before);
      if (state.removed) possible.emplace_back(std::nullopt);
      const std::optional<std::string>& left = possible[random.below(possible.size())];
      if (left) {
        write_file(path, *left);
      } else {
        std::filesystem::remove(path);
      }
    }
    files_.clear();
  }

 private:
  static constexpr long kForever = 1L << 60;
  static constexpr std::size_t kSector = 512;

  struct Change {
    std::size_t offset = 0;
    std::string bytes;
    bool truncates = false;  ///< to `offset`
  };
  struct State {
    std::string synced;  ///< what a loss of power leaves for sure
    std::vector<Change> unsynced;
    std::optional<std::string> before;  ///< what may have its name until it is durable: the file removed last, or none
    bool durable = false;
    bool removed = false;  ///< but perhaps not on the disk
  };
  struct File {
    sqlite3_file base;
    FaultyDisk* disk;
    State* state;  ///< none for temporary files
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };

  static File& file(sqlite3_file* base) { return *reinterpret_cast<File*>(base); }
  static const sqlite3_io_methods& real(sqlite3_file* base) { return *file(base).real()->pMethods; }

  static void apply(const Change& change, std::string& content) {
    if (change.truncates) {
      content.resize(std::min(content.size(), change.offset));
      return;
    }
    content.resize(std::max(content.size(), change.offset + change.bytes.size()));
    content.replace(change.offset, change.bytes.size(), change.bytes);
  }

  static void apply_some(const Change& change, std::string& content, Random& random) {
    if (change.truncates || random.below(4) > 0) {
      if (random.below(2) == 0) apply(change, content);
      return;
    }
    for (std::size_t begin = 0; begin < change.bytes.size(); begin += kSector) {
      if (random.below(2) == 0) apply({change.offset + begin, change.bytes.substr(begin, kSector)}, content);
    }
  }

  /// What a change is answered instead of being done; SQLITE_OK: do it. The lock is held.
  int refusal(int error) {
    ++changes_;
    if (!fault_ || changes_ < fails_from_ || changes_ > fails_until_) return SQLITE_OK;
    return *fault_ == Fault::kFull && error == SQLITE_IOERR_WRITE ? SQLITE_FULL : error;
  }

  /// Names and removals are on the disk; one folder has them all.
  void sync_folder() {
    for (auto& [path, state] : files_) {
      if (state.removed) {
        state = {};
        continue;
      }
      state.durable = true;
      state.before.reset();
    }
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* base, int flags, int* out_flags) {
    FaultyDisk& disk = *static_cast<FaultyDisk*>(vfs->pAppData);
    const std::lock_guard lock(disk.mutex_);
    File& opened = file(base);
    opened.base.pMethods = nullptr;
    opened.disk = &disk;
    opened.state = nullptr;
    const bool was_there = path != nullptr && std::filesystem::exists(path);
    if (const int code = disk.real_->xOpen(disk.real_, path, opened.real(), flags, out_flags); code != SQLITE_OK)
      return code;
    opened.base.pMethods = &methods();
    if (path == nullptr) return SQLITE_OK;
    const auto [known, is_new] = disk.files_.try_emplace(path);
    opened.state = &known->second;
    State& state = *opened.state;
    if (is_new && was_there) {
      state.synced = read_file(path);
      state.durable = true;
    } else if (state.removed) {
      state = {.before = state.durable ? std::optional(state.synced) : state.before};
    }
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int folder_too) {
    FaultyDisk& disk = *static_cast<FaultyDisk*>(vfs->pAppData);
    const std::lock_guard lock(disk.mutex_);
    if (const int code = disk.refusal(SQLITE_IOERR_DELETE); code != SQLITE_OK) return code;
    const int code = disk.real_->xDelete(disk.real_, path, 0);
    if (code != SQLITE_OK) return code;
    // The state stays: SQLite may have the file open.
    State& state = disk.files_[path];
    state.removed = true;
    if (folder_too != 0) disk.sync_folder();
    return SQLITE_OK;
  }

  static int change(sqlite3_file* base, int error, Change what, auto&& really) {
    FaultyDisk& disk = *file(base).disk;
    const std::lock_guard lock(disk.mutex_);
    if (const int code = disk.refusal(error); code != SQLITE_OK) return code;
    if (State* state = file(base).state) state->unsynced.push_back(std::move(what));
    return really();
  }

  static int write(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 offset) {
    Change what{static_cast<std::size_t>(offset),
                std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))};
    return change(base, SQLITE_IOERR_WRITE, std::move(what),
                  [&] { return real(base).xWrite(file(base).real(), bytes, size, offset); });
  }

  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    return change(base, SQLITE_IOERR_TRUNCATE, {static_cast<std::size_t>(size), {}, true},
                  [&] { return real(base).xTruncate(file(base).real(), size); });
  }

  /// Nothing is synced for real: the test decides what a loss of power takes.
  static int sync(sqlite3_file* base, int) {
    FaultyDisk& disk = *file(base).disk;
    const std::lock_guard lock(disk.mutex_);
    if (const int code = disk.refusal(SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
    if (State* state = file(base).state) {
      for (const Change& done : state->unsynced) apply(done, state->synced);
      state->unsynced.clear();
      // With the first sync of a journal SQLite syncs its folder as well.
      if (!state->durable) disk.sync_folder();
    }
    return SQLITE_OK;
  }

  /// Without memory maps, so that every change passes here.
  static const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods all = [] {
      sqlite3_io_methods m{};
      m.iVersion = 2;
      m.xClose = [](sqlite3_file* f) { return real(f).xClose(file(f).real()); };
      m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        return real(f).xRead(file(f).real(), to, size, at);
      };
      m.xWrite = write;
      m.xTruncate = truncate;
      m.xSync = sync;
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return real(f).xFileSize(file(f).real(), size); };
      m.xLock = [](sqlite3_file* f, int level) { return real(f).xLock(file(f).real(), level); };
      m.xUnlock = [](sqlite3_file* f, int level) { return real(f).xUnlock(file(f).real(), level); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* out) { return real(f).xCheckReservedLock(file(f).real(), out); };
      m.xFileControl = [](sqlite3_file* f, int what, void* with) {
        return real(f).xFileControl(file(f).real(), what, with);
      };
      m.xSectorSize = [](sqlite3_file* f) { return real(f).xSectorSize(file(f).real()); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f).xDeviceCharacteristics(file(f).real()); };
      m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
        return real(f).xShmMap(file(f).real(), page, size, extend, at);
      };
      m.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
        return real(f).xShmLock(file(f).real(), at, n, flags);
      };
      m.xShmBarrier = [](sqlite3_file* f) { real(f).xShmBarrier(file(f).real()); };
      m.xShmUnmap = [](sqlite3_file* f, int erase) { return real(f).xShmUnmap(file(f).real(), erase); };
      return m;
    }();
    return all;
  }

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::map<std::string, State> files_;  // by path; nodes stay where they are
  std::optional<Fault> fault_;
  long changes_ = 0;
  long fails_from_ = 0;
  long fails_until_ = 0;
};

}  // namespace asof
