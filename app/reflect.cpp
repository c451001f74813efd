// reflect: the daemon at the other end. Receives until it is stopped, evaluates what came, and tells a line for each.
#include <sys/resource.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "app/answering.h"
#include "app/commands.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "app/own_dns.h"
#include "app/reception_log.h"
#include "app/runtime.h"
#include "app/world.h"
#include "base/safe_text.h"
#include "base/tasks.h"
#include "probe/beside.h"
#include "probe/objections.h"
#include "receiver/station.h"
#include "receiver/witness.h"
#include "tls/network.h"

namespace mailprobe::app {

namespace asio = boost::asio;

namespace {

constexpr auto turn_interval = std::chrono::milliseconds(100);  // shorter than what a run waits before it stands in
constexpr auto stop_time = std::chrono::seconds(60);  // the graces of the station and of the answers are shorter

/// A connection is a descriptor: as many as we may have.
void raise_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

/// A disk's or a quota's end is an error of write(2), not the end of the process.
void ignore_file_size_signal() { (void)std::signal(SIGXFSZ, SIG_IGN); }

std::vector<receiver::Resident> residents_of(const probe::Settings& settings) {
  std::vector<receiver::Resident> all;
  all.reserve(settings.identities.size());
  for (const auto& [name, identity] : settings.identities) all.push_back({identity.domain, identity.address});
  return all;
}

std::string welcome(const receiver::Station& station, const probe::Settings& settings) {
  std::string text = "receiving as " + settings.receiver.host + " on";
  for (const auto& place : station.places()) text += " " + place + ",";
  text += " for";
  for (const auto& [name, identity] : settings.identities)
    text += " " + identity.address.text() + ", postmaster and abuse of " + identity.domain + ",";
  for (const auto& address : settings.receiver.reports) text += " " + address.text() + ",";
  for (const auto& address : settings.receiver.reflectors) text += " " + address.text() + ",";
  text.pop_back();
  if (settings.receiver.reflectors.empty()) text += "; answers nobody: \"receiver.reflectors\" names no address";
  return text + (settings.receiver.certificates.empty() ? "; without a certificate there is no STARTTLS" : "");
}

/// SIGHUP from when it is made: one that comes before there is anything to read anew is kept, and ends nothing.
using Hangup = std::shared_ptr<asio::signal_set>;

Task<Hangup> heed_hangup() { co_return std::make_shared<asio::signal_set>(co_await asio::this_coro::executor, SIGHUP); }

Task<void> reload_on(Hangup hangup, std::function<void()> reload_all) {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    const auto [error, number] = co_await hangup->async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    reload_all();
  }
}

void reload_all(receiver::Station& station, receiver::Witness* witness) {
  if (const auto done = station.reload(); !done)
    log_error("the certificates stay as they were: " + describe(done.error()));
  else
    log_info("the certificates have been read anew");
  reload(witness);
}

/// From here on the caller is not told of its cancellation any more: what it still does comes to its end.
Task<void> heed_no_more() { co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation()); }

receiver::StationHooks hooks_for(Answering* answering, probe::Objections objections) {
  receiver::StationHooks hooks;
  hooks.letter = [answering, objections = std::move(objections)](const receiver::Letter& letter) {
    log_info(letter_line(letter));
    if (const auto line = objections.heed(letter); !line.empty()) log_info(line);
    if (answering != nullptr) answering->letters().take(letter);
  };
  hooks.session = [](const evidence::Session& session) { log_info(session_line(session)); };
  hooks.fetched = [](const evidence::PolicyFetch& fetch) { log_info(fetch_line(fetch)); };
  hooks.pruned = [](const std::string& line) { log_info(line); };
  hooks.trouble = [](const Error& error) { log_error(describe(error)); };
  return hooks;
}

