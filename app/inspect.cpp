// inspect: how domains receive. Nothing is connected to before the list, the configuration and the output paths are
// known to be good.
#include <unistd.h>

#include <algorithm>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/domain_list.h"
#include "app/exit_status.h"
#include "app/inspect_output.h"
#include "app/logging.h"
#include "app/progress.h"
#include "app/runtime.h"
#include "app/world.h"
#include "base/address.h"
#include "base/suggest.h"
#include "base/text.h"
#include "dns/caching_resolver.h"
#include "probe/beside.h"
#include "probe/inspect.h"

namespace mailprobe::app {

namespace {

/// What the workers share.
struct Queue {
  const std::vector<std::string>& domains;
  const InspectCommand& command;
  probe::Inspector& inspector;
  InspectOutput& output;
  std::size_t next = 0;
};

std::string command_for(const InspectCommand& command, const std::string& domain) {
  auto words = command.words_before;
  words.push_back(domain);
  return command_text(words);
}

/// One domain after the other until there are none.
Task<void> work(Queue& queue) {
  while (queue.next < queue.domains.size()) {
    if (co_await probe::cancelled()) co_return;
    const auto domain = queue.domains[queue.next++];
    auto document = co_await queue.inspector.inspect(domain, command_for(queue.command, domain));
    queue.output.add(std::move(document));
  }
}

Task<void> work_at_once(Queue& queue) {
  auto workers = co_await probe::Beside::make();
  const auto count = std::min(queue.command.concurrency, queue.domains.size());
  for (std::size_t i = 0; i < count; ++i) workers.start(work(queue));
  co_await workers.join();
}

/// Of many the rows say enough.
probe::Progress progress_for(std::size_t domains, const ProgressPrinter& printer) {
  auto progress = printer.callbacks();
  if (domains == 1) return progress;
  progress.step = nullptr;
  progress.waiting = nullptr;
  progress.expecting = nullptr;
  return progress;
}

Task<int> inspect(const InspectCommand& command, const Setting& setting, const std::vector<std::string>& domains) {
  const Needs needs{.keys = false, .secrets = false};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  const auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  co_await probe::heed_cancellation();
  const auto printer = co_await ProgressPrinter::make(setting.line, setting.console);
  const auto cache = dns::caching_resolver(*world->resolver);
  auto inspector = probe::Inspector::make(world->settings, command.options, *cache,
                                          progress_for(domains.size(), printer), probe::real_network());
  if (!inspector) co_return complain(inspector.error());
  InspectOutput output(setting.common, setting.console, domains, Keeper(world->settings, setting.common.history));
  if (const auto opened = output.open(); !opened) co_return complain(opened.error());
  Queue queue{.domains = domains, .command = command, .inspector = *inspector, .output = output};
  co_await work_at_once(queue);
  setting.line->erase();
  const bool interrupted = co_await probe::cancelled();
  const int status = output.finish();
  co_return interrupted ? exit_inconclusive : status;
}

// --- consent --------------------------------------------------------------------------------------------------------

constexpr std::size_t longest_answer = 300;

/// What is typed, or nothing where nobody can be asked.
std::optional<std::string> asked_for(const std::string& domain) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return std::nullopt;
  write_err("--intrusive sends the mail servers of " + domain +
            " a command behind STARTTLS, as an attacker would.\nOnly do that to servers that are yours, or whose owner "
            "agrees. Type the domain to go on: ");
  std::string line;
  for (char c = 0; line.size() < longest_answer && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

/// The domain, said once more by who wants it tested.
Result<void> confirm(const InspectCommand& command, const std::vector<std::string>& domains) {
  if (domains.size() != 1) return fail(Failure::usage, "--intrusive takes one domain, which has to be confirmed");
  const auto& domain = domains.front();
  const auto answer = command.confirmed ? command.confirmed : asked_for(domain);
  if (!answer)
    return fail(Failure::usage, "--intrusive needs \"--confirm " + domain + "\" where there is no terminal to ask on");
  const auto said = DomainName::parse(trim(*answer));
  if (said && said->text() == domain) return {};
  return fail(Failure::usage, in_quotes(*answer) + " is not " + domain + ": nothing was connected to");
}

}  // namespace

int run(const InspectCommand& command, const Setting& setting) {
  if (auto ok = check_outputs(setting.common.files); !ok) return complain(ok.error());
  const auto domains = read_domains(command.domains, command.list);
  if (!domains) return complain(domains.error());
  auto confirmed = command;
  if (command.intrusive) {
    if (auto ok = confirm(command, *domains); !ok) return complain(ok.error());
    confirmed.options.intrusive.insert(domains->front());
  }
  return run_command([&] { return inspect(confirmed, setting, *domains); });
}

}  // namespace mailprobe::app
