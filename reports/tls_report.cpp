#include "reports/tls_report.h"

#include <boost/json.hpp>

#include "base/address.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "reports/limits.h"

namespace mailprobe::reports {

namespace json = boost::json;

namespace {

std::string cut(std::string_view text) { return std::string(trim(text.substr(0, limits::text))); }

class Reader {
 public:
  Result<TlsReport> read(const json::object& object);

 private:
  void odd(const std::string& what) {
    if (report_.oddities.size() < limits::oddities) report_.oddities.push_back(what);
  }
  std::string text(const json::object& object, std::string_view name);
  std::string word(const json::object& object, std::string_view name) { return to_lower(text(object, name)); }
  std::int64_t count(const json::object& object, std::string_view name);
  std::optional<IpAddress> address(const json::object& object, std::string_view name);
  std::vector<std::string> texts(const json::object& object, std::string_view name);
  /// The elements of an array; a single object where the array is left out.
  std::vector<const json::object*> objects(const json::object& object, std::string_view name, std::size_t max);
  TlsFailure failure(const json::object& object);
  TlsPolicy policy(const json::object& object);

  TlsReport report_;
};

const json::object& member(const json::object& object, std::string_view name) {
  static const json::object none;
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

std::string Reader::text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return cut(value->get_string());
  odd(std::string(name) + " is not a string");
  return {};
}

std::int64_t Reader::count(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return 0;
  if (const auto* number = value->if_int64();
      number != nullptr && *number >= 0 && *number <= static_cast<std::int64_t>(limits::count))
    return *number;
  odd(std::string(name) + " is no number of sessions");
  return 0;
}

std::optional<IpAddress> Reader::address(const json::object& object, std::string_view name) {
  const auto written = text(object, name);
  if (written.empty()) return std::nullopt;
  const auto ip = IpAddress::parse(written);
  if (ip) return ip->unmapped();
  odd(std::string(name) + " is no IP address: " + safe_text(written, 60));
  return std::nullopt;
}

std::vector<std::string> Reader::texts(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return {cut(value->get_string())};
  std::vector<std::string> all;
  if (!value->is_array()) {
    odd(std::string(name) + " is no list");
    return all;
  }
  for (const auto& element : value->get_array()) {
    if (all.size() >= limits::policy_strings) break;
    if (element.is_string()) all.push_back(cut(element.get_string()));
  }
  return all;
}

std::vector<const json::object*> Reader::objects(const json::object& object, std::string_view name, std::size_t max) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_object()) return {&value->get_object()};
  std::vector<const json::object*> all;
  if (!value->is_array()) {
    odd(std::string(name) + " is no list");
    return all;
  }
  for (const auto& element : value->get_array()) {
    if (all.size() >= max) {
      odd(std::string(name) + " has more than " + std::to_string(max) + " elements; the rest is left out");
      break;
    }
    if (element.is_object())
      all.push_back(&element.get_object());
    else
      odd("an element of " + std::string(name) + " is no object");
  }
  return all;
}

// RFC 8460 §4.4: members of "failure-details".
TlsFailure Reader::failure(const json::object& object) {
  TlsFailure failure;
  failure.result_type = word(object, "result-type");
  failure.sending_mta_ip = address(object, "sending-mta-ip");
  failure.receiving_ip = address(object, "receiving-ip");
  failure.receiving_mx_hostname = word(object, "receiving-mx-hostname");
  if (failure.receiving_mx_hostname.ends_with('.')) failure.receiving_mx_hostname.pop_back();
  failure.receiving_mx_helo = text(object, "receiving-mx-helo");
  failure.failed_sessions = count(object, "failed-session-count");
  failure.additional_information = text(object, "additional-information");
  failure.reason_code = text(object, "failure-reason-code");
  return failure;
}

TlsPolicy Reader::policy(const json::object& object) {
  TlsPolicy policy;
  const auto& about = member(object, "policy");
  const auto& summary = member(object, "summary");
  policy.type = word(about, "policy-type");
  policy.strings = texts(about, "policy-string");
  policy.mx_hosts = texts(about, "mx-host");
  policy.successful = count(summary, "total-successful-session-count");
  policy.failed = count(summary, "total-failure-session-count");
  const auto written = text(about, "policy-domain");
  const auto domain = DomainName::parse(written);
  if (domain)
    policy.domain = domain->text();
  else
    odd("policy-domain is no domain: " + safe_text(written, 60));
  for (const auto* each : objects(object, "failure-details", limits::failures))
    policy.failures.push_back(failure(*each));
  return policy;
}

std::unexpected<Error> not_a_report(const std::string& why) { return fail(Failure::protocol, "no TLS report: " + why); }

Result<TlsReport> Reader::read(const json::object& object) {
  const auto& range = member(object, "date-range");
  const auto begin = parse_rfc3339(text(range, "start-datetime")), end = parse_rfc3339(text(range, "end-datetime"));
  if (!begin || !end || *end < *begin) return not_a_report("it names no period (date-range)");
  report_.begin = *begin;
  report_.end = *end;
  report_.organization = text(object, "organization-name");
  report_.contact = text(object, "contact-info");
  report_.report_id = text(object, "report-id");
  if (report_.report_id.empty()) return not_a_report("it has no report-id");
  for (const auto* each : objects(object, "policies", limits::policies)) report_.policies.push_back(policy(*each));
  if (report_.policies.empty()) odd("it has no policy");
  if (report_.organization.empty()) odd("organization-name is left out");
  return std::move(report_);
}

}  // namespace

Result<TlsReport> parse_tls_report(std::string_view text) {
  if (text.size() > limits::unpacked) return not_a_report("larger than 10 MB");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a mark that JSON has no place for (RFC 8259 §8.1)
  json::parse_options options;
  options.max_depth = limits::json_depth;
  json::error_code error;
  const auto value = json::parse(text, error, {}, options);
  if (error) return not_a_report("not JSON: " + error.message());
  if (!value.is_object()) return not_a_report("not a JSON object");
  return Reader().read(value.get_object());
}

}  // namespace mailprobe::reports
