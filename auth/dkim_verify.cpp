#include "auth/dkim_verify.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "auth/body_hashes.h"
#include "auth/canonical.h"
#include "auth/dkim_key.h"
#include "auth/key_cache.h"
#include "auth/limits.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::auth {

namespace {

void judge(Dkim& dkim, DkimOutcome result, std::string reason) {
  dkim.result = result;
  dkim.reason = std::move(reason);
}

/// What the key forbids (RFC 6376 §3.6.1 and §6.1.2, RFC 8301); empty: nothing.
std::string key_objection(const DkimKeyRecord& record, const DkimSignature& signature) {
  if (record.revoked()) return "key is revoked";
  const auto wanted = record.type == KeyType::ed25519 ? "ed25519-sha256" : "rsa-sha256";
  if (signature.algorithm != wanted) return "key is of another type than the signature's a=";
  if (!record.hashes.empty() && std::ranges::find(record.hashes, "sha256") == record.hashes.end())
    return "key does not allow sha256";
  if (!record.email) return "key is not for mail";
  if (record.strict_identity && signature.identity_domain != signature.domain)
    return "key demands that i= is d= itself";
  return {};
}

struct Candidate {
  std::optional<PublicKey> key;
  std::string objection;
  bool testing = false;
};

Candidate candidate(std::string_view text, const DkimSignature& signature) {
  const auto record = parse_dkim_key(text);
  if (!record) return {{}, record.error().message};
  if (auto objection = key_objection(*record, signature); !objection.empty()) return {{}, std::move(objection)};
  auto key = decoded_key(record->type, record->key);
  if (!key) return {{}, key.error().message};
  const auto bits = static_cast<std::size_t>(key->bits());
  if (record->type == KeyType::rsa && bits < limits::minimum_rsa_bits)  // RFC 8301 §3.2
    return {{}, "key of " + std::to_string(bits) + " bits is too short"};
  if (record->type == KeyType::rsa && bits > limits::maximum_rsa_bits)
    return {{}, "key of " + std::to_string(bits) + " bits is too long"};
  if (const auto exponent = static_cast<std::size_t>(key->exponent_bits()); exponent > limits::rsa_exponent_bits)
    return {{}, "key's exponent of " + std::to_string(exponent) + " bits is too long"};
  return {*key, {}, record->testing};
}

void conclude(Dkim& dkim, std::uint64_t uncovered) {
  if (!dkim.header_ok) return;
  if (*dkim.header_ok && *dkim.body_ok) {
    judge(dkim, DkimOutcome::pass, dkim.testing ? "key is in testing mode (t=y)" : "");
    dkim.partial = uncovered > 0;
    if (dkim.partial) dkim.reason = "partially signed: l= leaves " + std::to_string(uncovered) + " bytes uncovered";
  } else if (*dkim.header_ok) {
    judge(dkim, DkimOutcome::fail, "body hash mismatch");
  } else if (*dkim.body_ok) {
    judge(dkim, DkimOutcome::fail, "header signature mismatch");
  } else {
    judge(dkim, DkimOutcome::fail, "body hash mismatch and header signature mismatch");
  }
}

/// What needs no key; false: the verdict is final.
bool acceptable(Dkim& dkim, const DkimSignature& signature, Time time) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  if (signature.algorithm == "rsa-sha1")
    judge(dkim, DkimOutcome::permerror, "algorithm rsa-sha1 is not to be used (RFC 8301)");
  else if (signature.algorithm != "rsa-sha256" && signature.algorithm != "ed25519-sha256")
    judge(dkim, DkimOutcome::permerror, "algorithm " + safe_text(signature.algorithm, 40) + " is not known");
  else if (signature.expires && now > 0 && *signature.expires < static_cast<std::uint64_t>(now))
    judge(dkim, DkimOutcome::fail, "signature expired");
  else
    return true;
  return false;
}

/// What the field says goes into the report, whether it is verified or not.
Result<DkimSignature> describe(Dkim& dkim, const HeaderField& field) {
  DkimSignature read;
  auto signature = parse_dkim_signature(field.value, read);
  dkim.domain = read.domain;
  dkim.selector = read.selector;
  dkim.algorithm = read.algorithm;
  dkim.canonicalization = read.canonicalization();
  dkim.header_b = read.b;  // cut when all are known
  return signature;
}

