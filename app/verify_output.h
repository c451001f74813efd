// One judged message as `verify` prints it, and what it counts for. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "auth/evaluate.h"
#include "auth/explain.h"
#include "auth/single_message.h"

namespace mailprobe::app {

/// One message as it was judged.
struct Judged {
  std::string file;
  auth::Evaluation evaluation;
  std::vector<auth::Known> known;                         // of each signature, in the order of evaluation.dkim
  std::optional<std::vector<auth::ExplainStep>> explain;  // with --explain
};

/// One line: {"file", "error", "spf", "dkim", "arc", "dmarc"}, every key always present; with --explain also
/// "explain": [{"part", "depth", "text"}].
std::string verify_json(const Judged& judged, const std::optional<std::string>& error = {});
/// A few lines for people.
std::string verify_text(const Judged& judged, const Console& console);

/// 1 DMARC fails, or there are signatures and none passes; 3 a temporary error or no result; else 0.
int verify_status(const auth::Evaluation& evaluation);

}  // namespace mailprobe::app