/// Nobody listens: the mailbox is where probes come in.
Task<int> watch_mailbox(Answering& answering, Hangup hangup) {
  log_info("watching the mailbox; answers come from " + answering.address().text());
  auto watching = co_await probe::Beside::make();
  watching.start(answering.watch());
  std::function<void()> reload = [] { log_info("with --mailbox no certificate is shown: nothing to read anew"); };
  watching.start(reload_on(std::move(hangup), std::move(reload)));
  co_await until_cancelled();
  co_await heed_no_more();
  watching.cancel();
  co_await watching.join();
  co_await answering.stop();
  log_info("stopped: what is not answered yet is kept");
  co_return exit_ok;
}

bool is_taken(const probe::Settings& settings, const receiver::Folder& folder) {
  return receiver::is_held(folder) || (!settings.receiver.dns.listen.empty() && receiver::is_witness_held(folder));
}

/// What no waiting mends.
Result<void> check(const ReflectCommand& command, const World& world) {
  if (auto answers = Answering::check(command, world); !answers) return answers;
  return command.mailbox ? Result<void>{} : receiver::Station::check(world.settings.receiver);
}

/// A run that waits for its answers receives meanwhile, or serves our DNS, and ends. False: we are told to end before
/// that.
Task<bool> await_turn(const probe::Settings& settings, receiver::Folder folder) {
  bool told = false;
  bool ended = co_await probe::cancelled();
  while (!ended && is_taken(settings, folder)) {
    if (!std::exchange(told, true))
      log_info("another mailprobe receives already for this configuration: waiting until it ends");
    co_await tls::pause(turn_interval);
    ended = co_await probe::cancelled();
  }
  co_return !ended;
}

Task<int> reflect(const ReflectCommand& command, const Setting& setting) {
  co_await probe::heed_cancellation();
  auto hangup = co_await heed_hangup();
  const Needs needs{.keys = true, .secrets = command.mailbox || command.via, .session = false};
  auto world = co_await open_world(setting.common, needs, setting.environment);
  if (!world) co_return complain(world.error());
  if (!world->configured) co_return complain(not_configured());
  auto resolver = co_await open_resolver(*world);
  if (!resolver) co_return complain(resolver.error());
  if (const auto fit = check(command, *world); !fit) co_return complain(fit.error());
  // The resolver's process begins with its first question: before there is a lock or a socket that it would inherit,
  // and hold on to for a moment longer than we live.
  (void)co_await world->resolver->query("localhost", dns::Type::a);
  const auto& settings = world->settings;
  const auto folder = receiver::Folder::beside(settings.runs);
  if (!command.mailbox) {  // before the answers that wait are sent: another reflector may be at it
    const bool ours = co_await await_turn(settings, folder);
    if (!ours) co_return exit_ok;
  }
  auto answering = co_await Answering::open(command, *world);
  if (!answering) co_return complain(answering.error());
  if (command.mailbox) co_return co_await watch_mailbox(**answering, std::move(hangup));
  auto hooks = hooks_for(answering->get(), probe::Objections(settings.runs));
  auto residents = residents_of(settings);
  auto receiving = settings.receiver;
  auto station = co_await receiver::Station::open(std::move(receiving), folder, std::move(residents), *world->resolver,
                                                  std::move(hooks));
  if (!station) {
    const int status = complain(station.error());
    // Another was quicker: the unit starts us again.
    co_return is_taken(settings, folder) ? exit_inconclusive : status;
  }
  log_info(welcome(**station, settings));
  auto witness = co_await open_own_dns(settings, folder);
  if (!witness) co_return complain(witness.error());
  if (*answering) (*answering)->letters().attach((*station)->spool(), now());
  auto beside = co_await Tasks::make();
  std::function<void()> reload = [&, own = witness->get()] { reload_all(**station, own); };
  beside.spawn(reload_on(std::move(hangup), std::move(reload)));
  co_await until_cancelled();
  co_await heed_no_more();
  beside.stop();
  if (*witness) (*witness)->stop();
  co_await (*station)->stop();
  if (*answering) co_await (*answering)->stop();
  log_info("stopped: no session is open, nothing was lost");
  co_return exit_ok;
}

}  // namespace

int run(const ReflectCommand& command, const Setting& setting) {
  raise_descriptors();
  ignore_file_size_signal();
  return run_command([&] { return reflect(command, setting); }, stop_time);
}

}  // namespace mailprobe::app
