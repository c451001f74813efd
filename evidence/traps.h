// The trap identities: hosts of ours that each do one thing wrong, or the same thing right, and what mail that arrives
// at them, or does not, says about who sends. Names and pairs only: receiver/traps.h builds the hosts, checks_traps.cpp
// judges. docs/traps.md; RFC 7672, RFC 8461, RFC 3207.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace mailprobe::evidence {

namespace trap {
inline constexpr std::string_view good = "good", no_starttls = "no-starttls", wrong_name = "wrong-name",
                                  dane_wrong = "dane-wrong", dane_right = "dane-right", sts_wrong = "sts-wrong",
                                  sts_right = "sts-right", hidden_starttls = "hidden-starttls", greylist = "greylist",
                                  ipv6_only = "ipv6-only", bogus = "bogus", tls10_only = "tls10-only",
                                  tls13_only = "tls13-only";
}  // namespace trap

struct TrapCase {
  std::string_view name;
  std::string_view control;  // the twin whose arrival makes the absence of this one mean something; empty: is one
  std::string_view what;     // "its TLSA record is of another key"
};

inline constexpr std::array<TrapCase, 13> trap_cases{{
    {trap::good, "", "a host as it should be"},
    {trap::no_starttls, trap::good, "STARTTLS is not offered"},
    {trap::wrong_name, trap::good, "the certificate is of another name, and no policy asks for a better one"},
    {trap::dane_right, trap::good, "the TLSA record is that of its key; no CA vouches for it"},
    {trap::dane_wrong, trap::dane_right, "the TLSA record is of another key"},
    {trap::sts_right, trap::good, "an MTA-STS policy in mode enforce, and a certificate that satisfies it"},
    {trap::sts_wrong, trap::sts_right, "an MTA-STS policy in mode enforce, and a certificate of another name"},
    {trap::hidden_starttls, trap::good, "STARTTLS is not offered the first time"},
    {trap::greylist, trap::good, "451 to the first RCPT TO"},
    {trap::ipv6_only, trap::good, "has an IPv6 address only"},
    {trap::bogus, trap::good, "its zone does not validate"},
    {trap::tls10_only, trap::good, "speaks TLS 1.0 only"},
    {trap::tls13_only, trap::good, "speaks TLS 1.3 only"},
}};

/// How long who fetched the policy of sts-right and sts-wrong keeps it: its max_age (RFC 8461 §3.2).
inline constexpr std::chrono::seconds policy_age = std::chrono::days(1);

constexpr const TrapCase* find_trap(std::string_view name) {
  for (const auto& one : trap_cases)
    if (one.name == name) return &one;
  return nullptr;
}

}  // namespace mailprobe::evidence
