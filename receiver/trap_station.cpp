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

Result<tls::Handshake> handshake_of(const tls::ServerOptions& shown) {
  auto context = tls::Context::server(shown);
  if (!context) return std::unexpected(context.error());
  return tls::Handshake{
      .context = std::move(*context), .server = true, .server_name = {}, .tlsa = {}, .dane_names = {}};
}

/// Who hung up before there was a request wanted nothing, or did not like how long it took; who sent an alert did not
/// like our certificate.
std::string outcome_of(const tls::PageVisit& visit) {
  if (visit.error) {
    const bool hung_up = visit.error->kind == Failure::connection && visit.error->peer.empty() && visit.target.empty();
    return hung_up ? "left" : "failed";
  }
  if (visit.target.empty()) return "left";
  return visit.found ? "served" : "not-found";
}

/// Our own look comes from this very host: that it got through says nothing of others, unless they are on this host
/// too.
bool says_nothing(const tls::PageVisit& visit, const std::string& client) {
  const auto address = IpAddress::parse(client);
  return visit.target == own_look_target && !(address && address->loopback());
}

struct PolicyHost {
  std::shared_ptr<const tls::Handshake> how;
  tls::HttpsPage page;
  Fetched fetched;
};

Task<void> serve_client(std::shared_ptr<const PolicyHost> host, std::unique_ptr<tls::Stream> stream) {
  const auto client = stream->peer_address();
  const auto at = now();
  auto how = *host->how;
  auto page = host->page;
  auto visit = co_await tls::serve_page(std::move(stream), std::move(how), std::move(page));
  if (says_nothing(visit, client)) co_return;
  auto outcome = outcome_of(visit);
  host->fetched({.time = at, .address = client, .name = std::move(visit.name), .outcome = std::move(outcome)});
}

/// One page, the same for both domains. The port that it is served at.
Task<Result<std::uint16_t>> serve_policy(const Settings& settings, std::shared_ptr<const tls::Handshake> how,
                                         Tasks tasks, Fetched fetched) {
  auto listener = co_await tls::Listener::open(settings.policy_host->address, settings.policy_host->port);
  if (!listener) co_return fail(Failure::usage, "policy_host: " + listener.error().message);
  const auto port = listener->port();
  fetched({.time = now(), .address = settings.policy_host->address.text(), .name = {}, .outcome = "started"});
  const auto refused = [fetched](const std::string& client) {
    fetched({.time = now(), .address = client, .name = {}, .outcome = "refused"});
  };
  tls::HttpsPage page{.path = "/.well-known/mta-sts.txt", .location = {}, .body = trap_policy(settings.trap_domain)};
  const auto host = std::make_shared<const PolicyHost>(std::move(how), std::move(page), std::move(fetched));
  tls::Serve serve = [host](std::unique_ptr<tls::Stream> stream) { return serve_client(host, std::move(stream)); };
  auto limited =
      at_most(std::make_shared<Places>(settings.connections, settings.per_client), refused, std::move(serve));
  tasks.spawn(tls::accept_all(std::move(*listener), tasks, std::move(limited)));
  co_return port;
}

}  // namespace

Task<Result<std::unique_ptr<TrapStation>>> TrapStation::open(const Settings& settings, const Folder& folder,
                                                             Tasks tasks, Fetched fetched) {
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
    auto served = co_await serve_policy(settings, station->policy_, std::move(tasks), std::move(fetched));
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
