#include "receiver/trap_station.h"

#include "receiver/certificates.h"
#include "receiver/guests.h"
#include "receiver/trap_zone.h"
#include "tls/https_page.h"
#include "tls/listeners.h"

namespace mailprobe::receiver {

namespace {

Result<tls::ServerOptions> shown_by(const Settings& settings) {
  auto options = certificate_options(settings);
  if (!options) return std::unexpected(options.error());
  if (!*options)
    return fail(Failure::usage, "traps need a certificate for *." + settings.trap_domain +
                                    ": name one in \"receiver.certificate\", and its key");
  return std::move(**options);
}

/// One page, the same for both domains; asked for now and then, so a context for each session does no harm.
Task<Result<void>> serve_policy(const Settings& settings, tls::ServerOptions shown, Tasks tasks) {
  auto listener = co_await tls::Listener::open(settings.policy_host->address, settings.policy_host->port);
  if (!listener) co_return fail(Failure::usage, "policy_host: " + listener.error().message);
  auto context = tls::Context::server(shown);
  if (!context) co_return std::unexpected(context.error());
  const tls::Handshake how{
      .context = std::move(*context), .server = true, .server_name = {}, .tlsa = {}, .dane_names = {}};
  const tls::HttpsPage page{
      .path = "/.well-known/mta-sts.txt", .location = {}, .body = trap_policy(settings.trap_domain)};
  tls::Serve serve = [how, page](std::unique_ptr<tls::Stream> stream) {
    return tls::serve_page(std::move(stream), how, page);
  };
  auto limited = at_most(std::make_shared<Places>(settings.connections, settings.per_client), std::move(serve));
  tasks.spawn(tls::accept_all(std::move(*listener), tasks, std::move(limited)));
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::unique_ptr<TrapStation>>> TrapStation::open(const Settings& settings, const Folder& folder,
                                                             Tasks tasks) {
  auto shown = shown_by(settings);
  if (!shown) co_return std::unexpected(shown.error());
  auto own = keep_trap_key(folder.trap_key());
  if (!own) co_return std::unexpected(own.error());
  auto traps = Traps::make(settings.trap_domain, *shown, *own);
  if (!traps) co_return std::unexpected(traps.error());
  if (settings.policy_host) {
    auto options = std::move(*shown);
    auto served = co_await serve_policy(settings, std::move(options), std::move(tasks));
    if (!served) co_return std::unexpected(served.error());
  }
  co_return std::unique_ptr<TrapStation>(new TrapStation(settings.traps, std::move(*own), std::move(*traps)));
}

Result<void> TrapStation::reload(const Settings& settings) {
  const auto shown = shown_by(settings);
  if (!shown) return std::unexpected(shown.error());
  return traps_->show(*shown, own_);
}

}  // namespace mailprobe::receiver
