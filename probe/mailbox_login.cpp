#include "probe/mailbox_login.h"

#include "probe/route.h"

namespace mailprobe::probe {

namespace {

constexpr std::chrono::milliseconds connect_time = std::chrono::seconds(10);

}  // namespace

Task<Result<std::unique_ptr<tls::Stream>>> reach(Url url, Network network, dns::Resolver& resolver) {
  const auto host = co_await look_up_host(url.host, resolver);
  Error error{Failure::connection,
              url.host + " " + host.problem.value_or("has no address"),
              host.dnssec == Dnssec::bogus ? Cause::bogus : Cause::dns_failure,
              {}};
  for (const auto& address : host.addresses) {
    const auto deadline = network.steady() + connect_time;
    auto stream = co_await network.connect(*IpAddress::parse(address.ip), url.port, std::nullopt, deadline);
    if (stream) co_return stream;
    error = stream.error();
    if (error.kind == Failure::interrupted) break;
    if (error.cause == Cause::refused) error.cause = Cause::unreachable;  // nobody refused a login
  }
  co_return std::unexpected(std::move(error));
}

imap::Account login_of(const MailboxAccount& account, const sasl::Credentials& credentials,
                       std::shared_ptr<const tls::Context> context) {
  imap::Account login;
  login.implicit_tls = account.url.scheme == "imaps";
  login.handshake.context = std::move(context);
  login.handshake.server_name = account.url.host;
  login.credentials = credentials;
  login.folders = account.folders;
  login.more = account.more_folders;
  return login;
}

}  // namespace mailprobe::probe
