// One judged message as `verify` prints it, and what it counts for. Pure.
#pragma once

#include <optional>
#include <string>

#include "app/console.h"
#include "auth/evaluate.h"

namespace mailprobe::app {

/// One line: {"file", "error", "spf", "dkim", "arc", "dmarc"}, every key always present.
std::string verify_json(const std::string& file, const std::optional<std::string>& error,
                        const auth::Evaluation& evaluation);
/// A few lines for people.
std::string verify_text(const std::string& file, const auth::Evaluation& evaluation, const Console& console);

/// 1 DMARC fails, or there are signatures and none passes; 3 a temporary error or no result; else 0.
int verify_status(const auth::Evaluation& evaluation);
/// Of two messages: 2 before 1 before 3 before 0.
int worse_status(int a, int b);

}  // namespace mailprobe::app
