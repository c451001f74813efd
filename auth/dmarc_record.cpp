#include "auth/dmarc_record.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/address.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::unexpected<Error> bad(std::string why) { return fail(Failure::protocol, std::move(why), Cause::protocol_error); }

using Tags = std::vector<std::pair<std::string, std::string_view>>;  // name in lower case, value trimmed

std::optional<std::string_view> get(const Tags& tags, std::string_view name) {
  const auto found = std::ranges::find(tags, name, &Tags::value_type::first);
  if (found == tags.end()) return std::nullopt;
  return found->second;
}

std::string shown(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + safe_text(value, 60);
}

// dmarc-record = dmarc-version *(dmarc-sep dmarc-tag) [dmarc-sep] ; dmarc-tag = 1*ALPHA equals 1*dmarc-value
Result<Tags> read_tags(std::string_view text, std::vector<std::string>& problems) {
  Tags tags;
  for (const auto part : split(text, ';')) {
    const auto spec = trim(part);
    if (spec.empty()) continue;
    const auto equals = spec.find('=');
    auto name = to_lower(trim(spec.substr(0, equals)));
    if (equals == std::string_view::npos || !std::ranges::all_of(name, is_alpha)) {
      problems.push_back("'" + safe_text(spec, 60) + "' is not a tag");  // RFC 9989 §4.8: ignored
      continue;
    }
    if (get(tags, name)) return bad("tag " + name + " occurs twice");  // RFC 6376 §3.2
    if (tags.size() == limits::tags) return bad("over 100 tags");
    tags.emplace_back(std::move(name), trim(spec.substr(equals + 1)));
  }
  return tags;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      out += *octet;
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// URI = scheme ":" hier-part [ "?" query ] (RFC 3986 §3)
std::optional<ReportUri> read_uri(std::string_view text) {
  text = trim(text.substr(0, text.find('!')));  // RFC 9989 §4.8: obs-dmarc-report-size is ignored
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  if (!is_alpha(text.front()) || std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; }))
    return std::nullopt;
  ReportUri uri{std::string(text), {}};
  if (!iequals(text.substr(0, colon), "mailto")) return uri;
  uri.address = percent_decoded(text.substr(colon + 1, text.find('?') - colon - 1));
  std::erase(uri.address, ' ');
  if (!Mailbox::parse(uri.address)) return std::nullopt;
  return uri;
}

// dmarc-urilist = (dmarc-uri / obs-dmarc-uri) *(*WSP "," *WSP (dmarc-uri / obs-dmarc-uri))
std::vector<ReportUri> read_uris(const Tags& tags, std::string_view name, std::vector<std::string>& problems) {
  std::vector<ReportUri> uris;
  const auto value = get(tags, name);
  if (!value) return uris;
  for (const auto text : split(*value, ',')) {
    if (auto uri = read_uri(text))
      uris.push_back(std::move(*uri));
    else
      problems.push_back(shown(name, trim(text)) + " is not a URI to report to");
  }
  return uris;
}

/// A value out of a table; one that is not there is a problem and leaves `out` as it is (RFC 9989 §4.8).
template <class T, class Table>
void read_word(const Tags& tags, std::string_view name, const Table& table, T& out,
               std::vector<std::string>& problems) {
  const auto value = get(tags, name);
  if (!value) return;
  for (const auto& [key, meaning] : table)
    if (iequals(*value, key)) {
      out = meaning;
      return;
    }
  problems.push_back(shown(name, *value) + " has no meaning");
}

struct Policies {
  std::optional<DmarcPolicy> p, sp, np;
  std::string objection;  // empty: usable
};

Policies read_policies(const Tags& tags) {
  Policies read;
  const auto one = [&](std::string_view name, std::optional<DmarcPolicy>& out) {
    const auto value = get(tags, name);
    if (!value) return;
    out = from_word<DmarcPolicy>(to_lower(*value));
    if (!out && read.objection.empty()) read.objection = shown(name, *value) + " is not none, quarantine or reject";
  };
  one("p", read.p);
  one("sp", read.sp);
  one("np", read.np);
  if (!get(tags, "p")) read.objection = "there is no p=";
  return read;
}

// dmarc-fo: "0" or "1", and "d" and "s", each at most once, colons between
void read_failure_options(const Tags& tags, DmarcRecord& record) {
  const auto value = get(tags, "fo");
  if (!value) return;
  std::string options;
  for (const auto item : split(*value, ':')) {
    const auto option = to_lower(trim(item));
    const bool known = option.size() == 1 && std::string_view("01ds").contains(option);
    if (!known || options.contains(option) || options.contains(option == "0" ? '1' : option == "1" ? '0' : ':'))
      return record.problems.push_back(shown("fo", *value) + " is not a list of 0, 1, d and s");
    options += option;
  }
  record.failure_options = to_lower(*value);
}

void read_percent(const Tags& tags, DmarcRecord& record) {
  const auto value = get(tags, "pct");
  if (!value) return;
  const auto percent = parse_number(*value);
  if (percent && *percent <= 100)
    record.percent = static_cast<unsigned>(*percent);
  else
    record.problems.push_back(shown("pct", *value) + " is not a number up to 100");
}

}  // namespace

bool is_dmarc_record(std::string_view text) {
  // dmarc-version = "v" equals %s"DMARC1" ; case sensitive
  const auto first = text.substr(0, text.find(';'));
  const auto equals = first.find('=');
  return equals != std::string_view::npos && iequals(trim(first.substr(0, equals)), "v") &&
         trim(first.substr(equals + 1)) == "DMARC1";
}

Result<DmarcRecord> parse_dmarc_record(std::string_view text) {
  if (!is_dmarc_record(text)) return bad("the record does not begin with v=DMARC1");
  if (text.size() > limits::dmarc_record) return bad("a record of over 8 KB");
  DmarcRecord record;
  const auto tags = read_tags(text, record.problems);
  if (!tags) return std::unexpected(tags.error());
  record.rua = read_uris(*tags, "rua", record.problems);
  record.ruf = read_uris(*tags, "ruf", record.problems);
  const auto policies = read_policies(*tags);
  if (policies.objection.empty()) {
    record.policy = *policies.p;
    record.subdomains = policies.sp;
    record.non_existent = policies.np;
  } else if (record.rua.empty()) {
    return bad(policies.objection + ", and no rua= to report to");
  } else {
    record.problems.push_back(policies.objection + ": counts as p=none");  // RFC 9989 §4.10.1
  }
  using Flag = std::pair<std::string_view, bool>;
  constexpr Flag modes[] = {{"r", false}, {"s", true}}, switches[] = {{"n", false}, {"y", true}};
  constexpr std::pair<std::string_view, PublicSuffix> suffixes[] = {
      {"y", PublicSuffix::yes}, {"n", PublicSuffix::no}, {"u", PublicSuffix::unknown}};
  read_word(*tags, "adkim", modes, record.strict_dkim, record.problems);
  read_word(*tags, "aspf", modes, record.strict_spf, record.problems);
  read_word(*tags, "t", switches, record.testing, record.problems);
  read_word(*tags, "psd", suffixes, record.psd, record.problems);
  read_failure_options(*tags, record);
  read_percent(*tags, record);
  return record;
}

DmarcPolicy DmarcRecord::for_subdomain(bool exists) const {
  if (!exists && non_existent) return *non_existent;
  return subdomains.value_or(policy);
}

DmarcPolicy one_level_milder(DmarcPolicy policy) {
  return policy == DmarcPolicy::reject ? DmarcPolicy::quarantine : DmarcPolicy::none;
}

}  // namespace mailprobe::auth
