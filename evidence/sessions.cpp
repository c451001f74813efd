#include "evidence/sessions.h"

#include <algorithm>

#include "evidence/pointer.h"

namespace mailprobe::evidence {

namespace {

const MxHost* host_of(const Target& target, const Attempt& attempt) {
  const auto found = std::ranges::find(target.mx, attempt.host, &MxHost::host);
  return found == target.mx.end() ? nullptr : &*found;
}

/// One address of one host has one place in the list: the last session stands for it.
void keep(std::vector<SeenSession>& sessions, SeenSession session) {
  const auto same = std::ranges::find_if(sessions, [&](const SeenSession& other) {
    return other.attempt->host == session.attempt->host && other.attempt->address == session.attempt->address;
  });
  if (same == sessions.end())
    sessions.push_back(std::move(session));
  else
    *same = std::move(session);
}

}  // namespace

std::vector<SeenSession> sessions_of(const Document& document) {
  std::vector<SeenSession> sessions;
  for (std::size_t p = 0; p < document.probes.size(); ++p) {
    const auto& probe = document.probes[p];
    if (probe.via) continue;
    for (std::size_t a = 0; a < probe.attempts.size(); ++a) {
      const auto& attempt = probe.attempts[a];
      keep(sessions, {host_of(document.target, attempt), &attempt, pointer("probes", p, "attempts", a)});
    }
  }
  return sessions;
}

}  // namespace mailprobe::evidence
