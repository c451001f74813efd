// Many senders in one process, for tests/bench/receive.
//
//   senders deliver ADDRESS PORT COUNT AT_ONCE FROM TO MESSAGE plain|tls    a message a connection; prints one a second
//   senders hold ADDRESS PORT COUNT                                         connections, each with TLS and EHLO; prints
//                                                                           how many are up, then waits for a line
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/ip.h"
#include "base/text.h"
#include "smtp/client.h"
#include "tls/context.h"
#include "tls/network.h"

using namespace mailprobe;
using Clock = std::chrono::steady_clock;

namespace {

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  std::cerr << result.error().message << "\n";
  std::exit(1);
}

struct Job {
  IpAddress address;
  std::uint16_t port = 0;
  std::size_t left = 0, accepted = 0;
  smtp::Delivery delivery;
  std::vector<std::unique_ptr<tls::Stream>> held;
};

Steady soon() { return Clock::now() + std::chrono::seconds(60); }

/// Another address for each: the limits are per client.
IpAddress next_source(std::size_t number) {
  return IpAddress::v4(
      {127, 9, static_cast<std::uint8_t>(number / 250 % 250), static_cast<std::uint8_t>(1 + number % 250)});
}

Task<void> deliver_all(Job& job) {
  while (job.left > 0) {
    const auto source = next_source(job.left--);
    auto stream = need(co_await tls::connect(job.address, job.port, source, soon()));
    Transcript transcript;
    auto delivery = job.delivery;
    const auto session = co_await smtp::deliver(*stream, std::move(delivery), transcript);
    if (session.outcome == Outcome::accepted)
      ++job.accepted;
    else
      for (const auto& event : transcript.events()) std::cerr << word(event.dir) << " " << event.text << "\n";
  }
}

Task<void> hold_some(Job& job) {
  while (job.left > 0) {
    const auto source = next_source(job.left--);
    auto stream = need(co_await tls::connect(job.address, job.port, source, soon()));
    stream->deadline(soon());
    char buffer[4096];
    const auto talk = [&stream](std::string_view text) { return stream->write(text); };
    for (const std::string_view text : {"EHLO mx.probe.test\r\n", "STARTTLS\r\n"}) {
      need(co_await stream->read_some(buffer, sizeof buffer));
      if (!co_await talk(text)) std::exit(1);
    }
    need(co_await stream->read_some(buffer, sizeof buffer));
    auto how = job.delivery.handshake;
    need(co_await stream->handshake(std::move(how)));
    if (!co_await talk("EHLO mx.probe.test\r\n")) std::exit(1);
    need(co_await stream->read_some(buffer, sizeof buffer));
    job.held.push_back(std::move(stream));
  }
}

double run(Job& job, std::size_t at_once, Task<void> (*work)(Job&)) {
  boost::asio::io_context context(1);
  const auto start = Clock::now();
  for (std::size_t i = 0; i < at_once; ++i) boost::asio::co_spawn(context, work(job), boost::asio::detached);
  context.run();
  const auto seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (job.held.empty()) return seconds;
  std::cout << job.held.size() << std::endl;  // NOLINT(performance-avoid-endl): the driver waits for it
  std::string line;
  std::getline(std::cin, line);
  job.held.clear();
  return seconds;
}

std::string read_message(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return to_crlf(text);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 4 && words.size() != 9) return 2;
  Job job;
  job.address = *IpAddress::parse(words[1]);
  job.port = static_cast<std::uint16_t>(std::stoi(words[2]));
  job.left = std::stoul(words[3]);
  const auto count = job.left;
  job.delivery.handshake.context = need(tls::Context::client({}));
  job.delivery.handshake.server_name = "mx.probe.test";
  if (words[0] == "hold") {
    run(job, 20, hold_some);
    return 0;
  }
  job.delivery.helo = "mx.probe.test";
  job.delivery.reverse_path = Path(need(Mailbox::parse(words[5])));
  job.delivery.recipient = Path(need(Mailbox::parse(words[6])));
  job.delivery.message = read_message(words[7].c_str());
  job.delivery.floor = words[8] == "tls" ? TlsFloor::encrypt : TlsFloor::may;
  const auto seconds = run(job, std::stoul(words[4]), deliver_all);
  std::cout << static_cast<double>(job.accepted) / seconds << "\n";
  return job.accepted == count ? 0 : 1;
}
