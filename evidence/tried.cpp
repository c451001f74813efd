#include "evidence/tried.h"

#include <algorithm>
#include <array>

#include "evidence/pointer.h"

namespace mailprobe::evidence {

namespace {

constexpr std::array<std::string_view, 11> phases{"connect", "banner", "ehlo", "starttls", "tls", "auth",
                                                  "mail",    "rcpt",   "data", "dot",      "quit"};

bool superseded(const std::vector<Attempt>& attempts, std::size_t index) {
  return std::any_of(attempts.begin() + static_cast<std::ptrdiff_t>(index) + 1, attempts.end(),
                     [&](const Attempt& later) {
                       return later.address == attempts[index].address && later.host == attempts[index].host;
                     });
}

std::string address_pointer(std::size_t host, std::size_t address) {
  return pointer("target", "mx", host, "addresses", address);
}

/// With the host and the address of target.mx that it was made to.
Tried placed(const Document& document, const Attempt& attempt, std::string at) {
  Tried tried{attempt, std::move(at)};
  for (std::size_t h = 0; h < document.target.mx.size(); ++h) {
    const auto& host = document.target.mx[h];
    if (host.host != attempt.host) continue;
    tried.host = &host;
    for (std::size_t a = 0; a < host.addresses.size(); ++a) {
      if (host.addresses[a].ip != attempt.address) continue;
      tried.address = &host.addresses[a];
      tried.address_at = address_pointer(h, a);
    }
  }
  return tried;
}

/// Of several probes at one address the last that got furthest.
bool outdone(const std::vector<Tried>& all, std::size_t index) {
  const auto& tried = all[index];
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& other = all[i];
    if (i == index || other.attempt.address != tried.attempt.address || other.attempt.host != tried.attempt.host)
      continue;
    if (other.reached(tried.attempt.phase) && (i > index || !tried.reached(other.attempt.phase))) return true;
  }
  return false;
}

void add_attempts(const Document& document, std::size_t p, std::vector<Tried>& all) {
  const auto& probe = document.probes[p];
  if (probe.via) return;
  for (std::size_t a = 0; a < probe.attempts.size(); ++a)
    if (!superseded(probe.attempts, a))
      all.push_back(placed(document, probe.attempts[a], pointer("probes", p, "attempts", a)));
}

void add_sessions(const MxHost& host, std::size_t h, std::vector<Tried>& all) {
  for (std::size_t a = 0; a < host.addresses.size(); ++a)
    if (const auto& address = host.addresses[a]; address.session)
      all.push_back(
          {*address.session, address_pointer(h, a) + pointer("session"), &host, &address, address_pointer(h, a)});
}

}  // namespace

bool Tried::reached(std::string_view phase) const {
  return std::ranges::find(phases, attempt.phase) >= std::ranges::find(phases, phase);
}

bool never_begun(const Attempt& attempt) { return attempt.phase == "connect" && attempt.events.empty(); }

bool answers_from_here(const Document& document, int port) {
  const auto answers = [&](const Attempt& attempt) {
    return attempt.port == port && attempt.local_address.has_value();
  };
  for (const auto& probe : document.probes)
    if (!probe.via && std::ranges::any_of(probe.attempts, answers)) return true;
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses)
      if (address.session && answers(*address.session)) return true;
  return false;
}

std::vector<Tried> tried_addresses(const Document& document) {
  std::vector<Tried> attempts, all;
  for (std::size_t p = 0; p < document.probes.size(); ++p) add_attempts(document, p, attempts);
  for (std::size_t i = 0; i < attempts.size(); ++i)
    if (!outdone(attempts, i)) all.push_back(attempts[i]);
  for (std::size_t h = 0; h < document.target.mx.size(); ++h) add_sessions(document.target.mx[h], h, all);
  return all;
}

}  // namespace mailprobe::evidence
