#include "auth/sequence_diff.h"

#include <algorithm>
#include <unordered_map>

namespace mailprobe::auth {

namespace {

constexpr std::size_t exact_cells = 250'000;  // a gap of 500 by 500 is solved exactly
constexpr int max_depth = 16;                 // rounds of anchoring: each is linear

struct Match {
  std::size_t a = 0, b = 0;
};

/// The longest chain of matches that rises in both; they come in the order of a.
std::vector<Match> rising(const std::vector<Match>& matches) {
  std::vector<std::size_t> tails, before(matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const auto pile = std::ranges::lower_bound(tails, matches[i].b, {}, [&](std::size_t m) { return matches[m].b; });
    before[i] = pile == tails.begin() ? matches.size() : *std::prev(pile);
    if (pile == tails.end())
      tails.push_back(i);
    else
      *pile = i;
  }
  std::vector<Match> chain;
  if (tails.empty()) return chain;
  for (auto at = tails.back(); at != matches.size(); at = before[at]) chain.push_back(matches[at]);
  std::ranges::reverse(chain);
  return chain;
}

class Differ {
 public:
  Differ(Ids a, Ids b) : a_(a), b_(b) {}

  std::vector<Hunk> run() {
    solve({0, a_.size(), 0, b_.size()}, 0);
    return std::move(hunks_);
  }

 private:
  void solve(Hunk gap, int depth) {
    while (gap.a_from < gap.a_to && gap.b_from < gap.b_to && a_[gap.a_from] == b_[gap.b_from])
      ++gap.a_from, ++gap.b_from;
    while (gap.a_from < gap.a_to && gap.b_from < gap.b_to && a_[gap.a_to - 1] == b_[gap.b_to - 1])
      --gap.a_to, --gap.b_to;
    if (gap.a_from == gap.a_to && gap.b_from == gap.b_to) return;
    if (gap.a_from == gap.a_to || gap.b_from == gap.b_to) return add(gap);
    const auto found = depth < max_depth ? anchors(gap) : std::vector<Match>{};
    if (!found.empty()) return between(gap, found, depth);
    if ((gap.a_to - gap.a_from) * (gap.b_to - gap.b_from) <= exact_cells) return between(gap, exact(gap), max_depth);
    add(gap);
  }

  void between(const Hunk& gap, const std::vector<Match>& matches, int depth) {
    if (matches.empty()) return add(gap);
    auto rest = gap;
    for (const auto& match : matches) {
      solve({rest.a_from, match.a, rest.b_from, match.b}, depth + 1);
      rest.a_from = match.a + 1;
      rest.b_from = match.b + 1;
    }
    solve(rest, depth + 1);
  }

  /// Elements that occur exactly once on both sides of the gap.
  [[nodiscard]] std::vector<Match> anchors(const Hunk& gap) const {
    struct Seen {
      std::size_t count_a = 0, count_b = 0, at_b = 0;
    };
    std::unordered_map<std::uint32_t, Seen> seen;
    for (auto i = gap.a_from; i < gap.a_to; ++i) ++seen[a_[i]].count_a;
    for (auto j = gap.b_from; j < gap.b_to; ++j) {
      const auto one = seen.find(b_[j]);
      if (one == seen.end()) continue;
      ++one->second.count_b;
      one->second.at_b = j;
    }
    std::vector<Match> matches;
    for (auto i = gap.a_from; i < gap.a_to; ++i) {
      const auto& one = seen.at(a_[i]);
      if (one.count_a == 1 && one.count_b == 1) matches.push_back({i, one.at_b});
    }
    return rising(matches);
  }

  /// The longest common subsequence by the table of lengths.
  [[nodiscard]] std::vector<Match> exact(const Hunk& gap) const {
    const auto rows = gap.a_to - gap.a_from, columns = gap.b_to - gap.b_from;
    std::vector<std::uint32_t> length((rows + 1) * (columns + 1), 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return length[i * (columns + 1) + j]; };
    for (auto i = rows; i-- > 0;)
      for (auto j = columns; j-- > 0;)
        at(i, j) =
            a_[gap.a_from + i] == b_[gap.b_from + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    std::vector<Match> matches;
    for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
      if (a_[gap.a_from + i] == b_[gap.b_from + j])
        matches.push_back({gap.a_from + i++, gap.b_from + j++});
      else if (at(i + 1, j) >= at(i, j + 1))
        ++i;
      else
        ++j;
    }
    return matches;
  }

  void add(const Hunk& hunk) { hunks_.push_back(hunk); }

  Ids a_, b_;
  std::vector<Hunk> hunks_;
};

}  // namespace

std::vector<Hunk> differing(Ids a, Ids b) { return Differ(a, b).run(); }

}  // namespace mailprobe::auth
