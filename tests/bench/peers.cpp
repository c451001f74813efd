#include "tests/bench/peers.h"

#include <unistd.h>
#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#if __has_include(<opendkim/dkim.h>)
#define _Bool bool  // the header is C's
#include <opendkim/dkim.h>
#undef _Bool
#define HAVE_OPENDKIM
#endif
#if __has_include(<spf2/spf.h>)
extern "C" {
#include <netinet/in.h>
#include <spf2/spf.h>
#include <spf2/spf_dns_zone.h>
}
#define HAVE_SPF2
#endif

namespace mailprobe::bench {

#ifdef HAVE_OPENDKIM

namespace {

unsigned char* octets(const std::string& bytes) {
  return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));  // it writes to none
}

const std::string id = "bench", selector = "s1", domain = "example.org";

bool feed(DKIM* dkim, const std::string& message) {
  return dkim_chunk(dkim, octets(message), message.size()) == DKIM_STAT_OK &&
         dkim_chunk(dkim, nullptr, 0) == DKIM_STAT_OK && dkim_eom(dkim, nullptr) == DKIM_STAT_OK;
}

}  // namespace

struct OpenDkim::Impl {
  DKIM_LIB* library = dkim_init(nullptr, nullptr);
  std::string pem, records;
  ~Impl() {
    dkim_close(library);
    (void)std::remove(records.c_str());
  }
};

bool OpenDkim::available() { return true; }

OpenDkim::OpenDkim(const std::string& record, std::string pem) : impl_(std::make_shared<Impl>()) {
  impl_->pem = std::move(pem);
  std::string path = "/tmp/mailprobe-bench.XXXXXX";
  const int file = mkstemp(path.data());
  if (file < 0) throw std::runtime_error("no temporary file");
  close(file);
  impl_->records = path;
  std::ofstream(path) << "s1._domainkey.example.org " << record << "\n";
  dkim_query_t method = DKIM_QUERY_FILE;
  (void)dkim_options(impl_->library, DKIM_OP_SETOPT, DKIM_OPTS_QUERYMETHOD, &method, sizeof method);
  (void)dkim_options(impl_->library, DKIM_OP_SETOPT, DKIM_OPTS_QUERYINFO, path.data(), path.size());
}

bool OpenDkim::verify(const std::string& message) {
  DKIM_STAT status = DKIM_STAT_OK;
  DKIM* dkim = dkim_verify(impl_->library, octets(id), nullptr, &status);
  const bool good = dkim != nullptr && feed(dkim, message);
  if (dkim != nullptr) dkim_free(dkim);
  return good;
}

bool OpenDkim::sign(const std::string& message, bool relaxed) {
  const auto canon = relaxed ? DKIM_CANON_RELAXED : DKIM_CANON_SIMPLE;
  DKIM_STAT status = DKIM_STAT_OK;
  DKIM* dkim = dkim_sign(impl_->library, octets(id), nullptr, octets(impl_->pem), octets(selector), octets(domain),
                         canon, canon, DKIM_SIGN_RSASHA256, -1, &status);
  unsigned char* field = nullptr;
  std::size_t size = 0;
  const bool good = dkim != nullptr && feed(dkim, message) && dkim_getsighdr_d(dkim, 0, &field, &size) == DKIM_STAT_OK;
  if (dkim != nullptr) dkim_free(dkim);
  return good && size > 0;
}

#else

struct OpenDkim::Impl {};
bool OpenDkim::available() { return false; }
OpenDkim::OpenDkim(const std::string&, std::string) {}
bool OpenDkim::verify(const std::string&) { return false; }
bool OpenDkim::sign(const std::string&, bool) { return false; }

#endif

#ifdef HAVE_SPF2

struct Spf2::Impl {
  SPF_server_t* server = nullptr;
  ~Impl() {
    if (server != nullptr) SPF_server_free(server);
  }
};

bool Spf2::available() { return true; }

Spf2::Spf2(const std::vector<SpfRow>& rows) : impl_(std::make_shared<Impl>()) {
  auto* zone = SPF_dns_zone_new(nullptr, nullptr, 0);
  for (const auto& [name, type, value] : rows) {
    const auto kind = type == 'T' ? ns_t_txt : type == 'A' ? ns_t_a : ns_t_mx;
    SPF_dns_zone_add_str(zone, name.c_str(), kind, NETDB_SUCCESS, value.c_str());
  }
  impl_->server = SPF_server_new_dns(zone, 0);
}

bool Spf2::passes(const std::string& address, const std::string& helo, const std::string& mail_from) {
  SPF_request_t* request = SPF_request_new(impl_->server);
  SPF_response_t* response = nullptr;
  SPF_request_set_ipv4_str(request, address.c_str());
  SPF_request_set_helo_dom(request, helo.c_str());
  SPF_request_set_env_from(request, mail_from.c_str());
  SPF_request_query_mailfrom(request, &response);
  const bool pass = SPF_response_result(response) == SPF_RESULT_PASS;
  SPF_response_free(response);
  SPF_request_free(request);
  return pass;
}

#else

struct Spf2::Impl {};
bool Spf2::available() { return false; }
Spf2::Spf2(const std::vector<SpfRow>&) {}
bool Spf2::passes(const std::string&, const std::string&, const std::string&) { return false; }

#endif

}  // namespace mailprobe::bench
