#include "app/present.h"

#include "app/exit_status.h"
#include "app/logging.h"
#include "app/output_files.h"
#include "app/raw_files.h"
#include "app/template_files.h"
#include "base/safe_text.h"
#include "evidence/json.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

namespace {

/// True where all was written.
bool write_file(const std::optional<std::string>& path, const std::function<std::string()>& text) {
  if (!path) return true;
  if (auto ok = write_output(*path, text()); !ok) {
    log_error(describe(ok.error()));
    return false;
  }
  if (*path != "-") log_info("wrote " + safe_text(*path));
  return true;
}

bool write_files(const evidence::Document& document, const evidence::RawReader& raw, const CommonOptions& common) {
  const auto& files = common.files;
  const auto strictness = strictness_of(common);
  bool all = write_file(files.html, [&] { return html_page(document, raw, common); });
  all &= write_file(files.json, [&] { return evidence::to_json(with_raw(document, raw)) + "\n"; });
  all &= write_file(files.junit, [&] { return reporter::junit(document, strictness); });
  all &= write_file(files.tap, [&] { return reporter::tap(document, strictness); });
  all &= write_file(files.csv, [&] { return reporter::csv({document}); });
  all &= write_file(files.markdown, [&] { return reporter::markdown({document}); });
  all &= write_file(files.prometheus, [&] { return reporter::prometheus_text({document}); });
  return all;
}

void print(const evidence::Document& document, const evidence::RawReader& raw, int status, const CommonOptions& common,
           const Console& console) {
  if (common.nagios) {
    write_out(reporter::nagios(document));
    return;
  }
  if (!prints_report(common)) return;
  write_out(reporter::terminal(document, style_of(document, status, common, console), raw));
}

}  // namespace

reporter::Strictness strictness_of(const CommonOptions& common) {
  return common.fail_on_warn ? reporter::Strictness::warnings_too : reporter::Strictness::failures;
}

reporter::TerminalStyle style_of(const evidence::Document& document, int status, const CommonOptions& common,
                                 const Console& console) {
  reporter::TerminalStyle style{
      .color = console.color, .utf8 = console.utf8, .width = console.width, .verbose = common.verbose, .written = {}};
  if (status != document.run.exit) style.exit = status;
  return style;
}

bool prints_report(const CommonOptions& common) {
  return !common.nagios && !common.quiet && !common.files.to_standard_output();
}

int present(evidence::Document document, const evidence::RawReader& raw, const CommonOptions& common,
            const Console& console) {
  document.run.exit = evidence::exit_status(document, false);
  const int status =
      common.nagios ? evidence::nagios_status(document) : evidence::exit_status(document, common.fail_on_warn);
  if (common.redact) document = reporter::redacted(document);
  const evidence::RawReader read = common.redact ? evidence::embedded : raw;
  const bool written = write_files(document, read, common);
  print(document, read, status, common, console);
  // A report that is missing is a fault of ours, and no verdict hides behind it.
  return written || status == exit_fail || common.nagios ? status : exit_inconclusive;
}

}  // namespace mailprobe::app
