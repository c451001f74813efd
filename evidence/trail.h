// A JSON Pointer followed through the evidence document, one step after the other (RFC 6901 §4). What leads nowhere,
// because it came with a file, ends in nothing. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailprobe::evidence {

class Trail {
 public:
  /// What `pointer` is a view of outlives it.
  explicit Trail(std::string_view pointer) : rest_(pointer) {}

  /// The next step, unescaped; empty at the end.
  std::string next();
  /// The element that the next step names; nullptr: there is none.
  template <class T>
  const T* of(const std::vector<T>& list) {
    const auto index = next_index(list.size());
    return index < list.size() ? &list[index] : nullptr;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  /// `size` where the next step is no index below it.
  std::size_t next_index(std::size_t size);

  std::string_view rest_;
};

}  // namespace mailprobe::evidence
