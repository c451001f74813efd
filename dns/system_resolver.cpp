#include "dns/system_resolver.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fstream>

#include "base/encoding.h"
#include "base/ip.h"
#include "base/text.h"
#include "dns/answer.h"
#include "dns/records.h"
#include "dns/wire.h"

namespace mailprobe::dns {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint16_t udp_size = 1232;
constexpr int tries = 3;  // UDP loses; the time is shared among them

Message question_of(const std::string& name, Type type) {
  const auto random = random_bytes(2);
  Message query;
  query.id =
      static_cast<std::uint16_t>(static_cast<unsigned char>(random[0]) << 8 | static_cast<unsigned char>(random[1]));
  query.flags = flag::recursion_desired | flag::authentic;  // RFC 6840 §5.7: tell us
  query.questions.push_back({name, static_cast<std::uint16_t>(type), class_in});
  query.edns = Edns{.udp_size = udp_size};
  return query;
}

bool answers(const Message& reply, const Message& query) {
  return reply.id == query.id && (reply.flags & flag::response) != 0 && reply.questions.size() == 1 &&
         iequals(reply.questions.front().name, query.questions.front().name) &&
         reply.questions.front().type == query.questions.front().type;
}

Answer answer_of(const Message& reply, const Labels& name, Type type) {
  auto answer = answer_in(reply, name, type);
  if (!answer)
    return failure(Status::servfail, "the resolver gave no answer (rcode " + std::to_string(reply.flags & flag::rcode) +
                                         "); where it validates, that may mean bogus");
  answer->dnssec = (reply.flags & flag::authentic) != 0 ? Dnssec::secure : Dnssec::insecure;
  return std::move(*answer);
}

/// One exchange on a socket that a timer closes.
struct Exchange {
  explicit Exchange(const asio::any_io_executor& executor) : datagrams(executor), stream(executor), timer(executor) {}
  udp::socket datagrams;
  tcp::socket stream;
  asio::steady_timer timer;
  bool expired = false;

  static void limit(const std::shared_ptr<Exchange>& self, std::chrono::milliseconds time) {
    self->expired = false;
    self->timer.expires_after(time);
    self->timer.async_wait([weak = std::weak_ptr(self)](const error_code& error) {
      const auto alive = weak.lock();
      if (error || !alive) return;
      alive->expired = true;
      error_code ignored;
      alive->datagrams.close(ignored);
      alive->stream.close(ignored);
    });
  }
};

Task<std::optional<Message>> ask_udp(std::shared_ptr<Exchange> exchange, udp::endpoint server,
                                     std::optional<asio::ip::address> from, Message query) {
  error_code error;
  exchange->datagrams = udp::socket(co_await asio::this_coro::executor);
  exchange->datagrams.open(server.protocol(), error);
  if (from && !error) exchange->datagrams.bind({*from, 0}, error);
  if (!error) exchange->datagrams.connect(server, error);  // only its datagrams, and its ICMP errors
  const auto bytes = print_message(query, udp_size);
  if (!error) exchange->datagrams.send(asio::buffer(bytes), 0, error);
  std::array<char, 65535> buffer;
  while (!error) {
    const auto [failed, size] = co_await exchange->datagrams.async_receive(asio::buffer(buffer), as_result);
    error = failed;
    if (error) break;
    auto reply = parse_message({buffer.data(), size});
    if (reply && answers(*reply, query)) co_return reply;
  }
  co_return std::nullopt;
}

Task<std::optional<Message>> ask_tcp(std::shared_ptr<Exchange> exchange, tcp::endpoint server,
                                     std::optional<asio::ip::address> from, Message query) {
  exchange->stream = tcp::socket(co_await asio::this_coro::executor);
  const auto bytes = print_message(query, 65535);
  std::string out{static_cast<char>(bytes.size() >> 8), static_cast<char>(bytes.size() & 0xff)};
  out += bytes;
  error_code unbound;
  exchange->stream.open(server.protocol(), unbound);
  if (from && !unbound) exchange->stream.bind({*from, 0}, unbound);
  if (unbound) co_return std::nullopt;
  const auto [refused] = co_await exchange->stream.async_connect(server, as_result);
  if (refused) co_return std::nullopt;
  auto [error, count] = co_await asio::async_write(exchange->stream, asio::buffer(out), as_result);
  std::array<unsigned char, 2> length{};
  if (!error) std::tie(error, count) = co_await asio::async_read(exchange->stream, asio::buffer(length), as_result);
  std::string in(static_cast<std::size_t>(length[0]) << 8 | length[1], '\0');
  if (!error) std::tie(error, count) = co_await asio::async_read(exchange->stream, asio::buffer(in), as_result);
  auto reply = error ? std::nullopt : parse_message(in);
  if (reply && !answers(*reply, query)) reply.reset();
  co_return reply;
}

class SystemResolver final : public Resolver {
 public:
  SystemResolver(std::vector<asio::ip::address> servers, std::uint16_t port, std::chrono::milliseconds time,
                 std::optional<asio::ip::address> from = {})
      : servers_(std::move(servers)), port_(port), time_(time), from_(std::move(from)) {}
  Task<Answer> query(std::string name, Type type) override;

