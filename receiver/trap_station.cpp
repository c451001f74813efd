#include "receiver/trap_station.h"

#include "receiver/certificates.h"
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

Result<tls::Handshake> handshake_of(const tls::ServerOptions& shown) {
  auto context = tls::Context::server(shown);
  if (!context) return std::unexpected(context.error());
  return tls::Handshake{
      .context = std::move(*context), .server = true, .server_name = {}, .tlsa = {}, .dane_names = {}};
}

/// One page, the same for both domains. The port that it is served at.
Task<Result<std::uint16_t>> serve_policy(const Settings& settings, std::shared_ptr<const tls::Handshake> how,
                                         Tasks tasks) {
  auto listener = co_await tls::Listener::open(settings.policy_host->address, settings.policy_host->port);
  if (!listener) co_return fail(Failure::usage, "policy_host: " + listener.error().message);
  const auto port = listener->port();
  const tls::HttpsPage page{
      .path = "/.well-known/mta-sts.txt", .location = {}, .body = trap_policy(settings.trap_domain)};
  tls::Serve serve = [how = std::move(how), page](std::unique_ptr<tls::Stream> stream) {
    return tls::serve_page(std::move(stream), *how, page);
  };
  tasks.spawn(tls::accept_all(std::move(*listener), tasks, std::move(serve)));
  co_return port;
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
  auto how = handshake_of(*shown);
  if (!how) co_return std::unexpected(how.error());
  std::unique_ptr<TrapStation> station(
      new TrapStation(settings.traps, std::move(*own), std::move(*traps), std::move(*how)));
  if (settings.policy_host) {
    auto served = co_await serve_policy(settings, station->policy_, std::move(tasks));
    if (!served) co_return std::unexpected(served.error());
    station->policy_port_ = *served;
  }
  co_return station;
}

Result<void> TrapStation::reload(const Settings& settings) {
  const auto shown = shown_by(settings);
  if (!shown) return std::unexpected(shown.error());
  auto how = handshake_of(*shown);
  if (!how) return std::unexpected(how.error());
  if (auto done = traps_->show(*shown, own_); !done) return done;
  *policy_ = std::move(*how);
  return {};
}

}  // namespace mailprobe::receiver
