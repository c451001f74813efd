#include "evidence/own_results.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/our_signatures.h"

namespace mailprobe::evidence {

namespace {

using auth::MethodResult;

std::string_view property(const MethodResult& result, std::string_view name) {
  for (const auto& [key, value] : result.properties)
    if (iequals(key, name)) return value;
  return {};
}

std::string_view domain_of(std::string_view address) { return address.substr(address.rfind('@') + 1); }

/// RFC 6376 §3.5: that of i= is the same as d=, or below it.
bool is_within(std::string_view name, std::string_view domain) {
  return iequals(name, domain) ||
         (name.size() > domain.size() && !domain.empty() && iequals(name.substr(name.size() - domain.size()), domain) &&
          name[name.size() - domain.size() - 1] == '.');
}

/// RFC 6008 §4: without its domain, the one of the copy whose b= begins like that, or that has the selector.
bool is_of_our_signature(const Probe& probe, std::string_view b, std::string_view selector) {
  if (b.empty() && selector.empty()) return true;
  bool known = false;
  for (const auto& each : probe.mailbox->dkim) {
    const bool same = b.empty()
                          ? each.selector == selector
                          : !each.header_b.empty() && (b.starts_with(each.header_b) || each.header_b.starts_with(b));
    if (same && is_our_domain(probe, each.domain)) return true;
    known |= same;
  }
  return !known;
}

/// RFC 8601 §2.7.1.
bool is_of_ours(const Probe& probe, const MethodResult& dkim) {
  if (const auto domain = property(dkim, "header.d"); !domain.empty()) return is_our_domain(probe, domain);
  if (const auto identity = property(dkim, "header.i"); !identity.empty()) {
    const auto domain = domain_of(identity);
    return is_our_domain(probe, domain) || is_within(domain, domain_of(probe.from));
  }
  return is_of_our_signature(probe, property(dkim, "header.b"), property(dkim, "header.s"));
}

/// RFC 8601 §2.7.2: of MAIL FROM's identity, or of HELO's, which counts where the reverse-path is empty (RFC 7208
/// §2.4).
bool is_of_our_sender(const Probe& probe, const MethodResult& spf) {
  const auto path = property(spf, "smtp.mailfrom"), helo = property(spf, "smtp.helo");
  if (path.empty()) return helo.empty() || probe.reverse_path.empty();
  const auto domain = domain_of(path);
  const auto& ours = probe.mailbox->spf;
  return probe.reverse_path.empty() || probe.via || iequals(domain, domain_of(probe.reverse_path)) ||
         (ours && iequals(domain, ours->domain)) || is_our_domain(probe, domain);
}

bool is_of_our_author(const Probe& probe, const MethodResult& dmarc) {
  const auto domain = domain_of(property(dmarc, "header.from"));
  const auto ours = domain_of(probe.from);
  return domain.empty() || is_within(domain, ours) || is_within(ours, domain);
}

bool is_ours(const Probe& probe, const MethodResult& result) {
  if (iequals(result.method, "dkim")) return is_of_ours(probe, result);
  if (iequals(result.method, "spf")) return is_of_our_sender(probe, result);
  return !iequals(result.method, "dmarc") || is_of_our_author(probe, result);
}

std::vector<const MethodResult*> trusted_results(const Probe& probe, std::string_view method) {
  std::vector<const MethodResult*> out;
  if (!probe.mailbox) return out;
  for (const auto& field : probe.mailbox->authentication_results)
    for (const auto& result : field.results)
      if (field.trusted && iequals(result.method, method)) out.push_back(&result);
  return out;
}

}  // namespace

std::vector<const MethodResult*> own_results(const Probe& probe, std::string_view method) {
  auto out = trusted_results(probe, method);
  std::erase_if(out, [&](const MethodResult* each) { return !is_ours(probe, *each); });
  return out;
}

std::optional<std::string> recorded_word(const Probe& probe, std::string_view method) {
  const auto results = own_results(probe, method);
  if (results.empty()) return std::nullopt;
  const auto pass = [](const MethodResult* each) { return iequals(each->result, "pass"); };
  return std::ranges::any_of(results, pass) ? "pass" : to_lower(results.front()->result);
}

bool recorded_of_others(const Probe& probe, std::string_view method) {
  return !trusted_results(probe, method).empty() && own_results(probe, method).empty();
}

}  // namespace mailprobe::evidence
