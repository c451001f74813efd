#include "tls/https_fetch.h"

#include <array>
#include <optional>
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
constexpr int max_interim = 10;                   // answers before the answer
constexpr unsigned too_many_requests = 429;       // RFC 6585 §4

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

/// What has come and is not parsed yet, and how much there was: bounded even where it never becomes a body.
struct Incoming {
  std::string unread;
  std::size_t total = 0;
};

Task<Done> read_more(Stream& stream, Incoming& in, bool& ended) {
  std::array<char, 8192> part{};
  auto got = co_await stream.read_some(part.data(), part.size());
  if (!got) co_return std::unexpected(std::move(got.error()));
  ended = *got == 0;
  in.total += *got;
  if (in.total > max_header + max_fetched + max_framing) co_return broken("the answer is too large");
  in.unread.append(part.data(), *got);
  co_return Done{};
}

/// Feeds the parser until it has the whole answer.
Task<Done> read_answer(Stream& stream, Parser& parser, Incoming& in) {
  for (bool ended = false;;) {
    boost::system::error_code error;
    if (!in.unread.empty()) in.unread.erase(0, parser.put(asio::buffer(in.unread), error));
    if (error && error != http::error::need_more) co_return parsing_fault(error);
    if (parser.is_done()) co_return Done{};
    if (ended) {
      error = {};
      if (parser.got_some()) parser.put_eof(error);
      if (error || !parser.got_some()) co_return broken("the answer is cut off");
      co_return Done{};
    }
    if (auto done = co_await read_more(stream, in, ended); !done) co_return done;
  }
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
  if (status >= 400)
    return fail(Failure::refused, "HTTPS: the answer is " + std::to_string(status),
                status == too_many_requests ? Cause::rate_limited : Cause::refused);
  if (status != 200) return broken("the answer is " + std::to_string(status));
  const std::string type(answer[http::field::content_type]);
  if (iequals(trim(split(type, ';').front()), "text/plain")) return {};
  return broken("the file is not text/plain but \"" + safe_text(type, 60) + "\"");
}

/// RFC 9110 §15.2: any number of interim answers may come before the final one.
Task<Done> read_final_answer(Stream& stream, std::optional<Parser>& parser) {
  Incoming in;
  for (int interim = 0;; ++interim) {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(max_header);
    parser->body_limit(max_fetched);
    auto done = co_await read_answer(stream, *parser, in);
    if (!done || parser->get().result_int() / 100 != 1 || interim == max_interim) co_return done;
  }
}

Task<Done> fetch(Stream& stream, Handshake handshake, std::string path, HttpsFetch& into) {
  const auto host = handshake.server_name;
  auto facts = co_await stream.handshake(std::move(handshake));
  if (!facts) co_return std::unexpected(std::move(facts.error()));
  into.tls = std::move(*facts);
  if (auto done = judge_certificate(*into.tls, host); !done) co_return done;
  const auto request = request_for(host, path);
  if (auto sent = co_await stream.write(request); !sent) co_return sent;
  std::optional<Parser> parser;
  auto done = co_await read_final_answer(stream, parser);
  if (parser->is_header_done()) into.status = parser->get().result_int();
  // A redirect is told whatever comes of its body.
  if (into.status != 0)
    if (auto judged = judge_answer(*parser); !judged) co_return judged;
  if (!done) co_return done;
  into.body = std::move(parser->get().body());
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
