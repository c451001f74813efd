#include "probe/signing.h"

#include <algorithm>

#include "base/suggest.h"
#include "evidence/negative_names.h"

namespace mailprobe::probe {

namespace {

using scenarios::DkimFault;

constexpr auto long_ago = std::chrono::days(14);  // more than any clock is wrong by

struct Signed {
  std::string_view message, domain;
  const std::vector<std::string>& headers;
  Time time;
  std::optional<Time> expires = {};
  bool sha1 = false;
};

Result<std::string> fields_of(const Signed& what, const std::vector<DkimKey>& keys) {
  std::string signatures;
  for (const auto& key : keys) {
    for (const auto& [header, body] : key.canonicalizations) {
      const auth::SignOptions options{.domain = std::string(what.domain),
                                      .selector = key.selector,
                                      .header = header,
                                      .body = body,
                                      .headers = what.headers,
                                      .time = what.time,
                                      .expires = what.expires,
                                      .sha1 = what.sha1};
      const auto field = auth::sign(what.message, key.key, options);
      if (!field) return std::unexpected(field.error());
      signatures += *field;
    }
  }
  return signatures;
}

/// What is signed in place of the message: the same but for one thing, so that the hash of just that does not fit.
std::string altered(std::string message, DkimFault fault) {
  if (fault == DkimFault::body_hash) return message + "This line was signed and not sent.\r\n";
  if (fault != DkimFault::signature) return message;
  const std::string_view from = "\r\nFrom: ";  // always signed (RFC 6376 §5.4)
  const auto at = message.find(from);
  if (at != std::string::npos) message.insert(at + from.size(), "Nobody ");
  return message;
}

auth::Canon canon_of(std::string_view word) { return word == "simple" ? auth::Canon::simple : auth::Canon::relaxed; }

void set_canonicalizations(DkimKey& key, const scenarios::Dkim& wanted) {
  if (!wanted.canonicalization.empty()) key.canonicalizations.clear();
  for (const auto& each : wanted.canonicalization)  // "simple/relaxed" (scenarios/checks)
    key.canonicalizations.emplace_back(canon_of(each.substr(0, each.find('/'))),
                                       canon_of(each.substr(each.find('/') + 1)));
}

}  // namespace

Result<std::string> sign_with_keys(const std::string& message, const std::string& domain,
                                   const std::vector<DkimKey>& keys, Time time) {
  const std::vector<std::string> usual;
  auto fields = fields_of({.message = message, .domain = domain, .headers = usual, .time = time}, keys);
  if (!fields) return fields;
  return *fields + message;
}

Result<std::vector<DkimKey>> keys_for(const Identity& identity, const scenarios::Dkim& wanted) {
  if (!wanted.sign) return std::vector<DkimKey>{};
  std::vector<DkimKey> keys;
  std::vector<std::string> known;
  for (const auto& key : identity.dkim) {
    known.push_back(key.selector);
    if (wanted.keys.empty() || std::ranges::find(wanted.keys, key.selector) != wanted.keys.end()) keys.push_back(key);
  }
  for (const auto& selector : wanted.keys)
    if (std::ranges::find(known, selector) == known.end())
      return fail(Failure::usage, "identity " + identity.name + " has no key " + in_quotes(selector) +
                                      (known.empty() ? ": it has none" : ": it has " + any_of(known)));
  if (wanted.fault == DkimFault::rsa_sha1)
    std::erase_if(keys, [](const DkimKey& key) { return key.key.algorithm() != "rsa-sha256"; });
  if (keys.empty() && wanted.fault != DkimFault::none)
    return fail(Failure::usage,
                "identity " + identity.name + " has no key that could sign wrongly: add one to its dkim");
  for (auto& key : keys) {
    set_canonicalizations(key, wanted);
    if (wanted.fault == DkimFault::unknown_selector) key.selector = "unknown-" + key.selector;
    if (wanted.fault == DkimFault::revoked_key) key.selector = evidence::revoked_selector;
  }
  return keys;
}

Result<std::string> sign_with_all(const std::string& message, const Identity& identity, Time time) {
  return sign_with_keys(message, identity.domain, identity.dkim, time);
}

Result<std::string> sign_alone(const std::string& message, const std::string& domain, DkimKey key,
                               const scenarios::Dkim& wanted, Time time) {
  set_canonicalizations(key, wanted);
  auto fields =
      fields_of({.message = message, .domain = domain, .headers = wanted.headers, .time = time}, {std::move(key)});
  if (!fields) return fields;
  return *fields + message;
}

Result<std::string> sign_as(const std::string& message, const Identity& identity, const scenarios::Dkim& wanted,
                            Time time) {
  const auto keys = keys_for(identity, wanted);
  if (!keys) return std::unexpected(keys.error());
  const auto signed_one = altered(message, wanted.fault);
  Signed what{.message = signed_one,
              .domain = identity.domain,
              .headers = wanted.headers,
              .time = time,
              .sha1 = wanted.fault == DkimFault::rsa_sha1};
  if (wanted.fault == DkimFault::expired) {
    what.time = time - long_ago;
    what.expires = time - long_ago / 2;  // RFC 6376 §3.5: later than t=
  }
  auto fields = fields_of(what, *keys);
  if (!fields) return fields;
  return *fields + message;
}

}  // namespace mailprobe::probe
