#include "probe/tls_offers.h"

#include <algorithm>
#include <tuple>

#include "base/tls_rating.h"
#include "base/tls_registry.h"

namespace mailprobe::probe {

namespace {

constexpr std::uint16_t ssl3 = 0x0300, tls13 = 0x0304;

template <class Wanted>
Names suites_where(Wanted wanted) {
  Names out;
  for (const auto& row : tls_suites())
    if (wanted(tls_suite_traits(row.name), rate_tls_suite(row.name))) out.emplace_back(row.name);
  return out;
}

bool forbidden(const TlsSuiteTraits& suite, const TlsRating& rating) {
  return rating.ietf == TlsAdvice::must_not || suite.authentication == TlsAuthentication::anonymous;
}

/// With forward secrecy, and with a certificate that servers have. Some have DHE and no ECDHE.
bool is_usual(const TlsSuiteTraits& suite) {
  return suite.exchange == TlsExchange::ecdhe ||
         (suite.exchange == TlsExchange::dhe && suite.authentication == TlsAuthentication::rsa);
}

/// What servers have that means to be phased out; static DH and DSS, which hardly any has, is among the others.
bool to_phase_out(const TlsSuiteTraits& suite, const TlsRating& rating) {
  const bool triple = suite.cipher.starts_with("3DES") && is_usual(suite);
  return !forbidden(suite, rating) && (suite.exchange == TlsExchange::rsa || triple);
}

/// What a handshake may come to that is not about weak suites: AES, in CBC too, and ChaCha20.
bool recommendable(const TlsSuiteTraits& suite, const TlsRating& rating) {
  const bool cipher = suite.cipher.starts_with("AES") || suite.cipher.starts_with("CHACHA20");
  return !forbidden(suite, rating) && is_usual(suite) && cipher && !suite.cipher.ends_with("CCM_8");
}

Names dhe_suites() {
  return suites_where([](const TlsSuiteTraits& suite, const TlsRating& rating) {
    return suite.exchange == TlsExchange::dhe && !forbidden(suite, rating);
  });
}

/// With whom a handshake comes about that is about something else.
Names ecdhe_suites() {
  return suites_where([](const TlsSuiteTraits& suite, const TlsRating& rating) {
    return suite.exchange == TlsExchange::ecdhe && recommendable(suite, rating);
  });
}

/// Every suite that the versions before TLS 1.2 can have and that encrypts.
Names old_suites() {
  return suites_where([](const TlsSuiteTraits& suite, const TlsRating& rating) {
    const bool usual = suite.exchange == TlsExchange::rsa || suite.exchange == TlsExchange::dhe ||
                       suite.exchange == TlsExchange::ecdhe || suite.exchange == TlsExchange::ecdh_anon ||
                       suite.exchange == TlsExchange::dh_anon;
    return usual && suite.bits >= 112 && (suite.mac == "SHA" || suite.mac == "MD5") && !rating.why.contains("DSS");
  });
}

bool is_hybrid(std::string_view group) { return group.contains("MLKEM") || group.contains("Kyber"); }

template <class Wanted>
Names groups_where(Wanted wanted) {
  Names out;
  for (const auto& row : tls_groups())
    if (wanted(row.name)) out.emplace_back(row.name);
  return out;
}

std::vector<std::uint16_t> codes(std::span<const TlsCode> table, const Names& names) {
  std::vector<std::uint16_t> out;
  out.reserve(names.size());
  for (const auto& name : names)
    if (const auto code = tls_code_of(table, name)) out.push_back(*code);
  return out;
}

/// SHA-1 and SHA-224 last: a server that goes by our order is not to be charged with it.
std::vector<std::uint16_t> all_schemes() {
  std::vector<std::uint16_t> out, old;
  for (const auto& row : tls_signature_schemes()) {
    const auto hash = tls_hash_of(row.name);
    if (hash == "md5") continue;
    (hash == "sha1" || hash == "sha224" ? old : out).push_back(row.code);
  }
  out.insert(out.end(), old.begin(), old.end());
  return out;
}

std::vector<std::uint16_t> schemes_of(const Names& hashes) {
  std::vector<std::uint16_t> out;
  for (const auto& row : tls_signature_schemes())
    if (std::ranges::find(hashes, tls_hash_of(row.name)) != hashes.end()) out.push_back(row.code);
  return out;
}

}  // namespace

Names forbidden_suites() { return suites_where(forbidden); }
Names phase_out_suites() { return suites_where(to_phase_out); }
/// Good before good enough, as a client that means well offers them.
Names recommended_suites() {
  auto names = suites_where(recommendable);
  std::ranges::sort(names, {}, [](const std::string& name) {
    return std::tuple(rate_tls_suite(name).ncsc, tls_suite_traits(name).mac.empty(), tls_code_of(tls_suites(), name));
  });
  return names;
}
Names tls13_suites() {
  return suites_where(
      [](const TlsSuiteTraits& suite, const TlsRating&) { return suite.exchange == TlsExchange::tls13; });
}
Names other_suites() {
  return suites_where([](const TlsSuiteTraits& suite, const TlsRating& rating) {
    return suite.exchange != TlsExchange::tls13 && !forbidden(suite, rating) && !to_phase_out(suite, rating) &&
           !recommendable(suite, rating);
  });
}

Names hybrid_groups() { return groups_where(is_hybrid); }
Names weak_groups() {
  return groups_where([](std::string_view name) { return rate_tls_group(name).ietf >= TlsAdvice::should_not; });
}
/// x25519 first: what most servers have.
Names strong_groups() {
  auto out = groups_where([](std::string_view name) {
    return !is_hybrid(name) && !name.starts_with("ffdhe") && rate_tls_group(name).ietf <= TlsAdvice::acceptable;
  });
  if (const auto usual = std::ranges::find(out, "x25519"); usual != out.end())
    std::rotate(out.begin(), usual, usual + 1);
  return out;
}
Names prime_groups() {
  return groups_where([](std::string_view name) { return name.starts_with("ffdhe"); });
}

namespace {

/// TLS 1.2 and below, with everything that a server may want.
tls::ClientHello up_to_tls12(const Names& suites) {
  tls::ClientHello hello;
  hello.suites = codes(tls_suites(), suites);
  hello.groups = codes(tls_groups(), strong_groups());
  hello.signature_schemes = all_schemes();
  hello.deflate = true;
  return hello;
}

/// TLS 1.3 alone. No key share: a HelloRetryRequest says which group the server would like (RFC 8446 §4.1.4).
tls::ClientHello only_tls13(const Names& groups) {
  auto hello = up_to_tls12(tls13_suites());
  hello.versions = {tls13};
  hello.groups = codes(tls_groups(), groups);
  hello.key_share = true;
  hello.deflate = false;  // RFC 8446 §4.1.2
  hello.session_id = std::string(32, '\x2a');
  return hello;
}

}  // namespace

tls::ClientHello hello_with_suites(const Names& offered) {
  if (!offered.empty() && tls_suite_traits(offered.front()).exchange == TlsExchange::tls13) {
    auto groups = strong_groups();
    for (auto& group : prime_groups()) groups.push_back(std::move(group));
    auto hello = only_tls13(groups);
    hello.suites = codes(tls_suites(), offered);
    return hello;
  }
  return up_to_tls12(offered);
}

tls::ClientHello hello_with_groups(const Names& groups, bool newest) {
  if (newest) return only_tls13(groups);
  auto hello = up_to_tls12(ecdhe_suites());
  hello.groups = codes(tls_groups(), groups);
  return hello;
}

tls::ClientHello hello_for_key(std::string_view key) {
  Names suites;
  for (auto& name : recommended_suites()) {
    const auto authentication = tls_suite_traits(name).authentication;
    const auto wanted = key == "rsa" ? TlsAuthentication::rsa : TlsAuthentication::ecdsa;
    if (authentication == wanted) suites.push_back(std::move(name));
  }
  return up_to_tls12(suites);
}

/// SSL 3.0 has no extensions.
tls::ClientHello hello_for_version(std::uint16_t version) {
  auto hello = up_to_tls12(old_suites());
  hello.version = version;
  if (version > ssl3) return hello;
  hello.extensions = false;
  hello.record_version = ssl3;
  return hello;
}

tls::ClientHello hello_with_last(const std::string& last, const Names& known) {
  auto suites = recommended_suites();
  for (const auto& name : known)
    if (std::ranges::find(suites, name) == suites.end()) suites.push_back(name);
  std::erase(suites, last);
  suites.push_back(last);
  return up_to_tls12(suites);
}

tls::ClientHello hello_with_hashes(const Names& hashes) {
  auto hello = up_to_tls12(recommended_suites());
  hello.signature_schemes = schemes_of(hashes);
  return hello;
}

tls::ClientHello hello_with_dhe() { return up_to_tls12(dhe_suites()); }

}  // namespace mailprobe::probe
