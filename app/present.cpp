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
  bool all = write_file(files.html, [&] { return html_page(document, raw, common); });
  all &= write_file(files.json, [&] { return evidence::to_json(document) + "\n"; });
  all &= write_file(files.junit, [&] { return reporter::junit(document); });
  all &= write_file(files.tap, [&] { return reporter::tap(document); });
  all &= write_file(files.csv, [&] { return reporter::csv({document}); });
  all &= write_file(files.markdown, [&] { return reporter::markdown({document}); });
  all &= write_file(files.prometheus, [&] { return reporter::prometheus_text({document}); });
  return all;
}

void print(const evidence::Document& document, const CommonOptions& common, const Console& console) {
  if (common.nagios) {
    write_out(reporter::nagios(document));
    return;
  }
  if (!prints_report(common)) return;
  const reporter::TerminalStyle style{
      .color = console.color, .utf8 = console.utf8, .width = console.width, .verbose = common.verbose};
  write_out(reporter::terminal(document, style));
}

}  // namespace

bool prints_report(const CommonOptions& common) {
  return !common.nagios && !common.quiet && !common.files.to_standard_output();
}

int present(evidence::Document document, const evidence::RawReader& raw, const CommonOptions& common,
            const Console& console) {
  const int verdict = evidence::exit_status(document, common.fail_on_warn);
  const int status = common.nagios ? evidence::nagios_status(document) : verdict;
  document.run.exit = status;
  // Messages are read one at a time where nothing needs all of them at once.
  const bool whole = common.redact || common.files.json;
  if (whole) document = with_raw(std::move(document), raw);
  if (common.redact) document = reporter::redacted(document);
  const bool written = write_files(document, whole ? evidence::embedded : raw, common);
  print(document, common, console);
  // A report that is missing is a fault of ours, and no verdict hides behind it.
  return written || status == exit_fail || common.nagios ? status : exit_inconclusive;
}

}  // namespace mailprobe::app
