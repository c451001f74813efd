// What the findings of one check come to over all their subjects, in one word: in place, not in place, not known. For
// the scores of this room.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

enum class Held { yes, no, unknown };

/// Something that a score asks for, and how it stands: "DANE: at 1 of 2 addresses".
struct Protection {
  std::string_view name;
  Held held = Held::unknown;
  std::string why;
};

struct Tally {
  std::size_t yes = 0, no = 0;  // subjects; those of which nothing is known are in neither

  /// At least `percent` of those that are known.
  [[nodiscard]] Held held(std::size_t percent) const;
  Tally& operator+=(const Tally& other);
};

/// `pass` is yes; inconclusive, error and not-tested say nothing; the rest is no.
Held by_verdict(const Finding& finding);

/// Traps are left out: one that is set up more must not make a score lower.
using Judge = std::function<Held(const Finding&)>;
Tally tally(const Document& document, std::string_view check, const Judge& judge = by_verdict);

/// "in place", "missing", "at 1 of 2", "not determined"
std::string standing(const Tally& tally);

/// All of what was counted has to hold.
Protection protection(std::string_view name, const Tally& counted);
/// Of one check's subjects.
Protection protection(const Document& document, std::string_view name, std::string_view check,
                      const Judge& judge = by_verdict);

/// One category of a profile that counts what is in place, in per cent of what is known.
Score percentage(std::string profile, std::string category, const std::vector<Protection>& all);

}  // namespace mailprobe::evidence
