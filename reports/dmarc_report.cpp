#include "reports/dmarc_report.h"

#include <array>

#include "base/address.h"
#include "base/text.h"
#include "reports/limits.h"
#include "reports/xml_walk.h"

namespace mailprobe::reports {

namespace {

constexpr unsigned long long last_second = 253'402'300'799;  // of the year 9999, which RFC 3339 can still write

struct RecordText {
  std::string source_ip, count;
};

/// What is filled while the document is read.
struct Draft {
  DmarcReport report;
  std::optional<std::string> begin, end;
  RecordText text;  // of the last record
  std::string problem;

  void odd(std::string what) {
    if (report.oddities.size() < limits::oddities) report.oddities.push_back(std::move(what));
  }
  DmarcRecord& record() { return report.records.back(); }
};

void once(std::string& field, std::string_view value, bool lower = false) {
  if (field.empty()) field = lower ? to_lower(value) : std::string(value);
}
void once(std::optional<std::string>& field, std::string_view value) {
  if (!field) field = std::string(value);
}

/// Where an element's text goes; words are kept in lower case.
template <class T>
struct Place {
  std::string_view path;
  std::string T::* member;
  bool lower = false;
};

// RFC 9990 §3.1.1: element names; pct is RFC 7489's.
constexpr std::array report_places{
    Place<DmarcReport>{"feedback/version", &DmarcReport::version},
    Place<DmarcReport>{"feedback/report_metadata/org_name", &DmarcReport::org_name},
    Place<DmarcReport>{"feedback/report_metadata/email", &DmarcReport::email},
    Place<DmarcReport>{"feedback/report_metadata/extra_contact_info", &DmarcReport::extra_contact},
    Place<DmarcReport>{"feedback/report_metadata/report_id", &DmarcReport::report_id},
    Place<DmarcReport>{"feedback/report_metadata/generator", &DmarcReport::generator},
    Place<DmarcReport>{"feedback/policy_published/domain", &DmarcReport::domain},
    Place<DmarcReport>{"feedback/policy_published/p", &DmarcReport::p, true},
    Place<DmarcReport>{"feedback/policy_published/sp", &DmarcReport::sp, true},
    Place<DmarcReport>{"feedback/policy_published/np", &DmarcReport::np, true},
    Place<DmarcReport>{"feedback/policy_published/adkim", &DmarcReport::adkim, true},
    Place<DmarcReport>{"feedback/policy_published/aspf", &DmarcReport::aspf, true},
    Place<DmarcReport>{"feedback/policy_published/fo", &DmarcReport::fo},
    Place<DmarcReport>{"feedback/policy_published/testing", &DmarcReport::testing, true},
    Place<DmarcReport>{"feedback/policy_published/discovery_method", &DmarcReport::discovery_method, true},
    Place<DmarcReport>{"feedback/policy_published/pct", &DmarcReport::pct},
};

constexpr std::array record_places{
    Place<DmarcRecord>{"row/policy_evaluated/disposition", &DmarcRecord::disposition, true},
    Place<DmarcRecord>{"row/policy_evaluated/dkim", &DmarcRecord::dkim, true},
    Place<DmarcRecord>{"row/policy_evaluated/spf", &DmarcRecord::spf, true},
    Place<DmarcRecord>{"identifiers/header_from", &DmarcRecord::header_from, true},
};

template <class T, std::size_t N>
void put(const std::array<Place<T>, N>& places, T& into, std::string_view path, std::string_view text) {
  for (const auto& place : places)
    if (place.path == path) once(into.*place.member, text, place.lower);
}

void put_metadata(Draft& draft, std::string_view path, std::string_view text) {
  constexpr std::string_view folder = "feedback/report_metadata/";
  put(report_places, draft.report, path, text);
  if (!path.starts_with(folder)) return;
  const auto name = path.substr(folder.size());
  if (name == "date_range/begin") once(draft.begin, text);
  if (name == "date_range/end") once(draft.end, text);
  auto& errors = draft.report.errors;
  if (name == "error" && errors.size() < limits::errors) errors.emplace_back(text);
}

void put_record(Draft& draft, std::string_view path, std::string_view text) {
  put(record_places, draft.record(), path, text);
  if (path == "row/source_ip") once(draft.text.source_ip, text);
  if (path == "row/count") once(draft.text.count, text);
  if (path == "identifiers/envelope_from") once(draft.record().envelope_from, text);
  if (path == "identifiers/envelope_to") once(draft.record().envelope_to, text);
}

constexpr std::string_view record_path = "feedback/record";
constexpr std::string_view reason_path = "row/policy_evaluated/reason";
constexpr std::string_view dkim_path = "auth_results/dkim", spf_path = "auth_results/spf";

void set_reason(OverrideReason& reason, std::string_view field, std::string_view value) {
  if (field == "type") once(reason.type, value, true);
  if (field == "comment") once(reason.comment, value);
}

void set_result(DmarcAuthResult& result, std::string_view field, std::string_view value) {
  if (field == "domain") once(result.domain, value, true);
  if (field == "selector") once(result.selector, value);
  if (field == "scope") once(result.scope, value, true);
  if (field == "result") once(result.result, value, true);
  if (field == "human_result") once(result.human_result, value);
}

std::optional<Time> time_of(const std::optional<std::string>& seconds) {
  const auto number = seconds ? parse_number(*seconds) : std::nullopt;
  if (!number || *number > last_second) return std::nullopt;
  return Time(std::chrono::seconds(*number));
}

std::optional<IpAddress> address_of(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto ip = IpAddress::parse(text);
  return ip ? std::optional(ip->unmapped()) : std::nullopt;
}

class Reader final : public XmlHandler {
 public:
  explicit Reader(Draft& draft) : draft_(draft) {}

