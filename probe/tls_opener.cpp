#include "probe/tls_opener.h"

#include <algorithm>

#include "base/safe_text.h"
#include "smtp/capabilities.h"
#include "smtp/connection.h"
#include "smtp/reply_causes.h"

namespace mailprobe::probe {

namespace {

constexpr int reply_seconds = 20;
constexpr auto connect_time = std::chrono::seconds(10);

Error refusal(std::string_view stage, const smtp::Reply& reply) {
  return {Failure::refused,
          "the server answers " + std::string(stage) + " with " + std::to_string(reply.code) + ": " +
              safe_text(reply.text, 200),
          reply.code >= 400 ? smtp::cause_of(reply) : Cause::protocol_error, reply.text};
}

/// For one reply: never beyond the deadline by more than a second.
int seconds_for(const OpenerOptions& options, Steady now) {
  if (options.deadline == Steady::max()) return reply_seconds;
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(options.deadline - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 1, reply_seconds));
}

/// What the dialogue up to the 220 failed of; nullopt: TLS may begin.
Task<std::optional<Error>> to_starttls(tls::Stream& stream, const OpenerOptions& options, const Network& network) {
  Transcript transcript;
  smtp::Connection connection(stream, transcript);
  const auto banner = co_await connection.reply(seconds_for(options, network.steady()));
  if (!banner) co_return banner.error();
  if (banner->code != 220) co_return refusal("the connection", *banner);
  const auto ehlo = smtp::Command::ehlo(options.helo);
  if (!ehlo) co_return ehlo.error();
  const auto capabilities = co_await connection.ask(*ehlo, seconds_for(options, network.steady()));
  if (!capabilities) co_return capabilities.error();
  if (capabilities->code != 250) co_return refusal("EHLO", *capabilities);
  if (!smtp::Capabilities(*capabilities).has("STARTTLS"))
    co_return Error{Failure::unsupported, "STARTTLS is not offered", Cause::unsupported, {}};
  auto starttls = smtp::Command::starttls();
  const auto ready = co_await connection.ask(std::move(starttls), seconds_for(options, network.steady()));
  if (!ready) co_return ready.error();
  if (ready->code != 220) co_return refusal("STARTTLS", *ready);
  if (connection.unread() > 0)  // CVE-2021-22947: said by somebody before TLS, meant for after it
    co_return Error{Failure::protocol, "bytes were injected after the answer to STARTTLS", Cause::protocol_error, {}};
  co_return std::nullopt;
}

/// Waits for the limits where the deadline leaves the time.
Task<Result<void>> permitted(Network network, const OpenerOptions& options) {
  if (options.limits == nullptr || options.place.address.loopback()) co_return Result<void>{};
  for (;;) {
    const auto permit = options.limits->connection(options.place.host, now());
    if (!permit) co_return std::unexpected(permit.error());
    if (permit->granted) co_return Result<void>{};
    if (options.deadline != Steady::max() && network.steady() + permit->wait >= options.deadline)
      co_return fail(Failure::ours, permit->why, Cause::own_limit);
    if (options.progress != nullptr)
      options.progress->announce(
          "to ask about the TLS of " + options.place.host + ", because of our own limit of " + permit->why,
          permit->wait);
    co_await network.pause(permit->wait);
  }
}

Task<StreamResult> open(Network network, OpenerOptions options) {
  const auto allowed = co_await permitted(network, options);
  if (!allowed) co_return std::unexpected(allowed.error());
  const auto& place = options.place;
  const auto until = std::min(options.deadline, network.steady() + connect_time);
  auto stream = co_await network.connect(place.address, place.port, options.source, until);
  if (!stream || place.implicit_tls) co_return stream;
  auto error = co_await to_starttls(**stream, options, network);
  if (!error) co_return stream;
  (*stream)->close();
  co_return std::unexpected(std::move(*error));
}

}  // namespace

TlsOpener starttls_opener(Network network, OpenerOptions options) {
  return [network = std::move(network), options = std::move(options)] { return open(network, options); };
}

}  // namespace mailprobe::probe
