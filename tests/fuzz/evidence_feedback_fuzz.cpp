// Feedback reports, opt-outs and what an answer is about: what is read of one stays within its limits, and reading it
// again says the same.
#include <cstdint>
#include <cstdlib>

#include "evidence/answered_ids.h"
#include "evidence/feedback_report.h"
#include "evidence/opt_out.h"
#include "evidence/report_parts.h"

using namespace mailprobe;
using namespace mailprobe::evidence;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto message = auth::split_message(raw);
  require(asks_for_no_more(message) == asks_for_no_more(message));
  for (const auto* path : {"", "someone@target.test"}) require(answered_ids(message, path).size() <= max_answered_ids);
  const auto report = read_feedback_report(message);
  if (!report) return 0;
  require(!report->type.empty() && report->type.size() <= size);
  require(report->recipients.size() <= max_feedback_recipients);
  for (const auto& recipient : report->recipients) require(!recipient.empty() && recipient.size() <= size);
  require(report->returned_header.size() <= max_returned_header);
  const bool complaint = is_complaint(*report);
  require(complaint || report->type == "not-spam" || report->type == "auth-failure");
  return 0;
}
