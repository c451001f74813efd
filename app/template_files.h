// A user's own templates of the HTML report: read out of their folder, and what is wrong with them told by file and
// line.
#pragma once

#include <string>
#include <vector>

#include "app/options.h"
#include "evidence/assess.h"
#include "evidence/document.h"

namespace mailprobe::app {

/// Those of `template_folder`, where there is one. Failure::usage: "DIR/findings.mustache:12: …".
Result<void> read_templates(CommonOptions& common);

/// The page of one document, or of several, by the templates that were read, else by those built in.
std::string html_page(const evidence::Document& document, const evidence::RawReader& raw, const CommonOptions& common);
std::string html_page(const std::vector<evidence::Document>& documents, const CommonOptions& common);

}  // namespace mailprobe::app
