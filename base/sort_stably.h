// Sorting that keeps the order of equals. std::stable_sort of libstdc++ 12 takes its buffer from a function that C++17
// deprecates, which is a warning of clang for each use.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace mailprobe {

/// By what `key` (a member, or a function of an element) gives, smallest first.
template <class T, class Key>
void sort_stably(std::span<T> range, Key key) {
  std::vector<std::size_t> order(range.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const auto &first = std::invoke(key, range[a]), &second = std::invoke(key, range[b]);
    return first < second || (!(second < first) && a < b);
  });
  std::vector<T> sorted;
  sorted.reserve(range.size());
  for (const auto index : order) sorted.push_back(std::move(range[index]));
  std::ranges::move(sorted, range.begin());
}

template <class T, class Key>
void sort_stably(std::vector<T>& all, Key key) {
  sort_stably(std::span<T>(all), key);
}

}  // namespace mailprobe
