#include "dns/master_file.h"

#include <ldns/ldns.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "base/text.h"

namespace mailprobe::dns {

namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

using RdfPtr = Owned<ldns_rdf, ldns_rdf_deep_free>;
using RrPtr = Owned<ldns_rr, ldns_rr_free>;
using BufferPtr = Owned<ldns_buffer, ldns_buffer_free>;
using FilePtr = Owned<std::FILE, std::fclose>;
using KeyPtr = Owned<ldns_key, ldns_key_deep_free>;
using KeysPtr = Owned<ldns_key_list, ldns_key_list_free>;
using ListPtr = Owned<ldns_rr_list, ldns_rr_list_free>;
using ZonePtr = Owned<ldns_dnssec_zone, ldns_dnssec_zone_deep_free>;

constexpr std::uint32_t default_ttl = 3600;       // where a file has neither $TTL nor a record with one
constexpr std::time_t signed_before = 24 * 3600;  // a clock of the other side that is behind
constexpr std::time_t signed_after = 30 * 24 * 3600;
constexpr std::uint16_t key_flags = LDNS_KEY_ZONE_KEY | LDNS_KEY_SEP_KEY;  // one key for all (RFC 6781 §3.1)

std::string dname_text(std::string_view name) {
  return name.empty() || name.ends_with('.') ? std::string(name.empty() ? "." : name) : std::string(name) + ".";
}

Record record_of(const ldns_rr* rr) {
  const auto* owner = ldns_rr_owner(rr);
  const BufferPtr buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
  ldns_rr_rdata2buffer_wire(buffer.get(), rr);
  const std::string_view rdata(reinterpret_cast<const char*>(ldns_buffer_begin(buffer.get())),
                               ldns_buffer_position(buffer.get()));
  return {.owner = {reinterpret_cast<const char*>(ldns_rdf_data(owner)), ldns_rdf_size(owner)},
          .type = static_cast<std::uint16_t>(ldns_rr_get_type(rr)),
          .klass = class_in,
          .ttl = ldns_rr_ttl(rr),
          .rdata = std::string(rdata)};
}

void append(std::string& out, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

RrPtr rr_of(const Record& record) {
  std::string wire = record.owner;
  append(wire, record.type, 2);
  append(wire, record.klass, 2);
  append(wire, record.ttl, 4);
  append(wire, static_cast<std::uint32_t>(record.rdata.size()), 2);
  wire += record.rdata;
  ldns_rr* rr = nullptr;
  std::size_t at = 0;
  const auto* data = reinterpret_cast<const std::uint8_t*>(wire.data());
  return RrPtr(ldns_wire2rr(&rr, data, wire.size(), &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK ? rr : nullptr);
}

std::unexpected<Error> bad(std::string_view origin, const std::string& what) {
  return fail(Failure::ours, "signing zone " + std::string(origin) + ": " + what);
}

ldns_key* key_from(const Secret& text) {
  if (text.empty()) return ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, 256);
  std::string bytes = text.reveal();
  const FilePtr file(fmemopen(bytes.data(), bytes.size(), "r"));
  ldns_key* key = nullptr;
  if (!file || ldns_key_new_frm_fp(&key, file.get()) != LDNS_STATUS_OK) return nullptr;
  return key;
}

KeysPtr make_keys(const ldns_rdf* origin, const Secret& text) {
  auto* key = key_from(text);
  if (key == nullptr) return nullptr;
  const auto time = std::time(nullptr);
  ldns_key_set_pubkey_owner(key, ldns_rdf_clone(origin));
  ldns_key_set_flags(key, key_flags);
  ldns_key_set_origttl(key, default_ttl);
  ldns_key_set_inception(key, static_cast<std::uint32_t>(time - signed_before));
  ldns_key_set_expiration(key, static_cast<std::uint32_t>(time + signed_after));
  const RrPtr dnskey(ldns_key2rr(key));
  ldns_key_set_keytag(key, ldns_calc_keytag(dnskey.get()));
  KeysPtr keys(ldns_key_list_new());
  ldns_key_list_push_key(keys.get(), key);
  return keys;
}

std::string text_of(const ldns_rr* rr) {
  char* text = ldns_rr2str(rr);
  std::string out(text != nullptr ? trim(text) : "");
  LDNS_FREE(text);
  return out;
}

void export_list(std::vector<Record>& out, const ldns_dnssec_rrs* list) {
  for (; list != nullptr; list = list->next) out.push_back(record_of(list->rr));
}

std::vector<Record> export_zone(const ldns_dnssec_zone& zone) {
  std::vector<Record> out;
  for (auto* at = ldns_rbtree_first(zone.names); at != LDNS_RBTREE_NULL; at = ldns_rbtree_next(at)) {
    const auto& name = *static_cast<const ldns_dnssec_name*>(at->data);
    for (const auto* set = name.rrsets; set != nullptr; set = set->next) {
      export_list(out, set->rrs);
      export_list(out, set->signatures);
    }
    if (name.nsec != nullptr) out.push_back(record_of(name.nsec));
    export_list(out, name.nsec_signatures);
  }
  return out;
}

Result<void> add_all(ldns_dnssec_zone* zone, std::vector<RrPtr> rrs, std::string_view origin) {
  for (auto& rr : rrs) {
    const auto status = rr ? ldns_dnssec_zone_add_rr(zone, rr.get()) : LDNS_STATUS_MEM_ERR;
    if (status != LDNS_STATUS_OK) return bad(origin, ldns_get_errorstr_by_id(status));
    (void)rr.release();
  }
  return {};
}

}  // namespace

Result<std::vector<Record>> parse_master_file(std::string_view text, std::string_view origin) {
  std::vector<Record> out;
  if (text.empty()) return out;
  // fmemopen wants to write into it only in the modes that we do not use.
  const FilePtr file(fmemopen(const_cast<char*>(text.data()), text.size(), "r"));
  if (!file) return fail(Failure::ours, "master file: out of memory");
  ldns_rdf* current = ldns_dname_new_frm_str(dname_text(origin).c_str());
  ldns_rdf* previous = nullptr;
  if (current == nullptr) return fail(Failure::usage, "master file: " + std::string(origin) + " is not a name");
  std::uint32_t ttl = default_ttl;
  auto status = LDNS_STATUS_OK;
  while (status == LDNS_STATUS_OK && std::feof(file.get()) == 0) {
    ldns_rr* rr = nullptr;
    status = ldns_rr_new_frm_fp(&rr, file.get(), &ttl, &current, &previous);
    if (status == LDNS_STATUS_OK) out.push_back(record_of(RrPtr(rr).get()));
    if (status == LDNS_STATUS_SYNTAX_TTL || status == LDNS_STATUS_SYNTAX_ORIGIN || status == LDNS_STATUS_SYNTAX_EMPTY)
      status = LDNS_STATUS_OK;  // $TTL, $ORIGIN, nothing
  }
  ldns_rdf_deep_free(current);
  ldns_rdf_deep_free(previous);
  if (status == LDNS_STATUS_OK) return out;
  // Where the reader stands: behind the end of the last line of the record.
  const auto read = text.substr(0, static_cast<std::size_t>(std::max(1L, std::ftell(file.get()))) - 1);
  return fail(Failure::usage, "master file, line " + std::to_string(1 + std::ranges::count(read, '\n')) + ": " +
                                  ldns_get_errorstr_by_id(status));
}

Result<Secret> make_zone_key() {
  const KeyPtr key(key_from({}));
  char* text = nullptr;
  std::size_t size = 0;
  FilePtr file(open_memstream(&text, &size));
  if (!key || !file) return fail(Failure::ours, "no key for a zone could be made");
  ldns_key_print(file.get(), key.get());
  file.reset();
  Secret secret(std::string(text, size));
  OPENSSL_cleanse(text, size);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): POSIX says so
  return secret;
}

