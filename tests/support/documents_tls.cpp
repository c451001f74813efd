// Documents of `inspect` with a survey of what the server's TLS accepts.
#include <algorithm>

#include "tests/support/documents.h"

namespace mailprobe::test {

namespace {

using Names = std::initializer_list<const char*>;

std::vector<TlsOption> options(Names accepted, Names refused) {
  std::vector<TlsOption> out;
  for (const auto* name : accepted) out.push_back({name, TlsAnswer::accepted});
  for (const auto* name : refused) out.push_back({name, TlsAnswer::refused});
  return out;
}

}  // namespace

evidence::Document tls_surveyed() {
  auto document = good_delivery();
  document.run.command = "mailprobe inspect target.test";
  auto& address = document.target.mx.at(0).addresses.at(0);
  address.session = document.probes.at(0).attempts.at(0);
  document.probes.clear();
  auto& survey = address.survey.emplace();
  survey.started = document.run.started;
  survey.finished = true;
  survey.connections = 12;
  survey.versions = options({"TLSv1.2", "TLSv1.3"}, {"SSLv3", "TLSv1", "TLSv1.1"});
  survey.suites = options({"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"},
                          {"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"});
  survey.groups = options({"x25519"}, {"sect163k1"});
  survey.hashes = options({"sha256"}, {"sha1", "md5"});
  survey.keys = options({"ecdsa"}, {"rsa"});
  survey.preferred_suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  survey.preference = "server";
  survey.compression = survey.early_data = false;
  survey.secure_renegotiation = survey.extended_master_secret = true;
  survey.steps = {{"forbidden suites", "alert handshake_failure"},
                  {"TLS 1.3", "TLSv1.3 TLS_AES_256_GCM_SHA384 x25519"}};
  return document;
}

evidence::Document tls_weak() {
  auto document = tls_surveyed();
  auto& address = document.target.mx.at(0).addresses.at(0);
  auto& survey = *address.survey;
  for (const auto* name : {"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
                           "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"})
    survey.suites.insert(survey.suites.begin(), {name, TlsAnswer::accepted});
  survey.versions = options({"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}, {});
  survey.groups = options({"x25519", "sect163k1"}, {});
  survey.hashes = options({"sha1", "sha256"}, {});
  survey.dh_bits = 1024;
  survey.preference = "client";
  survey.compression = survey.early_data = survey.session_tickets = true;
  survey.secure_renegotiation = survey.extended_master_secret = survey.ocsp_stapling = false;
  Certificate leaf;
  leaf.key = "RSA 2048";
  leaf.names = {"mx1.target.test"};
  leaf.not_after = document.run.started - std::chrono::days(3);
  survey.chains = {{"rsa", {leaf}, Verification{"fail", Cause::expired, "certificate has expired"}, {}, false, {}}};
  survey.finished = false;
  survey.omitted = {{"hybrid groups", Cause::timed_out, "no answer within 10 s"},
                    {"the rest", Cause::own_limit, "the budget of 12 connections is used up"}};
  return document;
}

evidence::Document two_certificates() {
  auto document = inspected();
  auto& address = document.target.mx.front().addresses.front();
  auto expired = address.session.value().tls.value().certificates;
  expired.front().sha256 = std::string(64, 'e');
  expired.front().key = "RSA 1024";
  address.survey.emplace();
  address.survey->chains = {
      {.key = "rsa",
       .certificates = std::move(expired),
       .verified = Verification{.result = "fail", .cause = Cause::expired, .detail = {}},
       .dane = DaneFacts{.result = "fail", .matched = {}, .depth = {}, .cause = Cause::policy, .detail = {}},
       .stapled = {},
       .ocsp = {}}};
  return document;
}

}  // namespace mailprobe::test