  void opened(std::string_view path) override {
    if (!path.starts_with("feedback")) draft_.problem = "the root element is not feedback";
    if (path == record_path) return begin_record();
    const auto within = within_record(path);
    if (within.empty()) return;
    if (within == reason_path && draft_.record().reasons.size() <= limits::reasons_of_record)
      draft_.record().reasons.emplace_back();
    if ((within == dkim_path || within == spf_path) && draft_.record().results.size() <= limits::results_of_record)
      draft_.record().results.push_back({.method = within == dkim_path ? "dkim" : "spf"});
  }

  void closed(std::string_view path, std::string_view text) override {
    if (path == record_path) return end_record();
    const auto within = within_record(path);
    if (within.empty()) return put_metadata(draft_, path, text);
    const auto slash = within.rfind('/');
    const auto parent = within.substr(0, slash);
    const auto field = slash == std::string_view::npos ? std::string_view{} : within.substr(slash + 1);
    if (parent == reason_path) return set_reason(draft_.record().reasons.back(), field, text);
    if (parent == dkim_path || parent == spf_path) return set_result(draft_.record().results.back(), field, text);
    put_record(draft_, within, text);
  }

 private:
  /// "row/count" of "feedback/record/row/count".
  static std::string_view within_record(std::string_view path) {
    if (!path.starts_with(record_path) || path.size() <= record_path.size() + 1) return {};
    return path[record_path.size()] == '/' ? path.substr(record_path.size() + 1) : std::string_view{};
  }

  void begin_record() {
    if (draft_.report.records.size() >= limits::records) draft_.problem = "more than 50,000 records";
    if (!draft_.problem.empty()) draft_.report.records.clear();
    draft_.report.records.emplace_back();
    draft_.text = {};
  }

  void end_record() {
    auto& record = draft_.record();
    const auto ip = address_of(draft_.text.source_ip);
    const auto count = parse_number(draft_.text.count);
    if (!ip || !count || *count > limits::count) {
      draft_.odd("a record without a " + std::string(ip ? "count" : "source_ip") + " that can be read is left out");
      draft_.report.records.pop_back();
      return;
    }
    record.source_ip = *ip;
    record.count = static_cast<std::int64_t>(*count);
    if (record.results.size() > limits::results_of_record) record.results.resize(limits::results_of_record);
    if (record.reasons.size() > limits::reasons_of_record) record.reasons.resize(limits::reasons_of_record);
  }

  Draft& draft_;
};

std::unexpected<Error> not_a_report(const std::string& why) {
  return fail(Failure::protocol, "no DMARC aggregate report: " + why);
}

}  // namespace

Result<DmarcReport> parse_dmarc_report(std::string_view xml) {
  Draft draft;
  Reader reader(draft);
  if (auto walked = walk_xml(xml, reader); !walked) return not_a_report(walked.error().message);
  if (!draft.problem.empty()) return not_a_report(draft.problem);
  auto& report = draft.report;
  const auto begin = time_of(draft.begin), end = time_of(draft.end);
  if (!begin || !end || *end < *begin) return not_a_report("it names no period (date_range)");
  report.begin = *begin;
  report.end = *end;
  if (report.report_id.empty()) return not_a_report("it has no report_id");
  const auto domain = DomainName::parse(report.domain);
  if (!domain) return not_a_report("it names no domain (policy_published/domain)");
  report.domain = domain->text();
  if (report.org_name.empty()) {
    draft.odd("org_name is left out");
    report.org_name = report.email;
  }
  if (report.records.empty()) draft.odd("it has no record");  // RFC 9990 §3.1.1.2: at least one
  return std::move(report);
}

}  // namespace mailprobe::reports