/// The key records that s= and d= lead to; none: the verdict says why.
Task<std::vector<std::string>> key_records(Dkim& dkim, const DkimSignature& signature, dns::Resolver& resolver) {
  const auto name = signature.selector + "._domainkey." + signature.domain;
  const auto answer = co_await resolver.query(name, dns::Type::txt);
  if (!answer.found() && !answer.absent()) {
    judge(dkim, DkimOutcome::temperror, "key look-up of " + safe_text(name, 256) + " failed: " + answer.why);
    co_return std::vector<std::string>();
  }
  auto records = dns::txt(answer);
  if (records.size() > limits::key_records) records.resize(limits::key_records);
  if (records.empty()) judge(dkim, DkimOutcome::permerror, "no key at " + safe_text(name, 256));
  co_return records;
}

/// What a limit of ours kept from being verified (RFC 8601 §2.7.1: neutral, could not be processed).
void judge_over_limit(Dkim& dkim, const std::string& limit) {
  judge(dkim, DkimOutcome::neutral, "not verified: " + limit);
}

/// false: the verdict is final.
bool judge_body(Dkim& dkim, const DkimSignature& signature, BodyHashes& bodies) {
  const auto hash = bodies.hash(signature.body, signature.length);
  if (!hash) {
    judge_over_limit(dkim,
                     "more than " + std::to_string(limits::body_lengths) + " different lengths of the body are signed");
    return false;
  }
  // RFC 6376 §3.5: an l= beyond the body is no match.
  const bool covered = !signature.length || *signature.length <= bodies.canonical(signature.body).size();
  dkim.body_ok = covered && *hash == signature.body_hash;
  return true;
}

/// Several TXT records: undefined by RFC 6376 §3.6.2.2, so the one that verifies counts, else the first's objection.
void try_keys(Dkim& dkim, const DkimSignature& signature, const std::vector<std::string>& records,
              const std::string& data, SharedWork& work) {
  std::string objection;
  for (const auto& text : records) {
    const auto found = candidate(text, signature);
    if (!found.key) {
      if (objection.empty()) objection = found.objection;
      continue;
    }
    if (++work.keys_tried > work.most_keys) {
      dkim.header_ok.reset();
      return judge_over_limit(dkim, "more than " + std::to_string(work.most_keys) + " keys for one message");
    }
    dkim.key_bits = found.key->bits();
    dkim.testing = found.testing;
    dkim.header_ok = found.key->verify(data, signature.signature);
    if (*dkim.header_ok) break;
  }
  if (!dkim.header_ok) judge(dkim, DkimOutcome::permerror, objection);
}

void judge_header(Dkim& dkim, const ReadSignature& read, const std::vector<std::string>& records, SharedWork& work) {
  const auto& signature = read.signature;
  const auto selected = signed_fields(read.message, signature.headers);
  auto size = read.field.raw.size();
  for (const auto raw : selected) size += raw.size();
  work.header_bytes += size;
  if (work.header_bytes > limits::signed_header)
    return judge_over_limit(dkim, "over 4 MB of header fields are signed, each as often as it is");
  try_keys(dkim, signature, records, signed_data(selected, read.field.raw, signature.header), work);
}

Task<void> verify_one(Dkim& dkim, const Message& message, const HeaderField& field, SharedWork& work, Time time,
                      dns::Resolver& resolver) {
  const auto signature = describe(dkim, field);
  if (!signature) co_return judge(dkim, DkimOutcome::permerror, signature.error().message);
  const ReadSignature read{message, field, *signature};
  co_await verify_signature(dkim, read, work, time, resolver);
}

/// Which are verified: those asked for, then from the top, as many as the limit lets.
std::vector<bool> within_limit(const std::vector<const HeaderField*>& fields, const std::vector<std::string>& first) {
  std::vector<bool> chosen(fields.size(), false);
  std::size_t left = limits::signatures;
  const auto choose = [&](const auto& wanted) {
    for (std::size_t i = 0; i < fields.size() && left > 0; ++i)
      if (!chosen[i] && wanted(*fields[i])) chosen[i] = true, --left;
  };
  if (!first.empty())
    choose([&](const HeaderField& field) {
      DkimSignature read;
      (void)parse_dkim_signature(field.value, read);
      return !read.b.empty() && std::ranges::find(first, read.b) != first.end();
    });
  choose([](const HeaderField&) { return true; });
  return chosen;
}

