// How the session with one of the target's servers went, for each table of them alike: as the findings about that
// address have it.
#pragma once

#include <string_view>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ServerState {
  evidence::Verdict verdict = evidence::Verdict::pass;
  std::string_view words;  // "answers", "not reached"
};

/// Of an address that has a session. Certificates are told apart.
ServerState state_of(const evidence::Document& document, const evidence::MxAddress& address);

}  // namespace mailprobe::reporter
