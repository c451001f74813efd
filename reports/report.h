// A report as it came: one of the two kinds, out of a mail, an archive or a bare file. By content; what Subject, header
// and file name say is compared and noted, never believed. RFC 9990 §3.5, RFC 8460 §5.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "reports/dmarc_report.h"
#include "reports/tls_report.h"

namespace mailprobe::reports {

struct Report {
  std::variant<DmarcReport, TlsReport> content;
  bool by_mail = false;
  std::vector<std::string> notes;  // what is odd about it, or about how it came; escaped

  [[nodiscard]] const DmarcReport* dmarc() const { return std::get_if<DmarcReport>(&content); }
  [[nodiscard]] const TlsReport* tls() const { return std::get_if<TlsReport>(&content); }
  [[nodiscard]] std::string kind() const { return dmarc() != nullptr ? "dmarc" : "tls"; }
  [[nodiscard]] const std::string& organization() const;
  [[nodiscard]] const std::string& id() const;
  [[nodiscard]] Time begin() const;
  [[nodiscard]] Time end() const;
  /// That it is about, each once.
  [[nodiscard]] std::vector<std::string> domains() const;
  /// Of whom it is from: the contact's, and the organisation's name where it is a domain; lower case.
  [[nodiscard]] std::vector<std::string> reporters() const;
};

/// `bytes` are a message, an archive, XML or JSON. Failure::protocol: nothing of it is a report that can be read.
Result<Report> read_report(std::string_view bytes);

/// Whether the bytes are a message rather than a report.
bool is_message(std::string_view bytes);

}  // namespace mailprobe::reports
