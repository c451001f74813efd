// Answers: what they are and what they say of a delivery stays within its limits, and no longer than the message.
#include <cstdint>
#include <cstdlib>

#include "evidence/answer.h"
#include "evidence/delivery_status.h"
#include "evidence/limits.h"

using namespace mailprobe;
using namespace mailprobe::evidence;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const DeliveryStatus& status, std::size_t size) {
  for (const auto& text : {status.recipient, status.action, status.status, status.diagnostic.value_or(""),
                           status.remote_mta.value_or(""), status.reporting_mta.value_or("")})
    require(text.size() <= max_status_text && text.size() <= size + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  for (const std::string_view from : {"", "a@b.test"}) {
    const auto answer = read_answer(raw, from);
    require(answer.statuses.size() <= max_statuses);
    for (const auto& status : answer.statuses) check(status, size);
    require((telling(answer.statuses) == nullptr) == answer.statuses.empty());
    if (answer.kind == AnswerKind::person || answer.kind == AnswerKind::vacation) require(answer.statuses.empty());
  }
  const auto code = enhanced_code_in(raw);
  require(code.size() <= 9 && raw.find(code) != std::string_view::npos);
  return 0;
}
