#include "tls/https_fetch.h"

#include <array>
#include <sstream>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::tls {

namespace http = boost::beast::http;
namespace asio = boost::asio;

namespace {

using Parser = http::response_parser<http::string_body>;
using Done = Result<void>;

constexpr std::uint32_t max_header = 16UL * 1024;
constexpr std::size_t max_framing = 64UL * 1024;  // what chunked coding may cost beside the body

std::string request_for(const std::string& host, const std::string& path) {
  constexpr unsigned http_1_1 = 11;
  http::request<http::empty_body> request(http::verb::get, path, http_1_1);
  request.set(http::field::host, host);
  request.set(http::field::user_agent, "mailprobe");
  request.set(http::field::accept, "text/plain");
  request.set(http::field::connection, "close");
  std::ostringstream text;
  text << request;
  return text.str();
}

std::unexpected<Error> broken(std::string what) {
  return fail(Failure::protocol, "HTTPS: " + std::move(what), Cause::protocol_error);
}

Done parsing_fault(const boost::system::error_code& error) {
  if (error == http::error::body_limit) return broken("the file has over " + std::to_string(max_fetched) + " bytes");
  if (error == http::error::header_limit) return broken("the header is too large");
  return broken(error.message());
}

/// Feeds the parser until it has the whole answer. What is read is bounded even where it never becomes a body.
Task<Done> read_answer(Stream& stream, Parser& parser) {
  std::string unread;
  std::array<char, 8192> part{};
  std::size_t total = 0;
  while (!parser.is_done()) {
    auto got = co_await stream.read_some(part.data(), part.size());
    if (!got) co_return std::unexpected(std::move(got.error()));
    boost::system::error_code error;
    if (*got == 0) {
      if (parser.got_some()) parser.put_eof(error);
      if (error || !parser.got_some()) co_return broken("the answer is cut off");
      break;
    }
    total += *got;
    if (total > max_header + max_fetched + max_framing) co_return broken("the answer is too large");
    unread.append(part.data(), *got);
    const auto used = parser.put(asio::buffer(unread), error);
    unread.erase(0, used);
    if (error && error != http::error::need_more) co_return parsing_fault(error);
  }
  co_return Done{};
}

/// RFC 8461 §3.3: the name is that of the Policy Host, the chain leads to a trusted CA.
Done judge_certificate(const TlsFacts& facts, const std::string& host) {
  const auto& verified = facts.verified;
  if (verified && verified->result == "pass") return {};
  return fail(Failure::unsupported,
              "the certificate of " + host + " does not verify" + (verified ? ": " + verified->detail : std::string{}),
              verified && verified->cause ? verified->cause : Cause::unknown_ca);
}

// RFC 8461 §3.3: 200 and nothing else; text/plain, whatever its parameters
Done judge_answer(const Parser& parser) {
  const auto& answer = parser.get();
  const auto status = answer.result_int();
  if (status / 100 == 3)
    return broken("it is redirected with " + std::to_string(status) + ", which must not be followed");
  if (status >= 400) return fail(Failure::refused, "HTTPS: the answer is " + std::to_string(status), Cause::refused);
  if (status != 200) return broken("the answer is " + std::to_string(status));
  const std::string type(answer[http::field::content_type]);
  if (iequals(trim(split(type, ';').front()), "text/plain")) return {};
  return broken("the file is not text/plain but \"" + safe_text(type, 60) + "\"");
}

Task<Done> fetch(Stream& stream, Handshake handshake, std::string path, HttpsFetch& into) {
  const auto host = handshake.server_name;
  auto facts = co_await stream.handshake(std::move(handshake));
  if (!facts) co_return std::unexpected(std::move(facts.error()));
  into.tls = std::move(*facts);
  if (auto done = judge_certificate(*into.tls, host); !done) co_return done;
  const auto request = request_for(host, path);
  if (auto sent = co_await stream.write(request); !sent) co_return sent;
  Parser parser;
  parser.eager(true);
  parser.header_limit(max_header);
  parser.body_limit(max_fetched);
  auto done = co_await read_answer(stream, parser);
  if (parser.is_header_done()) into.status = parser.get().result_int();
  // A redirect is told whatever comes of its body.
  if (into.status != 0)
    if (auto judged = judge_answer(parser); !judged) co_return judged;
  if (!done) co_return done;
  into.body = std::move(parser.get().body());
  co_return Done{};
}

}  // namespace

Task<HttpsFetch> https_get(Stream& stream, std::shared_ptr<const Context> context, std::string host, std::string path) {
  HttpsFetch out;
  Handshake handshake{.context = std::move(context), .server = false, .server_name = std::move(host)};
  auto done = co_await fetch(stream, std::move(handshake), std::move(path), out);
  if (!done) out.error = std::move(done.error());
  stream.close();
  co_return out;
}

}  // namespace mailprobe::tls
