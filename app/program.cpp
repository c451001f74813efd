#include "app/program.h"

#include "app/command_line.h"
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/template_files.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace {

LogLevel level_of(const CommonOptions& common) {
  if (common.verbose) return LogLevel::verbose;
  // Progress says nothing that a monitor's one line does not.
  return common.quiet || common.nagios ? LogLevel::quiet : LogLevel::normal;
}

int run_chosen(const char* called, CommandLine line, Environment environment, const std::shared_ptr<LiveLine>& live) {
  auto console = make_console(line.common.color, environment);
  set_up_logging(live, level_of(line.common));
  if (auto ok = read_templates(line.common); !ok) return complain(ok.error());
  const Setting setting{safe_text(called), std::move(line.common), std::move(environment), console, live};
  return std::visit([&](const auto& command) { return run(command, setting); }, line.command);
}

/// Words that got lost are a fault of ours; a verdict or a usage error stays what it is.
int with_losses(int status) {
  const auto lost = lost_output();
  if (!lost) return status;
  log_error(*lost);
  return status == exit_ok ? exit_inconclusive : status;
}

}  // namespace

int complain(const Error& error) {
  log_error(describe(error));
  return exit_of(error);
}

int program(int argc, char** argv) {
  hold_standard_descriptors();
  ignore_broken_pipes();
  leave_no_core();
  auto environment = process_environment();
  const auto console = make_console(ColorChoice::automatic, environment);
  const auto live = std::make_shared<LiveLine>(console.live, console.width);
  set_up_logging(live, LogLevel::normal);
  auto parsed = parse_command_line({argv + 1, argv + argc}, environment);
  if (!parsed) return complain(parsed.error());
  if (const auto* say = std::get_if<Say>(&*parsed)) {
    write_out(say->text);
    return with_losses(exit_ok);
  }
  return with_losses(run_chosen(argv[0], std::move(std::get<CommandLine>(*parsed)), std::move(environment), live));
}

}  // namespace mailprobe::app
