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

Task<void> serve_guest(std::shared_ptr<Places> places, std::shared_ptr<const tls::Serve> serve,
                       std::unique_ptr<tls::Stream> stream) {
  auto client = stream->peer_address();
  if (places->enter(client) != Room::free) co_return;
  const Seat seat(places, std::move(client));
  co_await (*serve)(std::move(stream));
}

}  // namespace

tls::Serve at_most(std::shared_ptr<Places> places, tls::Serve serve) {
  return [places = std::move(places), shared = std::make_shared<const tls::Serve>(std::move(serve))](
             std::unique_ptr<tls::Stream> stream) { return serve_guest(places, shared, std::move(stream)); };
}

}  // namespace mailprobe::receiver
