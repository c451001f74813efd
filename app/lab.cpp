// lab: the embedded lab, up until it is stopped, and a configuration for other processes that is gone afterwards.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_status.h"
#include "app/lab_settings.h"
#include "app/private_folder.h"
#include "app/runtime.h"
#include "base/safe_text.h"

namespace mailprobe::app {

namespace fs = std::filesystem;

namespace {

std::string targets_text() {
  std::size_t width = 0;
  for (const auto& target : lab::targets()) width = std::max(width, target.address.size());
  std::string text;
  for (const auto& target : lab::targets()) text += fmt::format("  {:<{}}  {}\n", target.address, width, target.shows);
  return text;
}

std::string welcome(const std::string& program, const fs::path& config, const lab::Access& access) {
  return fmt::format(
      "The lab is up, on loopback addresses only. Its targets:\n\n{0}\n"
      "From another terminal:\n\n"
      "  {1} send --config {2} --to reflector@target.test\n"
      "  {1} send --config {2} --to responder@target.test --reply\n"
      "  {1} send --config {2} --to obedient@target.test --traps\n"
      "  {1} inspect --config {2} target.test\n\n"
      "Through its submission server: --via relay. Its DNS is at {3} port {4}, its mail\n"
      "servers at port {5} of their addresses.\n"
      "Ctrl-C ends the lab and removes these files.\n",
      targets_text(), program, config.string(), access.dns_address, access.dns_port, access.smtp_port);
}

Task<int> stay_up(const Setting& setting, std::size_t domains) {
  auto folder = PrivateFolder::make(setting.environment);
  if (!folder) co_return complain(folder.error());
  auto options = lab_options(setting.environment);
  options.many = domains;
  auto lab = co_await lab::Lab::start(std::move(options));
  if (!lab) co_return complain(lab.error());
  const auto& access = (*lab)->access();
  const auto config = write_lab_files(folder->path(), access, setting.environment);
  if (!config) co_return complain(config.error());
  write_out(welcome(setting.program, *config, access));
  co_await until_cancelled();
  co_return exit_ok;
}

}  // namespace

int run(const LabCommand& command, const Setting& setting) {
  return run_command([&] { return stay_up(setting, command.domains); });
}

}  // namespace mailprobe::app
