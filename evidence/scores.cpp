#include "evidence/scores.h"

#include <algorithm>

#include "evidence/findings.h"
#include "evidence/score_bulk_sender.h"
#include "evidence/score_internet_nl.h"
#include "evidence/score_mecsa.h"

namespace mailprobe::evidence {

std::vector<Score> score(const Document& document) {
  if (of_doctor(document) || document.target.domain.empty()) return {};
  auto all = score_mecsa(document);
  for (auto* more : {score_internet_nl, score_bulk_sender}) {
    auto scores = more(document);
    std::ranges::move(scores, std::back_inserter(all));
  }
  return all;
}

bool is_undetermined(std::string_view line) { return line.ends_with(": not determined"); }

bool wholly_known(const Score& score) { return std::ranges::none_of(score.why, is_undetermined); }

}  // namespace mailprobe::evidence
