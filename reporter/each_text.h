// Every string of a document, by reference: what redaction masks, and what tests put payloads into. Raw bytes are not
// among them (base64 is no text of anybody), nor is `schema`.
#pragma once

#include <functional>
#include <string>

#include "evidence/document.h"

namespace mailprobe::reporter {

void each_text(evidence::Document& document, const std::function<void(std::string&)>& visit);

}  // namespace mailprobe::reporter
