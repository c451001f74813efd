#include "app/run_request.h"

#include <fcntl.h>

#include <boost/json.hpp>

#include "app/command_line.h"
#include "app/saved_runs.h"
#include "base/files.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::app {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t max_request = 1024 * 1024;  // more than a command line holds

std::unexpected<Error> none(const fs::path& folder) {
  return fail(Failure::usage, "run " + safe_text(folder.filename().string()) +
                                  " cannot be gone on with: it is no run of \"mailprobe run\", or of a version that "
                                  "did not keep what it was asked for");
}

}  // namespace

std::string to_json(const RunRequest& request) {
  json::array arguments;
  for (const auto& argument : request.arguments) arguments.emplace_back(valid_utf8(argument));
  return json::serialize(json::object{{"arguments", std::move(arguments)}, {"directory", request.directory.string()}});
}

Result<RunRequest> read_run_request(const fs::path& folder) {
  const auto path = folder / "request.json";
  const auto file = File::open(path, O_RDONLY);
  if (!file) return none(folder);
  const auto text = read_all(*file, max_request, path);
  if (!text) return none(folder);
  boost::system::error_code error;
  const auto value = json::parse(*text, error);
  if (error || !value.is_object()) return none(folder);
  const auto* arguments = value.get_object().if_contains("arguments");
  const auto* directory = value.get_object().if_contains("directory");
  if (arguments == nullptr || !arguments->is_array() || directory == nullptr || !directory->is_string())
    return none(folder);
  RunRequest request{.arguments = {}, .directory = fs::path(std::string_view(directory->get_string()))};
  for (const auto& argument : arguments->get_array()) {
    if (!argument.is_string()) return none(folder);
    request.arguments.emplace_back(std::string_view(argument.get_string()));
  }
  return request;
}

Result<Resumed> resumed(const ResumeCommand& command, const CommonOptions& common, const Environment& environment) {
  const auto folder = find_run(command.what, common, environment);
  if (!folder) return std::unexpected(folder.error());
  const auto request = read_run_request(*folder);
  if (!request) return std::unexpected(request.error());
  if (environment.working_directory != request->directory)
    return fail(Failure::usage, "run " + safe_text(folder->filename().string()) + " was begun in " +
                                    safe_text(request->directory.string()) + ": go on with it there");
  const auto parsed = parse_command_line(request->arguments, environment);
  if (!parsed) return std::unexpected(parsed.error());
  const auto* line = std::get_if<CommandLine>(&*parsed);
  const auto* run = line == nullptr ? nullptr : std::get_if<RunCommand>(&line->command);
  if (run == nullptr) return none(*folder);
  if (line->common.lab)
    return fail(Failure::usage,
                "a lab that has ended took its mailbox with it: keep one up with \"mailprobe lab\", and name its "
                "configuration with --config");
  Resumed out{.command = *run, .common = common};
  out.command.options.resume = folder->string();
  out.command.options.command = line->common.command;
  if (!common.config) out.common.config = line->common.config;
  return out;
}

}  // namespace mailprobe::app
