// A C library's handle as a type that frees it.
//
//   using Booster = std::unique_ptr<void, FreeWith<&LGBM_BoosterFree>>;
//   Booster booster;
//   check(LGBM_BoosterCreate(train.get(), parameters.c_str(), out(booster)));
#pragma once

#include <memory>

namespace asof {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* handle) const noexcept {
    static_cast<void>(Free(handle));
  }
};

/// Where a C function writes a new handle; at the end of the statement the owner has it. (std::out_ptr of C++23.)
template <class Owner>
class Out {
 public:
  explicit Out(Owner& owner) : owner_(owner) {}
  ~Out() { owner_.reset(handle_); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  operator typename Owner::pointer *() { return &handle_; }

 private:
  Owner& owner_;
  typename Owner::pointer handle_ = nullptr;
};

template <class Owner>
Out<Owner> out(Owner& owner) {
  return Out<Owner>(owner);
}

}  // namespace asof
