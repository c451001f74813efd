// The sessions with the target's servers that a document holds, wherever they stand in it, each with the MX host that
// it was with. For the checks of what policies a server keeps. Judges nothing.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::evidence {

struct SeenSession {
  const MxHost* mx = nullptr;  // nullptr: not one of the target's
  const Attempt* attempt = nullptr;
  std::string at;  // its JSON Pointer
};

/// The last with each address of each host; none through a submission server. Pointers are into `document`.
std::vector<SeenSession> sessions_of(const Document& document);

}  // namespace mailprobe::evidence
