// A value that must not be shown: prints as ***, is wiped when it goes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace mailprobe {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  /// The value itself: for the wire and for nothing else.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  void wipe() noexcept;
  std::string value_;
};

/// For fmt and gtest alike.
inline std::string_view format_as(const Secret&) { return "***"; }

}  // namespace mailprobe
