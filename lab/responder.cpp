#include "lab/responder.h"

#include "dns/records.h"
#include "lab/middlebox.h"
#include "smtp/client.h"
#include "tls/network.h"

namespace mailprobe::lab {

namespace {

constexpr auto connect_time = std::chrono::seconds(5);  // it is all loopback
constexpr auto lateness = std::chrono::milliseconds(1500);

struct Way {
  std::string host;
  IpAddress address;
};

Task<std::optional<Way>> way_to(const Path& path, dns::Resolver& resolver) {
  auto domain = path.text().substr(path.text().rfind('@') + 1);
  const auto exchangers = co_await resolver.query(std::move(domain), dns::Type::mx);
  for (const auto& mx : dns::mx(exchangers)) {
    const auto found = co_await resolver.query(mx.exchange, dns::Type::a);
    const auto addresses = dns::addresses(found);
    if (!addresses.empty()) co_return Way{mx.exchange, addresses.front()};
  }
  co_return std::nullopt;
}

}  // namespace

Task<void> answer(std::shared_ptr<World> world, const Host& host, Answering how, Question question) {
  if (!world->answer_key) co_return;
  if (how == Answering::late) co_await tls::pause(lateness);
  auto mail = answer_to(question, how, *world->answer_key, now());
  if (!mail) co_return;
  const auto way = co_await way_to(mail->to, *world->resolver);
  if (!way) co_return;
  const auto deadline = std::chrono::steady_clock::now() + connect_time;
  auto stream = co_await tls::connect(way->address, world->smtp_port, address_of(host), deadline);
  if (!stream) co_return;
  smtp::Delivery delivery;
  delivery.helo = host.name;
  delivery.reverse_path = mail->reverse_path;
  delivery.recipient = mail->to;
  delivery.message = std::move(mail->message);
  delivery.floor = TlsFloor::may;
  delivery.handshake.context = world->client;
  delivery.handshake.server_name = way->host;
  Transcript transcript;
  const auto meddled = meddled_with(std::move(*stream), how == Answering::careless ? Meddling::hides : Meddling::none);
  (void)co_await smtp::deliver(*meddled, std::move(delivery), transcript);
}

}  // namespace mailprobe::lab
