// Where two sequences of numbers differ: what a diff of lines, words or fields comes down to. Pure.
// Near-linear: elements that occur once in both anchor the rest ("patience"); small gaps are solved exactly, and a
// large gap without anchors is one hunk. So the answer is right, not always the shortest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mailprobe::auth {

using Ids = std::span<const std::uint32_t>;

/// a[a_from, a_to) became b[b_from, b_to). Hunks are in order; between two of them both sequences are equal.
struct Hunk {
  std::size_t a_from = 0, a_to = 0, b_from = 0, b_to = 0;
  bool operator==(const Hunk&) const = default;
};

std::vector<Hunk> differing(Ids a, Ids b);

}  // namespace mailprobe::auth