/// The limit that kept a signature from being verified. Fields behind the limit may be signed ones.
std::string too_many(const Message& message) {
  return message.truncated ? std::to_string(limits::header_fields) + " header fields"
                           : std::to_string(limits::signatures) + " signatures";
}

/// RFC 6008 §4: the first eight characters, or as many as tell the signatures apart.
void shorten_header_b(std::vector<Dkim>& all) {
  std::vector<std::string> whole;
  whole.reserve(all.size());
  for (const auto& dkim : all) whole.push_back(dkim.header_b);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::size_t length = 8;
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i == j || whole[i] == whole[j]) continue;
      const auto [a, b] = std::ranges::mismatch(whole[i], whole[j]);
      length = std::max(length, static_cast<std::size_t>(a - whole[i].begin()) + 1);
    }
    all[i].header_b = whole[i].substr(0, length);
  }
}

}  // namespace

Task<void> verify_signature(Dkim& dkim, ReadSignature read, SharedWork& work, Time time, dns::Resolver& resolver) {
  const auto& signature = read.signature;
  if (!acceptable(dkim, signature, time)) co_return;
  const auto records = co_await key_records(dkim, signature, resolver);
  if (records.empty() || !judge_body(dkim, signature, work.bodies)) co_return;
  judge_header(dkim, read, records, work);
  const auto size = work.bodies.canonical(signature.body).size();
  conclude(dkim, signature.length && *signature.length < size ? size - *signature.length : 0);
}

Task<void> verify_data(Dkim& dkim, const DkimSignature& signature, const std::string& data, SharedWork& work,
                       dns::Resolver& resolver) {
  if (!acceptable(dkim, signature, {})) co_return;
  const auto records = co_await key_records(dkim, signature, resolver);
  if (records.empty()) co_return;
  try_keys(dkim, signature, records, data, work);
  dkim.body_ok = true;  // nothing but header fields is covered
  conclude(dkim, 0);
}

std::vector<std::string_view> signed_fields(const Message& message, const std::vector<std::string>& names) {
  constexpr auto none = static_cast<std::size_t>(-1);
  const auto& fields = message.fields;
  std::unordered_map<std::string, std::size_t> lowest;  // of each name, the lowest field that is not taken
  std::vector<std::size_t> above(fields.size());        // of each field, the next above it of that name
  lowest.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [found, first] = lowest.try_emplace(to_lower(fields[i].name), i);
    above[i] = first ? none : std::exchange(found->second, i);
  }
  std::vector<std::string_view> chosen;
  chosen.reserve(names.size());
  for (const auto& name : names) {
    const auto found = lowest.find(name);
    if (found == lowest.end() || found->second == none) continue;  // a field that is not there is signed as absent
    chosen.push_back(fields[found->second].raw);
    found->second = above[found->second];
  }
  return chosen;
}

std::string signed_data(const std::vector<std::string_view>& selected, std::string_view own, Canon canon) {
  std::size_t size = own.size();
  for (const auto raw : selected) size += raw.size();
  std::string data;
  data.reserve(size + 2);
  for (const auto raw : selected) append_canonical_header(data, raw, canon);
  append_canonical_header(data, without_signature(own), canon);
  if (data.ends_with("\r\n")) data.resize(data.size() - 2);
  return data;
}

std::vector<std::string> signatures_of(std::string_view message) {
  const auto parts = split_message(message);
  std::vector<std::string> all;
  for (const auto* field : parts.all("DKIM-Signature")) {
    DkimSignature read;
    if (parse_dkim_signature(field->value, read)) all.push_back(read.b);
  }
  return all;
}

Task<std::vector<Dkim>> verify_dkim(const Message& message, Time time, dns::Resolver& resolver,
                                    std::vector<std::string> first, BodyHashes* bodies) {
  std::vector<Dkim> all;
  BodyHashes own(message.body);
  SharedWork work(bodies != nullptr ? *bodies : own, limits::keys_tried);
  const auto fields = message.all("DKIM-Signature");
  const auto chosen = within_limit(fields, first);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!chosen[i] && i >= limits::signatures_listed) continue;
    auto& dkim = all.emplace_back();
    dkim.index = static_cast<int>(i) + 1;
    if (chosen[i] && !message.truncated) {
      co_await verify_one(dkim, message, *fields[i], work, time, resolver);
    } else {
      (void)describe(dkim, *fields[i]);
      judge_over_limit(dkim, "more than " + too_many(message));
    }
  }
  shorten_header_b(all);
  co_return all;
}

}  // namespace mailprobe::auth
