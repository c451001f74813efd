// Where reports come from: files that the user names, or the receiver's spool. One at a time. Reads none of them: that
// is reports/report.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "evidence/document.h"
#include "probe/settings.h"

namespace mailprobe::probe {

struct ReportFile {
  std::string name;                          // for people
  std::string bytes;                         // a message, an archive, XML or JSON
  std::optional<evidence::Session> session;  // by which our receiver took it
  std::optional<evidence::Reply> found;      // what our receiver found of it, where it has evaluated it
  bool meant = false;                        // it was named: to hold no report is an error, not one of many things
};

/// The next; nothing after the last.
using ReportSource = std::function<std::optional<Result<ReportFile>>()>;

/// Where reports about our domains go: as configured, else dmarc@ and tlsrpt@ of each identity's domain.
std::vector<Mailbox> report_addresses(const Settings& settings);

/// What the receiver of this configuration has taken for them; none where there is no spool. Takes nothing away: one
/// report speaks of many runs.
ReportSource spooled_reports(const Settings& settings);

}  // namespace mailprobe::probe
