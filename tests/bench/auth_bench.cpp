// What verifying, signing and SPF cost beside what the cryptography alone needs, and beside libopendkim and libspf2.
//
//   auth_bench [FOLDER]   FOLDER: writes message.eml, signed.eml, key.pem, record.txt for dkimpy's and Mail::DKIM's
//   turn
//
// All take turns in short batches, and the best batch of each counts: the machine may be loaded. Prints lines of
// "what <tab> who <tab> microseconds"; tests/bench/auth makes the table. A verdict that is not `pass` ends it.
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <stdexcept>
#include <unordered_map>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "auth/canonical.h"
#include "auth/crypto.h"
#include "auth/dkim_key.h"
#include "auth/dkim_sign.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_verify.h"
#include "auth/header_block.h"
#include "auth/spf.h"
#include "base/encoding.h"
#include "dns/records.h"
#include "tests/bench/peers.h"
#include "tests/support/run.h"

namespace mailprobe::bench {

namespace {

using namespace mailprobe::auth;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 200;
constexpr auto batch_time = std::chrono::microseconds(2000);

class Memory final : public dns::Resolver {
 public:
  void add(const std::string& name, dns::Type type, std::string rdata) {
    auto& answer = answers_[key(name, type)];
    answer.status = dns::Status::ok;
    answer.canonical = name;
    answer.rdata.push_back(std::move(rdata));
  }
  Task<dns::Answer> query(std::string name, dns::Type type) override {
    const auto found = answers_.find(key(name, type));
    if (found == answers_.end()) {
      dns::Answer none;
      none.status = dns::Status::nxdomain;
      co_return none;
    }
    co_return found->second;
  }

