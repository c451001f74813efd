#include "lab/responder.h"

#include "lab/middlebox.h"
#include "lab/way.h"
#include "smtp/client.h"
#include "tls/network.h"

namespace mailprobe::lab {

namespace {

constexpr auto connect_time = std::chrono::seconds(5);  // it is all loopback
constexpr auto lateness = std::chrono::milliseconds(1500);
constexpr int tries = 3;  // of who does not give up at once
constexpr auto between_tries = std::chrono::milliseconds(400);

/// One session; not_sent where none came about.
Task<smtp::Session> hand_over(std::shared_ptr<World> world, const Host& host, Way way, AnswerMail mail,
                              Meddling meddling) {
  const auto deadline = std::chrono::steady_clock::now() + connect_time;
  const auto from = way.address.v6 ? std::nullopt : std::optional(address_of(host));
  auto stream = co_await tls::connect(way.address, way.port, from, deadline);
  if (!stream) co_return smtp::Session{};
  smtp::Delivery delivery;
  delivery.helo = host.name;
  delivery.reverse_path = mail.reverse_path;
  delivery.recipient = mail.to;
  delivery.message = std::move(mail.message);
  delivery.floor = way.floor;
  delivery.dane = !way.tlsa.empty();
  delivery.handshake.context = world->client;
  delivery.handshake.server_name = way.host;
  delivery.handshake.tlsa = std::move(way.tlsa);
  delivery.handshake.dane_names = {way.host};
  Transcript transcript;
  const auto meddled = meddled_with(std::move(*stream), meddling);
  co_return co_await smtp::deliver(*meddled, std::move(delivery), transcript);
}

/// Heeds what is published, and comes again: nobody gets its mail who should not.
Task<void> send_obediently(std::shared_ptr<World> world, const Host& host, AnswerMail mail) {
  for (int i = 0; i < tries; ++i) {
    if (i > 0) co_await tls::pause(between_tries);
    auto way = co_await obedient_way(mail.to, *world);
    if (!way) continue;
    auto copy = mail;
    const auto session = co_await hand_over(world, host, std::move(*way), std::move(copy), Meddling::none);
    if (session.outcome == Outcome::accepted || session.outcome == Outcome::rejected) co_return;
  }
}

/// Anywhere, at once or not at all, and in plain text where TLS does not come about.
Task<void> send_carelessly(std::shared_ptr<World> world, const Host& host, AnswerMail mail) {
  auto way = co_await careless_way(mail.to, *world);
  if (!way) co_return;
  auto again = *way;
  auto copy = mail;
  const auto session = co_await hand_over(world, host, std::move(*way), std::move(copy), Meddling::none);
  const bool no_handshake = session.phase == smtp::Phase::tls && !session.tls;
  if (no_handshake) (void)co_await hand_over(world, host, std::move(again), std::move(mail), Meddling::hides);
}

}  // namespace

Task<void> answer(std::shared_ptr<World> world, const Host& host, Answering how, Question question) {
  if (!world->answer_key) co_return;
  if (how == Answering::late) co_await tls::pause(lateness);
  auto mails = answers_to(question, how, *world->answer_key, now());
  for (auto& mail : mails) {
    if (how == Answering::obedient) {
      world->tasks.spawn(send_obediently(world, host, std::move(mail)));
    } else if (how == Answering::opportunistic) {
      world->tasks.spawn(send_carelessly(world, host, std::move(mail)));
    } else {
      auto way = co_await careless_way(mail.to, *world);
      const bool plain = how == Answering::careless || how == Answering::forward_badly;
      const auto meddling = plain ? Meddling::hides : Meddling::none;
      if (way) (void)co_await hand_over(world, host, std::move(*way), std::move(mail), meddling);
    }
  }
}

}  // namespace mailprobe::lab
