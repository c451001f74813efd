// The reports witness: reports are read, and what they say of a run's probes is put into its evidence, once. Looks into
// DNS only for what vouches for a report's mail. RFC 9990, RFC 8460.
#pragma once

#include "dns/resolver.h"
#include "evidence/assess.h"
#include "probe/progress.h"
#include "probe/report_source.h"

namespace mailprobe::probe {

/// How many were joined to how many probes. Failure::usage: a file that was named cannot be read, or is no report; the
/// document is then as it was.
Task<Result<std::size_t>> collect_reports(const Settings& settings, evidence::Document& document,
                                          evidence::RawReader raw, ReportSource source, dns::Resolver& resolver,
                                          Progress progress);

}  // namespace mailprobe::probe
