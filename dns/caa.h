// CAA record data made readable: which CA may issue for a name (RFC 8659 §4; issuemail RFC 9495). Pure and bounded.
// Not the climb to the relevant set (RFC 8659 §3): that asks, probe/published.h does it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/resolver.h"

namespace mailprobe::dns {

struct Caa {
  bool critical = false;
  std::string tag;                     // lower case
  std::string value;                   // as it is
  std::optional<std::string> problem;  // what is wrong with it, in words
};

/// A record whose form is broken has an empty tag and its problem.
Caa caa_from_wire(std::string_view wire);
std::vector<Caa> caa(const Answer& answer);

/// The other way, for fakes.
std::string caa_to_wire(const Caa& record);

/// The issuer's domain of an issue, issuewild or issuemail value; empty: nobody may. nullopt: not of that form.
std::optional<std::string> caa_issuer(std::string_view value);

}  // namespace mailprobe::dns
