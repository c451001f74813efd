#include "app/inspect_output.h"

#include <algorithm>

#include "app/exit_status.h"
#include "app/logging.h"
#include "app/present.h"
#include "app/template_files.h"
#include "base/safe_text.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "reporter/reporter.h"

namespace mailprobe::app {

namespace {

reporter::TerminalStyle table_style(const CommonOptions& common, const Console& console) {
  return {
      .color = console.color, .utf8 = console.utf8, .width = console.width, .verbose = common.verbose, .written = {}};
}

}  // namespace

int worst_status(const std::vector<int>& statuses) {
  const auto any = [&](int status) { return std::ranges::find(statuses, status) != statuses.end(); };
  if (any(exit_fail)) return exit_fail;
  return statuses.empty() || any(exit_inconclusive) ? exit_inconclusive : exit_ok;
}

InspectOutput::InspectOutput(const CommonOptions& common, const Console& console,
                             const std::vector<std::string>& domains, Keeper keeper)
    : common_(common),
      console_(console),
      several_(domains.size() > 1),
      keeper_(std::move(keeper)),
      table_(table_style(common, console), domains) {}

Result<void> InspectOutput::open() {
  const auto& path = common_.files.json;
  if (path && *path != "-") {
    auto file = OutputFile::open(*path);
    if (!file) return std::unexpected(file.error());
    json_.emplace(std::move(*file));
  }
  if (several() && prints()) write_out(table_.head());
  return {};
}

bool InspectOutput::keeps_documents() const {
  const auto& files = common_.files;
  return files.given().size() > (files.json ? 1U : 0U) || common_.nagios;
}

bool InspectOutput::prints() const { return !common_.quiet && !common_.nagios && !common_.files.to_standard_output(); }

void InspectOutput::note(const Result<void>& done) {
  if (done) return;
  log_error(safe_text(done.error().message));
  lost_ = true;
}

void InspectOutput::add_json(const evidence::Document& document) {
  if (!common_.files.json) return;
  const auto line = evidence::to_json(document) + "\n";
  if (json_)
    note(json_->add(line));
  else
    write_out(line);
}

void InspectOutput::print(const evidence::Document& document, int status) {
  if (!prints()) return;
  write_out(several() ? table_.row(document)
                      : reporter::terminal(document, style_of(document, status, common_, console_)));
}

void InspectOutput::add(evidence::Document document) {
  keeper_.keep(document);
  const int status = evidence::exit_status(document, common_.fail_on_warn);
  document.run.exit = evidence::exit_status(document, false);
  statuses_.push_back(status);
  if (common_.redact) document = reporter::redacted(document);
  add_json(document);
  print(document, status);
  if (keeps_documents()) kept_.push_back(std::move(document));
}

void InspectOutput::write_reports() {
  const auto& files = common_.files;
  const auto write = [&](const std::optional<std::string>& path, const auto& made) {
    if (!path) return;
    const auto done = write_output(*path, made(kept_));
    note(done);
    if (done && *path != "-") log_info("wrote " + safe_text(*path));
  };
  write(files.html, [&](const reporter::Documents& documents) { return html_page(documents, common_); });
  const auto strictness = strictness_of(common_);
  write(files.junit, [&](const reporter::Documents& documents) { return reporter::junit(documents, strictness); });
  write(files.tap, [&](const reporter::Documents& documents) { return reporter::tap(documents, strictness); });
  write(files.csv, reporter::csv);
  write(files.markdown, reporter::markdown);
  write(files.prometheus, reporter::prometheus_text);
}

void InspectOutput::print_end() {
  if (common_.nagios)
    write_out(reporter::nagios(kept_));
  else if (several() && prints())
    write_out(table_.foot());
}

int InspectOutput::finish() {
  std::ranges::sort(kept_, {}, [](const evidence::Document& document) { return document.run.target; });
  if (json_) {
    note(json_->finish());
    log_info("wrote " + safe_text(*common_.files.json));
  }
  write_reports();
  print_end();
  if (common_.nagios) return reporter::nagios_status(kept_);
  const int status = worst_status(statuses_);
  return lost_ && status == exit_ok ? exit_inconclusive : status;
}

}  // namespace mailprobe::app
