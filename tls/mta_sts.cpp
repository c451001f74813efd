#include "tls/mta_sts.h"

#include <algorithm>
#include <optional>

#include "base/address.h"
#include "base/record_fields.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::tls {

namespace {

constexpr std::string_view version = "v=STSv1";
constexpr std::size_t max_id = 32;
constexpr std::size_t max_policy = 64UL * 1024;    // RFC 8461 §3.3 lets a sender choose
constexpr std::size_t max_patterns = 1000;         // a policy file of 64 KiB holds no more that mean something
constexpr std::uint32_t longest_age = 31'557'600;  // RFC 8461 §3.2: about a year
constexpr std::size_t max_age_digits = 10;

std::unexpected<Error> wrong(std::string what) { return fail(Failure::protocol, std::move(what)); }

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= max_id &&
         std::ranges::all_of(id, [](char c) { return is_alpha(c) || is_digit(c); });
}

/// What a policy file says, each field but mx once.
struct Fields {
  std::optional<std::string_view> version, mode, max_age;
  std::vector<std::string_view> mx;
};

void keep_first(std::optional<std::string_view>& field, std::string_view value) {
  if (!field) field = value;
}

// sts-policy-field = name *WSP ":" *WSP value                                                        (RFC 8461 §3.2)
Result<Fields> read_fields(std::string_view text) {
  Fields fields;
  for (const auto line : split(text, '\n')) {
    const auto field = trim(line);  // sts-policy-term = LF / CRLF
    if (field.empty()) continue;
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return wrong("\"" + safe_text(field, 60) + "\" is no field of a policy");
    const auto name = trim(field.substr(0, colon)), value = trim(field.substr(colon + 1));
    // RFC 8461 §3.2: of a field that comes again only the first counts; unknown ones are ignored.
    if (name == "version") keep_first(fields.version, value);
    if (name == "mode") keep_first(fields.mode, value);
    if (name == "max_age") keep_first(fields.max_age, value);
    if (name == "mx") fields.mx.push_back(value);
    if (fields.mx.size() > max_patterns) return wrong("it has over " + std::to_string(max_patterns) + " mx fields");
  }
  return fields;
}

// sts-policy-mx-value = ["*."] Domain                                                                (RFC 8461 §3.2)
std::optional<std::string> pattern_of(std::string_view text) {
  const bool wildcard = text.starts_with("*.");
  const auto name = DomainName::parse(wildcard ? text.substr(2) : text);
  if (!name) return std::nullopt;
  return (wildcard ? "*." : "") + name->text();
}

Result<std::uint32_t> age_of(std::string_view text) {
  const auto seconds = text.size() <= max_age_digits ? parse_number(text) : std::nullopt;
  if (!seconds) return wrong("max_age is no number of seconds: \"" + safe_text(text, 40) + "\"");
  return static_cast<std::uint32_t>(std::min<unsigned long long>(*seconds, longest_age));
}

/// In the spelling that can be compared.
std::string canonical(std::string_view host) {
  const auto name = DomainName::parse(host);
  if (name) return name->text();
  auto text = to_lower(host);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

bool is_sts_record(std::string_view text) { return has_version(text, version); }

// sts-id = %s"id=" 1*32(ALPHA / DIGIT)                                                               (RFC 8461 §3.1)
Result<StsRecord> parse_sts_record(std::string_view text) {
  const auto fields = record_fields(text, version);
  if (!fields) return std::unexpected(fields.error());
  std::optional<StsRecord> record;
  for (const auto& [name, value] : *fields) {
    if (name == "id") {
      if (!is_id(value)) return wrong("id= is not 1 to 32 letters and digits");
      if (!record) record = StsRecord{value};
    } else if (!is_extension_value(value)) {
      return wrong("the value of " + name + "= is not allowed");
    }
  }
  if (!record) return wrong("it has no id=");
  return *record;
}

Result<StsPolicy> parse_sts_policy(std::string_view text) {
  if (text.size() > max_policy) return wrong("it has over " + std::to_string(max_policy) + " bytes");
  const auto fields = read_fields(text);
  if (!fields) return std::unexpected(fields.error());
  if (fields->version != "STSv1") return wrong("it has no \"version: STSv1\"");
  const auto mode = fields->mode ? from_word<StsMode>(*fields->mode) : std::nullopt;
  if (!mode) return wrong("its mode is not enforce, testing or none");
  if (!fields->max_age) return wrong("it has no max_age");
  const auto age = age_of(*fields->max_age);
  if (!age) return std::unexpected(age.error());
  StsPolicy policy{.mode = *mode, .mx = {}, .max_age = *age};
  for (const auto value : fields->mx) {
    auto pattern = pattern_of(value);
    if (!pattern) return wrong("\"" + safe_text(value, 60) + "\" is no mx pattern");
    policy.mx.push_back(std::move(*pattern));
  }
  if (policy.mx.empty() && *mode != StsMode::none) return wrong("it names no mx");
  return policy;
}

std::string print_sts_policy(const StsPolicy& policy) {
  auto text = "version: STSv1\r\nmode: " + std::string(word(policy.mode)) + "\r\n";
  for (const auto& pattern : policy.mx) text += "mx: " + pattern + "\r\n";
  return text + "max_age: " + std::to_string(policy.max_age) + "\r\n";
}

// RFC 8461 §4.1: as RFC 6125 §6.4 has it, but for the wildcard, which is the whole left-most label
bool sts_matches(std::string_view pattern, std::string_view host) {
  const auto name = canonical(host);
  if (!pattern.starts_with("*.")) return canonical(pattern) == name;
  const auto dot = name.find('.');
  return dot != std::string::npos && dot > 0 && name.substr(dot + 1) == canonical(pattern.substr(2));
}

bool sts_lists(const StsPolicy& policy, std::string_view host) {
  return std::ranges::any_of(policy.mx, [&](const std::string& pattern) { return sts_matches(pattern, host); });
}

}  // namespace mailprobe::tls
