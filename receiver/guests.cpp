#include "receiver/guests.h"

namespace mailprobe::receiver {

namespace {

/// A place that was taken, for as long as it lives.
class Seat {
 public:
  Seat(std::shared_ptr<Places> places, std::string client) : places_(std::move(places)), client_(std::move(client)) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { places_->leave(client_); }

 private:
  std::shared_ptr<Places> places_;
  std::string client_;
};

struct Guests {
  std::shared_ptr<Places> places;
  std::function<void(const std::string& client)> refused;
  tls::Serve serve;
};

Task<void> serve_guest(std::shared_ptr<const Guests> guests, std::unique_ptr<tls::Stream> stream) {
  auto client = stream->peer_address();
  if (guests->places->enter(client) != Room::free) {
    guests->refused(client);
    co_return;
  }
  const Seat seat(guests->places, std::move(client));
  co_await guests->serve(std::move(stream));
}

}  // namespace

tls::Serve at_most(std::shared_ptr<Places> places, std::function<void(const std::string& client)> refused,
                   tls::Serve serve) {
  const auto guests = std::make_shared<const Guests>(std::move(places), std::move(refused), std::move(serve));
  return [guests](std::unique_ptr<tls::Stream> stream) { return serve_guest(guests, std::move(stream)); };
}

}  // namespace mailprobe::receiver
