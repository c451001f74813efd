#include "app/template_files.h"

#include <fcntl.h>

#include <algorithm>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "reporter/reporter.h"
#include "reporter/templates.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

constexpr auto style_file = "style.css";

std::string file_of(const std::string& name) { return name == "style" ? style_file : name + ".mustache"; }

/// Nothing for what is no template by its name: an editor's backup, a README.
std::optional<std::string> name_of(const fs::path& file) {
  if (file.filename() == style_file) return "style";
  return file.extension() == ".mustache" ? std::optional(file.stem().string()) : std::nullopt;
}

Result<void> read_one(const fs::path& path, const std::string& name, reporter::Templates& into) {
  const auto shown = safe_text(path.string());
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return fail(Failure::usage, shown + " is no file that a template could be in");
  const auto file = File::open(path, O_RDONLY);
  if (!file) return fail(Failure::usage, file.error().message);
  auto text = read_all(*file, reporter::max_template, path);
  if (!text) return fail(Failure::usage, shown + ":1: the file cannot be read, or is larger than 1 MiB");
  if (auto ok = into.replace(name, std::move(*text)); !ok)
    return fail(Failure::usage, shown + ":" + ok.error().message);
  return {};
}

Result<std::vector<fs::path>> files_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (name_of(entry.path())) files.push_back(entry.path());
  const auto shown = safe_text(folder.string());
  if (error) return fail(Failure::usage, "--template " + shown + ": " + error.message());
  if (files.empty())
    return fail(Failure::usage, "--template " + shown + ": there is no template in it; \"mailprobe templates " + shown +
                                    "\" writes them");
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<void> read_templates(CommonOptions& common) {
  if (!common.template_folder) return {};
  const auto files = files_of(*common.template_folder);
  if (!files) return std::unexpected(files.error());
  auto templates = std::make_shared<reporter::Templates>();
  for (const auto& file : *files)
    if (auto ok = read_one(file, *name_of(file), *templates); !ok) return ok;
  common.templates = std::move(templates);
  return {};
}

namespace {

std::shared_ptr<const reporter::Templates> templates_of(const CommonOptions& common) {
  return common.templates ? common.templates : std::make_shared<const reporter::Templates>();
}

}  // namespace

std::string html_page(const evidence::Document& document, const evidence::RawReader& raw, const CommonOptions& common) {
  return reporter::html(document, raw, *templates_of(common), {.probes = common.shown_probes});
}

std::string html_page(const std::vector<evidence::Document>& documents, const CommonOptions& common) {
  return reporter::html(documents, *templates_of(common));
}

int run(const TemplatesCommand& command, const Setting&) {
  const fs::path folder(command.folder);
  if (auto made = make_directory(folder); !made) return complain({Failure::usage, made.error().message, {}, {}});
  const reporter::Templates templates;
  for (const auto& name : templates.names()) {
    const auto path = folder / file_of(name);
    const auto file = File::open(path, O_WRONLY | O_CREAT | O_EXCL);
    if (!file) return complain({Failure::usage, file.error().message, {}, {}});
    if (auto written = write_all(*file, templates.text(name), path); !written) return complain(written.error());
  }
  log_info("wrote " + std::to_string(templates.names().size()) + " templates into " + safe_text(command.folder));
  return exit_ok;
}

}  // namespace mailprobe::app
