#include "reports/report.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/address.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "reports/limits.h"
#include "reports/report_mail.h"
#include "reports/unpack.h"

namespace mailprobe::reports {

namespace {

std::unexpected<Error> no_report(const std::string& why) { return fail(Failure::protocol, why); }

/// The first byte that means something: a byte order mark and white space do not.
char first_byte(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const auto rest = trim(bytes);
  return rest.empty() ? '\0' : rest.front();
}

bool is_utf16(std::string_view bytes) { return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"); }

/// XML or JSON, by the first byte.
Result<Report> read_document(std::string_view bytes) {
  Report report;
  if (first_byte(bytes) == '<' || is_utf16(bytes)) {
    auto parsed = parse_dmarc_report(bytes);
    if (!parsed) return std::unexpected(parsed.error());
    report.content = std::move(*parsed);
  } else if (first_byte(bytes) == '{') {
    auto parsed = parse_tls_report(bytes);
    if (!parsed) return std::unexpected(parsed.error());
    report.content = std::move(*parsed);
  } else {
    return no_report("neither XML nor JSON");
  }
  report.notes = report.dmarc() != nullptr ? report.dmarc()->oddities : report.tls()->oddities;
  return report;
}

Result<Report> read_packed(std::string_view bytes) {
  const auto document = unpack(bytes);
  if (!document) return std::unexpected(document.error());
  return read_document(*document);
}

void note_difference(Report& report, std::string_view where, const Claims& claims) {
  const auto domains = report.domains();
  if (claims.domain && std::ranges::find(domains, to_lower(*claims.domain)) == domains.end())
    report.notes.push_back(std::string(where) + " names the domain " + safe_text(*claims.domain, 100) +
                           ", the report another");
  if (claims.id && *claims.id != report.id() && "<" + *claims.id + ">" != report.id())
    report.notes.push_back(std::string(where) + " names the report " + safe_text(*claims.id, 100) +
                           ", the report itself another id");
}

Result<Report> read_message(std::string_view raw) {
  const auto message = auth::split_message(raw);
  Result<Report> first_problem = no_report("a message with no report in it");
  bool tried = false;
  for (const auto& attachment : report_attachments(message)) {
    auto report = read_packed(attachment.bytes);
    if (!report) {
      if (!tried) first_problem = std::unexpected(report.error());
      tried = true;
      continue;
    }
    report->by_mail = true;
    if (const auto* subject = message.first("Subject"))
      note_difference(*report, "the Subject", subject_claims(subject->value));
    note_difference(*report, "the header", header_claims(message));
    note_difference(*report, "the file name", file_name_claims(attachment.file_name));
    return report;
  }
  return first_problem;
}

void add_once(std::vector<std::string>& all, std::string_view name) {
  const auto domain = DomainName::parse(name);
  if (domain && std::ranges::find(all, domain->text()) == all.end()) all.push_back(domain->text());
}

/// The domain of an address, which may stand as "mailto:a@b" or "Name <a@b>".
std::string_view domain_of_contact(std::string_view contact) {
  const auto at = contact.rfind('@');
  if (at == std::string_view::npos) return {};
  const auto rest = contact.substr(at + 1);
  return rest.substr(0, rest.find_first_of(" >,;\t"));
}

}  // namespace

const std::string& Report::organization() const { return dmarc() != nullptr ? dmarc()->org_name : tls()->organization; }

const std::string& Report::id() const { return dmarc() != nullptr ? dmarc()->report_id : tls()->report_id; }

Time Report::begin() const { return dmarc() != nullptr ? dmarc()->begin : tls()->begin; }

Time Report::end() const { return dmarc() != nullptr ? dmarc()->end : tls()->end; }

std::vector<std::string> Report::domains() const {
  std::vector<std::string> all;
  if (dmarc() != nullptr) return {dmarc()->domain};
  for (const auto& policy : tls()->policies) add_once(all, policy.domain);
  return all;
}

std::vector<std::string> Report::reporters() const {
  std::vector<std::string> all;
  add_once(all, domain_of_contact(dmarc() != nullptr ? dmarc()->email : tls()->contact));
  if (organization().find('.') != std::string::npos) add_once(all, organization());
  return all;
}

bool is_message(std::string_view bytes) {
  if (packing_of(bytes) != Packing::none || is_utf16(bytes)) return false;
  const auto first = first_byte(bytes);
  return first != '<' && first != '{' && bytes.find(':') != std::string_view::npos;
}

Result<Report> read_report(std::string_view bytes) {
  if (bytes.size() > limits::mail) return no_report("larger than 32 MB");
  if (!is_message(bytes)) return read_packed(bytes);
  return read_message(to_crlf(bytes));
}

}  // namespace mailprobe::reports
