#include "auth/spf_record.h"

#include <algorithm>
#include <array>

#include "auth/limits.h"
#include "auth/spf_macro.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::unexpected<Error> bad(std::string_view term, std::string_view why) {
  return fail(Failure::protocol, "'" + safe_text(term, 100) + "': " + std::string(why));
}

constexpr std::array<std::pair<std::string_view, SpfMechanism>, 8> mechanisms{{{"all", SpfMechanism::all},
                                                                               {"include", SpfMechanism::include},
                                                                               {"a", SpfMechanism::a},
                                                                               {"mx", SpfMechanism::mx},
                                                                               {"ptr", SpfMechanism::ptr},
                                                                               {"ip4", SpfMechanism::ip4},
                                                                               {"ip6", SpfMechanism::ip6},
                                                                               {"exists", SpfMechanism::exists}}};

// domain-end = ( "." toplabel [ "." ] ) / macro-expand (RFC 7208 §7.1)
bool domain_end(std::string_view spec) {
  if (ends_in_macro(spec)) return true;
  if (spec.ends_with('.')) spec.remove_suffix(1);
  const auto dot = spec.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto label = spec.substr(dot + 1);
  return !label.empty() && label.front() != '-' && label.back() != '-' && !std::ranges::all_of(label, is_digit) &&
         std::ranges::all_of(label, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
}

Result<void> check_domain_spec(std::string_view term, std::string_view spec) {
  if (spec.empty()) return bad(term, "the domain is missing");
  if (const auto macros = check_macros(spec, false); !macros) return bad(term, macros.error().message);
  if (!domain_end(spec)) return bad(term, "the domain does not end in a top-level label");
  return {};
}

/// cidr-length: "0" or digits without a leading zero, at most `most`.
bool read_prefix(std::string_view digits, unsigned most, unsigned& out) {
  const auto value = parse_number(digits);
  if (!value || *value > most || (digits.size() > 1 && digits.front() == '0')) return false;
  out = static_cast<unsigned>(*value);
  return true;
}

// dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]
/// Cut off the end of `spec` (RFC 7208 §5.6), whose domain may hold slashes before that.
bool cut_dual_prefix(std::string_view& spec, SpfTerm& term) {
  const auto slash = spec.find('/', spec.find_last_not_of("0123456789/") + 1);  // npos + 1 is 0
  if (slash == std::string_view::npos) return true;
  auto cidr = spec.substr(slash);
  spec = spec.substr(0, slash);
  const auto six = cidr.find("//");
  if (six != std::string_view::npos) {
    if (!read_prefix(cidr.substr(six + 2), 128, term.prefix6)) return false;
    cidr = cidr.substr(0, six);
  }
  return cidr.empty() || read_prefix(cidr.substr(1), 32, term.prefix4);
}

Result<void> read_network(std::string_view text, std::string_view argument, SpfTerm& term) {
  const bool v6 = term.mechanism == SpfMechanism::ip6;
  const auto slash = argument.find('/');
  const auto address = IpAddress::parse(argument.substr(0, slash));
  if (!address || address->v6 != v6) return bad(text, "the address is not valid");
  term.network = *address;
  if (slash == std::string_view::npos) return {};
  if (!read_prefix(argument.substr(slash + 1), v6 ? 128 : 32, v6 ? term.prefix6 : term.prefix4))
    return bad(text, "the prefix length is not valid");
  return {};
}

/// What stands after the mechanism's name, colon included.
Result<void> read_argument(std::string_view text, std::string_view rest, SpfTerm& term) {
  const bool colon = rest.starts_with(':');
  auto argument = colon ? rest.substr(1) : rest;
  switch (term.mechanism) {
    case SpfMechanism::all: return rest.empty() ? Result<void>{} : bad(text, "all has no argument");
    case SpfMechanism::ip4:
    case SpfMechanism::ip6: return colon ? read_network(text, argument, term) : bad(text, "the address is missing");
    case SpfMechanism::a:
    case SpfMechanism::mx:
      if (!cut_dual_prefix(argument, term)) return bad(text, "the prefix length is not valid");
      break;
    default: break;
  }
  const bool required = term.mechanism == SpfMechanism::include || term.mechanism == SpfMechanism::exists;
  if (!colon && !required) return argument.empty() ? Result<void>{} : bad(text, "a mechanism that is not known");
  if (!colon) return bad(text, "the domain is missing");
  term.domain_spec = argument;
  return check_domain_spec(text, argument);
}

Result<SpfTerm> parse_mechanism(std::string_view text) {
  SpfTerm term;
  constexpr std::array<std::pair<char, SpfOutcome>, 4> qualifiers{
      {{'+', SpfOutcome::pass}, {'-', SpfOutcome::fail}, {'~', SpfOutcome::softfail}, {'?', SpfOutcome::neutral}}};
  auto rest = text;
  for (const auto& [sign, outcome] : qualifiers)
    if (text.starts_with(sign)) {
      term.qualifier = outcome;
      rest = text.substr(1);
      break;
    }
  term.text = rest;
  const auto name = rest.substr(0, rest.find_first_of(":/"));
  const auto found = std::ranges::find_if(mechanisms, [&](const auto& row) { return iequals(row.first, name); });
  if (found == mechanisms.end()) return bad(text, "a mechanism that is not known");
  term.mechanism = found->second;
  if (const auto argument = read_argument(text, rest.substr(name.size()), term); !argument)
    return std::unexpected(argument.error());
  return term;
}

// modifier = redirect / explanation / unknown-modifier ; name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
bool modifier_name(std::string_view name) {
  return !name.empty() && is_alpha(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

Result<void> read_modifier(std::string_view text, std::size_t equals, SpfRecord& record) {
  const auto name = text.substr(0, equals), value = text.substr(equals + 1);
  auto* known = iequals(name, "redirect") ? &record.redirect : iequals(name, "exp") ? &record.explanation : nullptr;
  if (known == nullptr) {  // RFC 7208 §6: an unknown one is ignored, but must be well formed
    const auto macros = check_macros(value, true);
    return macros ? Result<void>{} : bad(text, macros.error().message);
  }
  if (*known) return bad(text, "the modifier occurs twice");  // RFC 7208 §6
  if (const auto spec = check_domain_spec(text, value); !spec) return spec;
  *known = std::string(value);
  return {};
}

}  // namespace

bool is_spf(std::string_view text) {
  return istarts_with(text, "v=spf1") && (text.size() == 6 || text[6] == ' ');  // RFC 7208 §4.5
}

// record = version terms *SP ; terms = *( 1*SP ( directive / modifier ) )
Result<SpfRecord> parse_spf(std::string_view text) {
  if (text.size() > limits::spf_record) return fail(Failure::protocol, "the record is longer than 8 KB");
  SpfRecord record;
  for (const auto word : split(text.substr(std::min<std::size_t>(6, text.size())), ' ')) {
    if (word.empty()) continue;
    const auto equals = word.find('=');
    if (equals != std::string_view::npos && modifier_name(word.substr(0, equals))) {
      if (const auto modifier = read_modifier(word, equals, record); !modifier)
        return std::unexpected(modifier.error());
      continue;
    }
    auto term = parse_mechanism(word);
    if (!term) return std::unexpected(term.error());
    record.terms.push_back(std::move(*term));
  }
  return record;
}

}  // namespace mailprobe::auth