Result<SignedZone> sign_zone(const std::vector<Record>& records, std::string_view origin, const Secret& key) {
  const auto apex = labels_from_text(origin);
  const auto is_soa = [&](const Record& record) {
    return record.type == LDNS_RR_TYPE_SOA && labels_from_wire(record.owner) == apex;
  };
  if (std::ranges::none_of(records, is_soa)) return bad(origin, "it has no SOA record");  // libldns would crash
  const RdfPtr name(ldns_dname_new_frm_str(dname_text(origin).c_str()));
  const auto keys = name ? make_keys(name.get(), key) : nullptr;
  if (!keys) return bad(origin, key.empty() ? "no key could be made" : "its key cannot be read");
  RrPtr dnskey(ldns_key2rr(ldns_key_list_key(keys.get(), 0)));
  const RrPtr anchor(ldns_key_rr2ds(dnskey.get(), LDNS_SHA256));
  if (!anchor) return bad(origin, "no DS could be made");

  const ZonePtr zone(ldns_dnssec_zone_new());
  std::vector<RrPtr> rrs;
  rrs.reserve(records.size() + 1);
  for (const auto& record : records) rrs.push_back(rr_of(record));
  rrs.push_back(std::move(dnskey));
  if (auto ok = add_all(zone.get(), std::move(rrs), origin); !ok) return std::unexpected(ok.error());

  const ListPtr made(ldns_rr_list_new());  // lists what signing added; the zone owns it
  const auto status =
      ldns_dnssec_zone_sign(zone.get(), made.get(), keys.get(), ldns_dnssec_default_replace_signatures, nullptr);
  if (status != LDNS_STATUS_OK) return bad(origin, ldns_get_errorstr_by_id(status));
  return SignedZone{export_zone(*zone), text_of(anchor.get())};
}

}  // namespace mailprobe::dns
