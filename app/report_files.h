// The reports that --report names: saved files of any packing, an mbox, a Maildir, a folder of files, standard input.
// One at a time, bounded; reads no report.
#pragma once

#include <string>
#include <vector>

#include "probe/report_source.h"

namespace mailprobe::app {

/// What stands alone is meant to be a report; among the messages of an mbox or the files of a folder others may be.
probe::ReportSource report_files(std::vector<std::string> names);

}  // namespace mailprobe::app
