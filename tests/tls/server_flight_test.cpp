#include "tls/server_flight.h"

#include <gtest/gtest.h>

#include "base/tls_registry.h"
#include "tests/support/server_bytes.h"
#include "tests/support/tls_server.h"
#include "tls/authority.h"
#include "tls/chain.h"
#include "tls/client_hello.h"
#include "tls/context.h"

namespace mailprobe::tls {
namespace {

using test::from_hex_words;

/// All of it, in pieces of `size` bytes.
Result<ServerFlight> parse(std::string_view bytes, std::size_t size = 1U << 14U) {
  FlightParser parser;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    const auto over = parser.feed(bytes.substr(0, size));
    if (!over) return std::unexpected(over.error());
    if (*over) break;
  }
  return parser.flight();
}

std::string good_flight(std::size_t record_size = 1U << 14U) {
  return test::records(test::hello_message({}) + test::certificate_message({"first", "second"}) +
                           test::status_message("ocsp") + test::ecdhe_message(29, 0x0804) + test::done_message(),
                       0x0303, record_size);
}

void expect_good(const ServerFlight& flight) {
  ASSERT_TRUE(flight.hello);
  EXPECT_EQ(flight.hello->version, 0x0303);
  EXPECT_EQ(flight.hello->suite, 0xc02f);
  EXPECT_TRUE(flight.hello->has(23));
  EXPECT_FALSE(flight.hello->has(35));
  EXPECT_EQ(flight.certificates, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(flight.ocsp, "ocsp");
  ASSERT_TRUE(flight.exchange);
  EXPECT_EQ(flight.exchange->group, 29);
  EXPECT_EQ(flight.exchange->scheme, 0x0804);
  EXPECT_TRUE(flight.exchange->signature);
  EXPECT_TRUE(flight.done);
}

TEST(ServerFlight, IsReadHoweverItIsCut) {
  for (const std::size_t record : {1U, 3U, 5U, 64U, 16384U})
    for (const std::size_t piece : {1U, 7U, 16384U}) {
      const auto flight = parse(good_flight(record), piece);
      ASSERT_TRUE(flight) << record << " " << piece << ": " << flight.error().message;
      expect_good(*flight);
    }
}

TEST(ServerFlight, WaitsForMoreWhereverItStops) {
  const auto all = good_flight();
  for (std::size_t end = 0; end < all.size(); ++end) {
    const auto flight = parse(std::string_view(all).substr(0, end));
    ASSERT_TRUE(flight) << end;
    EXPECT_FALSE(flight->done) << end;
  }
}

// RFC 8448 §3: the ServerHello of a simple 1-RTT handshake.
TEST(ServerFlight, ReadsTheServerHelloOfRfc8448) {
  const auto flight = parse(from_hex_words(
      "16 03 03 00 5a 02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5 cb 14 34 da c1 55"
      "77 2e d3 e2 69 28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11 20 95 fe 66 76 2b db f7 c6 72 e1 56"
      "d6 cc 25 3b 83 3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02 03 04"));
  ASSERT_TRUE(flight && flight->hello);
  EXPECT_EQ(flight->hello->version, 0x0304);
  EXPECT_EQ(flight->hello->suite, 0x1301);
  EXPECT_EQ(flight->hello->group, 0x001d);
  EXPECT_FALSE(flight->hello->retry);
}

// RFC 8448 §5: HelloRetryRequest, which names secp256r1 and gives a cookie.
TEST(ServerFlight, ReadsTheHelloRetryRequestOfRfc8448) {
  const auto flight = parse(from_hex_words(
      "16 03 03 00 b0 02 00 00 ac 03 03 cf 21 ad 74 e5 9a 61 11 be 1d 8c 02 1e 65 b8 91 c2 a2 11 16 7a bb 8c 5e 07 9e"
      "09 e2 c8 a8 33 9c 00 13 01 00 00 84 00 33 00 02 00 17 00 2c 00 74 00 72 71 dc d0 4b b8 8b c3 18 91 19 39 8a 00"
      "00 00 00 ee fa fc 76 c1 46 b8 23 b0 96 f8 aa ca d3 65 dd 00 30 95 3f 4e df 62 56 36 e5 f2 1b b2 e2 3f cc 65 4b"
      "1b 5b 40 31 8d 10 d1 37 ab cb b8 75 74 e3 6e 8a 1f 02 5f 7d fa 5d 6e 50 78 1b 5e da 4a a1 5b 0c 8b e7 78 25 7d"
      "16 aa 30 30 e9 e7 84 1d d9 e4 c0 34 22 67 e8 ca 0c af 57 1f b2 b7 cf f0 f9 34 b0 00 2b 00 02 03 04"));
  ASSERT_TRUE(flight && flight->hello) << flight.error().message;
  EXPECT_TRUE(flight->hello->retry);
  EXPECT_EQ(flight->hello->group, 0x0017);
  EXPECT_EQ(flight->hello->version, 0x0304);
}

TEST(ServerFlight, ReadsOldVersionsWithoutExtensionsOrScheme) {
  for (const auto version : {std::uint16_t{0x0300}, std::uint16_t{0x0301}, std::uint16_t{0x0302}}) {
    const auto flight =
        parse(test::records(test::hello_message({.version = version, .suite = 0x0033, .extensions = {}}) +
                                test::dhe_message(1024, 0) + test::done_message(),
                            version));
    ASSERT_TRUE(flight) << flight.error().message;
    EXPECT_EQ(flight->hello->version, version);
    EXPECT_EQ(flight->exchange->dh_bits, 1024U);
    EXPECT_EQ(flight->exchange->scheme, std::nullopt);
    EXPECT_TRUE(flight->exchange->signature);
  }
}

TEST(ServerFlight, CountsThePrimesBits) {
  for (const std::size_t bits : {512U, 1023U, 1025U, 2048U, 4096U}) {
    const auto flight = parse(test::records(test::hello_message({.suite = 0x009e}) + test::dhe_message(bits, 0x0401)));
    ASSERT_TRUE(flight) << flight.error().message;
    EXPECT_EQ(flight->exchange->dh_bits, bits);
  }
}

TEST(ServerFlight, AnonymousExchangesHaveNoSignature) {
  const auto flight = parse(test::records(test::hello_message({.suite = 0xc018}) +
                                          std::string("\x0c\0\0\x05\3\0\x17\1p", 9) + test::done_message()));
  ASSERT_TRUE(flight) << flight.error().message;
  EXPECT_EQ(flight->exchange->group, 0x17);
  EXPECT_FALSE(flight->exchange->signature);
}

TEST(ServerFlight, SkipsWarningsAndStopsAtAFatalAlert) {
  const auto warned = parse(test::alert_record(1, 112) + good_flight());
  ASSERT_TRUE(warned);
  expect_good(*warned);
  EXPECT_FALSE(warned->fatal());
  const auto refused = parse(test::alert_record(2, 40));
  ASSERT_TRUE(refused && refused->fatal());
  EXPECT_EQ(alert_name(refused->fatal()->description), "handshake_failure");
  EXPECT_EQ(alert_name(116), "certificate_required");
  EXPECT_EQ(alert_name(200), "200");
  const auto closed = parse(test::alert_record(1, 0));
  EXPECT_TRUE(closed && closed->fatal());
}

struct Bad {
  const char* name;
  std::string bytes;
};
void PrintTo(const Bad& bad, std::ostream* os) { *os << bad.name; }

const Bad bad[] = {
    {"plain_text", "220 mx.example.org ESMTP\r\n"},
    {"sslv2", from_hex_words("80 2e 01 03 01 00 15 00 00")},
    {"long_record", from_hex_words("16 03 03 ff ff")},
    {"other_content_type", from_hex_words("17 03 03 00 01 00")},
    {"certificate_first", test::records(test::certificate_message({"x"}))},
    {"second_hello", test::records(test::hello_message({}) + test::hello_message({}))},
    {"short_hello", test::records(std::string("\2\0\0\2\3\3", 6))},
    {"version_of_no_tls", test::records(test::hello_message({.version = 0x0203}))},
    {"extension_past_the_end", test::records(test::hello_message({}).replace(47, 1, "\x7f"))},
    {"huge_message", test::records(std::string("\2\xff\xff\xff", 4))},
    {"certificate_past_the_end",
     test::records(test::hello_message({}) + std::string("\x0b\0\0\x06\0\0\x03\0\0\x09", 10))},
    {"too_many_certificates",
     test::records(test::hello_message({}) + test::certificate_message(std::vector<std::string>(33, "x")))},
    {"explicit_curve", test::records(test::hello_message({}) + std::string("\x0c\0\0\x04\1\0\x17\0", 8))},
    {"exchange_cut", test::records(test::hello_message({}) + std::string("\x0c\0\0\x03\3\0\x17", 7))},
    {"short_alert", from_hex_words("15 03 03 00 01 02")},
};

class Hostile : public testing::TestWithParam<Bad> {};

TEST_P(Hostile, IsAProtocolError) {
  for (const std::size_t piece : {1U, 16384U}) {
    const auto flight = parse(GetParam().bytes, piece);
    ASSERT_FALSE(flight);
    EXPECT_EQ(flight.error().kind, Failure::protocol);
    EXPECT_EQ(flight.error().cause, Cause::protocol_error);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Hostile, testing::ValuesIn(bad), [](const auto& row) { return row.param.name; });

TEST(ServerFlight, EndsAfterSomeWarningsAndAtItsLimit) {
  std::string warnings;
  for (std::size_t i = 0; i < max_warnings; ++i) warnings += test::alert_record(1, 90);
  FlightParser parser;
  EXPECT_EQ(parser.feed(warnings), true);
  FlightParser endless;
  const auto record = from_hex_words("14 03 03 00 01 01");
  Result<bool> over = false;
  std::size_t fed = 0;
  for (; over && !*over; fed += record.size()) over = endless.feed(record);
  EXPECT_FALSE(over);
  EXPECT_LE(fed, max_flight + record.size());
}

// --- OpenSSL's own ---------------------------------------------------------------------------------------------------

const Authority& authority() {
  static const auto made = Authority::make("Test CA").value();
  return made;
}

std::shared_ptr<const Context> server(ServerOptions options = {}, KeyType key = KeyType::rsa_2048) {
  IssueOptions wanted;
  wanted.names = {"mx.test"};
  wanted.key = key;
  const auto issued = authority().issue(wanted).value();
  options.chain_pem = issued.chain_pem;
  options.key_pem = issued.key_pem;
  return Context::server(options).value();
}

ClientHello offer(std::vector<std::uint16_t> suites) {
  ClientHello hello;
  hello.random = std::string(32, 'r');
  hello.suites = std::move(suites);
  hello.groups = {29, 23};
  hello.signature_schemes = {0x0804, 0x0403, 0x0401};
  hello.server_name = "mx.test";
  return hello;
}

TEST(OpenSslServer, ShowsItsCertificateInTls12) {
  const auto flight = parse(test::answer_to(write(offer({0xc02f})).value(), *server()));
  ASSERT_TRUE(flight && flight->done) << flight.error().message;
  EXPECT_EQ(flight->hello->version, 0x0303);
  EXPECT_TRUE(flight->hello->has(0xff01));
  EXPECT_TRUE(flight->hello->has(23));
  EXPECT_EQ(flight->exchange->group, 29);
  EXPECT_EQ(flight->exchange->scheme, 0x0804);
  const auto trust =
      Context::client({.ca_file = {}, .ca_pem = authority().ca_pem(), .signature_algorithms = {}}).value();
  const auto chain = read_chain(flight->certificates, *trust, "mx.test.");
  ASSERT_EQ(chain.certificates.size(), 2U);
  EXPECT_EQ(chain.certificates[0].key, "RSA 2048");
  EXPECT_EQ(chain.verified.result, "pass") << chain.verified.detail;
  EXPECT_EQ(read_chain(flight->certificates, *trust, "other.test").verified.cause, Cause::wrong_name);
  const auto stranger =
      Context::client({.ca_file = {}, .ca_pem = Authority::make("Other").value().ca_pem(), .signature_algorithms = {}})
          .value();
  EXPECT_EQ(read_chain(flight->certificates, *stranger, "mx.test").verified.cause, Cause::unknown_ca);
  EXPECT_EQ(read_chain({"no DER"}, *trust, "mx.test").verified.result, "fail");
}

TEST(OpenSslServer, NamesTheGroupInAHelloRetryRequest) {
  auto hello = offer({0x1301, 0x1302});
  hello.versions = {0x0304};
  hello.key_share = true;
  hello.session_id = std::string(32, 's');
  const auto flight = parse(test::answer_to(write(hello).value(), *server()));
  ASSERT_TRUE(flight && flight->hello) << flight.error().message;
  EXPECT_TRUE(flight->hello->retry);
  EXPECT_EQ(flight->hello->version, 0x0304);
  EXPECT_EQ(flight->hello->group, 29);
}

TEST(OpenSslServer, RefusesWhatItLacks) {
  const auto flight = parse(test::answer_to(write(offer({0x0004, 0x000a})).value(), *server()));
  ASSERT_TRUE(flight && flight->fatal());
  EXPECT_EQ(flight->fatal()->description, 40);
  auto hybrid = offer({0x1301});
  hybrid.versions = {0x0304};
  hybrid.key_share = true;
  hybrid.groups = {0x11EC, 0x11EB};
  const auto refused = parse(test::answer_to(write(hybrid).value(), *server()));
  EXPECT_TRUE(refused && refused->fatal());
  auto old = offer({0xc013, 0x002f});
  old.version = 0x0301;
  const auto version = parse(test::answer_to(write(old).value(), *server()));
  ASSERT_TRUE(version && version->fatal());
  EXPECT_EQ(alert_name(version->fatal()->description), "protocol_version");
}

TEST(OpenSslServer, SpeaksTls10AndSmallDh) {
  const auto old = server({.min = Version::tls1_0, .max = Version::tls1_0, .second_chain_pem = {}, .ciphers = {}});
  auto hello = offer({0xc013, 0x002f});
  hello.version = 0x0301;
  hello.deflate = true;
  const auto flight = parse(test::answer_to(write(hello).value(), *old));
  ASSERT_TRUE(flight && flight->done);
  EXPECT_EQ(flight->hello->version, 0x0301);
  EXPECT_EQ(flight->hello->compression, 0);
  const auto small = server({.second_chain_pem = {}, .ciphers = "ALL:@SECLEVEL=0", .dh_bits = 1024});
  const auto dhe = parse(test::answer_to(write(offer({0x009e})).value(), *small));
  ASSERT_TRUE(dhe && dhe->done) << dhe.error().message;
  EXPECT_EQ(dhe->exchange->dh_bits, 1024U);
}

TEST(OpenSslServer, HasTwoCertificates) {
  IssueOptions wanted;
  wanted.names = {"mx.test"};
  const auto second = authority().issue(wanted).value();
  const auto both = server({.second_chain_pem = second.chain_pem, .second_key_pem = second.key_pem, .ciphers = {}});
  const auto rsa = parse(test::answer_to(write(offer({0xc02f})).value(), *both));
  const auto ecdsa = parse(test::answer_to(write(offer({0xc02b})).value(), *both));
  ASSERT_TRUE(rsa && rsa->done && ecdsa && ecdsa->done);
  EXPECT_EQ(rsa->certificates.size(), 2U);
  EXPECT_EQ(ecdsa->certificates.size(), 2U);
  EXPECT_NE(rsa->certificates[0], ecdsa->certificates[0]);
}

// --- what we write ---------------------------------------------------------------------------------------------------

TEST(ClientHello, IsWrittenByteForByte) {
  ClientHello hello;
  hello.random = std::string(32, 'r');
  hello.suites = {0x0005};
  hello.deflate = true;
  hello.renegotiation_info = true;
  hello.extended_master_secret = hello.session_ticket = hello.status_request = false;
  EXPECT_EQ(write(hello).value(), from_hex_words("16 03 01 00 39 01 00 00 35 03 03") + std::string(32, 'r') +
                                      from_hex_words("00 00 02 00 05 02 01 00 00 09 00 16 00 00 ff 01 00 01 00"));
  hello.extensions = false;
  hello.version = 0x0300;
  EXPECT_EQ(write(hello).value(), from_hex_words("16 03 01 00 2e 01 00 00 2a 03 00") + std::string(32, 'r') +
                                      from_hex_words("00 00 02 00 05 02 01 00"));
}

TEST(ClientHello, GoesOverSeveralRecordsWhereItIsLong) {
  auto hello = offer(std::vector<std::uint16_t>(12'000, 0xc02f));
  const auto bytes = write(hello).value();
  EXPECT_GT(bytes.size(), 24'000U);
  EXPECT_EQ(bytes.substr(5 + (1U << 14U), 3), from_hex_words("16 03 01"));
}

TEST(ClientHello, ThatCannotBeIsAnError) {
  auto hello = offer({});
  EXPECT_FALSE(write(hello));
  hello = offer({1});
  hello.random = "short";
  EXPECT_FALSE(write(hello));
  hello = offer(std::vector<std::uint16_t>(40'000, 1));
  EXPECT_FALSE(write(hello));
}

}  // namespace
}  // namespace mailprobe::tls
