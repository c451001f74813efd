// A judged document to whoever wants it: files, one line for a monitor, JSON or the readable verdict on standard
// output, and the exit status.
#pragma once

#include "app/console.h"
#include "app/options.h"
#include "evidence/assess.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

/// What a warning is to the outputs that count failures.
reporter::Strictness strictness_of(const CommonOptions& common);
/// How the verdict is shown where the process ends with `status`.
reporter::TerminalStyle style_of(const evidence::Document& document, int status, const CommonOptions& common,
                                 const Console& console);
/// Whether the readable verdict goes to standard output.
bool prints_report(const CommonOptions& common);
/// Into `document` goes what its checks came to, whatever the process's own status is: a warning that counts, a
/// plugin's. Files first: what happens to standard output afterwards cannot harm them. `raw` reads what the document
/// refers to.
int present(evidence::Document document, const evidence::RawReader& raw, const CommonOptions& common,
            const Console& console);

}  // namespace mailprobe::app