 private:
  static std::string key(const std::string& name, dns::Type type) {
    return name + '/' + std::to_string(static_cast<unsigned>(type));
  }
  std::unordered_map<std::string, dns::Answer> answers_;
};

struct Contender {
  std::string what, who;
  std::function<Task<void>()> once;
  double best = std::numeric_limits<double>::infinity();  // microseconds
  int repeat = 1;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what + " does not hold");
}

Task<double> batch(Contender& contender) {
  const auto start = Clock::now();
  for (int i = 0; i < contender.repeat; ++i) co_await contender.once();
  co_return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

Task<void> race(std::vector<Contender>& contenders) {
  for (auto& each : contenders) {  // so many that a batch takes its time
    double one = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 10; ++i) {  // the first is cold, and any may be interrupted
      const double took = co_await batch(each);
      one = std::min(one, took);
    }
    each.repeat = std::max(1, static_cast<int>(static_cast<double>(batch_time.count()) / one));
  }
  for (int round = 0; round < rounds; ++round)
    for (auto& each : contenders) {
      const double all = co_await batch(each);
      each.best = std::min(each.best, all / each.repeat);
    }
}

/// Something that needs no waiting, as a contender.
template <class F>
std::function<Task<void>()> plain(F work) {
  struct Runner {  // a lambda with captures must not be the coroutine
    static Task<void> run(const F* work) {
      (*work)();
      co_return;
    }
  };
  auto held = std::make_shared<const F>(std::move(work));
  return [held] { return Runner::run(held.get()); };
}

/// What relaxed canonicalization finds in a text: nothing; a space at the end of each line, as flowed text has it (RFC
/// 3676); two spaces, or a tab, between all words.
enum class Text { reduced, flowed, spaced, tabbed };

std::string line_of(Text text) {
  const std::string words = "Nobody objected to the plan, so that the work can start on Monday as said.";
  if (text == Text::reduced) return words + "\r\n";
  if (text == Text::flowed) return words + " \r\n";
  std::string line;
  for (const char c : words) line += c != ' ' ? std::string(1, c) : text == Text::spaced ? "  " : "\t";
  return line + "\r\n";
}

std::string message_of(std::size_t size, Text kind) {
  std::string text =
      "Received: from mail.example.org (mail.example.org [192.0.2.10])\r\n"
      "\tby mx.example.net (Postfix) with ESMTPS id 4Xy1Zk0q9Wz1\r\n"
      "\tfor <b@example.net>; Sat, 31 Jan 2026 12:00:00 +0000 (UTC)\r\n"
      "From: Alice Example <alice@example.org>\r\n"
      "To: Bob Example <b@example.net>\r\n"
      "Subject: The minutes of yesterday's meeting, and what is\r\n still to do\r\n"
      "Date: Sat, 31 Jan 2026 11:59:58 +0000\r\n"
      "Message-ID: <20260131115958.12345@example.org>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n"
      "In-Reply-To: <20260130100000.54321@example.net>\r\n"
      "References: <20260130100000.54321@example.net>\r\n"
      "User-Agent: Example/1.0\r\n"
      "X-Priority: 3\r\n"
      "\r\n";
  const auto line = line_of(kind);
  while (text.size() + line.size() <= size) text += line;
  return text;
}

/// The bytes of one signature: what is hashed for bh=, what is signed, and the signature.
struct Hashed {
  std::string body, header, signature;
};

Hashed hashed(const Message& message) {
  const auto* field = message.first("DKIM-Signature");
  DkimSignature read;
  const auto signature = parse_dkim_signature(field->value, read).value();
  Hashed out{canonical_body(message.body, signature.body), {}, signature.signature};
  for (const auto raw : signed_fields(message, signature.headers))
    out.header += canonical_header(raw, signature.header);
  const auto own = canonical_header(without_signature(field->raw), signature.header);
  out.header += own.substr(0, own.size() - 2);
  return out;
}

struct Work {
  Work(Canon header, Canon body, Text kind)
      : message(message_of(10'240, kind)), options{"example.org", "s1", header, body} {
    options.time = now();
    pem = PrivateKey::generate(KeyType::rsa).value();
    key.emplace(SigningKey::from_pem(*pem).value());
    signed_message = sign(message, *key, options).value() + message;
    parts = split_message(signed_message);
    bytes = hashed(parts);
    resolver.add("s1._domainkey.example.org", dns::Type::txt, dns::txt_to_wire(key->dns_record()));
    key_bytes = PrivateKey::from_pem(*pem).value().public_bytes();
  }
  std::string message, signed_message, key_bytes;
  SignOptions options;
  std::optional<Secret> pem;
  std::optional<SigningKey> key;
  Message parts;
  Hashed bytes;
  Memory resolver;
};

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
using PKey = std::shared_ptr<EVP_PKEY>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

PKey private_key(const Work& work) {
  const auto& pem = work.pem->reveal();
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                         &BIO_free);
  return {PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free};
}

PKey public_key(const Work& work) {
  const auto* at = octets(work.key_bytes);
  return {d2i_PUBKEY(nullptr, &at, static_cast<long>(work.key_bytes.size())), &EVP_PKEY_free};
}

/// The floor: SHA-256 of the canonical body, EVP_DigestVerify of the canonical header.
void verify_alone(const Hashed& bytes, EVP_PKEY* key) {
  require(sha256(bytes.body).size() == 32, "SHA-256");
  const Digest context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  require(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
              EVP_DigestVerify(context.get(), octets(bytes.signature), bytes.signature.size(), octets(bytes.header),
                               bytes.header.size()) == 1,
          "EVP_DigestVerify");
}

void sign_alone(const Hashed& bytes, EVP_PKEY* key) {
  require(sha256(bytes.body).size() == 32, "SHA-256");
  const Digest context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, 512> out{};
  std::size_t size = out.size();
  require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
              EVP_DigestSign(context.get(), out.data(), &size, octets(bytes.header), bytes.header.size()) == 1,
          "EVP_DigestSign");
}

Task<void> verify_ours(Work* work) {
  const auto parts = split_message(work->signed_message);
  const auto found = co_await verify_dkim(parts, work->options.time, work->resolver);
  require(found.size() == 1 && found[0].result == DkimOutcome::pass, "our verification");
}

void dkim_contenders(std::vector<Contender>& all, Work& work, const std::string& form) {
  const auto verify = "verify " + form, sign_it = "sign " + form;
  all.push_back({verify, "EVP_DigestVerify + SHA-256",
                 plain([&work, key = public_key(work)] { verify_alone(work.bytes, key.get()); })});
  all.push_back({verify, "mailprobe", [&work] { return verify_ours(&work); }});
  all.push_back({verify, "mailprobe: decoding the key", plain([&work] {
                   require(PublicKey::parse(KeyType::rsa, work.key_bytes).has_value(), "decoding a key");
                 })});
  const auto opendkim = std::make_shared<OpenDkim>(work.key->dns_record(), std::string(work.pem->reveal()));
  if (OpenDkim::available()) {
    all.push_back({verify, "libopendkim", plain([&work, opendkim] {
                     require(opendkim->verify(work.signed_message), "libopendkim's verification");
                   })});
  }
  all.push_back({sign_it, "EVP_DigestSign + SHA-256",
                 plain([&work, key = private_key(work)] { sign_alone(work.bytes, key.get()); })});
  all.push_back({sign_it, "mailprobe",
                 plain([&work] { require(sign(work.message, *work.key, work.options).has_value(), "our signing"); })});
  if (OpenDkim::available())
    all.push_back({sign_it, "libopendkim", plain([&work, opendkim, relaxed = work.options.body == Canon::relaxed] {
                     require(opendkim->sign(work.message, relaxed), "libopendkim's signing");
                   })});
}

