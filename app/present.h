// A judged document to whoever wants it: files, one line for a monitor, JSON or the readable verdict on standard
// output, and the exit status.
#pragma once

#include "app/console.h"
#include "app/options.h"
#include "evidence/assess.h"

namespace mailprobe::app {

/// Whether the readable verdict goes to standard output.
bool prints_report(const CommonOptions& common);
/// Files first: what happens to standard output afterwards cannot harm them. `raw` reads what the document refers to.
int present(evidence::Document document, const evidence::RawReader& raw, const CommonOptions& common,
            const Console& console);

}  // namespace mailprobe::app