 private:
  std::vector<asio::ip::address> servers_;
  std::uint16_t port_;
  std::chrono::milliseconds time_;
  std::optional<asio::ip::address> from_;
};

Task<bool> cancelled() {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_return (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
}

// Order of events: each server in turn, three times round; a truncated answer is asked for again over TCP.
Task<Answer> SystemResolver::query(std::string name, Type type) {
  const auto labels = labels_from_text(name);
  if (!labels) co_return failure(Status::servfail, "not a domain name");
  const auto query = question_of(labels_to_wire(*labels), type);
  const auto share = time_ / (tries * static_cast<int>(servers_.size()));
  bool expired = false;
  for (int i = 0; i < tries * static_cast<int>(servers_.size()); ++i) {
    if (co_await cancelled()) co_return failure(Status::timeout, "interrupted");
    const auto& server = servers_[static_cast<std::size_t>(i) % servers_.size()];
    auto exchange = std::make_shared<Exchange>(co_await asio::this_coro::executor);
    Exchange::limit(exchange, share);
    auto reply = co_await ask_udp(exchange, udp::endpoint(server, port_), from_, query);
    if (reply && (reply->flags & flag::truncated) != 0)
      reply = co_await ask_tcp(exchange, tcp::endpoint(server, port_), from_, query);
    exchange->timer.cancel();
    expired = exchange->expired;
    if (reply) co_return answer_of(*reply, *labels, type);
  }
  if (co_await cancelled()) co_return failure(Status::timeout, "interrupted");
  co_return expired ? failure(Status::timeout, "the resolver did not answer in time")
                    : failure(Status::servfail, "the resolver cannot be reached");
}

asio::ip::address asio_address(const IpAddress& address) {
  error_code ignored;
  return asio::ip::make_address(address.text(), ignored);
}

}  // namespace

std::unique_ptr<Resolver> stub_resolver(const IpAddress& server, std::uint16_t port, const IpAddress& from,
                                        int timeout_seconds) {
  return std::make_unique<SystemResolver>(std::vector{asio_address(server)}, port,
                                          std::chrono::seconds(timeout_seconds), asio_address(from));
}

Result<std::unique_ptr<Resolver>> system_resolver(const std::string& resolv_conf, int timeout_seconds,
                                                  std::uint16_t port) {
  std::ifstream file(resolv_conf);
  std::vector<asio::ip::address> servers;
  for (std::string line; std::getline(file, line);) {
    const auto text = trim(line);
    if (!text.starts_with("nameserver") || text.size() < 12 || !is_space(text[10])) continue;
    const auto address = IpAddress::parse(trim(text.substr(10)));
    if (!address || !address->loopback())
      return fail(Failure::usage, "resolver: mode system trusts DNSSEC from a loopback resolver only, and " +
                                      resolv_conf + " names " + std::string(trim(text.substr(10))));
    error_code ignored;
    servers.push_back(asio::ip::make_address(address->text(), ignored));
  }
  if (servers.empty()) return fail(Failure::usage, "resolver: " + resolv_conf + " names no name server");
  return std::make_unique<SystemResolver>(std::move(servers), port, std::chrono::seconds(timeout_seconds));
}

}  // namespace mailprobe::dns
