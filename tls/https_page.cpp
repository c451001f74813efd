#include "tls/https_page.h"

#include <array>
#include <sstream>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace mailprobe::tls {

namespace http = boost::beast::http;

namespace {

constexpr auto request_time = std::chrono::seconds(10);  // it is all loopback
constexpr std::uint32_t max_request = 8192;
constexpr unsigned http_1_1 = 11;

/// What is asked for; empty: it is no request that can be answered.
Task<Result<std::string>> read_request(Stream& stream) {
  http::request_parser<http::empty_body> parser;
  parser.header_limit(max_request);
  std::string unread;
  std::array<char, 2048> part{};
  while (!parser.is_header_done()) {
    const auto got = co_await stream.read_some(part.data(), part.size());
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return std::string{};
    unread.append(part.data(), *got);
    boost::system::error_code error;
    const auto used = parser.put(boost::asio::buffer(unread), error);
    unread.erase(0, used);
    if (error && error != http::error::need_more) co_return std::string{};
  }
  co_return std::string(parser.get().target());
}

bool is_page(std::string_view target, const HttpsPage& page) { return target.substr(0, target.find('?')) == page.path; }

std::string answer_to(const std::string& target, const HttpsPage& page) {
  http::response<http::string_body> answer(http::status::not_found, http_1_1);
  answer.set(http::field::connection, "close");
  answer.set(http::field::content_type, page.type);
  if (is_page(target, page)) {
    answer.result(page.status);
    answer.body() = page.body;
    if (!page.location.empty()) answer.set(http::field::location, page.location);
  }
  answer.prepare_payload();
  std::ostringstream text;
  text << answer;
  return text.str();
}

}  // namespace

Task<PageVisit> serve_page(std::unique_ptr<Stream> stream, Handshake handshake, HttpsPage page) {
  PageVisit visit;
  stream->deadline(std::chrono::steady_clock::now() + request_time);
  auto facts = co_await stream->handshake(std::move(handshake));
  if (!facts) {
    visit.error = std::move(facts.error());
    co_return visit;
  }
  visit.name = std::move(facts->sni);
  auto target = co_await read_request(*stream);
  if (!target) visit.error = std::move(target.error());
  if (target && !target->empty()) {
    const auto answer = answer_to(*target, page);
    auto written = co_await stream->write(answer);
    if (!written) visit.error = std::move(written.error());
    visit.found = is_page(*target, page);
    visit.target = std::move(*target);
  }
  stream->close();
  co_return visit;
}

}  // namespace mailprobe::tls
