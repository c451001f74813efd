// What kind of answer a message is, by what it says of itself: a person's, a responder's, a bounce, a notice of delay,
// a complaint. Not who wrote it, and not a filter's judgement: what says nothing of being automatic is a person's. RFC
// 3834 §5 (Auto-Submitted), RFC 3464, RFC 6522, RFC 5321 §4.5.5 (the null reverse-path). Pure.
#pragma once

#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

struct Answer {
  AnswerKind kind = AnswerKind::unknown;
  std::vector<DeliveryStatus> statuses;
};

/// `raw` as received, `reverse_path` that of its envelope.
Answer read_answer(std::string_view raw, std::string_view reverse_path);

/// The status that says most: the first failure, else the first delay, else the first; nullptr: there is none.
const DeliveryStatus* telling(const std::vector<DeliveryStatus>& statuses);

}  // namespace mailprobe::evidence
