#include "auth/dkim_signature.h"

#include <algorithm>

#include "auth/limits.h"
#include "auth/tag_list.h"
#include "base/address.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::unexpected<Error> bad(std::string why) { return fail(Failure::protocol, std::move(why), Cause::protocol_error); }

std::optional<Canon> canon_of(std::string_view text) {
  if (iequals(text, "simple")) return Canon::simple;
  if (iequals(text, "relaxed")) return Canon::relaxed;
  return std::nullopt;
}

// sig-c-tag-alg = ("simple" / "relaxed") ["/" ("simple" / "relaxed")]; the body's is simple where it is not named.
bool read_canonicalization(std::string_view text, DkimSignature& read) {
  const auto slash = text.find('/');
  const auto header = canon_of(trim(text.substr(0, slash)));
  const auto body = slash == std::string_view::npos ? Canon::simple : canon_of(trim(text.substr(slash + 1)));
  if (!header || !body) return false;
  read.header = *header;
  read.body = *body;
  return true;
}

/// t=, x= and l=: digits only (RFC 6376 §3.5). false: not a number.
bool read_number(const TagList& tags, std::string_view name, std::optional<std::uint64_t>& out) {
  const auto text = tags.get(name);
  if (!text) return true;
  out = parse_number(*text);
  return out.has_value();
}

bool within(std::string_view name, std::string_view domain) {
  return iequals(name, domain) || (name.size() > domain.size() && name[name.size() - domain.size() - 1] == '.' &&
                                   iequals(name.substr(name.size() - domain.size()), domain));
}

/// RFC 6376 §3.5, d=, s= and i=: A-labels; an internationalised header has U-labels, which stand for them (RFC 8616
/// §5).
bool make_a_labels(std::string& name) {
  const auto parsed = DomainName::parse(name);
  if (!parsed || name.ends_with('.')) return false;
  name = parsed->text();
  return true;
}

Result<void> require(const TagList& tags, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (!tags.get(name)) return bad(std::string("signature has no ") + name + "=");
  return {};
}

/// What the report shows of a bad field too.
void note_signer(const TagList& tags, DkimSignature& read) {
  read.domain = to_lower(tags.get("d").value_or(""));
  read.selector = to_lower(tags.get("s").value_or(""));
  read.algorithm = to_lower(tags.get("a").value_or(""));
  if (const auto b = tags.get("b")) read.b = without_white_space(*b);
}

Result<void> read_identity(const TagList& tags, DkimSignature& read) {
  const auto identity = tags.get("i");
  if (!identity) return {};
  const auto at = identity->rfind('@');
  if (at == std::string_view::npos) return bad("signature's i= has no @");
  read.identity_domain = to_lower(identity->substr(at + 1));
  (void)make_a_labels(read.identity_domain);  // what is no domain name is not within d= either
  if (!within(read.identity_domain, read.domain)) return bad("signature's i= is not within d=");  // RFC 6376 §6.1.1
  return {};
}

Result<void> read_headers(const TagList& tags, DkimSignature& read) {
  const auto list = to_lower(without_white_space(*tags.get("h")));
  const auto names = split(list, ':');
  read.headers.assign(names.begin(), names.end());
  if (read.headers.size() > limits::header_fields) return bad("signature's h= names too many fields");
  if (std::ranges::find(read.headers, "from") == read.headers.end())
    return bad("signature does not cover From");  // RFC 6376 §6.1.1
  return {};
}

/// c=, l=, q=, t= and x=, each of which may be missing.
Result<void> read_optional(const TagList& tags, DkimSignature& read) {
  if (!read_canonicalization(tags.get("c").value_or("simple/simple"), read)) return bad("signature's c= is not known");
  if (!read_number(tags, "l", read.length) || !read_number(tags, "t", read.signed_at) ||
      !read_number(tags, "x", read.expires))
    return bad("signature's l=, t= or x= is not a number");
  if (read.expires && read.signed_at && *read.expires <= *read.signed_at)
    return bad("signature's x= is not after t=");  // RFC 6376 §3.5
  if (const auto method = tags.get("q"); method && ifind(*method, "dns/txt") == std::string_view::npos)
    return bad("signature's q= names no known query method");
  return {};
}

}  // namespace

Result<void> read_signer(const TagList& tags, DkimSignature& read) {
  note_signer(tags, read);
  if (auto all = require(tags, {"a", "b", "d", "s"}); !all) return all;
  if (read.domain.empty() || read.selector.empty()) return bad("signature has an empty d= or s=");
  constexpr std::size_t between = std::string_view("._domainkey.").size(), longest = 253;  // RFC 1035 §2.3.4
  if (!make_a_labels(read.domain) || !make_a_labels(read.selector) ||
      read.selector.size() + between + read.domain.size() > longest)
    return bad("signature's d= or s= is not a domain name");
  const auto signature = from_base64(*tags.get("b"));
  if (!signature || signature->empty()) return bad("signature's b= is not base64");
  read.signature = *signature;
  read.identity_domain = read.domain;
  return {};
}

Result<void> read_coverage(const TagList& tags, DkimSignature& read) {
  if (auto all = require(tags, {"bh", "h"}); !all) return all;
  const auto body_hash = from_base64(*tags.get("bh"));
  if (!body_hash) return bad("signature's bh= is not base64");
  read.body_hash = *body_hash;
  if (auto headers = read_headers(tags, read); !headers) return headers;
  return read_optional(tags, read);
}

Result<DkimSignature> parse_dkim_signature(std::string_view value, DkimSignature& read) {
  const auto tags = TagList::parse(value);
  if (!tags) return bad("signature is not a tag list: " + tags.error().message);
  note_signer(*tags, read);
  // RFC 6376 §6.1.1: the required tags
  if (const auto all = require(*tags, {"v", "a", "b", "bh", "d", "h", "s"}); !all) return std::unexpected(all.error());
  if (*tags->get("v") != "1") return bad("signature version is not 1");
  if (const auto signer = read_signer(*tags, read); !signer) return std::unexpected(signer.error());
  if (const auto identity = read_identity(*tags, read); !identity) return std::unexpected(identity.error());
  if (const auto coverage = read_coverage(*tags, read); !coverage) return std::unexpected(coverage.error());
  return read;
}

std::string DkimSignature::canonicalization() const {
  return std::string(canon_word(header)) + "/" + std::string(canon_word(body));
}

std::string_view canon_word(Canon canon) { return canon == Canon::simple ? "simple" : "relaxed"; }

}  // namespace mailprobe::auth