Task<void> spf_ours(Memory* resolver) {
  SpfQuestion question;
  question.client = IpAddress::v4({192, 0, 2, 17});
  question.helo = "mail.example.org";
  question.mail_from = "alice@example.org";
  const auto spf = co_await check_spf(question, *resolver);
  require(spf.result == SpfOutcome::pass && spf.lookups == 5, "our SPF");
}

/// Five terms that look something up, of which the last matches: two includes, a, mx, exists.
const std::vector<SpfRow>& spf_zone() {
  static const std::vector<SpfRow> rows{
      {"example.org", 'T',
       "v=spf1 ip4:198.51.100.0/24 include:one.example include:two.example a mx exists:ok.example.org -all"},
      {"one.example", 'T', "v=spf1 ip4:203.0.113.0/24 ip4:198.51.100.0/25 ip6:2001:db8::/32 ~all"},
      {"two.example", 'T', "v=spf1 ip4:203.0.113.128/25 ip4:192.0.2.0/29 ~all"},
      {"example.org", 'A', "192.0.2.1"},
      {"example.org", 'M', "mx.example.org"},
      {"mx.example.org", 'A', "192.0.2.2"},
      {"ok.example.org", 'A', "127.0.0.2"}};
  return rows;
}

void fill(Memory& resolver) {
  for (const auto& row : spf_zone()) {
    if (row.type == 'T') resolver.add(row.name, dns::Type::txt, dns::txt_to_wire(row.value));
    if (row.type == 'A') resolver.add(row.name, dns::Type::a, dns::address_to_wire(*IpAddress::parse(row.value)));
    if (row.type == 'M') resolver.add(row.name, dns::Type::mx, dns::mx_to_wire({10, row.value}));
  }
}

void spf_contenders(std::vector<Contender>& all, Memory& resolver) {
  all.push_back({"SPF, 5 look-ups", "mailprobe", [&resolver] { return spf_ours(&resolver); }});
  if (!Spf2::available()) return;
  const auto spf2 = std::make_shared<Spf2>(spf_zone());
  all.push_back({"SPF, 5 look-ups", "libspf2", plain([spf2] {
                   require(spf2->passes("192.0.2.17", "mail.example.org", "alice@example.org"), "libspf2's SPF");
                 })});
}

void write_files(const std::string& folder, const Work& work) {
  const auto write = [&](const char* name, std::string_view text) {
    std::ofstream(folder + "/" + name, std::ios::binary) << text;
  };
  write("message.eml", work.message);
  write("signed.eml", work.signed_message);
  write("key.pem", work.pem->reveal());
  write("record.txt", work.key->dns_record());
}

void run(const std::string& folder, const std::string& what, const std::string& who) {
  Work relaxed(Canon::relaxed, Canon::relaxed, Text::reduced), simple(Canon::simple, Canon::simple, Text::reduced);
  Work flowed(Canon::relaxed, Canon::relaxed, Text::flowed), spaced(Canon::relaxed, Canon::relaxed, Text::spaced);
  Work tabbed(Canon::relaxed, Canon::relaxed, Text::tabbed);
  Memory resolver;
  fill(resolver);
  std::vector<Contender> contenders;
  dkim_contenders(contenders, relaxed, "relaxed/relaxed");
  dkim_contenders(contenders, simple, "simple/simple");
  dkim_contenders(contenders, flowed, "relaxed/relaxed, flowed text");
  dkim_contenders(contenders, spaced, "relaxed/relaxed, double spaces");
  dkim_contenders(contenders, tabbed, "relaxed/relaxed, tabs");
  spf_contenders(contenders, resolver);
  if (!what.empty())
    std::erase_if(contenders, [&](const Contender& each) { return each.what != what || each.who != who; });
  test::run(race(contenders));
  for (const auto& each : contenders) std::cout << each.what << '\t' << each.who << '\t' << each.best << '\n';
  if (!folder.empty()) write_files(folder, relaxed);
}

}  // namespace

}  // namespace mailprobe::bench

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    const auto argument = [&](std::size_t i) { return i < given.size() ? given[i] : std::string(); };
    mailprobe::bench::run(argument(0), argument(1), argument(2));
  } catch (const std::exception& error) {
    std::cerr << "auth_bench: " << error.what() << '\n';
    return 1;
  }
}
