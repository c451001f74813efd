// What an address shows of its certificates: that of the session, and those of the other kinds of key, where they were
// asked for.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ShownChain {
  std::string key;  // "rsa", "ecdsa"; empty: of the session
  TlsFacts tls;
};

/// Each chain once; that of the session first.
std::vector<ShownChain> chains_of(const evidence::MxAddress& address);

bool same_chain(const TlsFacts& a, const TlsFacts& b);
bool is_good(const TlsFacts& tls);

/// What one client in two may meet: the first that is not valid, else the first. There is one.
const ShownChain& worst_of(const std::vector<ShownChain>& chains);

/// Of several certificates the one that no TLSA record matches; nullptr: DANE was not looked at.
const DaneFacts* worst_pin_of(const std::vector<ShownChain>& chains);

}  // namespace mailprobe::reporter
