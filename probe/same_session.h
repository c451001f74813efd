// Whether two records are of one session: what our receiver logged when it was over, and what it wrote down with a
// message of it.
#pragma once

#include "evidence/document.h"

namespace mailprobe::probe {

/// Several begin at once, from one host at several of our addresses.
inline bool same_session(const evidence::Session& a, const evidence::Session& b) {
  return a.started == b.started && a.address == b.address && a.trap == b.trap;
}

}  // namespace mailprobe::probe
